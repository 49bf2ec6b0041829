"""`ofp-conformance keys`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The keys and certificates that the suite plays PayNet with.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """The keys and certificates that the suite plays PayNet with."""


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="A new folder.", metavar="DIR")],
    host: Annotated[
        list[str] | None, typer.Option(help="A further name or address that the DP calls this computer by.")
    ] = None,
    days: Annotated[int, typer.Option(help="For how long the certificates are good.", min=1, max=3650)] = 365,
) -> None:
    """Make test keys in DIR and say what to give the Data Provider. Nothing is ever overwritten."""
    from conformance import keys

    keys.init(directory, hosts=tuple(host or ()), days=days)
    typer.echo(keys.handover(directory))
