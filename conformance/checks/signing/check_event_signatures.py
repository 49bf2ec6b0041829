"""The signature on consent events (D1): a good one is taken, anything else is refused and changes nothing."""

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.provider import Change, Provider, change


@check("JWS-01")
async def check_correct_signature_is_accepted(provider: Provider, journey: Journey) -> None:
    """A correct PS256 detached signature by PayNet's registered key is accepted, and a wrong one is not."""
    refused = await provider.event(EventType.CREATED, journey.draft(), change.signature("e30..AA"))

    answer = await provider.event(EventType.CREATED, journey.draft())

    expect.acknowledged(answer)
    expect.refusal(refused)


@check("JWS-02")
async def check_unsigned_event_is_refused(provider: Provider, journey: Journey) -> None:
    """An event without a signature is refused."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change.unsigned)

    expect.refusal(answer)


@check("JWS-03")
@pytest.mark.parametrize("place", ["leading space", "inner space", "trailing newline", "one digit"])
async def check_altered_body_is_refused(provider: Provider, journey: Journey, place: str) -> None:
    """A body changed by one byte after signing is refused."""
    async with journey.accepting():
        answer = await provider.event(
            EventType.CREATED, journey.draft(), change.body_after_signing(change.one_byte(place))
        )

    expect.refusal(answer)


@check("JWS-03")
async def check_altered_value_is_refused(provider: Provider, journey: Journey) -> None:
    """A body that says something else than what was signed, and is still a valid event, is refused."""
    async with journey.accepting():
        answer = await provider.event(
            EventType.CREATED, journey.draft(), change.body_after_signing(change.another_consent_id)
        )

    expect.refusal(answer)


@check("JWS-04")
async def check_foreign_key_is_refused(provider: Provider, journey: Journey) -> None:
    """A signature by a key nobody registered, under PayNet's kid, is refused."""
    forged = change.signed_by(provider.kit.stranger, kid=provider.kit.signing.kid)
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), forged)

    expect.refusal(answer)


@check("JWS-05")
@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(change.kid("no-such-key"), id="unknown"),
        pytest.param(change.kid(None), id="missing"),
        pytest.param(change.kid(""), id="empty"),
    ],
)
async def check_unknown_kid_is_refused(provider: Provider, journey: Journey, alter: Change) -> None:
    """A signature under an unknown or missing kid is refused, although the key is PayNet's."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), alter)

    expect.refusal(answer)


@check("JWS-05")
async def check_unregistered_key_under_its_own_kid_is_refused(provider: Provider, journey: Journey) -> None:
    """A signature by a key nobody registered, under that key's own kid, is refused."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change.signed_by(provider.kit.stranger))

    expect.refusal(answer)


@check("JWS-22")
async def check_refused_announcement_leaves_no_consent(provider: Provider, journey: Journey) -> None:
    """A consent whose announcement was refused for its signature stays unknown."""
    consent = journey.draft()
    async with journey.authorizing():
        refused = await provider.event(
            EventType.CREATED, consent, change.signed_by(provider.kit.stranger, kid=provider.kit.signing.kid)
        )
        answer = await provider.authorize(consent)

    expect.refusal(refused)
    expect.refusal(answer)


@check("JWS-22")
@pytest.mark.parametrize("status", [Status.REVOKED, Status.SUSPENDED])
async def check_refused_status_event_leaves_data_flowing(provider: Provider, journey: Journey, status: Status) -> None:
    """A consent whose revocation or suspension was refused for its signature goes on serving."""
    consent = await journey.authorized()
    await journey.must_serve(consent)
    forged = change.signed_by(provider.kit.stranger, kid=provider.kit.signing.kid)

    refused = await provider.event(EventType.STATUS_UPDATED, consent.changed(status=status), forged)
    answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(refused)
    expect.seals.served(answer)


@check("JWS-22")
async def check_refused_reinstatement_opens_nothing(provider: Provider, journey: Journey) -> None:
    """A suspended consent whose reinstatement was refused for its signature stays closed."""
    consent = await journey.move(await journey.authorized(), Status.SUSPENDED)
    forged = change.signed_by(provider.kit.stranger, kid=provider.kit.signing.kid)

    async with journey.serving():
        refused = await provider.event(EventType.STATUS_UPDATED, consent.changed(status=Status.AUTHORIZED), forged)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(refused)
    expect.refusal(answer)
