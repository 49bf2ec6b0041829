"""Where the suite's data folders are: the top of a checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
NAMES = ("specs", "profiles", "fixtures")


def path(name: str) -> Path:
    """The folder `specs`, `profiles` or `fixtures`.

    Raises:
        ValueError: for any other name.
    """
    if name not in NAMES:
        raise ValueError(f"no such resource folder: {name}")
    bundled = _PACKAGE / "_bundled" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
