"""The search for a sequence that ends wrongly: the only home of stateful testing.

Hypothesis is synchronous: it runs in a thread and puts each step to the loop on which the checks run.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.model import Blocked, Volume
from conformance.sequences.play import Play, Step, Story, Wrong

_STEPS = 8
_EXAMPLES_A_SEQUENCE = 12
# The two states between which a consent can go to and fro: there is most to get wrong.
_OFTEN = (Status.SUSPENDED, Status.AUTHORIZED) * 3
Telling = Callable[[Play, int, Status], Coroutine[Any, Any, None]]
# One rule for all of them, because Hypothesis leaves whole rules out of a sequence.
_TELLING: tuple[Telling, ...] = (
    *(Play.event,) * 5,
    Play.late_event,
    lambda play, number, _status: play.repeated_event(number),
    lambda play, number, _status: play.update(number),
)
_SHARE_OF_CHECK = 0.45
_TOUR: tuple[Step, ...] = (
    lambda play: play.approval(0),
    lambda play: play.approval(1),
    lambda play: play.event(0, Status.SUSPENDED),
    lambda play: play.event(0, Status.SUSPENDED),
    lambda play: play.update(0),
    lambda play: play.event(0, Status.AUTHORIZED),
    lambda play: play.event(0, Status.AUTHORIZED),
    lambda play: play.event(1, Status.REVOKED),
    lambda play: play.event(0, Status.SUSPENDED),
    lambda play: play.event(1, Status.SUSPENDED),
    lambda play: play.event(1, Status.AUTHORIZED),
    lambda play: play.late_event(1, Status.SUSPENDED),
    lambda play: play.event(0, Status.AUTHORIZED),
    lambda play: play.expiry(0),
    lambda play: play.repeated_event(0),
    lambda play: play.event(0, Status.AUTHORIZED),
)
"""There and back, events twice, one consent ending beside the other, and the end of time."""


class _Enough(BaseException):
    """The time is up, or a step could not be made; passes through Hypothesis."""


@dataclass(slots=True)
class _Search:
    """What all sequences of one search share."""

    journey: Journey
    loop: asyncio.AbstractEventLoop
    until: float
    toured: bool = False
    reached: int = 0
    story: Story | None = None
    blocked: Blocked | None = None

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work on the loop of the checks and wait for it, as long as there is time."""
        left = self.until - time.monotonic()
        if left <= 0:
            work.close()
            raise _Enough
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            future.result(left)
        except Blocked as blocked:
            self.blocked = blocked
            raise _Enough from None
        except TimeoutError:
            future.cancel()
            raise _Enough from None
        except Wrong as wrong:
            if self.story is None or len(wrong.story.steps) < len(self.story.steps):
                self.story = wrong.story
            raise

    async def played(self, steps: Sequence[Step]) -> None:
        """Play a sequence from the announcements on; raises Wrong where it ends wrongly."""
        play = Play(self.journey)
        await play.begin()
        for self.reached, step in enumerate(steps, 1):
            await step(play)
            await play.look()

    def goes_wrong(self, steps: Sequence[Step]) -> bool:
        """Whether a sequence ends wrongly."""
        try:
            self.run(self.played(steps))
        except Wrong:
            return True
        return False


async def explored(journey: Journey) -> Story | None:
    """Search for a sequence after which data flows otherwise than the table says; None where none was found.

    First comes a tour that is always asked, then sequences of eight steps, one for each twelve of `plan.examples`,
    deterministic by the profile's seed; all within not quite half of `bounds.check_seconds`, shrinking included.

    Raises:
        Blocked: nothing was found, and a step could not be made or the tour was not finished in time.
    """
    seconds = journey.profile.bounds.check_seconds * _SHARE_OF_CHECK
    search = _Search(journey, asyncio.get_running_loop(), time.monotonic() + seconds)
    await asyncio.to_thread(_explore, search)
    if search.story is None and search.blocked is not None:
        raise search.blocked
    if search.story is None and not search.toured:
        raise Blocked(
            "go through all steps of a sequence",
            f"they took longer than {seconds:g} s",
            cure="Raise bounds.check_seconds",
        )
    return search.story


def _explore(search: _Search) -> None:
    with contextlib.suppress(_Enough):
        if search.goes_wrong(_TOUR):
            _shorten(search, _TOUR)
            return
        search.toured = True
        _generate(search)


def _shorten(search: _Search, steps: tuple[Step, ...]) -> None:
    """Leave out what the story does not need, large pieces first: where time passes, each attempt costs seconds."""
    steps = steps[: search.reached]
    size = len(steps) // 2
    while size:
        end = len(steps) - 1  # the last step is the one that showed it
        while end > 0:
            start = max(0, end - size)
            fewer = steps[:start] + steps[end:]
            if search.goes_wrong(fewer):
                steps = fewer[: search.reached]
            end = start
        size //= 2


def _generate(search: _Search) -> None:
    import hypothesis
    from hypothesis import HealthCheck, Phase, Verbosity
    from hypothesis.stateful import get_state_machine_test

    plan = search.journey.profile.plan
    settings = hypothesis.settings(
        max_examples=max(2, plan.examples // _EXAMPLES_A_SEQUENCE),
        stateful_step_count=_STEPS,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate,),  # pieces are left out by `_shorten`, which needs far fewer attempts than bytes do
        suppress_health_check=list(HealthCheck),
    )
    wrong: list[Step] = []
    test = get_state_machine_test(_machine(search, wrong), settings=settings, _min_steps=_STEPS)
    with contextlib.suppress(Wrong, hypothesis.errors.HypothesisException, ExceptionGroup):
        hypothesis.seed(plan.seed or 0)(test)()
    if search.story is not None:
        search.reached = len(wrong)
        _shorten(search, tuple(wrong))


def _machine(search: _Search, steps: list[Step]) -> Any:
    """The rules; `steps` holds those of the sequence that is being played."""
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

    which, status = st.sampled_from([0, 1]), st.sampled_from([*_OFTEN, *Status])
    # Waiting costs seconds, which only the longer plans have.
    patient = search.journey.profile.plan.volume.order >= Volume.REGRESSION.order

    class Sequences(RuleBasedStateMachine):
        """Two consents of one customer; after each step data flows as the table says."""

        def __init__(self) -> None:
            super().__init__()
            self.play = Play(search.journey)
            if search.story is None:
                steps.clear()

        def take(self, step: Step) -> None:
            if search.story is None:
                steps.append(step)
            search.run(step(self.play))
            search.run(self.play.look())

        @initialize(approved=st.sampled_from([(0,), (0, 1)]))
        def begin(self, approved: tuple[int, ...]) -> None:
            search.run(self.play.begin())
            for number in approved:
                self.take(partial(Play.approval, number=number))

        @rule(how=st.sampled_from(_TELLING), number=which, status=status)
        def event(self, how: Telling, number: int, status: Status) -> None:
            self.take(lambda play: how(play, number, status))

        @precondition(lambda self: self.play.awaits(1))
        @rule(approves=st.booleans())
        def decision(self, approves: bool) -> None:
            self.take(lambda play: play.approval(1) if approves else play.rejection(1))

        @precondition(lambda _self: patient)
        @rule(number=which)
        def expiry(self, number: int) -> None:
            self.take(lambda play: play.expiry(number))

    return Sequences
