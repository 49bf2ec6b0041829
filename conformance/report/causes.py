"""Which failures of a run to look into first: many often have one cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.model import Blame, Requirement, Result, Verdict

_OUTCOME = {Verdict.ERROR: 0, Verdict.FAIL: 1, Verdict.INCONCLUSIVE: 2, Verdict.WARN: 3}


@dataclass(frozen=True, slots=True)
class Likely:
    """A likely cause: the requirement whose failure names it, the finding that shows it, and how much else failed."""

    requirement: Requirement
    result: Result
    failed: int
    asked: int

    @property
    def blame(self) -> Blame:
        """Who probably has to act."""
        return self.result.blame


def likely(requirements: Iterable[Requirement], results: Iterable[Result]) -> tuple[Likely, ...]:
    """The likely causes of what did not pass, the likeliest first.

    A configuration fault comes first, because it spoils what follows. Then the requirement of which the largest part
    failed: a cause fails its own requirement wholly, and others here and there. Where that is the same, the order is
    the catalogue's, from transport to errors.
    """
    order = {each.id: (number, each) for number, each in enumerate(requirements)}
    asked: dict[str, list[Result]] = {}
    for each in results:
        if each.verdict is not Verdict.NOT_APPLICABLE:
            asked.setdefault(each.requirement, []).append(each)
    found = []
    for id_, all_ in asked.items():
        red = sorted((each for each in all_ if each.verdict in _OUTCOME), key=lambda each: _OUTCOME[each.verdict])
        if red:
            found.append(Likely(order[id_][1], red[0], len(red), len(all_)))
    return tuple(
        sorted(
            found,
            key=lambda each: (
                each.blame is not Blame.CONFIGURATION,
                _OUTCOME[each.result.verdict],
                -each.failed / each.asked,
                order[each.requirement.id][0],
            ),
        )
    )
