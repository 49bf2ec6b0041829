"""Which states of a consent serve data, and what PayNet's events change."""

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.provider import Provider


@check("LCM-01")
async def check_awaiting_consent_yields_no_balance(provider: Provider, journey: Journey) -> None:
    """A consent that awaits authorization opens nothing."""
    consent = await journey.announced()
    async with journey.serving():
        answer = await provider.balances(consent, journey.people.accounts()[0])

    expect.refusal(answer)


@check("LCM-02")
async def check_authorized_consent_yields_a_balance(provider: Provider, journey: Journey) -> None:
    """An authorized consent opens the accounts that the customer chose."""
    consent = await journey.authorized(accounts=journey.people.accounts())
    for account in consent.accounts:
        answer = await provider.balances(consent, account)

        expect.status(answer, 200)
        expect.seals.sealed(answer)


@check("LCM-03")
async def check_suspended_consent_yields_no_balance(provider: Provider, journey: Journey) -> None:
    """A suspended consent opens nothing, not even an account it used to open."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        await journey.move(consent, Status.SUSPENDED)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)


@check("LCM-03")
async def check_an_update_leaves_the_suspension(provider: Provider, journey: Journey) -> None:
    """A suspended consent stays suspended when a consent_updated event sends the whole of it again."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        suspended = await journey.move(consent, Status.SUSPENDED)
        await journey.updated(suspended)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)


@check("LCM-04")
async def check_reinstated_consent_yields_a_balance_again(provider: Provider, journey: Journey) -> None:
    """A consent that was suspended and then authorized again opens what it used to open."""
    consent = await journey.authorized()
    suspended = await journey.move(consent, Status.SUSPENDED)
    closed = await provider.balances(suspended, suspended.accounts[0])
    reinstated = await journey.move(suspended, Status.AUTHORIZED)

    answer = await provider.balances(reinstated, reinstated.accounts[0])

    expect.seals.served(answer)
    expect.refusal(closed)


@check("LCM-05")
async def check_revoked_consent_yields_no_balance(provider: Provider, journey: Journey) -> None:
    """A revoked consent opens nothing, not even an account it used to open."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        await journey.move(consent, Status.REVOKED)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)


@check("LCM-05")
async def check_revoked_consent_stays_closed(provider: Provider, journey: Journey) -> None:
    """A revoked consent stays closed when a later event calls it authorized, whatever the answer to that event."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        revoked = await journey.move(consent, Status.REVOKED)
        await journey.attempt(revoked, Status.AUTHORIZED)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)
