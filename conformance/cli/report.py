"""`ofp-conformance report`: the run's Allure report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    run: Annotated[
        Path | None, typer.Argument(help="A run's folder; left out: the newest in ./reports.", metavar="RUN")
    ] = None,
    allure: Annotated[str | None, typer.Option(help="An Allure 3 command; left out: npm's, by npx.")] = None,
) -> None:
    """Make allure.html, one page that holds everything, in a run's folder."""
    from conformance.report.allure_page import render

    typer.echo(render(run or newest(Path("reports")), allure))


def newest(reports: Path) -> Path:
    """The newest run's folder.

    Raises:
        ConfigurationFault: there is none.
    """
    from conformance.model import ConfigurationFault

    runs = sorted((each.parent for each in reports.glob("*/record.json")), key=lambda each: each.name)
    if not runs:
        raise ConfigurationFault("holds no run", file=reports, cure="Run the checks, or name a run's folder")
    return runs[-1]
