"""Generated messages: the same for the same seed, complete, and what they say they are."""

import pytest

from conformance.contract import Contract
from conformance.generated import invalid_events, odd_texts, valid_events
from conformance.model import Operation
from tests.support.reference import Bench

CONTRACT = Contract.load()


def healthy() -> dict[str, object]:
    return {"event_type": "consent_created", "data": Bench().consent()}


HEALTHY = healthy()


def fixed() -> dict[str, object]:
    import copy

    return copy.deepcopy(HEALTHY)


def test_the_healthy_event_is_valid() -> None:
    assert CONTRACT.problems_in_request(Operation.EVENT, HEALTHY) == ()


@pytest.mark.parametrize("examples", [1, 50, 300])
def test_invalid_events_are_invalid_and_distinct(examples: int) -> None:
    cases = invalid_events(fixed, CONTRACT, 1, examples)

    assert all(CONTRACT.problems_in_request(Operation.EVENT, each.document) for each in cases)
    assert len({each.told for each in cases}) > 60
    assert len(cases) <= max(examples, 120)


def test_every_member_is_left_out_made_null_and_of_another_type() -> None:
    told = [each.told for each in invalid_events(fixed, CONTRACT, 1, 1)]

    for member in ("consent_id", "dc_id", "permissions", "status"):
        assert f"data.{member} left out" in told
    members = ("consent_id", "dc_id", "id_type", "hashed_id_number", "permissions", "expiration_datetime", "status")
    for member in members:
        assert f"data.{member} = null" in told
        assert f"data.{member} = 0" in told
    assert any("unspecified" in each for each in told)


def test_valid_events_are_valid() -> None:
    cases = valid_events(fixed(), 1, 200)

    assert [each.told for each in cases if CONTRACT.problems_in_request(Operation.EVENT, each.document)] == []
    assert len({each.consent_id for each in cases}) == 200


def test_a_seed_repeats_and_another_does_not() -> None:
    assert valid_events(fixed(), 7, 20) == valid_events(fixed(), 7, 20) != valid_events(fixed(), 8, 20)
    one, two, three = (invalid_events(fixed, CONTRACT, seed, 200) for seed in (7, 7, 8))
    assert one == two != three
    assert odd_texts(7, 50) == odd_texts(7, 50) != odd_texts(8, 50)
