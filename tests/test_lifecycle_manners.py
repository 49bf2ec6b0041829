"""Honest providers that the lifecycle's questions must not object to, and what they do not ask under a reading."""

import pytest

from conformance.model import Verdict
from tests.support.asking import ask, questions, staged
from tests.test_sequences import reference


@pytest.mark.parametrize(
    ("manner", "requirements"),
    [
        ("turns-away-on-a-page", {"AUT-11", "LCM-09", "LCM-11", "LCM-14"}),
        ("clock-runs-behind", {"AUT-11", "LCM-08", "LCM-13", "LCM-14"}),
    ],
)
def test_a_manner_is_no_fault(manner: str, requirements: set[str]) -> None:
    results = ask(requirements, manners=[manner])

    assert {each.requirement for each in results} == requirements
    assert [(each.check, each.verdict, each.actual) for each in results if each.verdict is not Verdict.PASS] == []


def test_what_only_a_customer_may_open_is_not_asked_where_events_open() -> None:
    with staged(reference()) as stage:
        object.__setattr__(
            stage.bench, "profile", stage.profile.model_copy(update={"readings": {"activation": "event"}})
        )
        reasons = {each.check.name: stage.bench.inapplicable(each.check) for each in questions({"LCM-11"})}

    asked = {name for name, reason in reasons.items() if not reason}
    assert asked == {"check_strange_transitions_do_nothing"}
    assert "activation=journey" in reasons["check_event_alone_authorizes_nothing"]
