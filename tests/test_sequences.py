"""Sequences for two consents: shrunk to a story, deterministic, and judged only where the provider was heard."""

import asyncio
import dataclasses
import re
from collections.abc import Mapping

import pytest

from conformance.consent import EventType
from conformance.declare import declared_checks
from conformance.lifecycle import Status
from conformance.model import Blocked, Exchange, Result, Verdict
from conformance.provider import Answer, Provider
from conformance.sequences import explored
from conformance.sequences.play import Play, Wrong
from conformance.session.bench import Desk
from conformance.session.request import Request
from conformance.session.stage import Stage
from tests.support.asking import ask, staged

PLAN: Mapping[str, object] = {"plan.seed": 7, "plan.examples": 24}


def reference(*flaws: str) -> Request:
    return Request(profile=None, overrides=PLAN, embedded=True, flaws=flaws)


def sequences(*flaws: str, **overrides: object) -> Result:
    (result,) = ask(["LCM-13"], *flaws, overrides={**PLAN, **overrides})
    return result


def told(exchange: Exchange) -> tuple[str, ...]:
    return tuple(re.findall(r'"(?:event_type|status)": ?"(\w+)"', exchange.request.body))


@pytest.mark.parametrize(
    ("flaw", "steps"),
    [("toggles-suspension", 5), ("revoked-can-be-suspended", 6), ("authorized-can-be-rejected", 4)],
)
def test_a_story_is_as_short_as_it_can_be(flaw: str, steps: int) -> None:
    result = sequences(flaw, **{"plan.examples": 150})

    assert result.verdict is Verdict.FAIL
    steps_told = result.actual.split("; ")
    assert steps_told[0] == "1. PayNet announces consents A and B of one customer"
    assert steps_told[-1].endswith(("must be", "must not be"))
    assert len(steps_told) == steps
    assert result.exchange in {each.id for each in result.exchanges}


def test_a_seed_repeats_the_requests() -> None:
    once, again = sequences(), sequences()

    assert once.verdict is again.verdict is Verdict.PASS
    events = [told(each) for each in once.exchanges if told(each)]
    assert events == [told(each) for each in again.exchanges if told(each)]
    assert len(set(events)) > 5


def test_a_tour_that_cannot_be_finished_is_no_pass() -> None:
    result = sequences(**{"bounds.check_seconds": 3})

    assert result.verdict is Verdict.INCONCLUSIVE


class Deaf(Provider):
    """A provider whose answer to a suspension is lost, or another status."""

    status = 503

    async def event(self, kind: EventType, consent, *changes) -> Answer:  # type: ignore[no-untyped-def]
        if consent.status is not Status.SUSPENDED:
            return await super().event(kind, consent, *changes)
        answer = await super().balances(consent, consent.accounts[0])
        return dataclasses.replace(answer, wire=dataclasses.replace(answer.wire, status=self.status))


def suspended(stage: Stage, status: int) -> None:
    async def run() -> None:
        desk = Desk(stage.bench)
        desk.journey.provider.__class__ = type("Deaf", (Deaf,), {"status": status})
        play = Play(desk.journey)
        await play.begin()
        await play.approval(0)
        await play.event(0, Status.SUSPENDED)
        await play.look()

    stage.loop.run(asyncio.wait_for(run(), 30))


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_event_that_was_not_answered_judges_nobody(status: int) -> None:
    with staged(reference()) as stage, pytest.raises(Blocked):
        suspended(stage, status)


def test_data_that_flows_after_a_refused_suspension_is_a_mismatch() -> None:
    with staged(reference()) as stage, pytest.raises(Wrong, match="is served, and must not be") as wrong:
        suspended(stage, 400)

    assert "(the answer is HTTP 400)" in wrong.value.story.steps[-2]


def test_the_search_is_declared_once() -> None:
    assert [each.name for each in declared_checks() if each.requirement_id == "LCM-13"] == [
        "check_any_sequence_ends_as_the_table_says"
    ]
    assert asyncio.iscoroutinefunction(explored)
