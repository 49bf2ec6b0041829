"""What an attacker would make: raw parts, other algorithms, keys put to another use. Nothing here is checked."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from types import MappingProxyType

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from conformance.jose.compact import JoseError, b64url, protected_header
from conformance.jose.key import PrivateKey, PublicKey

_HASHES: Mapping[str, hashes.HashAlgorithm] = MappingProxyType(
    {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
)


def assemble(header: bytes, payload: bytes, signature: bytes, *, detached: bool) -> str:
    """A compact serialization of any three parts, the payload left out when detached."""
    return f"{b64url(header)}.{'' if detached else b64url(payload)}.{b64url(signature)}"


def raw_sign(key: PrivateKey, signing_input: bytes, alg: str) -> bytes:
    """An RSA signature: PS256, PS384, PS512, RS256, RS384, RS512, or a PS with another salt, as `PS256;salt=0`.

    Raises:
        ValueError: another algorithm.
    """
    name, _, option = alg.partition(";salt=")
    digest = _HASHES.get(name[2:])
    if digest is None or name[:2] not in ("PS", "RS"):
        raise ValueError(f"no RSA signature algorithm: {alg}")
    if name.startswith("RS"):
        return key.rsa.sign(signing_input, padding.PKCS1v15(), digest)
    salt = int(option) if option else digest.digest_size
    return key.rsa.sign(signing_input, padding.PSS(padding.MGF1(digest), salt), digest)


def hmac_sign(secret: bytes, signing_input: bytes, alg: str) -> bytes:
    """An HMAC: HS256, HS384 or HS512 (RFC 7518 section 3.2).

    Raises:
        ValueError: another algorithm.
    """
    if alg[:2] != "HS" or alg[2:] not in _HASHES:
        raise ValueError(f"no HMAC algorithm: {alg}")
    return hmac.new(secret, signing_input, f"sha{alg[2:]}").digest()


def sign_otherwise(signing_input: bytes, alg: str) -> bytes:
    """A signature by a key of its own, which nobody knows: ES256 (RFC 7518 section 3.4) or EdDSA (RFC 8037)."""
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate().sign(signing_input)
    der = ec.generate_private_key(ec.SECP256R1()).sign(signing_input, ec.ECDSA(hashes.SHA256()))
    return b"".join(each.to_bytes(32, "big") for each in decode_dss_signature(der))


def encrypt_with(plaintext: bytes, recipient: PublicKey, content_key: bytes, iv: bytes) -> str:
    """A compact JWE (RSA-OAEP-256, A256GCM) with a content key and an IV of one's own choice, which no one should."""
    n, e = recipient.numbers
    header = b64url(json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": recipient.kid}).encode())
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    wrapped = rsa.RSAPublicNumbers(e, n).public_key().encrypt(content_key, scheme)
    sealed = AESGCM(content_key).encrypt(iv, plaintext, header.encode())
    return ".".join([header, *map(b64url, (wrapped, iv, sealed[:-16], sealed[-16:]))])


def public_bytes(key: PublicKey, form: str) -> bytes:
    """A public key as somebody may hold it in his hands: `pem`, `der`, `jwk` (JSON), `n` (the modulus), `empty`.

    Raises:
        KeyError: another form.
    """
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    n, e = key.numbers
    public = rsa.RSAPublicNumbers(e, n).public_key()
    if form in ("pem", "der"):
        encoding = serialization.Encoding.PEM if form == "pem" else serialization.Encoding.DER
        return public.public_bytes(encoding, spki)
    jwk = key.to_jwk("sig")
    return {"jwk": json.dumps(jwk), "n": str(jwk["n"]), "empty": ""}[form].encode()


def describe(token: str) -> str:
    """One line for the record: the protected header and the lengths of the other parts. Never raises."""
    lengths = [len(part) for part in token.split(".")]
    try:
        header = json.dumps(protected_header(token), ensure_ascii=True, separators=(",", ":"))
    except (JoseError, RecursionError) as error:
        header = f"no header ({error})"
    shown = header if len(header) <= 1000 else f"{header[:1000]}..."
    return f"{shown} + parts of {', '.join(map(str, lengths[1:8])) or 'none'} characters"
