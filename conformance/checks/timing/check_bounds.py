"""How soon the synchronous calls answer (Integration Flow: 5 s)."""

import asyncio

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.model import Capability, Fact
from conformance.profile import Condition
from conformance.provider import Provider


@check("TMO-01", alone=True)
async def check_balance_is_in_time(provider: Provider, journey: Journey) -> None:
    """Balances delivers within 5 s."""
    consent = await journey.authorized()

    answer = await provider.balances(consent, consent.accounts[0])

    expect.within(answer, provider.profile.bounds.balances_seconds)
    expect.status(answer, 200)


@check("TMO-02", alone=True)
async def check_authorize_is_in_time(provider: Provider, journey: Journey) -> None:
    """Authorize answers within 5 s."""
    consent = await journey.announced()

    answer = await provider.authorize(consent)

    expect.within(answer, provider.profile.bounds.oauth_seconds)
    expect.see_other(answer)


@check("TMO-02", alone=True, needs=Capability.USERINFO)
async def check_userinfo_is_in_time(provider: Provider, journey: Journey) -> None:
    """Userinfo answers within 5 s."""
    consent = await journey.authorized()

    answer = await provider.userinfo(consent)

    expect.within(answer, provider.profile.bounds.oauth_seconds)
    expect.status(answer, 200)


@check("TMO-03", alone=True)
@pytest.mark.parametrize("kind", [EventType.CREATED, EventType.STATUS_UPDATED], ids=lambda each: each.value)
async def check_events_are_in_time(provider: Provider, journey: Journey, kind: EventType) -> None:
    """Events are acknowledged within 5 s."""
    consent = (
        journey.draft() if kind is EventType.CREATED else (await journey.announced()).changed(status=Status.FAILED)
    )

    async with journey.accepting():
        answer = await provider.event(kind, consent)

    expect.within(answer, provider.profile.bounds.events_seconds)
    expect.acknowledged(answer)


@check("TMO-04", alone=True)
async def check_balances_at_once_are_in_time(provider: Provider, journey: Journey) -> None:
    """Under the profile's concurrency every balance still arrives within 5 s."""
    consents = [await journey.authorized(), await journey.authorized()]
    count = provider.profile.bounds.parallel_balances
    asked = [consents[number % 2] for number in range(count)]
    await journey.must_serve(consents[0])

    answers = await asyncio.gather(*(provider.balances(each, each.accounts[0]) for each in asked))

    for answer in answers:
        expect.within(answer, provider.profile.bounds.balances_seconds)
        expect.seals.served(answer)


@check("TMO-07", requires=(Fact.SLOW_ACCOUNT,), long=True)
async def check_slow_source_is_a_timeout_error(provider: Provider, journey: Journey) -> None:
    """When the Data Provider's own source is too slow, the answer in time is an error and not silence."""
    customer, account = journey.people.account_in(Condition.SLOW)
    consent = await journey.authorized(journey.draft(customer=customer), [account])

    answer = await provider.balances(consent, account)

    expect.within(answer, provider.profile.bounds.balances_seconds + 1)
    expect.told_error(answer)


@check("TMO-08", alone=True, needs=Capability.ACCOUNTS)
async def check_account_is_in_time(provider: Provider, journey: Journey) -> None:
    """An account's details arrive within the profile's bound."""
    consent = await journey.witness()

    answer = await provider.account(consent, consent.accounts[0])

    expect.within(answer, provider.profile.bounds.async_seconds)
    expect.status(answer, 200)


@check("TMO-08", alone=True, needs=Capability.TRANSACTIONS)
async def check_transactions_are_in_time(provider: Provider, journey: Journey) -> None:
    """Transactions arrive within the profile's bound."""
    consent = await journey.witness()

    answer = await provider.transactions(consent, consent.accounts[0])

    expect.within(answer, provider.profile.bounds.async_seconds)
    expect.status(answer, 200)
