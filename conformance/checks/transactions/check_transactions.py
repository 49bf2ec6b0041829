"""Transactions (D6): the items, and when there are none for anybody."""

import pytest

from conformance import expect
from conformance.consent import Permission
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.model import Fact, Operation
from conformance.provider import Provider


@check("TXN-01")
async def check_transactions_fit_the_schema(provider: Provider, journey: Journey) -> None:
    """The transactions of each account that the customer chose give 200 and fit the schema."""
    consent = await journey.authorized(accounts=journey.people.accounts())
    for account in consent.accounts:
        answer = await provider.transactions(consent, account)

        expect.seals.served(answer)
        data = answer.seal.data if answer.seal else None
        expect.data.fits(answer, provider.contract.problems_in_plaintext(Operation.TRANSACTIONS, data))


@check("TXN-01")
async def check_transactions_are_signed_and_sealed(provider: Provider, journey: Journey) -> None:
    """Transactions are signed by the Data Provider and encrypted for the Data Consumer alone."""
    consent = await journey.witness()

    answer = await provider.transactions(consent, consent.accounts[0])

    expect.seals.served(answer)
    expect.seals.signed(answer)
    expect.seals.enveloped(answer)
    expect.seals.algorithms(answer, "RSA-OAEP-256", "A256GCM")


@check("TXN-02")
async def check_consent_without_the_permission_is_refused(provider: Provider, journey: Journey) -> None:
    """A consent without read_transactions opens no transactions."""
    permissions = [Permission.READ_BALANCES, Permission.READ_ACCOUNTS]
    consent = await journey.authorized(journey.draft(permissions=permissions))
    async with journey.serving_transactions():
        await journey.must_serve(consent)
        answer = await provider.transactions(consent, consent.accounts[0])

    expect.refusal(answer)


@check("TXN-02")
async def check_account_outside_the_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """Transactions of an account of the customer that the consent does not name are not given."""
    left_out = journey.people.second_account()
    async with journey.serving_transactions() as consent:
        answer = await provider.transactions(consent, left_out)

    expect.refusal(answer)


@check("TXN-02", requires=(Fact.SECOND_CUSTOMER,))
async def check_another_customers_account_is_refused(provider: Provider, journey: Journey) -> None:
    """Another customer's transactions are not given."""
    foreign = journey.people.account_of_another_customer()
    async with journey.serving_transactions() as consent:
        answer = await provider.transactions(consent, foreign)

    expect.refusal(answer)


@check("TXN-02")
async def check_awaiting_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """A consent that awaits authorization opens no transactions."""
    consent = await journey.announced()
    async with journey.serving_transactions():
        answer = await provider.transactions(consent, journey.people.accounts()[0])

    expect.refusal(answer)


@check("TXN-02")
@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REVOKED, Status.EXPIRED])
async def check_ended_consent_is_refused(provider: Provider, journey: Journey, status: Status) -> None:
    """A consent that is suspended, revoked or expired opens no transactions."""
    consent = await journey.authorized()
    async with journey.serving_transactions():
        await journey.must_serve(consent)
        await journey.move(consent, status)
        answer = await provider.transactions(consent, consent.accounts[0])

    expect.refusal(answer)
