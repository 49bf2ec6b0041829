"""The consent update (P1) when PayNet refuses, fails, or is not who it should be; and what is issued once."""

import pytest

from conformance import expect
from conformance.declare import check
from conformance.hub import Answer, HubView
from conformance.journeys import Journey, Visit
from conformance.model import Fact
from conformance.provider import Provider

_FAILURES = {
    "refused with 400": Answer.error(400, "invalid_request", "Refused by PayNet"),
    "refused with 403": Answer.error(403, "access_denied", "Refused by PayNet"),
    "failed with 500": Answer.error(500, "server_error", "PayNet failed"),
    "unavailable": Answer.error(503, "temporarily_unavailable", "Try again"),
    "closed without an answer": Answer.dropped(),
}


@check("UPD-10")
@pytest.mark.parametrize("failure", _FAILURES)
async def check_refused_update_is_no_success(provider: Provider, journey: Journey, hub: HubView, failure: str) -> None:
    """When PayNet does not accept the update, the customer is not told success and no data is served."""
    await journey.approved()
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    await hub.script(consent.consent_id, _FAILURES[failure], repeat=True)
    async with journey.serving():
        await visit.attempt(Visit.approve)
        answer = await provider.balances(consent, journey.people.accounts()[0])

    expect.updates.one(await journey.wait_for_update(consent))
    expect.pages.no_success(visit)
    expect.refusal(answer)


@check("UPD-11")
@pytest.mark.parametrize("failure", ["unavailable", "closed without an answer"])
async def check_transient_failure_is_retried_alike(journey: Journey, hub: HubView, failure: str) -> None:
    """A transient failure is retried, and the retry is the same update."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    await hub.script(consent.consent_id, _FAILURES[failure], Answer.ok())

    await visit.attempt(Visit.approve)

    expect.updates.retried_alike(await journey.wait_for_update(consent, count=2))


@check("UPD-12", alone=True, requires=(Fact.ONE_PROCESS,))
@pytest.mark.parametrize("odd", ["foreign_server", "expired_server", "elsewhere_server"])
async def check_nothing_is_sent_to_a_stranger(journey: Journey, hub: HubView, odd: str) -> None:
    """Nothing is sent to a PayNet endpoint whose certificate is of another CA, has expired or is another host's."""
    await journey.approved()
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    async with hub.showing(odd):
        await visit.attempt(Visit.approve)
        updates = await journey.updates_within(consent, 1)
    await journey.approved()

    expect.updates.none(updates)


@check("UPD-13")
async def check_id_tokens_are_issued_once(journey: Journey) -> None:
    """No two updates, for different consents, share an id_token."""
    found = [await journey.approved() for _ in range(3)]

    expect.updates.own_tokens([each.update for each in found])


@check("UPD-14")
@pytest.mark.parametrize("number", [0, 1])
async def check_identity_is_the_consents(journey: Journey, number: int) -> None:
    """hashed_id_number is 44 characters of padded base64 and equals the consent's."""
    found = await journey.approved(journey.draft(customer=journey.people.numbered(number)))

    expect.updates.identity(found.update, found.consent.id_type, found.consent.hashed_id_number)
