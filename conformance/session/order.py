"""In which order checks are asked: what most likely tells something first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from conformance.catalogue import Catalogue
from conformance.session.run import CheckItem


def in_order(checks: Sequence[CheckItem], catalogue: Catalogue) -> list[CheckItem]:
    """Each requirement's first quick check, those of the Definition of Done before the others; then all the rest.

    So a fault of any requirement shows early. Checks that take long begin in the middle, where others overlap with
    them, and those that have to be alone end the run.
    """
    places = {id_: (not each.dod, number) for number, (id_, each) in enumerate(catalogue.requirements.items())}
    asked: dict[str, count[int]] = {}

    def place(found: CheckItem) -> tuple[bool, int, bool, int]:
        check = found.check
        turn = next(asked.setdefault(check.requirement_id, count())) if not (check.long or check.alone) else 0
        first = turn == 0 and not check.long
        return (
            check.alone,
            0 if first else 1 if check.long else 2,
            *(places[check.requirement_id] if first else (False, 0)),
        )

    return sorted(checks, key=place)
