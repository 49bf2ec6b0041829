"""Page text as a person compares it: spaces folded, what cannot be seen left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_QUOTES = str.maketrans("\u2018\u2019\u201a\u201c\u201d\u201e\u2010\u2011\u2013\u2014", "'''\"\"\"----")


def squeeze(text: str) -> str:
    """One space for each run of white space; control, zero-width and direction characters removed."""
    return " ".join(_INVISIBLE.sub("", text).split())


def fold(text: str) -> str:
    """What two texts have in common when a person calls them the same: case, spaces, quotes, dashes and width aside."""
    return squeeze(unicodedata.normalize("NFKC", text)).translate(_QUOTES).casefold()


def excerpt(text: str, length: int = 40) -> str:
    """The beginning of a text, safe to print on one line."""
    text = squeeze(text[: 8 * length])
    return text if len(text) <= length else text[: length - 3].rstrip() + "..."


def listed(names: Iterable[str], most: int = 8) -> str:
    """Up to `most` different names in quotes, and how many more there are; "none" when there are none."""
    distinct = [name for name in dict.fromkeys(excerpt(name) for name in names) if name]
    more = f" and {len(distinct) - most} more" if len(distinct) > most else ""
    return (", ".join(f"{name!r}" for name in distinct[:most]) + more) or "none"
