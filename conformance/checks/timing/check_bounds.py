"""How soon the synchronous calls answer (Integration Flow: 5 s)."""

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.model import Capability
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
