"""Replaces member values in JSON text; the rest stays, to the byte: spacing, order, faults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\],:]|[^\s{}\[\],:"]+|\s+', re.DOTALL)
_OPENING, _CLOSING, _AFTER_VALUE = frozenset("{["), frozenset("}]"), frozenset("}],")


def rewrite(text: str, replacement: Callable[[str, str], str | None]) -> str:
    """The text with the values of some members replaced by strings.

    `replacement(name, value)` is given a member's name, escapes undone, and its value (a string's text, else the source
    text; "" of an object or array) and returns the new text, or None to leave it. Text that is not valid JSON, or was
    cut, is treated by the same tokens as far as they go.
    """
    out: list[str] = []
    name: str | None = None  # of the member whose value comes next
    last = ""  # the last piece that was a string, a possible name
    depth: int | None = None  # within a value that has been replaced; it lasts to the separator, valid or not
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if depth == 0 and piece in _AFTER_VALUE:
            depth = None
        if depth:
            depth += (piece in _OPENING) - (piece in _CLOSING)
        elif piece.isspace():
            out.append(piece)
        elif depth == 0:
            depth += piece in _OPENING
        elif piece == ":":
            name = _unescaped(last)
            out.append(piece)
        elif name is None or piece in _AFTER_VALUE:
            last, name = piece, None
            out.append(piece)
        else:
            container = piece in _OPENING
            new = replacement(name, "" if container else _unescaped(piece))
            out.append(piece if new is None else json.dumps(new))
            depth = None if new is None else int(container)
            last, name = "", None
    return "".join(out)


def _unescaped(piece: str) -> str:
    if not piece.startswith('"'):
        return piece
    try:
        return str(json.loads(piece, strict=False))
    except ValueError:
        return piece.strip('"')
