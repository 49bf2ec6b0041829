"""What a refusal looks like, whatever was refused."""

from conformance import expect
from conformance.consent import AccountRef, EventType
from conformance.declare import check
from conformance.journeys import Journey
from conformance.provider import Provider, change


@check("ERR-01")
async def check_refused_event_has_an_error_body(provider: Provider, journey: Journey) -> None:
    """A refused event's body is {error, error_description} as JSON."""
    async with journey.accepting():
        unsigned = await provider.event(EventType.CREATED, journey.draft(), change.unsigned)
        malformed = await provider.event(EventType.CREATED, journey.draft(), change.body(b"[]"))

    for answer in (unsigned, malformed):
        expect.refusal(answer)
        expect.error_body(answer)


@check("ERR-01")
async def check_refused_authorize_has_an_error_body(provider: Provider, journey: Journey) -> None:
    """A refused authorize request's body is {error, error_description} as JSON."""
    async with journey.authorizing():
        answer = await provider.authorize(journey.draft())

    expect.refusal(answer)
    expect.error_body(answer)


@check("ERR-01")
async def check_refused_balance_has_an_error_body(provider: Provider, journey: Journey) -> None:
    """A refused balance request's body is {error, error_description} as JSON."""
    async with journey.serving() as consent:
        unknown = await provider.balances(consent, AccountRef("no-such-account", "", ""))
        awaiting = await provider.balances(await journey.announced(), consent.accounts[0])

    for answer in (unknown, awaiting):
        expect.refusal(answer)
        expect.error_body(answer)
