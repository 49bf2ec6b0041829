"""Peers that are too slow: PayNet's side, and callers that never finish their request."""

from conformance import expect
from conformance.declare import check
from conformance.hub import Answer, HubView
from conformance.journeys import Journey, Visit
from conformance.provider import Provider, change


@check("TMO-05", long=True)
async def check_hanging_paynet_does_not_hang_the_customer(provider: Provider, journey: Journey, hub: HubView) -> None:
    """When PayNet hangs on the update the customer gets an answer in time, and nothing is authorized."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    await hub.script(consent.consent_id, Answer.hang(60), repeat=True)
    async with journey.serving():
        await visit.attempt(Visit.approve)
        answer = await provider.balances(consent, journey.people.accounts()[0])

    expect.updates.one(await journey.wait_for_update(consent))
    expect.pages.page_refused(visit)
    expect.pages.no_success(visit)
    expect.refusal(answer)


@check("TMO-06")
async def check_half_sent_requests_keep_nobody_waiting(provider: Provider, journey: Journey) -> None:
    """While twenty callers do not finish their requests, others are served in time."""
    consent = await journey.authorized()
    async with provider.stalled(20):
        answer = await provider.balances(consent, consent.accounts[0], change.newcomer)

    expect.within(answer, provider.profile.bounds.balances_seconds)
    expect.seals.served(answer)


@check("TMO-06", long=True)
async def check_half_sent_requests_are_cut_off(provider: Provider, journey: Journey) -> None:
    """A request that is half sent is cut off within the profile's bound."""
    async with journey.accepting():
        answer = await provider.half_an_event()

    expect.cut_off(answer)
