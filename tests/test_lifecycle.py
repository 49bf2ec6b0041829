from datetime import UTC, datetime, timedelta

import pytest

from conformance import lifecycle
from conformance.lifecycle import Status

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_the_table_has_exactly_the_flow_pages_transitions() -> None:
    pairs = {(a.value, b.value) for a in Status for b in Status if lifecycle.allows(a, b)}

    assert pairs == {
        ("awaiting_authorization", "authorized"),
        ("awaiting_authorization", "rejected"),
        ("awaiting_authorization", "failed"),
        ("authorized", "suspended"),
        ("authorized", "expired"),
        ("authorized", "revoked"),
        ("suspended", "authorized"),
        ("suspended", "revoked"),
        ("suspended", "expired"),
    }


def test_four_states_are_final() -> None:
    assert {each for each in Status if lifecycle.is_final(each)} == {
        Status.REJECTED,
        Status.REVOKED,
        Status.EXPIRED,
        Status.FAILED,
    }


@pytest.mark.parametrize("status", list(Status))
def test_only_an_authorized_unexpired_consent_serves(status: Status) -> None:
    later, earlier = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)

    assert lifecycle.serves_data(status, later, NOW) is (status is Status.AUTHORIZED)
    assert not lifecycle.serves_data(status, earlier, NOW)
    assert not lifecycle.serves_data(status, NOW, NOW)


@pytest.mark.parametrize("target", list(Status))
def test_paths_follow_the_table(target: Status) -> None:
    if target is Status.AWAITING_AUTHORIZATION:
        return
    at = Status.AWAITING_AUTHORIZATION
    for after in lifecycle.paths_to(target):
        assert lifecycle.allows(at, after)
        at = after
    assert at is target


def test_a_state_to_which_nothing_leads_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "TRANSITIONS", dict.fromkeys(Status, frozenset()))

    with pytest.raises(ValueError, match="no way leads to revoked"):
        lifecycle.paths_to(Status.REVOKED)
