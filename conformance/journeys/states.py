"""Consents in every state of the table, and at the end of their time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.consent import AccountRef, Consent, EventType, now
from conformance.journeys.landing import Landing
from conformance.journeys.visit import Stage, Visit
from conformance.lifecycle import Status, paths_to
from conformance.model import Blame, Blocked
from conformance.provider import Answer
from conformance.update import Update

if TYPE_CHECKING:
    from conformance.journeys.journey import Journey

Ask = Callable[[Consent, AccountRef], Awaitable[Answer]]

# Validities to try for a consent whose end is awaited: the first in which its login fits. Seconds.
_SHORT = (6.0, 20.0, 60.0)
# The clocks of two honest parties differ by no more than this. Seconds.
_SKEW = 10.0
_NEAR = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Observed:
    """How a consent behaves: what a balance and authorize answer, and, once suspended, a balance after its return."""

    balance: Answer
    login: Landing
    reinstated: Answer | None = None

    @property
    def serves(self) -> bool:
        """Whether data flows."""
        return self.balance.served


@dataclass(frozen=True, slots=True)
class Overdue:
    """A consent that expires shortly, a visit at its review page, and a twin of the same expiry that nobody visits."""

    consent: Consent
    visit: Visit
    twin: Consent


class States:
    """Brings consents to a state, by the shortest legal way."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey

    async def go(self, consent: Consent, *way: Status) -> Consent:
        """PayNet tells of one status after the other, and the provider acknowledges each."""
        for status in way:
            consent = await self._journey.move(consent, status)
        return consent

    async def in_state(self, status: Status) -> Consent:
        """A consent in a state; its accounts are the customer's first where it never had any."""
        way = paths_to(status)
        if way[:1] == (Status.AUTHORIZED,):
            consent = await self._journey.authorized()
            await self._journey.must_serve(consent)
            return await self.go(consent, *way[1:])
        consent = await self.go(await self._journey.announced(), *way)
        return consent.changed(accounts=self._journey.people.accounts()[:1])

    async def ended(self, final: Status) -> Consent:
        """A consent in a final state, that data was seen to flow for where it ever could."""
        return await self.in_state(final)

    async def observed(self, consent: Consent) -> Observed:
        """How a consent behaves now; a suspended one is reinstated at last, to see whether it still can be."""
        journey, account = self._journey, (consent.accounts or self._journey.people.accounts())[0]
        balance = await journey.provider.balances(consent, account)
        login = await journey.lands(consent, await journey.provider.authorize(consent))
        if consent.status is not Status.SUSPENDED:
            return Observed(balance, login)
        await journey.attempt(consent, Status.AUTHORIZED)
        return Observed(balance, login, await journey.provider.balances(consent, account))

    async def attempt_update(self, consent: Consent, **members: object) -> Answer:
        """PayNet tells of other changes, and whatever the provider answers is right."""
        return await self._journey.provider.event(EventType.UPDATED, consent.changed(**members))

    async def expiring(self) -> Consent:
        """An authorized consent that serves data and expires within a minute; Blocked where no login fits into that."""
        journey = self._journey
        for seconds in _SHORT:
            draft = journey.draft(validity=timedelta(seconds=seconds))
            try:
                consent = await journey.authorized(draft)
                await journey.must_serve(consent)
            except Blocked as reason:
                _worth_another_try(reason)
                continue
            return consent
        raise Blocked("authorize a consent before it expires", f"the login takes longer than {_SHORT[-1]:g} s")

    async def reviewing_shortly(self) -> Overdue:
        """A visit at the review page of a consent that expires within a minute."""
        journey = self._journey
        for seconds in _SHORT:
            draft = journey.draft(validity=timedelta(seconds=seconds))
            twin = replace(journey.draft(), expiration=draft.expiration)
            try:
                await journey.announced(twin)
                consent = await journey.announced(draft)
                return Overdue(consent, await journey.reviewing(consent), twin)
            except Blocked as reason:
                _worth_another_try(reason)
        raise Blocked("reach the review page before the consent expires", f"it takes longer than {_SHORT[-1]:g} s")

    async def announced_shortly(self) -> Consent:
        """A consent that has a few seconds left, and could be authorized meanwhile."""
        journey = self._journey
        consent = await journey.announced(journey.draft(validity=timedelta(seconds=_SHORT[0])))
        await journey.login_address(consent)
        return consent

    def ending_soon(self, consent: Consent) -> Consent:
        """The consent with an expiry a few seconds from now."""
        return consent.changed(expiration=now() + _NEAR)

    async def past(self, consent: Consent) -> None:
        """Wait until a consent has expired for certain, as far as clocks agree."""
        await asyncio.sleep(max(0.0, _left(consent)) + 1.0)

    async def after_expiry(self, consent: Consent, ask: Ask | None = None) -> Answer:
        """Data after the expiry, a balance by default: the first refusal, or what is answered when no clock excuses it.

        `ask` is another data call of the provider's.
        """
        ask = ask or self._journey.provider.balances
        await self.past(consent)
        while True:
            answer = await ask(consent, consent.accounts[0])
            if not answer.served or _left(consent) < -_SKEW:
                return answer
            await asyncio.sleep(1.0)

    async def login_after_expiry(self, consent: Consent) -> Landing:
        """Where authorize leads after the expiry: to no login at last, or where it does when no clock excuses it."""
        journey = self._journey
        await self.past(consent)
        while True:
            landing = await journey.lands(consent, await journey.provider.authorize(consent))
            if not landing.opens_login or _left(consent) < -_SKEW:
                return landing
            await asyncio.sleep(1.0)

    async def outlived(self, overdue: Overdue) -> None:
        """Wait until the provider's own clock, too, has passed the expiry, as the twin tells.

        The consent itself is left alone: a provider that ends it only when it is asked about must not be helped.
        """
        await self.login_after_expiry(overdue.twin)

    async def expired_beside(self, consent: Consent, twin: Consent) -> Consent:
        """A consent after an expiry that was brought near, as its authorized twin of the same expiry tells."""
        journey, nearer = self._journey, self.ending_soon(twin)
        ending = consent.changed(expiration=nearer.expiration)
        await journey.together((EventType.UPDATED, ending), (EventType.UPDATED, nearer))
        await self.after_expiry(nearer)
        return ending

    async def revoked_at_the_bank(self, consent: Consent) -> Sequence[Update]:
        """The customer revokes at the bank's own pages; the updates that PayNet has had since the approval."""
        journey, pages = self._journey, self._journey.profile.customer_pages
        login = await journey.login_address(await journey.announced())
        parts = urlsplit(login)
        where = (pages.revoke_at or "").replace("{pages}", f"{parts.scheme}://{parts.netloc}")
        visit = await journey.browse(consent, where)
        await visit.play(Stage.REVOKE)
        return (await journey.wait_for_update(consent, count=2))[1:]


def _worth_another_try(reason: Blocked) -> None:
    """Raise what a longer validity would not help: a wrong password tried thrice may lock the customer out."""
    if reason.blame is Blame.CONFIGURATION:
        raise reason


def _left(consent: Consent) -> float:
    return (consent.expiration - now()).total_seconds()
