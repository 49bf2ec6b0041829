import pytest

from conformance.catalogue import Catalogue
from conformance.declare import declared_checks
from conformance.model import Level, Verdict
from conformance.reference.flaws import FLAWS
from tests.support.asking import ask

LEVELS = {each.id: each.level for each in Catalogue.load().requirements.values()}
ASKED = {each.requirement_id for each in declared_checks()}


def test_without_a_flaw_nothing_objects() -> None:
    results = ask(ASKED - {"LOD-01", "LOD-02"})

    assert [(each.check, each.actual) for each in results if each.verdict is not Verdict.PASS] == []
    assert {each.requirement for each in results} == ASKED - {"LOD-01", "LOD-02"}


@pytest.mark.parametrize("name", list(FLAWS))
def test_a_flaw_is_caught_by_the_checks_of_its_requirement(name: str) -> None:
    flaw = FLAWS[name]
    requirements = [each for each in flaw.requirements if each in ASKED]

    results = ask(requirements, name)

    for requirement in requirements:
        expected = Verdict.FAIL if LEVELS[requirement] is Level.MUST else Verdict.WARN
        assert expected in {each.verdict for each in results if each.requirement == requirement}
    assert flaw.verdict in {each.verdict for each in results}


def test_a_reading_makes_a_failure_of_a_warning() -> None:
    promoted = {"readings.iat_window": "must"}

    assert {each.verdict for each in ask(["JWS-16"], "ignores-old-iat", overrides=promoted)} == {
        Verdict.FAIL,
        Verdict.PASS,
    }
    assert {each.verdict for each in ask(["JWS-16"], overrides=promoted)} == {Verdict.PASS}


def test_every_asked_requirement_has_a_flaw() -> None:
    assert {id_ for each in FLAWS.values() for id_ in each.requirements} >= ASKED
