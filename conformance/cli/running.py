"""`ofp-conformance run`: pytest on the installed checks, whatever lies in the current folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

_PACKAGE = Path(__file__).resolve().parent.parent


def run(context: typer.Context) -> int:
    """Run the checks. All arguments are pytest's and the suite's own: `run --help` lists them."""
    import pytest

    return int(pytest.main(arguments(context.args)))


def arguments(given: Sequence[str]) -> list[str]:
    """Pytest's command line: the suite's own root, settings and checks in place of those of the current folder.

    An argument such as `conformance/checks/events/check_events.py::check_name`, as reports have it, names a check of
    the installed suite; without one, all of them are asked.
    """
    named = [_located(each) for each in given]
    chosen = any(after != before for after, before in zip(named, given, strict=True)) or any(
        _is_check(each) for each in given
    )
    return [
        f"--rootdir={_PACKAGE.parent}",
        f"--config-file={Path(__file__).with_name('pytest.ini')}",
        f"--confcutdir={_PACKAGE}",
        "--override-ini",
        f"cache_dir={Path.cwd() / '.pytest_cache'}",
        *named,
        *([] if chosen else [str(_PACKAGE / "checks")]),
    ]


def _located(argument: str) -> str:
    installed = _PACKAGE.parent / argument.partition("::")[0]
    return str(_PACKAGE.parent / argument) if argument.startswith("conformance/") and installed.exists() else argument


def _is_check(argument: str) -> bool:
    return not argument.startswith("-") and _PACKAGE / "checks" in (path := Path(argument), *path.parents)
