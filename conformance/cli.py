"""The command line beside pytest's: keys, profiles, the reference provider, the catalogue."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from conformance import __version__
from conformance.model import ConfigurationFault, Requirement

P = ParamSpec("P")
_USAGE = 4

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Conformance of Data Providers on PayNet's OFP.")
keys_app = typer.Typer(no_args_is_help=True, help="The test PKI.")
profile_app = typer.Typer(no_args_is_help=True, help="Profiles of Data Providers.")
reference_app = typer.Typer(no_args_is_help=True, help="The reference Data Provider.")
app.add_typer(keys_app, name="keys")
app.add_typer(profile_app, name="profile")
app.add_typer(reference_app, name="reference")


def main() -> None:
    """Run the command line; a configuration fault is one line for each problem and exit status 4."""
    app()


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ConfigurationFault as fault:
            typer.echo(str(fault), err=True)
            raise typer.Exit(_USAGE) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    return told


@app.command()
def version() -> None:
    """Print the suite's version."""
    typer.echo(__version__)


@keys_app.command("init")
@_plainly
def keys_init(
    directory: Annotated[Path, typer.Argument(help="a new folder")],
    host: Annotated[list[str] | None, typer.Option(help="a further name of this machine")] = None,
) -> None:
    """Make the keys and certificates that play PayNet and two Data Consumers."""
    from conformance import keys

    keys.init(directory, hosts=host or ())
    typer.echo(keys.handover(directory))


@profile_app.command("new")
@_plainly
def profile_new(file: Annotated[Path, typer.Argument(help="the file to write")]) -> None:
    """Write a commented profile to start from."""
    from conformance import profile

    if file.exists():
        raise ConfigurationFault("is there already, and is not overwritten", file=file, cure="Name a new file")
    try:
        file.write_text(profile.template().read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise ConfigurationFault(
            f"cannot be written ({error.strerror})", file=file, cure="Name another file"
        ) from None
    typer.echo(f"{file} is written. Fill it in, then: ofp-conformance profile check {file}")


@profile_app.command("check")
@_plainly
def profile_check(
    file: Annotated[str, typer.Argument(help="a file, or the name of a bundled profile")],
    settings: Annotated[list[str] | None, typer.Option("--set", help="KEY=VALUE over the profile")] = None,
) -> None:
    """Load a profile with all that it names, and say what it would ask."""
    from conformance import kit
    from conformance.catalogue import Catalogue
    from conformance.profile import Profile, setting

    catalogue = Catalogue.load()
    profile = Profile.load(file, overrides=dict(map(setting, settings or ())), catalogue=catalogue)
    kit.assemble(profile)
    asked = [each for each in catalogue.requirements.values() if profile.selects(each)]
    typer.echo(f"{profile.name}: {profile.target.rs_url}")
    typer.echo(f"requirements selected: {len(asked)} of {len(catalogue.requirements)}")
    typer.echo(f"capabilities: {', '.join(profile.capabilities) or 'none beyond the Definition of Done'}")
    typer.echo(f"customers: {', '.join(each.name for each in profile.customers)}")
    for name, reading in catalogue.readings.items():
        mark = "" if profile.reading(name) == reading.default else "   (not the default)"
        typer.echo(f"reading {name}: {profile.reading(name)}{mark}")


@profile_app.command("schema")
@_plainly
def profile_schema() -> None:
    """Print the JSON Schema of profiles, for editors."""
    from conformance.documents import schema
    from conformance.profile import Profile

    typer.echo(json.dumps(schema(Profile), indent=2))


@reference_app.command("serve")
@_plainly
def reference_serve(
    keys_directory: Annotated[Path, typer.Option("--keys", help="the folder that `keys init` made")],
    resource_url: Annotated[str, typer.Option(help="PayNet's resource server")] = "https://localhost:9443",
    browser_url: Annotated[str, typer.Option(help="PayNet's browser side")] = "https://localhost:9444",
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port of the webhooks")] = 8443,
    pages_port: Annotated[int, typer.Option(help="port of the customer pages")] = 8444,
    latency: Annotated[float, typer.Option(help="seconds before each answer")] = 0.0,
    flaw: Annotated[list[str] | None, typer.Option(help="a named flaw; see `reference flaws`")] = None,
) -> None:
    """Run the reference Data Provider alone, until it is interrupted."""
    from conformance.keys import Layout
    from conformance.reference import process

    settings = process.settings_for(
        Layout(keys_directory),
        hub_resource_url=resource_url,
        redirect_uri=f"{browser_url.rstrip('/')}/v1/oauth/callback",
        host=host,
        rs_port=port,
        pages_port=pages_port,
        latency_seconds=latency,
        flaws=flaw or [],
    )
    process.serve(settings, announce=lambda rs, pages: typer.echo(f"webhooks {rs}\ncustomer pages {pages}"))


@reference_app.command("flaws")
@_plainly
def reference_flaws() -> None:
    """List the flaws that the reference can be given."""
    from conformance.reference.flaws import FLAWS

    for name, flaw in FLAWS.items():
        typer.echo(f"{name}: {flaw.text} ({', '.join(flaw.requirements)})")


@app.command("catalogue")
@_plainly
def list_catalogue(as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """Print every requirement: its checks, its Definition-of-Done items, its source."""
    from conformance.catalogue import Catalogue

    checks = _checks()
    rows = [
        {
            "id": each.id,
            "level": each.level.value,
            "source": each.source,
            "definition_of_done": list(each.dod),
            "steps": list(each.steps),
            "text": each.text,
            "checks": checks.get(each.id, []),
        }
        for each in Catalogue.load().requirements.values()
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        items = ", ".join(map(str, row["definition_of_done"])) or "-"  # type: ignore[arg-type]
        typer.echo(f"{row['id']} {row['level']} {row['source']} DoD {items}: {row['text']}")
        for location in row["checks"] or ["(no check yet)"]:  # type: ignore[union-attr]
            typer.echo(f"    {location}")


@app.command()
@_plainly
def explain(requirement: Annotated[str, typer.Argument(help="an id, such as LCM-05")]) -> None:
    """Print one requirement, where it comes from, and how the suite asks it."""
    from conformance.catalogue import Catalogue

    catalogue = Catalogue.load()
    found: Requirement = catalogue.requirement(requirement.upper())
    typer.echo(f"{found.id} ({found.level}, source {found.source}, group {found.group})\n{found.text}")
    if found.reading:
        reading = catalogue.readings[found.reading]
        options = ", ".join(reading.options)
        typer.echo(f"Reading {reading.name}: {reading.question} [{options}], default {reading.default}")
    for location in _checks().get(found.id, ["no check yet"]):
        typer.echo(f"Asked by {location}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@_plainly
def run(context: typer.Context) -> None:
    """Run the checks with pytest, whatever configuration the current folder has; all arguments are pytest's."""
    import tempfile

    import pytest

    package = Path(__file__).parent
    with tempfile.TemporaryDirectory(prefix="ofp-conformance-") as folder:
        settings = Path(folder) / "pytest.ini"
        settings.write_text("[pytest]\naddopts = -p no:schemathesis -p no:cacheprovider\n")
        fixed = ["-c", str(settings), "--rootdir", str(package.parent), "--confcutdir", str(package)]
        code = pytest.main([str(package / "checks"), *fixed, *context.args])
    raise typer.Exit(int(code))


def _checks() -> dict[str, list[str]]:
    from conformance.declare import declared_checks

    found: dict[str, list[str]] = {}
    for each in declared_checks():
        found.setdefault(each.requirement_id, []).append(each.location)
    return found
