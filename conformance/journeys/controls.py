"""Control brackets: an untouched consent is served before and after, else the question was not put."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from conformance import causes
from conformance.consent import Consent
from conformance.journeys.witness import Witness
from conformance.model import Blocked
from conformance.provider import Answer, Provider


class Controls:
    """The controls on data access; a journey adds those that need an event."""

    def __init__(self, provider: Provider, witness: Witness) -> None:
        self.provider = provider
        self._witness = witness

    async def must_serve(self, consent: Consent, step: str = "see a balance served (control)") -> None:
        """Raise Blocked unless the consent's first account serves its balance."""
        _served(await self.provider.balances(consent, consent.accounts[0]), step)

    async def witness(self) -> Consent:
        """An authorized consent that all checks of the process share and none changes: for controls only."""
        return await self._witness.get()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Consent]:
        """A control bracket: an untouched consent's balance is served before and after."""
        consent = await self.witness()
        await self.must_serve(consent, "see a balance served (control before)")
        yield consent
        await self.must_serve(consent, "see a balance served (control after)")

    @asynccontextmanager
    async def serving_accounts(self) -> AsyncIterator[Consent]:
        """A control bracket: an untouched consent's account details are served before and after."""
        consent = await self.witness()
        _served(await self.provider.account(consent, consent.accounts[0]), "see an account served (control before)")
        yield consent
        _served(await self.provider.account(consent, consent.accounts[0]), "see an account served (control after)")

    @asynccontextmanager
    async def serving_transactions(self) -> AsyncIterator[Consent]:
        """A control bracket: an untouched consent's transactions are served before and after."""
        consent, step = await self.witness(), "see transactions served (control"
        _served(await self.provider.transactions(consent, consent.accounts[0]), f"{step} before)")
        yield consent
        _served(await self.provider.transactions(consent, consent.accounts[0]), f"{step} after)")

    @asynccontextmanager
    async def serving_userinfo(self) -> AsyncIterator[Consent]:
        """A control bracket: an untouched consent's userinfo is served before and after."""
        consent = await self.witness()
        _served(await self.provider.userinfo(consent), "see userinfo served (control before)")
        yield consent
        _served(await self.provider.userinfo(consent), "see userinfo served (control after)")


def _served(answer: Answer, step: str) -> None:
    if not answer.served:
        seal = answer.seal.problem if answer.seal and answer.accepted else ""
        raise blocked(step, answer, seal)


def blocked(step: str, answer: Answer, reason: str = "") -> Blocked:
    """Why a step did not happen, by the answer that came instead."""
    cause = causes.of_answer(answer)
    said = reason or f"the answer was {answer.told}"
    return Blocked(step, said, blame=cause.blame, cure=cause.hint, exchange=answer.exchange_id)
