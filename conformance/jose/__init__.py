"""Signing and sealing as the contract asks, strict on what is accepted, and the forging of what must be refused."""

from conformance.jose.compact import JoseError, b64url, protected_header, unb64url
from conformance.jose.forge import (
    assemble,
    describe,
    encrypt_with,
    hmac_sign,
    public_bytes,
    raw_sign,
    sign_otherwise,
    sign_with,
)
from conformance.jose.key import PrivateKey, PublicKey, x5t_s256
from conformance.jose.keyset import KeySet
from conformance.jose.sealing import Decrypted, decrypt, encrypt
from conformance.jose.signing import Verified, sign_attached, sign_detached, verify_attached, verify_detached

__all__ = [
    "Decrypted",
    "JoseError",
    "KeySet",
    "PrivateKey",
    "PublicKey",
    "Verified",
    "assemble",
    "b64url",
    "decrypt",
    "describe",
    "encrypt",
    "encrypt_with",
    "hmac_sign",
    "protected_header",
    "public_bytes",
    "raw_sign",
    "sign_attached",
    "sign_detached",
    "sign_otherwise",
    "sign_with",
    "unb64url",
    "verify_attached",
    "verify_detached",
    "x5t_s256",
]
