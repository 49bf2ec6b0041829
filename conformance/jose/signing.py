"""PS256 signatures: detached (RFC 7515 appendix F), attached, and unencoded by reading (RFC 7797)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from jwcrypto import jws  # type: ignore[import-untyped]
from jwcrypto.common import JWException  # type: ignore[import-untyped]

from conformance.jose.compact import JoseError, b64url, examined, protected_header, shown, split, unb64url
from conformance.jose.key import PrivateKey
from conformance.jose.keyset import KeySet

ALGORITHM = "PS256"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a signature covers."""

    header: dict[str, object]
    payload: bytes


def sign_detached(
    key: PrivateKey, payload: bytes, *, header: Mapping[str, object] | None = None, b64: bool = True
) -> str:
    """`BASE64URL(protected)..BASE64URL(signature)`; `header` is added to alg and kid, `b64` False is RFC 7797."""
    extra = {} if b64 else {"b64": False, "crit": ["b64"]}
    token = _signed(key, payload, {**(header or {}), **extra})
    return token if not b64 else _without_payload(token)


def sign_attached(key: PrivateKey, payload: bytes, *, header: Mapping[str, object] | None = None) -> str:
    """A whole compact JWS; `header` is added to alg and kid."""
    return _signed(key, payload, header or {})


def verify_detached(token: str, payload: bytes, keys: KeySet, *, b64: bool = True) -> Verified:
    """Verify a detached signature over a payload; `b64` is what the reading says, never what the token says.

    Raises:
        JoseError: for anything but one healthy PS256 signature by a key of the set.
    """
    first, middle, last = split(token, 3)
    if middle:
        raise JoseError("malformed", "a detached JWS has an empty second part")
    header = protected_header(token)
    kid = examined(header, (ALGORITHM,), understood=() if b64 else ("b64",))
    if not b64 and header.get("b64") is not False:
        raise JoseError("crit", "the payload is to be unencoded, and b64 is not false")
    unb64url(last)
    if b64:
        return _verified(f"{first}.{b64url(payload)}.{last}", header, kid, keys, payload)
    return _verified(token, header, kid, keys, payload, detached=True)


def verify_attached(token: str, keys: KeySet) -> Verified:
    """Verify a compact JWS that carries its payload.

    Raises:
        JoseError: for anything but one healthy PS256 signature by a key of the set.
    """
    _, middle, last = split(token, 3)
    header = protected_header(token)
    kid = examined(header, (ALGORITHM,))
    payload = unb64url(middle)
    unb64url(last)
    return _verified(token, header, kid, keys, payload)


def _signed(key: PrivateKey, payload: bytes, header: Mapping[str, object]) -> str:
    token = jws.JWS(payload)
    members = {"alg": ALGORITHM, "kid": key.kid, **header}
    token.add_signature(key.for_library(), ALGORITHM, json.dumps(members))
    if header.get("b64") is False:
        token.detach_payload()
    return str(token.serialize(compact=True))


def _without_payload(token: str) -> str:
    first, _, last = token.split(".")
    return f"{first}..{last}"


def _verified(
    token: str, header: dict[str, object], kid: str, keys: KeySet, payload: bytes, *, detached: bool = False
) -> Verified:
    key = keys.find(kid)
    if key is None:
        raise JoseError("kid", f"no registered signing key has the kid {shown(kid)}")
    if "sig" not in key.uses:
        raise JoseError("key", f"the key {shown(kid)} is registered for another use than {ALGORITHM}")
    reader = jws.JWS()
    reader.allowed_algs = [ALGORITHM]
    try:
        reader.deserialize(token)
        reader.verify(key.for_library(), ALGORITHM, detached_payload=payload if detached else None)
    except (JWException, ValueError):
        raise JoseError("signature", f"the signature does not verify with the key {shown(kid)}") from None
    return Verified(header, payload)
