"""Consents brought to where a check needs them; a step that cannot be made raises Blocked, never Mismatch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from conformance.consent import AccountRef, Consent, EventType, Permission, Purpose, event_json, new_id, now
from conformance.customer import CustomerDriver
from conformance.generated import Case
from conformance.hub import Arrival, HubView
from conformance.journeys.controls import blocked
from conformance.journeys.landing import Landing
from conformance.journeys.people import People
from conformance.journeys.questions import Questions
from conformance.journeys.states import States
from conformance.journeys.visit import Stage, Visit
from conformance.journeys.witness import Witness
from conformance.lifecycle import Status
from conformance.model import Blocked
from conformance.profile import Customer
from conformance.provider import Answer, Change, Provider
from conformance.update import Update, read_update

VALIDITY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Decision:
    """A customer's decision: the visit in which it fell and the update that the provider sent because of it."""

    consent: Consent
    visit: Visit
    update: Update


class Journey(Questions):
    """Makes fresh consents and moves them; what it did is in the check's evidence."""

    def __init__(
        self, provider: Provider, hub: HubView, driver: Callable[[], CustomerDriver], witness: Witness
    ) -> None:
        super().__init__(provider, witness)
        self.hub = hub
        self.profile = provider.profile
        self.people = People(provider.profile)
        self.consent_ids: list[str] = []
        self.states = States(self)
        self._driver = driver
        self._customers: dict[str, Customer] = {}
        self._announced: set[str] = set()

    def draft(
        self,
        *,
        dc: int = 0,
        customer: Customer | None = None,
        permissions: Sequence[Permission] = tuple(Permission),
        validity: timedelta = VALIDITY,
    ) -> Consent:
        """A consent that nobody has announced yet, for the profile's first or another Data Consumer."""
        who, moment = customer or self.people.customer, now()
        self.consent_ids.append(new_id())
        self._customers[self.consent_ids[-1]] = who
        return Consent(
            consent_id=self.consent_ids[-1],
            dc_id=self.profile.data_consumers[dc].id,
            dp_id=self.profile.target.dp_id,
            id_type=who.id_type,
            hashed_id_number=who.hashed_id_number,
            consent_type=self.profile.reading("consent_type"),
            purpose=Purpose.PFM,
            permissions=tuple(permissions),
            expiration=moment + validity,
            status=Status.AWAITING_AUTHORIZATION,
            created_at=moment,
            updated_at=moment,
        )

    def canary(self) -> str:
        """A name for an address at PayNet's side that nobody has a reason to ask; what asks it is in the evidence."""
        self.consent_ids.append(new_id())
        return self.consent_ids[-1]

    async def announced(self, consent: Consent | None = None) -> Consent:
        """A consent that the provider has acknowledged and no customer has seen."""
        consent = consent or self.draft()
        answer = await self.provider.event(EventType.CREATED, consent)
        self._announced.add(consent.consent_id)
        return _accepted(answer, "announce a consent (consent_created)", consent)

    async def visit(self, consent: Consent, customer: Customer | None = None) -> Visit:
        """A customer's browser at the first page of the provider."""
        return await self.browse(consent, await self.login_address(consent), customer)

    async def login_address(self, consent: Consent, *changes: Change) -> str:
        """The Location that authorize gives for an announced consent, asked with some changes that do no harm."""
        answer = await self.provider.authorize(consent, *changes)
        location = answer.wire.header("location")
        if answer.status != 303 or not location:
            raise blocked("get the login's address (authorize)", answer)
        return location

    async def browse(self, consent: Consent, location: str, customer: Customer | None = None) -> Visit:
        """A fresh browser that opens an address of the provider's customer pages."""
        name = self.provider.kit.consumer(consent.dc_id).name
        who = customer or self._customers.get(consent.consent_id, self.people.customer)
        visit = Visit(self.profile, consent, who, self._driver(), name)
        await visit.open(location)
        return visit

    async def logged_in(self, consent: Consent, customer: Customer | None = None) -> Visit:
        """A visit at account selection."""
        visit = await self.visit(consent, customer)
        visit.require(Stage.LOGIN)
        await visit.log_in()
        visit.require(Stage.ACCOUNTS)
        return visit

    async def at_login_again(self, visit: Visit) -> Visit:
        """Another browser at the login that a visit began with, or at a new one where an address works once."""
        again = await self.browse(visit.consent, visit.location, visit.customer)
        if again.missing(Stage.LOGIN):
            again = await self.visit(await self.announced(), visit.customer)
        again.require(Stage.LOGIN)
        return again

    async def reviewing(self, consent: Consent, accounts: Sequence[AccountRef] = ()) -> Visit:
        """A visit at the review page, with these accounts chosen, by default the customer's first."""
        visit = await self.logged_in(consent)
        await visit.choose(accounts or self.people.accounts(visit.customer)[:1])
        visit.require(Stage.REVIEW)
        await visit.review()
        return visit

    async def reviewing_twice(self, consent: Consent) -> tuple[Visit, ...]:
        """Two visits of one consent at the review page, the later one last; one where the provider allows no second."""
        first = await self.reviewing(consent)
        try:
            return first, await self.reviewing(consent)
        except Blocked:
            return (first,)

    async def approved(self, consent: Consent | None = None, accounts: Sequence[AccountRef] = ()) -> Decision:
        """A consent that the customer approved and whose update arrived."""
        return await self._decided(consent, accounts, Visit.approve)

    async def rejected(self, consent: Consent | None = None) -> Decision:
        """A consent that the customer rejected and whose update arrived."""
        return await self._decided(consent, (), Visit.reject)

    async def authorized(self, consent: Consent | None = None, accounts: Sequence[AccountRef] = ()) -> Consent:
        """A consent that serves data: approved, accepted by PayNet, confirmed by event (R:activation)."""
        known = self._customers.get(consent.consent_id) if consent else None
        chosen = tuple(accounts or self.people.accounts(known)[:1])
        if self.profile.reading("activation") == "event":
            announced = await self._known(consent)
            return await self.move(announced.changed(accounts=chosen), Status.AUTHORIZED)
        decision = await self.approved(consent, chosen)
        if decision.update.status != Status.AUTHORIZED:
            raise Blocked(
                "have a consent authorized",
                f"the update after approval says status {decision.update.status or 'nothing'!r}",
                exchange=decision.update.exchange_id,
            )
        return await self.confirmed(decision, chosen)

    async def confirmed(self, decision: Decision, accounts: Sequence[AccountRef] = ()) -> Consent:
        """An approved consent once PayNet has confirmed it by event; by default with the customer's first account."""
        chosen = tuple(accounts or self.people.accounts(decision.visit.customer)[:1])
        return await self.move(decision.consent.changed(accounts=chosen), Status.AUTHORIZED)

    async def revoke(self, consent: Consent) -> Consent:
        """PayNet tells the provider of a revocation, and the provider acknowledges."""
        return await self.move(consent, Status.REVOKED)

    async def move(self, consent: Consent, status: Status) -> Consent:
        """PayNet tells the provider of a new status, and the provider acknowledges."""
        moved = consent.changed(status=status)
        answer = await self.provider.event(EventType.STATUS_UPDATED, moved)
        return _accepted(answer, f"move a consent to {status} (consent_status_updated)", moved)

    async def attempt(self, consent: Consent, status: Status) -> Answer:
        """PayNet tells the provider of a status, and whatever it answers is right."""
        return await self.provider.event(EventType.STATUS_UPDATED, consent.changed(status=status))

    def healthy_event(self) -> dict[str, object]:
        """A consent_created event as JSON, about a consent of its own."""
        return event_json(EventType.CREATED, self.draft(), self.profile.reading("event_accounts_shape"))

    async def openings(self, found: Sequence[tuple[Case, Answer]]) -> list[Landing]:
        """What authorize says of the consents that some events named, a few of them."""
        named = [case.consent_id for case, _ in found if 0 < len(case.consent_id) <= 36][:12]
        drafts = [replace(self.draft(), consent_id=each) for each in named]
        return [await self.lands(each, await self.provider.authorize(each)) for each in drafts]

    async def follow(self, consent: Consent, answer: Answer) -> Visit | None:
        """Where a redirect leads a customer, or None if the answer is no redirect."""
        location = answer.wire.header("location")
        return await self.browse(consent, location) if 300 <= answer.status < 400 and location else None

    async def lands(self, consent: Consent, answer: Answer) -> Landing:
        """What an answer of authorize comes to for the customer: the answer, and the page it leads to, if any."""
        return Landing(answer, await self.follow(consent, answer))

    async def played_out(self, landing: Landing) -> Landing:
        """A landing once the customer has gone on as far as the provider lets him: approved, and back again."""
        visit = landing.visit
        if visit is not None and not visit.missing(Stage.LOGIN):
            await visit.attempt(Visit.log_in)
            await visit.attempt(lambda each: each.choose(self.people.accounts(each.customer)[:1]))
            for act in (Visit.review, Visit.approve, lambda each: each.leave(Stage.APPROVED)):
                await visit.attempt(act)
        return landing

    async def updated(self, consent: Consent, **members: object) -> Consent:
        """PayNet tells the provider of other changes, and the provider acknowledges."""
        changed = consent.changed(**members)
        answer = await self.provider.event(EventType.UPDATED, changed)
        return _accepted(answer, "change a consent (consent_updated)", changed)

    async def wait_for_update(self, consent: Consent, *, count: int = 1) -> tuple[Update, ...]:
        """The updates that arrived for a consent, at least `count` of them unless the profile's bound ran out."""
        seconds = self.profile.bounds.update_seconds
        return self._read(await self.hub.wait_for(consent.consent_id, count=count, seconds=seconds))

    async def updates_within(self, consent: Consent, seconds: float, *, beyond: int = 0) -> tuple[Update, ...]:
        """The updates that arrive for a consent in a while, some left out that are known; ends when there is one."""
        return self._read(await self.hub.wait_for(consent.consent_id, count=beyond + 1, seconds=seconds))[beyond:]

    @asynccontextmanager
    async def accepting(self) -> AsyncIterator[None]:
        """A control bracket: before and after, a healthy event is acknowledged and its consent can be authorized."""
        await self.login_address(await self.announced())
        yield
        await self.login_address(await self.announced())

    @asynccontextmanager
    async def authorizing(self) -> AsyncIterator[Consent]:
        """A control bracket: a healthy authorize leads to login before and after; yields a fresh consent."""
        (await self.visit(await self.announced())).require(Stage.LOGIN)
        yield await self.announced()
        (await self.visit(await self.announced())).require(Stage.LOGIN)

    async def _decided(
        self,
        consent: Consent | None,
        accounts: Sequence[AccountRef],
        decide: Callable[[Visit], Awaitable[object]],
    ) -> Decision:
        announced = await self._known(consent)
        visit = await self.reviewing(announced, accounts)
        await decide(visit)
        updates = await self.wait_for_update(announced)
        if not updates:
            raise self.no_update(visit)
        return Decision(announced, visit, updates[0])

    async def _known(self, consent: Consent | None) -> Consent:
        """The consent, announced unless it has been."""
        return consent if consent and consent.consent_id in self._announced else await self.announced(consent)

    async def acknowledged(self, kind: EventType, consent: Consent, *changes: Change) -> Consent:
        """An event with some changes that the provider has to take; Blocked where it does not."""
        answer = await self.provider.event(kind, consent, *changes)
        return _accepted(answer, f"send a {kind} event", consent)

    def no_update(self, visit: Visit) -> Blocked:
        """Why a journey stops when the provider sends no update."""
        refusals = self.hub.refusals()
        said = f"; connections refused by PayNet's side: {refusals[-1]}" if refusals else ""
        return Blocked(
            "receive the consent update (P1)",
            f"nothing arrived within {self.profile.bounds.update_seconds:g} s of the customer's decision{said}",
            cure="Check that the Data Provider calls PayNet's resource server at the address given to it"
            " (hub.resource_url), with its client certificate",
            exchange=visit.exchange_id,
        )

    def _read(self, arrivals: Sequence[Arrival]) -> tuple[Update, ...]:
        b64 = self.profile.reading("jws_b64") == "true"
        return tuple(read_update(each, self.provider.party.provider_keys, b64=b64) for each in arrivals)


def _accepted(answer: Answer, step: str, consent: Consent) -> Consent:
    if not answer.accepted:
        raise blocked(step, answer)
    return consent
