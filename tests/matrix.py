"""The detection matrix: every flaw of the reference, and the checks that object to it.

    python -m tests.matrix docs/detection.md [--processes 2]

Each flaw is asked by the checks of its own requirements and by those of some others, drawn by the flaw's name; what
objects among the others is shown beside it, because a defect may well break more than one requirement.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from conformance.catalogue import Catalogue
from conformance.declare import declared_checks
from conformance.model import Level, Verdict
from conformance.reference.flaws import FLAWS
from tests.support.asking import ask

_OTHERS = 4
# What takes long or makes load is asked of its own flaws alone.
_SLOW = ("TMO-", "LOD-", "LCM-08", "LCM-13", "LCM-14", "AUT-11", "EVT-02", "JWS-12", "UPD-12")


@dataclass(frozen=True)
class Found:
    """What objected to one flaw: checks of its own requirements, and of others."""

    flaw: str
    own: dict[str, str]
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
    objections: dict[str, str] = {}
    collateral: set[str] = set()
    for result in ask({*own, *others}, name):
        broken = Verdict.FAIL if levels[result.requirement] is Level.MUST else Verdict.WARN
        if result.requirement in own and result.verdict is broken:
            objections.setdefault(result.requirement, result.check.partition("[")[0].rpartition("::")[2])
        elif result.requirement not in own and result.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            collateral.add(result.requirement)
    missed = tuple(each for each in own if each not in objections)
    return Found(name, objections, missed, tuple(sorted(collateral)))


def page(found: Iterable[Found]) -> str:
    """The matrix as Markdown, the rate on its first line."""
    rows = sorted(found, key=lambda each: list(FLAWS).index(each.flaw))
    caught = [each for each in rows if not each.missed]
    requirements = {id_ for each in rows for id_ in each.own}
    lines = [
        f"Detection: {len(caught)} of {len(rows)} flaws ({100 * len(caught) / len(rows):.0f} %) are caught by a check "
        f"of their own requirement; {len(requirements)} requirements have a flaw.",
        "",
        "Each flaw is one defect of the reference Data Provider. `make detection` writes this page.",
        "",
    ]
    survivors = [f"{each.flaw} ({', '.join(each.missed)})" for each in rows if each.missed]
    lines += [f"Survivors: {', '.join(survivors) if survivors else 'none'}.", ""]
    lines += ["| flaw | what it does | verdict | caught by | others that objected |", "|---|---|---|---|---|"]
    for each in rows:
        flaw = FLAWS[each.flaw]
        own = ", ".join(f"{id_} `{check}`" for id_, check in each.own.items())
        lines.append(f"| {flaw.name} | {flaw.text} | {flaw.verdict} | {own} | {', '.join(each.others) or ''} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    found = []
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        for number, each in enumerate(pool.map(look, FLAWS), 1):
            found.append(each)
            print(f"{number}/{len(FLAWS)} {each.flaw}{' MISSED' if each.missed else ''}", flush=True)
    given.file.parent.mkdir(parents=True, exist_ok=True)
    given.file.write_text(page(found), encoding="utf-8")
    print(given.file.read_text(encoding="utf-8").splitlines()[0])


if __name__ == "__main__":
    main()
