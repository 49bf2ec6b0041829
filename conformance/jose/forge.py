"""What an attacker would make: raw parts, other algorithms, keys put to another use. Nothing here is checked."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from types import MappingProxyType

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from conformance.jose.compact import JoseError, b64url, protected_header
from conformance.jose.key import PrivateKey

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


def describe(token: str) -> str:
    """One line for the record: the protected header and the lengths of the other parts. Never raises."""
    lengths = [len(part) for part in token.split(".")]
    try:
        header = json.dumps(protected_header(token), ensure_ascii=True, separators=(",", ":"))
    except (JoseError, RecursionError) as error:
        header = f"no header ({error})"
    shown = header if len(header) <= 1000 else f"{header[:1000]}..."
    return f"{shown} + parts of {', '.join(map(str, lengths[1:8])) or 'none'} characters"
