"""Sequences of events, decisions and time for two consents, generated and shrunk: the only home of stateful testing.

Hypothesis is synchronous: it runs in a thread and puts each step to the loop on which the checks run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from conformance.consent import Consent, EventType
from conformance.journeys import Journey
from conformance.lifecycle import Status, allows
from conformance.model import Blocked

T = TypeVar("T")
_STEPS = 8
# The two states between which a consent can go to and fro: there is most to get wrong.
_OFTEN = (Status.SUSPENDED, Status.AUTHORIZED) * 3
_SHARE_OF_CHECK = 0.45
_TOUR = (
    (0, Status.SUSPENDED),
    (0, Status.SUSPENDED),
    (0, Status.AUTHORIZED),
    (0, Status.AUTHORIZED),
    (1, Status.REVOKED),
    (0, Status.SUSPENDED),
    (1, Status.AUTHORIZED),
    (0, Status.AUTHORIZED),
)


@dataclass(frozen=True, slots=True)
class Story:
    """The shortest sequence found that ends wrongly: what happened step by step, and the exchange that shows it."""

    steps: tuple[str, ...]
    exchange: str


class _Wrong(Exception):
    """Data flows where the table says that it does not, or the other way round."""


class _Enough(BaseException):
    """The time is up, or a step could not be made; passes through Hypothesis."""


@dataclass(slots=True)
class _Search:
    """What all sequences of one search share."""

    journey: Journey
    loop: asyncio.AbstractEventLoop
    until: float
    story: Story | None = None
    blocked: Blocked | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work on the loop of the checks and wait for it."""
        if time.monotonic() > self.until:
            work.close()
            raise _Enough
        try:
            return asyncio.run_coroutine_threadsafe(work, self.loop).result()
        except Blocked as blocked:
            self.blocked = blocked
            raise _Enough from None


@dataclass(slots=True)
class _Model:
    """One consent as the table has it, and as PayNet would spell it."""

    name: str
    consent: Consent
    status: Status = Status.AWAITING_AUTHORIZATION
    accounts: bool = False


async def explored(journey: Journey) -> Story | None:
    """Search for a sequence after which data flows otherwise than the table says; None where none was found.

    Deterministic by the profile's seed; a quarter of `plan.examples` sequences of eight steps, within not quite
    half of `bounds.check_seconds`, shrinking included.

    Raises:
        Blocked: a step that every sequence begins with could not be made.
    """
    seconds = journey.profile.bounds.check_seconds * _SHARE_OF_CHECK
    search = _Search(journey, asyncio.get_running_loop(), time.monotonic() + seconds)
    await asyncio.to_thread(_search, search, max(2, journey.profile.plan.examples // 4), journey.profile.plan.seed or 0)
    if search.story is None and search.blocked is not None:
        raise search.blocked
    return search.story


def _search(search: _Search, examples: int, seed: int) -> None:
    import contextlib

    import hypothesis
    from hypothesis import HealthCheck, Phase, Verbosity
    from hypothesis.stateful import get_state_machine_test

    settings = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=_STEPS,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    machine = _machine(search)
    test = hypothesis.seed(seed)(get_state_machine_test(machine, settings=settings, _min_steps=_STEPS))
    with contextlib.suppress(_Wrong, _Enough, hypothesis.errors.HypothesisException, ExceptionGroup):
        _tour(machine())
        test()


def _tour(machine: Any) -> None:
    """The one sequence that is always asked: there and back, every event twice, one consent ending beside the other."""
    machine.begin(True)
    for number, status in _TOUR:
        machine.event(number, status)
        machine.data_flows_as_the_table_says()


def _machine(search: _Search) -> Any:
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

    which = st.sampled_from([0, 1])

    class Sequences(RuleBasedStateMachine):
        """Two consents of one customer."""

        def __init__(self) -> None:
            super().__init__()
            self.told: list[str] = []
            self.models: list[_Model] = []
            self.exchange = ""

        @initialize(both=st.booleans())
        def begin(self, both: bool) -> None:
            self.models = [search.run(self._announced(name)) for name in ("A", "B")]
            for model in self.models if both else self.models[:1]:
                self._approve(model)

        @rule(number=which, status=st.sampled_from([*_OFTEN, *Status]))
        def event(self, number: int, status: Status) -> None:
            model = self.models[number]
            self._tell(f"PayNet says that consent {model.name} is {status.value}")
            model.consent = model.consent.changed(status=status)
            search.run(search.journey.provider.event(EventType.STATUS_UPDATED, model.consent))
            self._moved(model, status)

        @rule(number=which, anew=st.booleans())
        def repeated_event(self, number: int, anew: bool) -> None:
            model = self.models[number]
            model.consent = model.consent.changed() if anew else model.consent
            self._tell(
                f"PayNet repeats its last event about consent {model.name}, that it is {model.consent.status.value}"
            )
            search.run(search.journey.provider.event(EventType.STATUS_UPDATED, model.consent))

        @precondition(lambda self: self.models[1].status is Status.AWAITING_AUTHORIZATION)
        @rule()
        def approval(self) -> None:
            self._approve(self.models[1])

        @invariant()
        def data_flows_as_the_table_says(self) -> None:
            for model in self.models:
                self._look(model)

        async def _announced(self, name: str) -> _Model:
            return _Model(name, await search.journey.announced())

        def _approve(self, model: _Model) -> None:
            self._tell(f"the customer approves consent {model.name}, and PayNet confirms it")
            consent = search.run(search.journey.authorized(model.consent))
            model.consent, model.status, model.accounts = consent, Status.AUTHORIZED, True

        def _moved(self, model: _Model, status: Status) -> None:
            by_event = search.journey.profile.reading("activation") == "event"
            approval = model.status is Status.AWAITING_AUTHORIZATION and status is Status.AUTHORIZED
            if allows(model.status, status) and (by_event or not approval):
                model.status = status

        def _look(self, model: _Model) -> None:
            account = (model.consent.accounts or search.journey.people.accounts()[:1])[0]
            answer = search.run(search.journey.provider.balances(model.consent, account))
            if answer.wire.fault or answer.status >= 500 or answer.status == 429:
                search.blocked = Blocked(
                    "look at a balance between two steps", answer.told, exchange=answer.exchange_id
                )
                raise _Enough
            flows = model.status is Status.AUTHORIZED and (model.accounts or answer.served)
            if answer.served != flows:
                what = "is served, and must not be" if answer.served else "is not served, and must be"
                said = f"the balance of consent {model.name} ({model.status.value}) {what}"
                search.story = Story((*self.told, said), answer.exchange_id)
                raise _Wrong(said)

        def _tell(self, what: str) -> None:
            if not self.told:
                self.told.append("PayNet announces consents A and B of one customer")
            self.told.append(what)

    return Sequences
