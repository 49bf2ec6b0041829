"""`ofp-conformance catalogue` and `ofp-conformance explain`: what is asked of a Data Provider, and by which checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from conformance.catalogue import Catalogue
    from conformance.declare import Declaration
    from conformance.model import Reading, Requirement

    Checks = dict[str, list[Declaration]]


def catalogue(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """List every requirement with its source, its Definition-of-Done item and its checks, then the readings."""
    found, checks = _loaded()
    if as_json:
        typer.echo(json.dumps(_plain(found, checks), indent=2, ensure_ascii=False))
        return
    group = ""
    for each in found.requirements.values():
        if each.group != group:
            group = each.group
            typer.echo(f"\n{group}")
        typer.echo(f"  {each.id}  {each.level:6}  {each.source:8} {_done(each):12} {each.text}")
        for line in _asked_by(each, checks):
            typer.echo(f"      {line}")
    typer.echo("\nreadings (key `readings` of a profile)")
    for reading in found.readings.values():
        typer.echo(f"  {reading.name}: {reading.question} {_options(reading)}")


def explain(
    requirement: Annotated[str, typer.Argument(help="A requirement's id, or a check's name.", metavar="ID")],
) -> None:
    """Say all there is to a requirement: the duty, why it matters, how it is usually got wrong, and how it is asked."""
    from conformance.explanations import Explanations
    from conformance.reference.flaws import FLAWS

    found, checks = _loaded()
    asking = {each.name: each.requirement_id for several in checks.values() for each in several}
    name = requirement.strip().rpartition("::")[2].partition("[")[0]
    duty = found.requirement(asking.get(name) or name.upper())
    typer.echo(f"{duty.id} ({duty.level}, {duty.group}): {duty.text}")
    typer.echo(f"  source     {_SOURCES.get(duty.source, duty.source)}")
    if duty.dod:
        items = (f"{each.number} {each.title}" for each in found.definition_of_done if each.number in duty.dod)
        typer.echo(f"  done       {', '.join(items)}")
    if duty.steps:
        rows = (f"{each.id} {each.title}" for each in found.steps if each.id in duty.steps)
        typer.echo(f"  journey    {', '.join(rows)}")
    if duty.capability:
        typer.echo(f"  applies    to Data Providers whose profile declares the capability {duty.capability}")
    if duty.reading:
        reading = found.readings[duty.reading]
        typer.echo(f"  reading    {reading.name}: {reading.question} {_options(reading)}")
        typer.echo(f"             {reading.sources}")
        typer.echo(f"             {reading.changes}")
    told = Explanations.load(found)
    typer.echo(f"  why        {told.groups[duty.group].why}")
    typer.echo(f"  mistakes   {told.wrong[duty.id]}")
    for flaw in FLAWS.values():
        if duty.id in flaw.requirements:
            typer.echo(f"             a Data Provider that {flaw.text}")
    typer.echo(f"  look at    {told.groups[duty.group].look}")
    for line in _asked_by(duty, checks):
        typer.echo(f"  asked by   {line}")


_SOURCES = {
    "G": "G, the DP integration guide v1.2.1",
    "F": "F, the Integration Flow page",
    "N": "N, a neighbouring build or the wiki",
}


def _loaded() -> tuple[Catalogue, Checks]:
    from conformance.catalogue import Catalogue
    from conformance.declare import declared_checks

    checks: Checks = {}
    for each in declared_checks():
        checks.setdefault(each.requirement_id, []).append(each)
    return Catalogue.load(), checks


def _done(requirement: Requirement) -> str:
    return f"done {','.join(map(str, requirement.dod))}" if requirement.dod else ""


def _options(reading: Reading) -> str:
    return " | ".join(f"{each} (default)" if each == reading.default else each for each in reading.options)


def _asked_by(requirement: Requirement, checks: Checks) -> Iterator[str]:
    if requirement.untestable:
        yield f"cannot be asked: {requirement.untestable}"
    elif requirement.id not in checks:
        yield "no check yet"
    for each in checks.get(requirement.id, ()):
        yield f"{each.location}  {each.title}"


def _plain(found: Catalogue, checks: Checks) -> dict[str, object]:
    return {
        "digest": found.digest,
        "requirements": [
            asdict(each)
            | {"checks": [{"location": check.location, "title": check.title} for check in checks.get(each.id, ())]}
            for each in found.requirements.values()
        ],
        "readings": [asdict(each) for each in found.readings.values()],
        "definition_of_done": [asdict(each) for each in found.definition_of_done],
    }
