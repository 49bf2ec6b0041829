"""The detection matrix: every flaw of the reference, and the checks that object to it.

    python -m tests.matrix docs/detection.md [--processes 2] [--only FLAW...]

Each flaw is asked by the checks of its own requirements and by those of some others, drawn by the flaw's name; what
objects among the others is shown beside it, because a defect may well break more than one requirement.
"""

from __future__ import annotations

import argparse
import html
import random
import re
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from conformance.catalogue import Catalogue
from conformance.declare import declared_checks
from conformance.model import Level, Verdict, Volume
from conformance.reference.flaws import FLAWS
from tests.support.asking import ask

_OTHERS = 4
# What takes long or makes load is asked of its own flaws alone.
# The checks of the regression plan ask much; one flaw for each of them is enough to see that they object.
_AT_LENGTH = (
    "account-unverified",
    "transactions-unverified",
    "userinfo-unverified",
    "authorize-takes-alg-none",
    "applies-unsecured-events",
)
_SLOW = ("TMO-", "LOD-", "LCM-08", "LCM-13", "LCM-14", "AUT-11", "EVT-02", "JWS-12", "UPD-12")


@dataclass(frozen=True)
class Found:
    """What objected to one flaw: for each of its own requirements the checks, for each of the others its name."""

    flaw: str
    own: dict[str, tuple[str, ...]]
    reason: str
    missed: tuple[str, ...]
    others: tuple[str, ...]


def look(name: str) -> Found:
    """Ask a provider with one flaw."""
    flaw = FLAWS[name]
    asked = {each.requirement_id for each in declared_checks()}
    own = [each for each in flaw.requirements if each in asked]
    rest = sorted(each for each in asked - set(own) if not each.startswith(_SLOW))
    others = random.Random(name).sample(rest, _OTHERS)
    levels = {each.id: each.level for each in Catalogue.load().requirements.values()}
    objections: dict[str, dict[str, str]] = {}
    collateral: set[str] = set()
    # Apart, because a flaw about things at once would spoil the one by the other.
    volume = Volume.REGRESSION if name in _AT_LENGTH else Volume.SIGN_OFF
    for result in (*ask(own, name, volume=volume), *ask(others, name)):
        broken = Verdict.FAIL if levels[result.requirement] is Level.MUST else Verdict.WARN
        if result.requirement in own and result.verdict is broken:
            check = named(result.check.partition("[")[0])
            objections.setdefault(result.requirement, {}).setdefault(check, result.actual)
        elif result.requirement not in own and result.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            collateral.add(result.requirement)
    missed = tuple(each for each in own if each not in objections)
    reason = next(iter(next(iter(objections.values())).values())) if objections else ""
    return Found(
        name, {id_: tuple(each) for id_, each in objections.items()}, reason, missed, tuple(sorted(collateral))
    )


def row(found: Found) -> str:
    """One flaw's row of the page."""
    flaw = FLAWS[found.flaw]
    own = "; ".join(f"{id_} {', '.join(f'`{check}`' for check in checks)}" for id_, checks in found.own.items())
    reason, others = _cell(found.reason), ", ".join(found.others)
    return f"| {flaw.name} | {flaw.text} | {flaw.verdict} | {own} | {reason} | {others} |"


def survivor(found: Found) -> str:
    """A flaw that a requirement of its own missed; "" where all caught it."""
    return f"{found.flaw} ({', '.join(found.missed)})" if found.missed else ""


def page(rows: Mapping[str, str], survivors: Mapping[str, str]) -> str:
    """The matrix as Markdown, the rate on its first line; both mappings are by the flaws' names."""
    told = {name: rows[name] for name in FLAWS if name in rows}
    missed = [each for name, each in survivors.items() if name in told and each]
    caught = len(told) - len(missed)
    owners = {id_ for each in told.values() for id_ in re.findall(r"([A-Z]{3}-\d\d) `", each)}
    idle = sorted(_checks() - {check for each in told.values() for check in re.findall(r"`([^`]+)`", each)})
    lines = [
        f"Detection: {caught} of {len(told)} flaws ({100 * caught / len(told):.0f} %) are caught by a check "
        f"of their own requirement; {len(owners)} requirements have a flaw.",
        "",
        "Each flaw is one defect of the reference Data Provider. `make detection` writes this page.",
        "",
        f"Survivors: {', '.join(missed) if missed else 'none'}.",
        "",
        f"Checks that no flaw trips: {', '.join(idle) if idle else 'none'}.",
        "",
        "| flaw | what it does | verdict | caught by | what came | others that objected |",
        "|---|---|---|---|---|---|",
        *told.values(),
    ]
    return "\n".join(lines) + "\n"


def kept(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The rows and the survivors of a page, by the flaws' names."""
    rows = {each.split(" ")[1]: each for each in text.splitlines() if re.match(r"\| (?!flaw )[a-z0-9]", each)}
    told = re.search(r"^Survivors: (.*)\.$", text, re.M)
    found = re.findall(r"([a-z0-9-]+) (\([A-Z0-9, -]+\))", told[1]) if told else []
    return rows, {name: f"{name} {ids}" for name, ids in found}


def _checks() -> set[str]:
    return {named(each.location) for each in declared_checks()}


def named(location: str) -> str:
    """A check by its room and its name, which are one check's own."""
    file, _, name = location.partition("::")
    return f"{Path(file).parent.name}/{name}"


def _cell(text: str) -> str:
    """A text of varying parts in one short cell of a table."""
    settled = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z", "…", " ".join(text.split()))
    return html.escape(settled if len(settled) <= 160 else settled[:159] + "…", quote=False).replace("|", "\\|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=list(FLAWS), metavar="FLAW", help="keep the rows of all others")
    given = parser.parse_args()
    rows, survivors = kept(given.file.read_text(encoding="utf-8")) if given.only else ({}, {})
    asked = given.only or list(FLAWS)
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        for number, each in enumerate(pool.map(look, asked), 1):
            rows[each.flaw], survivors[each.flaw] = row(each), survivor(each)
            print(f"{number}/{len(asked)} {each.flaw}{' MISSED' if each.missed else ''}", flush=True)
    given.file.parent.mkdir(parents=True, exist_ok=True)
    given.file.write_text(page(rows, survivors), encoding="utf-8")
    print(given.file.read_text(encoding="utf-8").splitlines()[0])


if __name__ == "__main__":
    main()
