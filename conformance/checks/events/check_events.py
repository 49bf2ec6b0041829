"""Consent events (D1): accepted, stored, applied."""

import pytest

from conformance import expect
from conformance.consent import EventType, Permission
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.provider import Provider, change


@check("EVT-01")
async def check_created_event_is_acknowledged_and_stored(provider: Provider, journey: Journey) -> None:
    """A consent_created event is acknowledged; its consent can be authorized, and an unannounced one cannot."""
    consent = journey.draft()

    acknowledgement = await provider.event(EventType.CREATED, consent)
    known = await provider.authorize(consent)
    unknown = await provider.authorize(journey.draft())

    expect.acknowledged(acknowledgement)
    expect.see_other(known)
    expect.refusal(unknown)


@check("EVT-02")
async def check_narrowed_permissions_take_effect(provider: Provider, journey: Journey) -> None:
    """A consent_updated event that takes a permission away is acknowledged, and what it took is served no more."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        narrowed = consent.changed(permissions=(Permission.READ_ACCOUNTS,))

        acknowledgement = await provider.event(EventType.UPDATED, narrowed)
        answer = await provider.balances(narrowed, narrowed.accounts[0])

    expect.acknowledged(acknowledgement)
    expect.refusal(answer)


@check("EVT-03")
async def check_status_event_takes_effect(provider: Provider, journey: Journey) -> None:
    """A consent_status_updated event is acknowledged, and the new status is in force."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        suspended = consent.changed(status=Status.SUSPENDED)

        acknowledgement = await provider.event(EventType.STATUS_UPDATED, suspended)
        answer = await provider.balances(suspended, suspended.accounts[0])

    expect.acknowledged(acknowledgement)
    expect.refusal(answer)


@check("EVT-02", long=True)
async def check_nearer_expiry_takes_effect(journey: Journey) -> None:
    """A consent_updated event that brings the expiry nearer is acknowledged, and data stops then."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        nearer = await journey.acknowledged(EventType.UPDATED, journey.states.ending_soon(consent))
        answer = await journey.states.after_expiry(nearer)

    expect.refusal(answer)


@check("EVT-08")
async def check_repeated_announcement_changes_nothing(provider: Provider, journey: Journey) -> None:
    """The same consent_created event is acknowledged again, and the consent can be authorized as before."""
    consent = await journey.announced()

    again = await provider.event(EventType.CREATED, consent)

    expect.acknowledged(again)
    expect.see_other(await provider.authorize(consent))


@check("EVT-08")
async def check_late_announcement_undoes_nothing(provider: Provider, journey: Journey) -> None:
    """The same consent_created event, delivered again after the consent was authorized, stops no data."""
    announced = await journey.announced()
    consent = await journey.authorized(announced)
    await journey.must_serve(consent)

    await provider.event(EventType.CREATED, announced)

    expect.seals.served(await provider.balances(consent, consent.accounts[0]))


@check("EVT-08")
async def check_repeated_status_changes_nothing(provider: Provider, journey: Journey) -> None:
    """The same consent_status_updated event is acknowledged again, and the status stays."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        suspended = await journey.move(consent, Status.SUSPENDED)
        again = await provider.event(EventType.STATUS_UPDATED, suspended)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.acknowledged(again)
    expect.refusal(answer)


@check("EVT-10")
@pytest.mark.parametrize("status", [Status.AUTHORIZED, Status.REVOKED])
async def check_status_of_an_unknown_consent_opens_nothing(
    provider: Provider, journey: Journey, status: Status
) -> None:
    """A status update for a consent never announced is refused, or acknowledged without effect, and is never a 5xx."""
    account = journey.people.accounts()[0]
    unknown = journey.draft().changed(accounts=(account,))
    async with journey.serving(), journey.authorizing():
        answer = await journey.attempt(unknown, status)
        landing = await journey.lands(unknown, await provider.authorize(unknown))
        data = await provider.balances(unknown, account)

    expect.no_server_error(answer)
    expect.pages.turned_away(landing)
    expect.refusal(data)


@check("EVT-15")
@pytest.mark.parametrize("shape", ["accounts", "account_access"])
async def check_both_shapes_of_accounts_are_taken(provider: Provider, journey: Journey, shape: str) -> None:
    """An authorized event is accepted with its accounts in either published place, and data flows."""
    decision = await journey.approved()
    consent = decision.consent.changed(status=Status.AUTHORIZED, accounts=journey.people.accounts()[:1])

    answer = await provider.event(EventType.STATUS_UPDATED, consent, change.accounts_as(shape))

    expect.acknowledged(answer)
    expect.seals.served(await provider.balances(consent, consent.accounts[0]))


@check("EVT-18")
async def check_consents_at_once_do_not_mix(provider: Provider, journey: Journey) -> None:
    """Events for different consents at once do not mix: each consent ends in its own state."""
    open_, closed = await journey.authorized(), await journey.authorized()
    waiting, failed = await journey.announced(), await journey.announced()
    await journey.must_serve(open_)
    await journey.must_serve(closed)

    fresh = journey.draft(), journey.draft()
    answers = await journey.together(
        (EventType.CREATED, fresh[0]),
        (EventType.STATUS_UPDATED, closed.changed(status=Status.SUSPENDED)),
        (EventType.STATUS_UPDATED, failed.changed(status=Status.FAILED)),
        (EventType.CREATED, fresh[1]),
        (EventType.STATUS_UPDATED, open_.changed(status=Status.AUTHORIZED)),
    )

    for answer in answers:
        expect.acknowledged(answer)
    expect.seals.served(await provider.balances(open_, open_.accounts[0]))
    expect.refusal(await provider.balances(closed, closed.accounts[0]))
    for consent in (waiting, *fresh):
        expect.see_other(await provider.authorize(consent))
    expect.pages.turned_away(await journey.lands(failed, await provider.authorize(failed)))


@check("EVT-19")
async def check_older_event_does_not_roll_back(provider: Provider, journey: Journey) -> None:
    """An event older than the one applied does not roll the consent back."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        await journey.move(consent, Status.SUSPENDED)
        await provider.event(EventType.STATUS_UPDATED, consent)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)
