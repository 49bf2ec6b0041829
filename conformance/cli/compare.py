"""`ofp-conformance diff`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer


def diff(
    old: Annotated[Path, typer.Argument(help="The earlier run: its folder or its record.json.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The later run.", metavar="NEW")],
) -> int:
    """Say what changed between two runs. The exit status is 1 if anything is worse, else 0."""
    from conformance.judge import Exit
    from conformance.report.compare import Change, circumstances, compare
    from conformance.report.record import Record
    from conformance.report.text import fold

    before, after = Record.read(old), Record.read(new)
    for line in circumstances(before, after):
        typer.echo(f"differs beside the provider: {fold(line, 300)}")
    found = compare(before, after)
    for change, differences in groupby(found, key=lambda each: each.change):
        group = list(differences)
        typer.echo(f"{change} ({len(group)})")
        for each in group:
            typer.echo(f"  {each.requirement}  {fold(each.check, 200)}\n          {fold(each.told, 400)}")
    if not [each for each in found if each.change is not Change.STILL]:
        typer.echo("no difference")
    return int(Exit.NOT_CONFORMANT if any(each.change.worse for each in found) else Exit.CONFORMANT)
