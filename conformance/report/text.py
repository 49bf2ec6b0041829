"""Text that came from a Data Provider, made harmless before a person or a terminal sees it."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterator, Sequence

_HARMFUL = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def fold(text: str, limit: int = 400) -> str:
    """One bounded line: control characters, escapes and direction overrides become spaces, runs of space one."""
    clean = "".join(" " if unicodedata.category(each) in _HARMFUL else each for each in text[: limit * 4])
    line = " ".join(clean.split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def harmless(text: str, limit: int = 65536) -> str:
    """The text with its line breaks, without anything else that a terminal or a reader might act on."""
    kept = (each if each in "\n\t" or unicodedata.category(each) not in _HARMFUL else "\ufffd" for each in text[:limit])
    return "".join(kept) + ("\n[cut]" if len(text) > limit else "")


def word(text: str) -> str:
    """The text as one word of a shell's command line; with control characters as bash and zsh spell them ($'...')."""
    if not any(unicodedata.category(each) in _HARMFUL for each in text):
        return shlex.quote(text)
    spelled = "".join(
        _escaped(each) if unicodedata.category(each) in _HARMFUL or each in "\\'" else each for each in text
    )
    return f"$'{spelled}'"


def _escaped(character: str) -> str:
    return "".join(f"\\x{each:02x}" for each in character.encode("utf-8", "surrogatepass"))


def ranges(ids: Sequence[str]) -> str:
    """Ids by their groups: `EVT-04..07, 09`."""
    groups: dict[str, list[int]] = {}
    for each in ids:
        name, _, number = each.partition("-")
        groups.setdefault(name, []).append(int(number))
    return ", ".join(f"{name}-{'+'.join(_runs(sorted(numbers)))}" for name, numbers in groups.items())


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    start = last = numbers[0]
    for each in (*numbers[1:], 0):
        if each != last + 1:
            yield f"{start:02}" if start == last else f"{start:02}..{last:02}"
            start = each
        last = each


def shortened(text: str) -> str:
    """The text with lists of more than three requirements' ids as ranges."""
    return re.sub(r"[A-Z]{3}-\d\d(?:, [A-Z]{3}-\d\d){3,}", lambda found: ranges(found[0].split(", ")), text)
