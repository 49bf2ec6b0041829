"""Account details (D5)."""

import pytest

from conformance import expect
from conformance.consent import Permission
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.model import Fact, Operation
from conformance.provider import Provider


@check("ACC-01")
async def check_account_fits_the_schema(provider: Provider, journey: Journey) -> None:
    """Each account that the customer chose gives 200, is the one asked for, and fits the schema."""
    consent = await journey.authorized(accounts=journey.people.accounts())
    for account in consent.accounts:
        answer = await provider.account(consent, account)

        expect.seals.served(answer)
        expect.data.about(answer, account.account_id)
        data = expect.seals.readable(answer)
        expect.data.fits(answer, provider.contract.problems_in_plaintext(Operation.ACCOUNT, data))


@check("ACC-01")
async def check_account_is_signed_and_sealed(provider: Provider, journey: Journey) -> None:
    """An account's details are signed by the Data Provider and encrypted for the Data Consumer alone."""
    consent = await journey.witness()

    answer = await provider.account(consent, consent.accounts[0])

    expect.seals.served(answer)
    expect.seals.signed(answer)
    expect.seals.enveloped(answer)
    expect.seals.algorithms(answer, "RSA-OAEP-256", "A256GCM")


@check("ACC-02")
async def check_consent_without_the_permission_is_refused(provider: Provider, journey: Journey) -> None:
    """A consent without read_accounts opens no account details."""
    permissions = [Permission.READ_BALANCES, Permission.READ_TRANSACTIONS]
    consent = await journey.authorized(journey.draft(permissions=permissions))
    async with journey.serving():
        await journey.must_serve(consent)
        answer = await provider.account(consent, consent.accounts[0])

    expect.refusal(answer)


@check("ACC-02")
async def check_account_outside_the_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """Details of an account of the customer that the consent does not name are not given."""
    left_out = journey.people.second_account()
    async with journey.serving_accounts() as consent:
        answer = await provider.account(consent, left_out)

    expect.refusal(answer)


@check("ACC-02", requires=(Fact.SECOND_CUSTOMER,))
async def check_another_customers_account_is_refused(provider: Provider, journey: Journey) -> None:
    """Details of another customer's account are not given."""
    foreign = journey.people.account_of_another_customer()
    async with journey.serving_accounts() as consent:
        answer = await provider.account(consent, foreign)

    expect.refusal(answer)


@check("ACC-02")
async def check_awaiting_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """A consent that awaits authorization opens no account details."""
    consent = await journey.announced()
    async with journey.serving_accounts():
        answer = await provider.account(consent, journey.people.accounts()[0])

    expect.refusal(answer)


@check("ACC-02")
@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REVOKED, Status.EXPIRED])
async def check_ended_consent_is_refused(provider: Provider, journey: Journey, status: Status) -> None:
    """A consent that is suspended, revoked or expired opens no account details."""
    consent = await journey.authorized()
    async with journey.serving_accounts():
        await journey.must_serve(consent)
        await journey.move(consent, status)
        answer = await provider.account(consent, consent.accounts[0])

    expect.refusal(answer)


@check("ACC-03", requires=(Fact.CREDIT_ACCOUNT,))
async def check_card_numbers_are_masked(provider: Provider, journey: Journey) -> None:
    """A credit card's number shows its first 6 and last 4 digits only."""
    customer, cards = journey.people.credit_accounts()
    consent = await journey.authorized(journey.draft(customer=customer), cards)
    for card in cards:
        answer = await provider.account(consent, card)

        expect.seals.served(answer)
        expect.data.masked(answer)
