"""The command `ofp-conformance`. Commands import what they need when they run, so that help is quick."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import typer

from conformance import __version__
from conformance.cli import catalogue, compare, keys, packages, profiles, reference, replay, report, running
from conformance.judge import Exit
from conformance.model import ConfigurationFault

app = typer.Typer(
    name="ofp-conformance",
    help="Conformance of a Data Provider on PayNet's Open Finance Platform.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(keys.app, name="keys")
app.add_typer(profiles.app, name="profile")
app.add_typer(reference.app, name="reference")


@app.command()
def version() -> None:
    """Print the suite's version."""
    typer.echo(__version__)


app.command(name="catalogue")(catalogue.catalogue)
app.command(name="explain")(catalogue.explain)
app.command(name="diff")(compare.diff)
app.command(name="replay")(replay.replay)
app.command(name="report")(report.report)
app.command(name="package")(packages.package)
app.command(name="verify")(packages.verify)
app.command(
    name="run",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
)(running.run)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line, the process's own unless given; the exit status, as `judge.Exit` names it."""
    try:
        status = app(list(arguments) if arguments is not None else None, standalone_mode=False)
    except ConfigurationFault as fault:
        print(fault, file=sys.stderr)
        return int(Exit.CONFIGURATION)
    except BrokenPipeError:
        # Whoever read the output has enough; nothing may be written at exit either.
        sys.stdout = None
        return 0
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        return int(Exit.INTERRUPTED)
    except Exception as error:
        told = getattr(error, "format_message", None)  # what typer raises for a wrong command line
        if told is None:
            traceback.print_exc()
            return int(Exit.OUR_ERROR)
        text = str(told()).strip()
        print(text if "\n" in text else f"command line: {text}", file=sys.stderr)
        return int(Exit.CONFIGURATION)
    return status if isinstance(status, int) else 0
