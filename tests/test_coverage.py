"""Every requirement has a check or an excuse, every check a requirement, and every requirement a flaw."""

from conformance.catalogue import Catalogue
from conformance.declare import declared_checks
from conformance.reference.flaws import FLAWS

REQUIREMENTS = Catalogue.load().requirements
ASKED = {each.requirement_id for each in declared_checks()}


def test_every_requirement_is_asked_or_excused() -> None:
    excused = {id_ for id_, each in REQUIREMENTS.items() if each.untestable}

    assert set(REQUIREMENTS) - ASKED - excused == set()
    assert excused & ASKED == set()
    assert len(excused) < 5


def test_every_check_asks_a_requirement_that_exists() -> None:
    assert ASKED - set(REQUIREMENTS) == set()


def test_every_requirement_has_a_flaw_and_every_flaw_a_requirement() -> None:
    broken = {id_ for each in FLAWS.values() for id_ in each.requirements}

    assert broken - set(REQUIREMENTS) == set()
    assert ASKED - broken == set()
    assert len(FLAWS) >= 180
