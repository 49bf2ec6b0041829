"""The strict first reading of compact serializations: everything a library might overlook is refused here.

RFC 7515 section 7.1 and RFC 7516 section 7.1 for the shape, RFC 4648 section 5 without padding for the alphabet.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Collection

MAX_TOKEN = 4 << 20
MAX_HEADER = 16 << 10
MAX_DEPTH = 16
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


class JoseError(ValueError):
    """A token or key that this examiner does not accept.

    `code` is one of malformed, alg, kid, crit, signature, key, oversized, duplicate, claim and zip.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def b64url(data: bytes) -> str:
    """Bytes as base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """The bytes of base64url without padding, in its one canonical spelling.

    Raises:
        JoseError: malformed, for any other character, length or left-over bits.
    """
    if not _ALPHABET.fullmatch(text):
        raise JoseError("malformed", "not base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise JoseError("malformed", "not base64url: its length is impossible") from None
    if b64url(data) != text:
        raise JoseError("malformed", "not canonical base64url: left-over bits are set")
    return data


def split(token: str, parts: int) -> list[str]:
    """The parts of a compact serialization, which must be that many.

    Raises:
        JoseError: oversized or malformed.
    """
    if len(token) > MAX_TOKEN:
        raise JoseError("oversized", f"the token has more than {MAX_TOKEN} characters")
    found = token.split(".")
    if len(found) != parts:
        raise JoseError("malformed", f"a compact serialization of {len(found)} part(s) instead of {parts}")
    return found


def object_from(text: bytes, what: str) -> dict[str, object]:
    """A JSON object in UTF-8 without duplicate members or deep nesting.

    Raises:
        JoseError: malformed or duplicate.
    """
    try:
        value = json.loads(
            text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite
        )
    except JoseError:
        raise
    except (ValueError, RecursionError):
        raise JoseError("malformed", f"the {what} is not JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise JoseError("malformed", f"the {what} is not a JSON object")
    if _deeper(value, MAX_DEPTH):
        raise JoseError("malformed", f"the {what} is nested too deeply")
    return value


def protected_header(token: str) -> dict[str, object]:
    """The protected header of a compact JWS or JWE, nothing verified.

    Raises:
        JoseError: oversized, malformed or duplicate.
    """
    first = token[: MAX_HEADER * 2].split(".", 1)[0]
    if len(first) > MAX_HEADER:
        raise JoseError("oversized", f"the header has more than {MAX_HEADER} characters")
    return object_from(unb64url(first), "protected header")


def examined(header: dict[str, object], algorithms: Collection[str], *, understood: Collection[str] = ()) -> str:
    """The header's kid, once its alg is listed, its crit understood (RFC 7515 section 4.1.11) and its zip absent.

    Raises:
        JoseError: alg, zip, crit or kid.
    """
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in algorithms:
        raise JoseError("alg", f"alg {shown(alg)} is not {' or '.join(algorithms)}")
    if "zip" in header:
        raise JoseError("zip", "compressed content is not accepted")
    _examine_crit(header, understood)
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise JoseError("kid", "the header names no kid")
    return kid


def _examine_crit(header: dict[str, object], understood: Collection[str]) -> None:
    names: list[str] = []
    if "crit" in header:
        crit = header["crit"]
        if not isinstance(crit, list) or not crit or not all(isinstance(each, str) for each in crit):
            raise JoseError("crit", "crit is not a list of names")
        strange = [each for each in crit if each not in understood or each not in header]
        if strange:
            raise JoseError("crit", f"crit names what is not understood here: {shown(strange)}")
        if len(set(crit)) != len(crit):
            raise JoseError("crit", "crit gives a name twice")
        names = crit
    if "b64" in header and "b64" not in names:
        raise JoseError("crit", "b64 without crit (RFC 7797 section 6)")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise JoseError("duplicate", f"the member {shown(name)} stands twice")
        found[name] = value
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def _deeper(value: object, levels: int) -> bool:
    """Whether it nests deeper; looks no further than that, so that no depth exhausts the stack."""
    if isinstance(value, dict):
        return levels == 0 or any(_deeper(each, levels - 1) for each in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_deeper(each, levels - 1) for each in value)
    return False


def shown(value: object) -> str:
    """A value from a token as a message may quote it: escaped, in one line, short."""
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
