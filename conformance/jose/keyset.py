"""Registered public keys, found by kid (RFC 7517 section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from conformance.jose.compact import JoseError, object_from, shown
from conformance.jose.key import PublicKey

_MAX_JWKS = 1 << 20


@dataclass(frozen=True, slots=True)
class KeySet:
    """Public keys by kid (RFC 7517 section 5)."""

    keys: tuple[PublicKey, ...] = ()

    @classmethod
    def from_jwks(cls, text: bytes | str | Mapping[str, object]) -> Self:
        """The RSA keys of a JWKS document that are for PS256 or RSA-OAEP-256; keys for anything else are passed over.

        One key that stands there twice, as for each use, is one key for both.

        Raises:
            JoseError: malformed, oversized, or duplicate where a kid stands twice for different keys.
        """
        if isinstance(text, Mapping):
            document: Mapping[str, object] = text
        else:
            data = text.encode(errors="replace") if isinstance(text, str) else text
            if len(data) > _MAX_JWKS:
                raise JoseError("oversized", "the JWKS document is too large")
            document = object_from(data, "JWKS document")
        members = document.get("keys")
        if not isinstance(members, list):
            raise JoseError("malformed", "the JWKS document has no list `keys`")
        found: dict[str, PublicKey] = {}
        for member in members:
            key = _usable(member)
            if key is None:
                continue
            same = found.get(key.kid, key)
            if same != key:
                raise JoseError("duplicate", f"two keys have the kid {shown(key.kid)}")
            found[key.kid] = replace(same, uses=same.uses | key.uses)
        return cls(tuple(found.values()))

    def find(self, kid: str) -> PublicKey | None:
        """The key of that kid."""
        return next((each for each in self.keys if each.kid == kid), None)

    def to_jwks(self, use: str = "sig") -> dict[str, object]:
        """The JWKS document (RFC 7517 section 5), every key with this use (`sig` or `enc`)."""
        return {"keys": [each.to_jwk(use) for each in self.keys]}


def _usable(member: object) -> PublicKey | None:
    if not isinstance(member, dict):
        return None
    try:
        key = PublicKey.from_jwk(member)
    except JoseError:
        return None
    return key if key.uses else None
