"""Who has to do what before the next run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.model import Blame
from conformance.report.causes import Likely, likely
from conformance.report.record import Record
from conformance.report.text import fold

_ACTORS = {
    Blame.PROVIDER: "The Data Provider's developers",
    Blame.CONFIGURATION: "Whoever wrote the profile",
    Blame.HARNESS: "The suite's authors",
    Blame.UNKNOWN: "The Data Provider's developers, with whoever wrote the profile",
}
_FIRST = 8


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to mend: the requirement that shows it best, what became of it, its text, and the likely cause.

    `others` are the requirements that did not pass for the same cause; `waived_until` is a day, "" without a waiver.
    """

    requirement: str
    verdict: str
    text: str
    cause: str
    others: tuple[str, ...]
    waived_until: str


@dataclass(frozen=True, slots=True)
class Duty:
    """What somebody has to do: the likeliest causes first, the rest by their requirements' ids."""

    who: str
    deeds: tuple[Deed, ...]
    rest: tuple[str, ...]


def duties(record: Record) -> tuple[Duty, ...]:
    """By whoever has to act; who has the likeliest cause to mend comes first."""
    alike: dict[str, list[Likely]] = {}
    for each in likely(record.requirements, record.results):
        alike.setdefault(_cause(each), []).append(each)
    found: dict[Blame, list[Deed]] = {}
    for cause, several in alike.items():
        found.setdefault(several[0].blame, []).append(_deed(cause, several))
    return tuple(
        Duty(
            _ACTORS[blame],
            tuple(deeds[:_FIRST]),
            tuple(id_ for each in deeds[_FIRST:] for id_ in (each.requirement, *each.others)),
        )
        for blame, deeds in found.items()
    )


def _cause(found: Likely) -> str:
    result = found.result
    return fold(result.hint or f"expected {result.expected}; got {result.actual}", 300)


def _deed(cause: str, several: Sequence[Likely]) -> Deed:
    first = several[0]
    others = tuple(each.requirement.id for each in several[1:])
    return Deed(
        requirement=first.requirement.id,
        verdict=first.result.verdict.value,
        text=fold(first.requirement.text, 300),
        cause=cause,
        others=others,
        waived_until=first.result.waived_until,
    )
