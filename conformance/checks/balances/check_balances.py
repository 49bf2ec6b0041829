"""Balances (D4): the answer for an authorized consent, and for what lies outside it (journey row 11a)."""

from conformance import expect
from conformance.consent import AccountRef
from conformance.declare import check
from conformance.journeys import Journey
from conformance.model import Operation
from conformance.provider import Provider


@check("BAL-01")
async def check_balance_is_served(provider: Provider, journey: Journey) -> None:
    """An authorized consent's account gives 200 with sealed data."""
    consent = await journey.authorized()

    answer = await provider.balances(consent, consent.accounts[0])

    expect.status(answer, 200)
    expect.seals.sealed(answer)


@check("BAL-02")
async def check_balance_fits_the_schema(provider: Provider, journey: Journey) -> None:
    """The decrypted balance has account_id and current_balance and fits the schema."""
    consent = await journey.authorized(accounts=journey.people.accounts())
    for account in consent.accounts:
        answer = await provider.balances(consent, account)

        data = expect.seals.readable(answer)
        expect.data.amount_shape(answer, provider.profile.reading("amount_shape"))
        expect.data.fits(answer, provider.contract.problems_in_plaintext(Operation.BALANCES, data))


@check("BAL-03")
async def check_balance_is_of_the_account_asked_for(provider: Provider, journey: Journey) -> None:
    """Each account's balance names that account."""
    consent = await journey.authorized(accounts=journey.people.accounts())
    for account in consent.accounts:
        answer = await provider.balances(consent, account)

        expect.data.about(answer, account.account_id)


@check("BAL-04")
async def check_balance_is_the_known_one(provider: Provider, journey: Journey) -> None:
    """Each account's current_balance is the one the profile knows, pending transactions excluded."""
    known = journey.people.known_balances()
    consent = await journey.authorized(accounts=tuple(known))
    for account, balance in known.items():
        answer = await provider.balances(consent, account)

        expect.data.balance(answer, balance)


@check("BAL-05")
async def check_unknown_account_is_refused(provider: Provider, journey: Journey) -> None:
    """An account that does not exist is a 4xx without data."""
    unknown = AccountRef("no-such-account", "", "")
    async with journey.serving() as consent:
        answer = await provider.balances(consent, unknown)

    expect.refusal(answer)


@check("BAL-06")
async def check_account_outside_the_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """An account of the customer that the consent does not name is a 4xx without data."""
    left_out = journey.people.second_account()
    async with journey.serving() as consent:
        answer = await provider.balances(consent, left_out)

    expect.refusal(answer)


@check("BAL-06")
async def check_another_customers_account_is_refused(provider: Provider, journey: Journey) -> None:
    """An account of another customer is a 4xx without data."""
    foreign = journey.people.account_of_another_customer()
    async with journey.serving() as consent:
        answer = await provider.balances(consent, foreign)

    expect.refusal(answer)
