"""The protected headers of the compact JWS and JWE in a message, found by their looks; nothing is verified here."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator

_COMPACT = re.compile(r"(?<![\w.-])(eyJ[\w-]{2,4096})\.([\w-]*)\.[\w-]*(?:\.[\w-]*\.[\w-]*)?(?![\w.-])")
_READ = 64 << 10
_MOST = 8
_DEEPEST = 2


def protected_headers(
    side: str, target: str, headers: Iterable[tuple[str, str]], body: bytes
) -> tuple[tuple[str, str], ...]:
    """Where each token stands (`request x-fapi-signature`, `response body, payload`) and its header as JSON text."""
    found = [each for name, value in headers for each in _within(f"{side} {name.lower()}", value, 0)]
    found += _within(f"{side} target", target, 0)
    found += _within(f"{side} body", body[:_READ].decode("utf-8", "replace"), 0)
    return tuple(found[:_MOST])


def _within(where: str, text: str, depth: int) -> Iterator[tuple[str, str]]:
    if "eyJ" not in text:
        return
    for token in _COMPACT.finditer(text[:_READ]):
        header = _decoded(token[1])
        if _is_object(header):
            yield where, header
            if depth < _DEEPEST and token[0].count(".") == 2:
                yield from _within(f"{where}, payload", _decoded(token[2]), depth + 1)


def _decoded(segment: str) -> str:
    try:
        return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)).decode()
    except ValueError:
        return ""


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
