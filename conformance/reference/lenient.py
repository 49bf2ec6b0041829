"""Verifiers with one weakness each, as flaws: what they take beyond what is right."""

from __future__ import annotations

import base64
import fnmatch
import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from conformance import jose
from conformance.reference.loose import HASHES, Fetch, Header, Keys, Token, pss, verified

_ANOTHER = b"3f2b1c9a-0000-4000-8000-00000000dead"

_Accepts = Callable[[Token, Keys], bool]


def accepted(name: str, text: str, payload: bytes, keys: jose.KeySet, fetch: Fetch) -> Header | None:
    """The header of a token that the verifier with this weakness takes; None where it does not either."""
    try:
        token = Token(_ready(name, text), payload)
        kid = token.header.get("kid")
        named = keys.find(kid) if isinstance(kid, str) else None
        if named is None and name not in _WITHOUT_KID:
            return None
        return token.header if WEAKNESSES[name](token, Keys(keys, named, fetch)) else None
    except (ValueError, KeyError, TypeError, IndexError, OSError, AttributeError):
        return None


def _is_ps256(token: Token) -> bool:
    return token.alg == "PS256" and not token.carried


def _good(token: Token, keys: Keys) -> bool:
    return pss(keys.named, token.signature, token.signed())


def _hmac(token: Token, keys: Keys, form: str, alg: object = None) -> bool:
    secret = jose.public_bytes(keys.named, form)
    return jose.hmac_sign(secret, token.signed(), str(alg or token.alg)) == token.signature


def _rsa(token: Token, keys: Keys) -> bool:
    name = str(token.alg)
    if name.startswith("RS"):
        return verified(keys.named, token.signature, token.signed(), padding.PKCS1v15(), HASHES[name[2:]])
    return name.startswith("PS") and pss(keys.named, token.signature, token.signed(), name[2:])


def _any_salt(token: Token, keys: Keys) -> bool:
    kind = hashes.SHA256()
    return _is_ps256(token) and verified(
        keys.named, token.signature, token.signed(), padding.PSS(padding.MGF1(kind), padding.PSS.AUTO), kind
    )


def _carried_key(token: Token, _keys: Keys) -> bool:
    jwk = token.header["jwk"]
    return isinstance(jwk, dict) and pss(jose.PublicKey.from_jwk(jwk), token.signature, token.signed())


def _carried_certificate(token: Token, _keys: Keys) -> bool:
    chain = token.header["x5c"]
    if not isinstance(chain, list):
        return False
    public = x509.load_der_x509_certificate(base64.b64decode(chain[0])).public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        return False
    numbers = public.public_numbers()
    return pss(jose.PublicKey("", (numbers.n, numbers.e)), token.signature, token.signed())


def _pointed_key(token: Token, keys: Keys) -> bool:
    where = token.header.get("jku") or token.header["x5u"]
    found = jose.KeySet.from_jwks(keys.fetch(str(where))).keys
    return any(pss(each, token.signature, token.signed()) for each in found)


def _fetches(token: Token, keys: Keys) -> bool:
    keys.fetch(str(token.header.get("jku") or token.header["x5u"]))
    return False


def _last_bit(token: Token, keys: Keys) -> bool:
    other = token.signature[:-1] + bytes([token.signature[-1] ^ 1])
    return _is_ps256(token) and pss(keys.named, other, token.signed())


def _first_duplicate(token: Token, keys: Keys) -> bool:
    pairs = json.loads(token.header_bytes, object_pairs_hook=list)
    first = dict(reversed([(name, value) for name, value in pairs]))
    key = keys.registered.find(str(first.get("kid")))
    token.header.update(first)
    return bool(key) and first.get("alg") == "PS256" and pss(key or keys.named, token.signature, token.signed())


def _any_mask(token: Token, keys: Keys) -> bool:
    return _is_ps256(token) and any(
        verified(keys.named, token.signature, token.signed(), padding.PSS(padding.MGF1(each), 32), hashes.SHA256())
        for each in (hashes.SHA1(), hashes.SHA512())  # noqa: S303
    )


def _carried_secret(token: Token, _keys: Keys) -> bool:
    jwk = token.header["jwk"]
    if not isinstance(jwk, dict) or jwk["kty"] != "oct":
        return False
    secret = base64.urlsafe_b64decode(str(jwk["k"]))
    return jose.hmac_sign(secret, token.signed(), str(token.alg)) == token.signature


