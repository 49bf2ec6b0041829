"""What an attacker would make: raw parts, other algorithms, keys put to another use. Nothing here is checked."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from conformance.jose.compact import JoseError, b64url, protected_header
from conformance.jose.key import PrivateKey, PublicKey

_HASHES: Mapping[str, hashes.HashAlgorithm] = MappingProxyType(
    {"1": hashes.SHA1(), "256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}  # noqa: S303
)


def assemble(header: bytes, payload: bytes, signature: bytes, *, detached: bool) -> str:
    """A compact serialization of any three parts, the payload left out when detached."""
    return f"{b64url(header)}.{'' if detached else b64url(payload)}.{b64url(signature)}"


def sign_with(
    key: PrivateKey, header: Mapping[str, object], payload: bytes, *, attached: bool, b64: bool = True
) -> str:
    """A PS256 signature under a protected header of exactly these members, whatever they say.

    `b64` is whether the payload is encoded before it is signed (RFC 7797), which the header need not tell.
    """
    protected = json.dumps(dict(header)).encode()
    signed = f"{b64url(protected)}.".encode() + (b64url(payload).encode() if b64 else payload)
    return assemble(protected, payload, raw_sign(key, signed, "PS256"), detached=not attached)


def raw_sign(key: PrivateKey, signing_input: bytes, alg: str) -> bytes:
    """An RSA signature: PS256, PS384, PS512, RS256, RS384, RS512.

    A PS may have another salt (bytes, or `max`) and another hash in its mask, as `PS256;salt=0;mgf=512`.

    Raises:
        ValueError: another algorithm.
    """
    name, *options = alg.split(";")
    digest = _HASHES.get(name[2:])
    if digest is None or name[2:] == "1" or name[:2] not in ("PS", "RS"):
        raise ValueError(f"no RSA signature algorithm: {alg}")
    if name.startswith("RS"):
        return key.rsa.sign(signing_input, padding.PKCS1v15(), digest)
    chosen = dict(each.split("=") for each in options)
    salt = chosen.get("salt", digest.digest_size)
    length = padding.PSS.MAX_LENGTH if salt == "max" else int(salt)
    mask = padding.MGF1(_HASHES[chosen.get("mgf", name[2:])])
    return key.rsa.sign(signing_input, padding.PSS(mask, length), digest)


def hmac_sign(secret: bytes, signing_input: bytes, alg: str) -> bytes:
    """An HMAC: HS256, HS384 or HS512 (RFC 7518 section 3.2).

    Raises:
        ValueError: another algorithm.
    """
    if alg[:2] != "HS" or alg[2:] not in ("256", "384", "512"):
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
    """A public key as somebody may hold it in his hands.

    `pem`, `stripped-pem` (without its last line break), `pkcs1-pem`, `certificate` (PEM, the public key's where there
    is none), `der`, `jwk` (JSON), `n` (the modulus as a JWK spells it), `n-bytes`, `empty`.

    Raises:
        KeyError: another form.
    """
    n, e = key.numbers
    if form in ("jwk", "n", "n-bytes", "empty"):
        jwk = key.to_jwk("sig")
        raw = n.to_bytes((n.bit_length() + 7) // 8)
        return {"jwk": json.dumps(jwk).encode(), "n": str(jwk["n"]).encode(), "n-bytes": raw, "empty": b""}[form]
    if form == "certificate" and key.certificate:
        return x509.load_der_x509_certificate(key.certificate).public_bytes(serialization.Encoding.PEM)
    encoding = serialization.Encoding.DER if form == "der" else serialization.Encoding.PEM
    shape = {
        "der": serialization.PublicFormat.SubjectPublicKeyInfo,
        "pem": serialization.PublicFormat.SubjectPublicKeyInfo,
        "stripped-pem": serialization.PublicFormat.SubjectPublicKeyInfo,
        "certificate": serialization.PublicFormat.SubjectPublicKeyInfo,
        "pkcs1-pem": serialization.PublicFormat.PKCS1,
    }[form]
    found = rsa.RSAPublicNumbers(e, n).public_key().public_bytes(encoding, shape)
    return found.strip() if form == "stripped-pem" else found


def describe(token: str) -> str:
    """One line for the record: the protected header and the lengths of the other parts. Never raises."""
    lengths = [len(part) for part in token.split(".")]
    try:
        header = json.dumps(protected_header(token), ensure_ascii=True, separators=(",", ":"))
    except (JoseError, RecursionError) as error:
        header = f"no header ({error})"
    shown = header if len(header) <= 1000 else f"{header[:1000]}..."
    return f"{shown} + parts of {', '.join(map(str, lengths[1:8])) or 'none'} characters"
