"""The signature on consent events (D1): a good one is taken, anything else is refused and changes nothing."""

import pytest

from conformance import expect
from conformance.consent import EventType, Permission
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.model import Volume
from conformance.provider import Change, Provider, change
from conformance.vectors import Demand, asking


@check("JWS-01")
async def check_correct_signature_is_accepted(provider: Provider, journey: Journey) -> None:
    """A correct PS256 detached signature by PayNet's registered key is accepted, and a wrong one is not."""
    refused = await provider.event(EventType.CREATED, journey.draft(), change.signature("e30..AA"))

    answer = await provider.event(EventType.CREATED, journey.draft())

    expect.acknowledged(answer)
    expect.refusal(refused)


@check("JWS-02")
@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(change.unsigned, id="missing"),
        pytest.param(change.empty_signature, id="empty"),
        pytest.param(change.signature("null"), id="null"),
    ],
)
async def check_unsigned_event_is_refused(provider: Provider, journey: Journey, alter: Change) -> None:
    """An event without a signature is refused."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), alter)

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


@check("JWS-22")
async def check_refused_update_narrows_nothing(provider: Provider, journey: Journey) -> None:
    """A consent goes on serving when an update that takes its permission away was refused for its signature."""
    consent = await journey.authorized()
    await journey.must_serve(consent)
    narrowed = consent.changed(permissions=(Permission.READ_ACCOUNTS,))

    refused = await provider.event(EventType.UPDATED, narrowed, provider.forgery("foreign-same-kid"))
    answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(refused)
    expect.seals.served(answer)


async def _fails_by(provider: Provider, journey: Journey, vector: str) -> None:
    """A forged event that says the consent failed is refused, and the consent still leads to its login."""
    async with journey.authorizing() as consent:
        failed = consent.changed(status=Status.FAILED)
        refused = await provider.event(EventType.STATUS_UPDATED, failed, provider.forgery(vector))
        answer = await provider.authorize(consent)

    expect.refusal(refused)
    expect.see_other(answer)


@check("JWS-22")
@pytest.mark.parametrize("vector", asking(flag="core"))
async def check_forged_failure_changes_nothing(provider: Provider, journey: Journey, vector: str) -> None:
    """A consent still leads to its login when an event that says it failed was refused for its signature."""
    await _fails_by(provider, journey, vector)


@check("JWS-22", volume=Volume.REGRESSION)
@pytest.mark.parametrize("vector", tuple(each for each in asking() if each not in asking("JWS-16", "JWS-17")))
async def check_no_forgery_changes_anything(provider: Provider, journey: Journey, vector: str) -> None:
    """A consent still leads to its login, whichever forged signature said that it failed."""
    await _fails_by(provider, journey, vector)


@check("JWS-22")
@pytest.mark.parametrize("vector", asking(demand=Demand.EITHER))
async def check_what_may_be_refused_changes_nothing_then(provider: Provider, journey: Journey, vector: str) -> None:
    """Where the RFCs leave it to the provider to refuse a signature, and it does, nothing is changed."""
    async with journey.authorizing() as consent:
        failed = consent.changed(status=Status.FAILED)
        answer = await provider.event(EventType.STATUS_UPDATED, failed, provider.forgery(vector))
        after = await provider.authorize(consent)

    if not answer.accepted:
        expect.refusal(answer)
        expect.see_other(after)