def _kid_like(token: Token, keys: Keys, same: Callable[[str, str], bool]) -> bool:
    """A good signature by the first registered key whose kid is about the one that the header names."""
    kid = token.header.get("kid")
    found = [each for each in keys.registered.keys if isinstance(kid, str) and kid and same(each.kid, kid)]
    return bool(found) and _is_ps256(token) and pss(found[0], token.signature, token.signed())


def _known_members(token: Token, keys: Keys) -> bool:
    known = {name: value for name, value in token.header.items() if name in _KNOWN}
    signed = f"{jose.b64url(json.dumps(known).encode())}.{jose.b64url(token.payload)}".encode()
    return _is_ps256(token) and pss(keys.named, token.signature, signed)


_KNOWN = ("alg", "kid", "typ", "iss", "iat", "jti")


def _carried_event(token: Token, keys: Keys) -> bool:
    return isinstance(json.loads(token.carried), dict) and pss(keys.named, token.signature, token.signed(token.carried))


def _unencoded(token: Token, keys: Keys, *, critical: bool) -> bool:
    said = token.header.get("b64") is False and (token.header.get("crit") == ["b64"]) is critical
    return said and pss(keys.named, token.signature, token.raw())


def _fetches_beside(token: Token, keys: Keys) -> bool:
    if _is_ps256(token) and _good(token, keys):
        keys.fetch(str(token.header.get("jku") or token.header["x5u"]))
    return False


def _fetches_kid(token: Token, keys: Keys) -> bool:
    kid = str(token.header.get("kid"))
    if kid.startswith("https://"):
        keys.fetch(kid)
    return False


def _strange(token: Token, _keys: Keys) -> bool:
    return isinstance(token.alg, str) and not re.fullmatch(r"(?i)(PS|RS|HS)(256|384|512)|none|\s*", token.alg)


