"""Expiry by the clock alone, and logins that outlive their consent."""

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.journeys import Journey, Visit
from conformance.lifecycle import Status
from conformance.model import Capability, Fact
from conformance.provider import Provider, change


@check("LCM-14", long=True)
async def check_login_ends_with_the_consents_time(provider: Provider, journey: Journey) -> None:
    """A login begun before the consent's expiration_datetime cannot authorize it afterwards."""
    overdue = await journey.states.reviewing_shortly()
    async with journey.serving():
        await journey.states.outlived(overdue)
        await overdue.visit.attempt(Visit.approve)
        updates = await journey.updates_within(overdue.consent, 2)
        answer = await provider.balances(overdue.consent, journey.people.accounts()[0])

    expect.updates.not_authorized(updates)
    expect.refusal(answer)


@check("LCM-08", long=True)
async def check_data_stops_at_expiry(journey: Journey) -> None:
    """Data stops at expiration_datetime by itself, without an event."""
    async with journey.serving():
        consent = await journey.states.expiring()
        answer = await journey.states.after_expiry(consent)

    expect.refusal(answer)


@check("LCM-08", long=True)
@pytest.mark.parametrize("hours", [0, 8, -11])
async def check_data_stops_at_a_nearer_expiry(journey: Journey, hours: int) -> None:
    """Data stops at an expiry that an update brought nearer, in whatever time zone it is spelled."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        nearer = journey.states.ending_soon(consent)
        await journey.acknowledged(EventType.UPDATED, nearer, change.in_zone(hours))
        answer = await journey.states.after_expiry(nearer)

    expect.refusal(answer)


@check("LCM-08", needs=Capability.ACCOUNTS, long=True)
async def check_account_details_stop_at_expiry(provider: Provider, journey: Journey) -> None:
    """Account details stop at the expiry by themselves, as balances do."""
    consent = await journey.authorized()
    async with journey.serving_accounts():
        nearer = await journey.acknowledged(EventType.UPDATED, journey.states.ending_soon(consent))
        answer = await journey.states.after_expiry(nearer, provider.account)

    expect.refusal(answer)


@check("LCM-08", needs=Capability.TRANSACTIONS, long=True)
async def check_transactions_stop_at_expiry(provider: Provider, journey: Journey) -> None:
    """Transactions stop at the expiry by themselves, as balances do."""
    consent = await journey.authorized()
    async with journey.serving_transactions():
        nearer = await journey.acknowledged(EventType.UPDATED, journey.states.ending_soon(consent))
        answer = await journey.states.after_expiry(nearer, provider.transactions)

    expect.refusal(answer)


@check("LCM-08", long=True)
async def check_time_does_not_stop_for_the_suspended(provider: Provider, journey: Journey) -> None:
    """A consent that expires while suspended stays closed when a later event calls it authorized."""
    consent, twin = await journey.authorized(), await journey.authorized()
    async with journey.serving():
        suspended = await journey.move(consent, Status.SUSPENDED)
        expired = await journey.states.expired_beside(suspended, twin)
        await journey.attempt(expired, Status.AUTHORIZED)
        answer = await provider.balances(expired, consent.accounts[0])

    expect.refusal(answer)


@check("LCM-10", long=True)
async def check_no_extension_revives(provider: Provider, journey: Journey) -> None:
    """A consent whose time is over stays closed when an update gives it a later expiry."""
    consent = await journey.authorized()
    async with journey.serving():
        nearer = await journey.acknowledged(EventType.UPDATED, journey.states.ending_soon(consent))
        await journey.states.after_expiry(nearer)
        await journey.states.attempt_update(nearer, expiration=consent.expiration)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)


@check("LCM-14", long=True)
@pytest.mark.parametrize("status", [Status.FAILED, Status.REJECTED])
async def check_login_ends_with_its_consent(provider: Provider, journey: Journey, status: Status) -> None:
    """A login begun before the consent failed or was rejected cannot authorize it afterwards."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    async with journey.serving():
        await journey.move(consent, status)
        await visit.attempt(Visit.approve)
        updates = await journey.updates_within(consent, 2)
        answer = await provider.balances(consent, journey.people.accounts()[0])

    expect.updates.not_authorized(updates)
    expect.refusal(answer)


@check("LCM-14", long=True)
@pytest.mark.parametrize("status", [Status.REVOKED, Status.EXPIRED])
async def check_second_login_authorizes_nothing_again(provider: Provider, journey: Journey, status: Status) -> None:
    """A second login for a consent that was authorized and then ended meanwhile authorizes nothing."""
    consent = await journey.announced()
    second = await journey.reviewing(consent)
    authorized = await journey.authorized(consent)
    async with journey.serving():
        await journey.must_serve(authorized)
        await journey.move(authorized, status)
        await second.attempt(Visit.approve)
        updates = await journey.updates_within(consent, 2, beyond=1)
        answer = await provider.balances(authorized, authorized.accounts[0])

    expect.updates.not_authorized(updates)
    expect.refusal(answer)


@check("LCM-17", requires=(Fact.REVOCATION,))
async def check_revocation_at_the_bank_stops_data(provider: Provider, journey: Journey) -> None:
    """A customer's revocation at the Data Provider stops data at once and reaches PayNet as an update."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        updates = await journey.states.revoked_at_the_bank(consent)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)
    expect.updates.says(updates, Status.REVOKED)
