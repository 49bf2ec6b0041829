"""`ofp-conformance profile`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from conformance.catalogue import Catalogue
    from conformance.profile import Profile

app = typer.Typer(help="Profiles: a Data Provider and what a run asks of it.", no_args_is_help=True)


@app.command()
def new(file: Annotated[Path, typer.Argument(help="The file to write.", metavar="FILE")]) -> None:
    """Write a commented profile to fill in. A file that is there is left alone."""
    from conformance.model import ConfigurationFault
    from conformance.profile import template

    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(template().read_text("utf-8"))
    except FileExistsError:
        raise ConfigurationFault("there is such a file already", file=file, cure="Name a new file") from None
    except OSError as error:
        raise ConfigurationFault(
            f"cannot be written ({error.strerror})", file=file, cure="Name a file in a folder that you may write"
        ) from None
    typer.echo(f"{file} is written. Fill in what it marks CHANGE, then: ofp-conformance profile check {file}")


@app.command()
def check(
    profile: Annotated[str, typer.Argument(help="A file, or the name of a bundled profile.", metavar="FILE")],
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="Any value of the profile.", metavar="KEY=VALUE")
    ] = None,
    dp_url: Annotated[str | None, typer.Option(help="The same as --set target.rs_url=URL.")] = None,
) -> None:
    """Read a profile with all the files it names, and say what a run would ask."""
    from conformance import kit
    from conformance.catalogue import Catalogue
    from conformance.model import ConfigurationFault
    from conformance.profile import Profile
    from conformance.profile import setting as parsed

    overrides: dict[str, object] = {} if dp_url is None else {"target.rs_url": dp_url}
    overrides |= dict(parsed(each) for each in setting or ())
    catalogue = Catalogue.load()
    found = Profile.load(profile, overrides=overrides, catalogue=catalogue)
    try:
        kit.assemble(found)
        if found.target.signing_keys.jwks_url is None:
            kit.provider_keys(found)
    except ConfigurationFault as fault:
        raise found.located(fault) from None
    for line in _summary(found, catalogue):
        typer.echo(line)


@app.command()
def schema() -> None:
    """Print the JSON Schema of profiles, for editors."""
    from conformance.catalogue import Catalogue
    from conformance.profile.editor import editor_schema

    typer.echo(json.dumps(editor_schema(Catalogue.load().readings), indent=2, ensure_ascii=False))


def _summary(profile: Profile, catalogue: Catalogue) -> Iterator[str]:
    target, plan = profile.target, profile.plan
    offered = ", ".join(profile.capabilities) or "none"
    yield f"profile        {profile.name} ({' < '.join(profile.chain)})"
    yield f"target         {target.rs_url}" + (
        "" if target.as_url == target.rs_url else f", authorize at {target.as_url}"
    )
    yield f"capabilities   {offered}"
    customers = (f"{each.name} ({len(each.accounts)} accounts)" for each in profile.customers)
    yield f"customers      {', '.join(customers)}"
    yield f"consumers      {', '.join(f'{each.id} ({each.name})' for each in profile.data_consumers)}"
    chosen = [each for each in catalogue.requirements.values() if profile.selects(each)]
    beyond = [each for each in chosen if each.capability and each.capability not in profile.capabilities]
    by_level = (f"{sum(each.level is level for each in chosen)} {level}" for level in plan.levels)
    yield f"asked          {len(chosen)} of {len(catalogue.requirements)} requirements: {', '.join(by_level)}"
    if beyond:
        yield f"not applicable {len(beyond)} of them: a capability that is not declared"
    depth = f"{plan.examples} examples for each generated check, {plan.concurrency} at once"
    yield f"plan           {plan.volume}, {depth}{'' if plan.sign_off else ', a rehearsal'}"
    for waiver in profile.waivers:
        yield f"waiver         {waiver.requirement} until {waiver.until}: {waiver.reason} ({waiver.owner})"
    yield "readings"
    for name, reading in catalogue.readings.items():
        choice = profile.reading(name)
        other = "" if choice == reading.default else f"   (default: {reading.default})"
        yield f"  {name:26}{choice}{other}"