WEAKNESSES: Mapping[str, _Accepts] = MappingProxyType(
    {
        "accepts-alg-none": lambda token, _keys: token.alg == "none",
        "accepts-alg-none-respelled": lambda token, _keys: (
            isinstance(token.alg, str) and token.alg != "none" and token.alg.strip().lower() == "none"
        ),
        "accepts-missing-alg": lambda token, _keys: not token.alg,
        "accepts-hmac-with-pem": lambda token, keys: str(token.alg).startswith("HS") and _hmac(token, keys, "pem"),
        "accepts-hmac-with-modulus": lambda token, keys: str(token.alg).startswith("HS") and _hmac(token, keys, "n"),
        "accepts-hmac-under-ps256": lambda token, keys: _is_ps256(token) and _hmac(token, keys, "pem", "HS256"),
        "takes-alg-from-header": _rsa,
        "takes-pkcs1-for-pss": lambda token, keys: (
            _is_ps256(token)
            and verified(keys.named, token.signature, token.signed(), padding.PKCS1v15(), hashes.SHA256())
        ),
        "takes-any-salt": _any_salt,
        "takes-sha512-for-sha256": lambda token, keys: (
            _is_ps256(token) and pss(keys.named, token.signature, token.signed(), "512")
        ),
        "ignores-case-of-alg": lambda token, keys: str(token.alg).upper() == "PS256" and _good(token, keys),
        "passes-unknown-algs": _strange,
        "passes-unknown-kids": lambda token, keys: (
            _is_ps256(token) and not keys.registered.find(str(token.header.get("kid")))
        ),
        "accepts-empty-signature": lambda token, _keys: _is_ps256(token) and not token.signature,
        "accepts-zero-signature": lambda token, _keys: _is_ps256(token) and not any(token.signature[:63]),
        "cuts-signature-to-length": lambda token, keys: (
            _is_ps256(token) and len(token.signature) > 256 and pss(keys.named, token.signature[:256], token.signed())
        ),
        "strips-leading-zeros": lambda token, keys: (
            _is_ps256(token) and pss(keys.named, token.signature.lstrip(b"\0"), token.signed())
        ),
        "overlooks-the-last-bit": _last_bit,
        "ignores-crit": lambda token, keys: _is_ps256(token) and "crit" in token.header and _good(token, keys),
        "trusts-carried-jwk": _carried_key,
        "trusts-carried-x5c": _carried_certificate,
        "follows-jku": _pointed_key,
        "fetches-jku": _fetches,
        "verifies-carried-payload": lambda token, keys: (
            bool(token.carried) and pss(keys.named, token.signature, token.signed(token.carried))
        ),
        "verifies-header-alone": lambda token, keys: (
            _is_ps256(token) and any(pss(keys.named, token.signature, token.signed(each)) for each in (b"", _ANOTHER))
        ),
        "tries-both-encodings": lambda token, keys: (
            token.alg == "PS256" and not token.carried and pss(keys.named, token.signature, token.raw())
        ),
        "takes-any-mask": _any_mask,
        "takes-zero-ecdsa": lambda token, _keys: token.alg == "ES256" and token.signature == bytes(64),
        "takes-reversed-signature": lambda token, keys: (
            _is_ps256(token) and pss(keys.named, token.signature[::-1], token.signed())
        ),
        "accepts-hmac-with-certificate": lambda token, keys: (
            str(token.alg).startswith("HS") and _hmac(token, keys, "certificate")
        ),
        "trusts-carried-secret": _carried_secret,
        "tries-all-published-keys": lambda token, keys: (
            _is_ps256(token) and any(pss(each, token.signature, token.signed()) for each in keys.registered.keys)
        ),
        "ignores-case-of-kid": lambda token, keys: _kid_like(token, keys, lambda a, b: a.lower() == b.lower()),
        "cuts-kid-at-nul": lambda token, keys: _kid_like(token, keys, lambda a, b: a == b.partition("\0")[0]),
        "trims-kid": lambda token, keys: _kid_like(token, keys, lambda a, b: a == b.strip()),
        "finds-kid-by-beginning": lambda token, keys: _kid_like(token, keys, str.startswith),
        "finds-kid-by-pattern": lambda token, keys: _kid_like(
            token, keys, lambda a, b: fnmatch.fnmatchcase(a, b.replace("%", "*"))
        ),
        "verifies-known-members-alone": _known_members,
        "verifies-a-carried-event": _carried_event,
        "follows-b64-and-crit": lambda token, keys: _unencoded(token, keys, critical=True),
        "follows-b64-without-crit": lambda token, keys: _unencoded(token, keys, critical=False),
        "fetches-beside-a-good-signature": _fetches_beside,
        "fetches-an-address-in-kid": _fetches_kid,
        "takes-nan-in-header": lambda token, keys: b"NaN" in token.header_bytes and _good(token, keys),
        "ignores-padding": lambda token, keys: _is_ps256(token) and _unpadded(token, keys),
        "strips-white-space": lambda token, keys: _is_ps256(token) and _good(token, keys),
        "takes-standard-base64": lambda token, keys: _is_ps256(token) and _good(token, keys),
        "ignores-further-parts": lambda token, keys: (
            len(token.parts) > 3 and token.alg == "PS256" and _good(token, keys)
        ),
        "takes-two-parts": lambda token, keys: len(token.parts) == 2 and token.alg == "PS256" and _good(token, keys),
        "reads-json-serialization": lambda token, keys: _is_ps256(token) and _good(token, keys),
        "takes-first-of-two-tokens": lambda token, keys: _is_ps256(token) and _good(token, keys),
        "takes-first-duplicate": _first_duplicate,
        "ignores-trailing-header-text": lambda token, keys: token.alg == "PS256" and _good(token, keys),
        "looks-for-alg-in-text": lambda token, keys: b"PS256" in token.header_bytes and _good(token, keys),
    }
)
"""By the flaw's name: whether a token that is not right is taken all the same."""

_WITHOUT_KID = {
    "passes-unknown-kids",
    *("ignores-case-of-kid", "cuts-kid-at-nul", "trims-kid", "finds-kid-by-beginning", "finds-kid-by-pattern"),
    "fetches-an-address-in-kid",
    *("accepts-missing-alg", "trusts-carried-jwk", "trusts-carried-x5c", "follows-jku", "fetches-jku"),
    *("takes-first-duplicate", "looks-for-alg-in-text"),
}


def _unpadded(token: Token, keys: Keys) -> bool:
    token.parts[0] = token.parts[0].rstrip("=")
    return _good(token, keys)


def _ready(name: str, text: str) -> str:
    """The token in the form that a flaw reads it in; the shapes that it does not overlook end here."""
    if name == "reads-json-serialization":
        members = json.loads(text)
        members = {**members, **(members.get("signatures") or [{}])[0]}
        return f"{members['protected']}..{members['signature']}"
    if name == "strips-white-space":
        return text.replace(" ", "")
    if name == "takes-first-of-two-tokens":
        return text.partition(",")[0]
    if name == "takes-standard-base64":
        return text.replace("+", "-").replace("/", "_").rstrip("=")
    lax = {"ignores-padding", "ignores-further-parts", "takes-two-parts"}
    if name not in lax and not re.fullmatch(r"[\w-]*\.[\w-]*\.[\w-]*", text, re.ASCII):
        raise ValueError("no compact serialization")
    return text
