"""Two consents of one customer under a sequence of steps: what was done, and what data access has to be after each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace

from conformance.consent import Consent, EventType
from conformance.journeys import Journey
from conformance.journeys.controls import blocked
from conformance.lifecycle import Status, allows
from conformance.provider import Answer


@dataclass(frozen=True, slots=True)
class Story:
    """A sequence that ends wrongly: what happened step by step, and the exchange that shows it."""

    steps: tuple[str, ...]
    exchange: str


class Wrong(Exception):
    """Data flows where the table says that it does not, or the other way round."""

    def __init__(self, story: Story) -> None:
        super().__init__(story.steps[-1])
        self.story = story


@dataclass(slots=True)
class _Model:
    """One consent as the table has it, and the last event that PayNet sent about it."""

    name: str
    consent: Consent
    last: tuple[EventType, Consent]
    status: Status = Status.AWAITING_AUTHORIZATION

    def truly(self, **members: object) -> Consent:
        """The consent as PayNet truly has it, with other members, touched now."""
        return self.consent.changed(status=self.status, **members)


class Play:
    """One sequence; its steps name a consent by number, 0 or 1, and raise Blocked where one could not be made."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey
        self._by_event = journey.profile.reading("activation") == "event"
        self._models: list[_Model] = []
        self._told = ["PayNet announces consents A and B of one customer"]

    async def begin(self) -> None:
        """Both consents are announced."""
        for name in ("A", "B"):
            consent = await self._journey.announced()
            self._models.append(_Model(name, consent, (EventType.CREATED, consent)))

    def awaits(self, number: int) -> bool:
        """Whether a consent awaits the customer's decision."""
        return self._models[number].status is Status.AWAITING_AUTHORIZATION

    async def event(self, number: int, status: Status) -> None:
        """PayNet tells of a status, whether the table has the way there or not."""
        model = self._models[number]
        answer = await self._tell(model, EventType.STATUS_UPDATED, model.consent.changed(status=status))
        self._told.append(f"PayNet says that consent {model.name} is {status.value}{_unless_taken(answer)}")
        if self._leads(model, status):
            _answered(answer, "send an event that the table allows")
            model.status = status

    async def late_event(self, number: int, status: Status) -> None:
        """An old event arrives late; only where the table does not allow it either, because dropping it is a SHOULD."""
        model = self._models[number]
        if not self._leads(model, status):
            late = replace(model.consent, status=status, updated_at=model.consent.created_at)
            answer = await self._journey.provider.event(EventType.STATUS_UPDATED, late)
            said = f"an old event arrives late, which says that consent {model.name} is {status.value}"
            self._told.append(said + _unless_taken(answer))

    async def repeated_event(self, number: int) -> None:
        """PayNet sends its last event about a consent again, byte for byte."""
        model = self._models[number]
        kind, consent = model.last
        answer = await self._journey.provider.event(kind, consent)
        self._told.append(f"PayNet sends its last event about consent {model.name} again{_unless_taken(answer)}")

    async def update(self, number: int) -> None:
        """PayNet sends the whole consent as it is (consent_updated), which changes nothing."""
        model = self._models[number]
        answer = await self._tell(model, EventType.UPDATED, model.truly())
        self._told.append(
            f"PayNet sends the whole of consent {model.name}, {model.status.value} as it is{_unless_taken(answer)}"
        )

    async def approval(self, number: int) -> None:
        """The customer approves a consent, if it still awaits him, and PayNet confirms."""
        model = self._models[number]
        if model.status is Status.AWAITING_AUTHORIZATION:
            confirmed = await self._journey.authorized(model.truly())
            model.consent, model.status = confirmed, Status.AUTHORIZED
            model.last = (EventType.STATUS_UPDATED, confirmed)
            self._told.append(f"the customer approves consent {model.name}, and PayNet confirms it")

    async def rejection(self, number: int) -> None:
        """The customer rejects a consent, if it still awaits him."""
        model = self._models[number]
        if model.status is Status.AWAITING_AUTHORIZATION and not self._by_event:
            await self._journey.rejected(model.truly())
            model.status = Status.REJECTED
            self._told.append(f"the customer rejects consent {model.name}")

    async def expiry(self, number: int) -> None:
        """An authorized consent's expiry is brought near, and its time passes without a further event."""
        model = self._models[number]
        if model.status is Status.AUTHORIZED and model.consent.accounts:
            nearer = self._journey.states.ending_soon(model.truly())
            await self._journey.acknowledged(EventType.UPDATED, nearer)
            model.consent, model.last = nearer, (EventType.UPDATED, nearer)
            self._told.append(f"PayNet brings the expiry of consent {model.name} near, and its time passes")
            await self._journey.states.after_expiry(nearer)
            model.status = Status.EXPIRED

    async def look(self) -> None:
        """Ask for a balance of each consent.

        Raises:
            Wrong: data flows otherwise than the table says.
        """
        for model in self._models:
            account = (model.consent.accounts or self._journey.people.accounts())[0]
            answer = _answered(
                await self._journey.provider.balances(model.consent, account), "look at a balance between two steps"
            )
            # An event that opens a consent without accounts (R:activation=event) may open them or not.
            unsaid = model.status is Status.AUTHORIZED and not model.consent.accounts
            if not unsaid and answer.served != (model.status is Status.AUTHORIZED):
                what = "is served, and must not be" if answer.served else f"is not served ({answer.told}), and must be"
                said = f"the balance of consent {model.name} ({model.status.value}) {what}"
                raise Wrong(Story((*self._told, said), answer.exchange_id))

    async def _tell(self, model: _Model, kind: EventType, consent: Consent) -> Answer:
        model.last = (kind, consent)
        return await self._journey.provider.event(kind, consent)

    def _leads(self, model: _Model, status: Status) -> bool:
        """Whether an event takes a consent there: as the table says, but for what is the customer's to decide."""
        approval = model.status is Status.AWAITING_AUTHORIZATION and status is Status.AUTHORIZED
        return allows(model.status, status) and (self._by_event or not approval)


Step = Callable[[Play], Coroutine[object, object, None]]


def _answered(answer: Answer, step: str) -> Answer:
    """The answer, if it tells anything: silence, a 5xx and a 429 leave open what the provider did."""
    if answer.wire.fault or answer.status >= 500 or answer.status == 429:
        raise blocked(step, answer)
    return answer


def _unless_taken(answer: Answer) -> str:
    return "" if answer.accepted else f" (the answer is {answer.told})"
