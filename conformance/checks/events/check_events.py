"""Consent events (D1): accepted, stored, applied."""

from conformance import expect
from conformance.consent import EventType, Permission
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.provider import Provider


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
