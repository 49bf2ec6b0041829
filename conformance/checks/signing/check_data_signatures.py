"""PayNet's signatures on the calls for data (D3-D6): the same rules as on events."""

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.model import Capability, Volume
from conformance.provider import Change, Provider, change
from conformance.vectors import asking

_CORE = asking(flag="core")
# The questions about time are SHOULDs; on events they are asked as such.
_ALL = tuple(each for each in asking() if each not in asking("JWS-16", "JWS-17"))


@check("JWS-25")
@pytest.mark.parametrize("vector", _ALL)
async def check_forged_balances_get_no_data(provider: Provider, journey: Journey, vector: str) -> None:
    """A balance is not given for a forged signature."""
    async with journey.serving() as consent:
        answer = await provider.balances(consent, consent.accounts[0], provider.forgery(vector))

    expect.refusal(answer)


@check("JWS-25")
@pytest.mark.parametrize(
    "alter", [change.unsigned, change.signed_over(b"another-consent")], ids=["missing", "mismatched"]
)
async def check_unsigned_balances_get_no_data(provider: Provider, journey: Journey, alter: Change) -> None:
    """A balance is not given without a signature, or for one over something else."""
    async with journey.serving() as consent:
        answer = await provider.balances(consent, consent.accounts[0], alter)

    expect.refusal(answer)


@check("JWS-25")
async def check_signature_of_another_consent_gets_no_data(provider: Provider, journey: Journey) -> None:
    """A balance is not given for the signature of another consent that is known."""
    other = await journey.announced()
    async with journey.serving() as consent:
        mismatched = change.signed_over(other.consent_id.encode())
        answer = await provider.balances(consent, consent.accounts[0], mismatched)

    expect.refusal(answer)


@check("JWS-25", needs=Capability.ACCOUNTS)
@pytest.mark.parametrize("vector", _CORE)
async def check_forged_account_gets_no_data(provider: Provider, journey: Journey, vector: str) -> None:
    """An account's details are not given for a forged signature."""
    async with journey.serving_accounts() as consent:
        answer = await provider.account(consent, consent.accounts[0], provider.forgery(vector))

    expect.refusal(answer)


@check("JWS-25", needs=Capability.ACCOUNTS)
async def check_unsigned_account_gets_no_data(provider: Provider, journey: Journey) -> None:
    """An account's details are not given without a signature."""
    async with journey.serving_accounts() as consent:
        answer = await provider.account(consent, consent.accounts[0], change.unsigned)

    expect.refusal(answer)


@check("JWS-25", needs=Capability.TRANSACTIONS)
@pytest.mark.parametrize("vector", _CORE)
async def check_forged_transactions_get_no_data(provider: Provider, journey: Journey, vector: str) -> None:
    """Transactions are not given for a forged signature."""
    async with journey.serving_transactions() as consent:
        answer = await provider.transactions(consent, consent.accounts[0], provider.forgery(vector))

    expect.refusal(answer)


@check("JWS-25", needs=Capability.TRANSACTIONS)
async def check_unsigned_transactions_get_no_data(provider: Provider, journey: Journey) -> None:
    """Transactions are not given without a signature."""
    async with journey.serving_transactions() as consent:
        answer = await provider.transactions(consent, consent.accounts[0], change.unsigned)

    expect.refusal(answer)


@check("JWS-25", needs=Capability.USERINFO)
@pytest.mark.parametrize("vector", _CORE)
async def check_forged_userinfo_gets_no_data(provider: Provider, journey: Journey, vector: str) -> None:
    """The customer's identity is not given for a forged signature."""
    async with journey.serving_userinfo() as consent:
        answer = await provider.userinfo(consent, provider.forgery(vector))

    expect.refusal(answer)


@check("JWS-25", needs=Capability.USERINFO)
async def check_unsigned_userinfo_gets_no_data(provider: Provider, journey: Journey) -> None:
    """The customer's identity is not given without a signature."""
    async with journey.serving_userinfo() as consent:
        answer = await provider.userinfo(consent, change.unsigned)

    expect.refusal(answer)


@check("JWS-25", needs=Capability.ACCOUNTS, volume=Volume.REGRESSION)
@pytest.mark.parametrize("vector", _ALL)
async def check_account_refuses_every_forgery(provider: Provider, journey: Journey, vector: str) -> None:
    """An account's details are given for none of the forged signatures."""
    async with journey.serving_accounts() as consent:
        answer = await provider.account(consent, consent.accounts[0], provider.forgery(vector))

    expect.refusal(answer)


@check("JWS-25", needs=Capability.TRANSACTIONS, volume=Volume.REGRESSION)
@pytest.mark.parametrize("vector", _ALL)
async def check_transactions_refuse_every_forgery(provider: Provider, journey: Journey, vector: str) -> None:
    """Transactions are given for none of the forged signatures."""
    async with journey.serving_transactions() as consent:
        answer = await provider.transactions(consent, consent.accounts[0], provider.forgery(vector))

    expect.refusal(answer)


@check("JWS-25", needs=Capability.USERINFO, volume=Volume.REGRESSION)
@pytest.mark.parametrize("vector", _ALL)
async def check_userinfo_refuses_every_forgery(provider: Provider, journey: Journey, vector: str) -> None:
    """The customer's identity is given for none of the forged signatures."""
    async with journey.serving_userinfo() as consent:
        answer = await provider.userinfo(consent, provider.forgery(vector))

    expect.refusal(answer)


@check("AUT-02")
@pytest.mark.parametrize("vector", _CORE)
async def check_forged_authorize_gets_no_login(provider: Provider, journey: Journey, vector: str) -> None:
    """A forged signature parameter leads no customer into login."""
    async with journey.authorizing() as consent:
        landing = await journey.lands(consent, await provider.authorize(consent, provider.forgery(vector)))

    expect.pages.turned_away(landing)


@check("AUT-02", volume=Volume.REGRESSION)
@pytest.mark.parametrize("vector", _ALL)
async def check_authorize_refuses_every_forgery(provider: Provider, journey: Journey, vector: str) -> None:
    """None of the forged signatures leads a customer into login."""
    async with journey.authorizing() as consent:
        landing = await journey.lands(consent, await provider.authorize(consent, provider.forgery(vector)))

    expect.pages.turned_away(landing)
