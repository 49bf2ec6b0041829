"""Checks are independent: whatever their order and company, the verdicts are the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from conformance.declare import declared_checks
from conformance.model import Volume
from conformance.session.bench import Bench
from conformance.session.request import Request
from tests.support.asking import Question, questions, staged, together
from tests.test_run import record, run

# Flaws of several kinds, so that there are verdicts that could differ.
FLAWS = ("suspended-still-serves", "amounts-as-numbers", "accepts-unsigned-events", "hides-the-expiry")
# What waits for time to pass is the same in any order, and long.
_WAITING = {"LCM-08", "LCM-14", "AUT-11", "TMO-05", "TMO-06", "TMO-07", "LCM-13", "EVT-02", "UPD-12"}
ASKED = {each.requirement_id for each in declared_checks() if each.volume is not Volume.LOAD} - _WAITING
EVERYTHING = questions(ASKED)


def shuffled(asked: Sequence[Question]) -> list[Question]:
    return random.Random(20261121).sample(list(asked), len(asked))


def verdicts(arrange: Callable[[Sequence[Question]], Sequence[Question]], at_once: int) -> dict[str, str]:
    with staged(Request(profile=None, overrides={"plan.seed": 1}, embedded=True, flaws=FLAWS)) as stage:
        return {each.check: each.verdict.value for each in together(stage, arrange(EVERYTHING), at_once=at_once)}


@pytest.fixture(scope="module")
def usual() -> dict[str, str]:
    found = verdicts(list, 8)
    assert set(found.values()) >= {"PASS", "FAIL"}
    return found


@pytest.mark.parametrize(
    ("arrange", "at_once"),
    [(lambda asked: list(reversed(asked)), 8), (shuffled, 16), (list, 1)],
    ids=["backwards", "shuffled", "one at a time"],
)
def test_the_order_does_not_matter(
    arrange: Callable[[Sequence[Question]], Sequence[Question]], at_once: int, usual: dict[str, str]
) -> None:
    assert verdicts(arrange, at_once) == usual


def test_each_alone_finds_the_same(usual: dict[str, str]) -> None:
    """Each check on a bench of its own, so that not even the witness consent is there before it."""
    found = {}
    with staged(Request(profile=None, overrides={"plan.seed": 1}, embedded=True, flaws=FLAWS)) as stage:
        bench = stage.bench

        async def alone(question: Question) -> str:
            own = Bench(bench.profile, bench.catalogue, bench.kit, bench.party, bench.hub, bench.redactor)
            return (await own.run(question.check, question.name, question.parameters)).verdict.value

        for each in EVERYTHING:
            found[each.name] = stage.loop.run(alone(each))
    assert found == usual


PARTS = "check_balances or check_balance_refusals or check_events or check_transitions or check_update or check_seal"


def test_four_processes_find_the_same(tmp_path: Path) -> None:
    found = []
    for number, options in enumerate((("--concurrency", "8"), ("-n", "4"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        run(folder, "-k", PARTS, *options, *(word for each in FLAWS for word in ("--reference-flaw", each)))
        found.append({each.check: each.verdict.value for each in record(folder).results})

    assert len(found[0]) > 60
    assert set(found[0].values()) >= {"PASS", "FAIL"}
    assert found[0] == found[1]
