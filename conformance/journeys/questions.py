"""Questions that take more than one call: page by page, again and again, several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence

from conformance.consent import AccountRef, Consent, EventType
from conformance.generated import Case
from conformance.journeys.controls import Controls, blocked
from conformance.journeys.walk import Walk, walk
from conformance.model import Blame, Blocked
from conformance.provider import Answer, read_page

_AT_ONCE = 4


class Questions(Controls):
    """What can be asked about a consent as it is."""

    async def paced(self, consent: Consent, *, count: int, seconds: float) -> list[Answer]:
        """So many balances in so many seconds, evenly spaced, whatever the answers take."""

        async def one(number: int) -> Answer:
            await asyncio.sleep(number * seconds / count)
            return await self.provider.balances(consent, consent.accounts[0])

        return await asyncio.gather(*(one(number) for number in range(count)))

    async def once_served(self, consent: Consent) -> Answer:
        """A balance once it is served again, or the last refusal after a minute and a half."""
        for _ in range(18):
            answer = await self.provider.balances(consent, consent.accounts[0])
            if answer.served:
                break
            await asyncio.sleep(5)
        return answer

    async def together(self, *events: tuple[EventType, Consent]) -> list[Answer]:
        """Events at the same time; their answers in the order of the events."""
        return await asyncio.gather(*(self.provider.event(kind, consent) for kind, consent in events))

    async def transactions(self, consent: Consent, account: AccountRef, **parameters: str) -> Walk:
        """All pages of an account's transactions."""
        return await walk(self.provider, consent, account, **parameters)

    async def cursor(self, consent: Consent, account: AccountRef) -> str:
        """A cursor of an account with more transactions than a page of ten; Blocked where there is none."""
        answer = await self.provider.transactions(consent, account, page_size="10")
        page = read_page(answer) if answer.served else None
        if page is None:
            raise blocked("see a page of transactions", answer)
        if not page.cursor:
            raise Blocked(
                "get a cursor (next_page_params)",
                f"the account {account.account_id} fits on one page of ten",
                blame=Blame.CONFIGURATION,
                cure="Put an account with more than ten transactions first in the profile",
                exchange=answer.exchange_id,
            )
        return page.cursor

    async def each_event(self, cases: Sequence[Case]) -> list[tuple[Case, Answer]]:
        """Send generated events, a few at once, and bring each with its answer."""
        answers = await self.few_at_once(
            self.provider.send(self.provider.document_call(each.document)) for each in cases
        )
        return list(zip(cases, answers, strict=True))

    async def few_at_once(self, asked: Iterable[Awaitable[Answer]]) -> list[Answer]:
        """The answers to many calls, in their order; so few at once that it is no load."""
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(call: Awaitable[Answer]) -> Answer:
            async with slots:
                return await call

        return await asyncio.gather(*(one(each) for each in asked))
