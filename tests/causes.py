"""How often the first cause that a report names is the true one: one flaw of the reference at a time.

    python -m tests.causes docs/causes.md [--processes 2]

A flaw is asked by all of its own requirements' checks and by one of the parameters of each other check; the reports'
ranking of what failed then has to begin with a requirement of the flaw.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from conformance.catalogue import Catalogue
from conformance.declare import declared_checks
from conformance.model import Result
from conformance.reference.flaws import FLAWS
from conformance.report.causes import likely
from conformance.session.request import Request
from tests.support.asking import Question, questions, staged, together

# What takes long or makes load is asked of its own flaws alone.
_SLOW = ("LOD-", "TMO-", "LCM-08", "LCM-14", "UPD-12")


@dataclass(frozen=True)
class Named:
    """One flaw, and the requirements that a report would name as causes, the likeliest first."""

    flaw: str
    causes: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the first is one of the flaw's own."""
        return self.causes[:1] != () and self.causes[0] in FLAWS[self.flaw].requirements


def look(name: str) -> Named:
    """Ask a provider with one flaw, and rank what failed."""
    return Named(name, tuple(each.requirement.id for each in likely(_REQUIREMENTS, results(name))))


def results(name: str) -> list[Result]:
    """What a provider with one flaw gets."""
    with staged(Request(profile=None, overrides={}, embedded=True, flaws=(name,))) as stage:
        return together(stage, _questions(name))


def _questions(name: str) -> list[Question]:
    own = set(FLAWS[name].requirements)
    others = {each.requirement_id for each in declared_checks()} - own
    asked = [each for each in others if not each.startswith(_SLOW)]
    drawn: dict[str, list[Question]] = {}
    for each in questions(asked):
        drawn.setdefault(each.check.location, []).append(each)
    chance = random.Random(name)
    found = [*questions(own), *(chance.choice(several) for several in drawn.values())]
    return sorted(found, key=lambda each: each.check.alone)


_REQUIREMENTS = tuple(Catalogue.load().requirements.values())


def page(found: Sequence[Named]) -> str:
    """The rankings as Markdown, the rate on the first line."""
    right = [each for each in found if each.right]
    lines = [
        f"First causes: {len(right)} of {len(found)} flaws ({100 * len(right) / len(found):.0f} %) are under the"
        " requirement that a report names first.",
        "",
        "Each flaw is one defect of the reference Data Provider; its own checks ask it with all their parameters, the"
        " others with one. `make detection` writes this page.",
        "",
        "| flaw | its requirements | named first, then | |",
        "|---|---|---|---|",
    ]
    for each in found:
        own, named = ", ".join(FLAWS[each.flaw].requirements), ", ".join(each.causes[:3])
        lines.append(f"| {each.flaw} | {own} | {named} | {'' if each.right else 'another one'} |")
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
            print(f"{number}/{len(FLAWS)} {each.flaw}: {', '.join(each.causes[:4])}", flush=True)
    given.file.write_text(page(found), encoding="utf-8")
    print(page(found).splitlines()[0])


if __name__ == "__main__":
    main()
