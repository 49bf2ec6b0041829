"""Tokens taken apart and verified as loosely as a careless program does; for the reference's flaws alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from conformance import jose

HASHES: Mapping[str, hashes.HashAlgorithm] = MappingProxyType(
    {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
)

Header = dict[str, object]
Fetch = Callable[[str], bytes]


class Token:
    """A compact token taken apart as loosely as a careless program does; what it covers is `signed`."""

    def __init__(self, text: str, payload: bytes) -> None:
        parts = text.split(".")
        self.parts = parts
        self.payload = payload
        self.header_bytes = _decoded(parts[0])
        self.header: Header = _object(self.header_bytes)
        self.carried = _decoded(parts[1]) if len(parts) > 1 else b""
        self.signature = _decoded(parts[-1]) if len(parts) == 2 else _decoded(parts[2]) if len(parts) > 2 else b""

    def signed(self, payload: bytes | None = None) -> bytes:
        """What the signature covers, of the message unless another payload is given."""
        covered = self.payload if payload is None else payload
        return f"{self.parts[0]}.{jose.b64url(covered)}".encode()

    def raw(self) -> bytes:
        """What it covers where the payload is not encoded (RFC 7797)."""
        return f"{self.parts[0]}.".encode() + self.payload

    @property
    def alg(self) -> object:
        """The header's alg."""
        return self.header.get("alg")


class Keys:
    """What a weak verifier may look at: the registered keys, the one the kid names, and a way to fetch."""

    def __init__(self, registered: jose.KeySet, named: jose.PublicKey | None, fetch: Fetch) -> None:
        self.registered = registered
        self.named = named or registered.keys[0]
        self.fetch = fetch


def pss(key: jose.PublicKey, signature: bytes, signed: bytes, digest: str = "256", salt: int | None = None) -> bool:
    """Whether a signature is RSASSA-PSS with this digest; the salt is as long as the digest unless said."""
    kind = HASHES[digest]
    return verified(key, signature, signed, padding.PSS(padding.MGF1(kind), salt or kind.digest_size), kind)


def verified(
    key: jose.PublicKey, signature: bytes, signed: bytes, scheme: padding.AsymmetricPadding, kind: hashes.HashAlgorithm
) -> bool:
    """Whether a signature verifies under a scheme."""
    n, e = key.numbers
    try:
        rsa.RSAPublicNumbers(e, n).public_key().verify(signature, signed, scheme, kind)
    except InvalidSignature:
        return False
    return True


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part.rstrip("=") + "=" * (-len(part.rstrip("=")) % 4))


def _object(text: bytes) -> Header:
    found, _ = json.JSONDecoder().raw_decode(text.decode())
    return found if isinstance(found, dict) else dict(found[0]) if isinstance(found, list) else {"kid": None}
