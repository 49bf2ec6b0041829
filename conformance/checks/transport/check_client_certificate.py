"""Whom the webhooks serve, by client certificate."""

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.journeys import Journey
from conformance.model import Capability
from conformance.provider import Change, Provider, change


@check("TLS-01")
async def check_event_without_certificate_gets_no_service(provider: Provider, journey: Journey) -> None:
    """An event from a caller without a client certificate gets no service."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change.caller(provider.kit.bare))

    expect.shut_out(answer)


@check("TLS-01", under=("authorize_channel", "back"))
async def check_authorize_without_certificate_gets_no_service(provider: Provider, journey: Journey) -> None:
    """An authorize request from a caller without a client certificate gets no service (R:authorize_channel=back)."""
    async with journey.authorizing() as consent:
        answer = await provider.authorize(consent, change.caller(provider.kit.bare))

    expect.shut_out(answer)


@check("TLS-01")
async def check_balance_without_certificate_gets_no_service(provider: Provider, journey: Journey) -> None:
    """A balance request from a caller without a client certificate gets no service."""
    async with journey.serving() as consent:
        answer = await provider.balances(consent, consent.accounts[0], change.caller(provider.kit.bare))

    expect.shut_out(answer)


@check("TLS-01", needs=Capability.ACCOUNTS)
async def check_account_without_certificate_gets_no_service(provider: Provider, journey: Journey) -> None:
    """An account request from a caller without a client certificate gets no service."""
    async with journey.serving() as consent:
        answer = await provider.account(consent, consent.accounts[0], change.caller(provider.kit.bare))

    expect.shut_out(answer)


@check("TLS-01", needs=Capability.TRANSACTIONS)
async def check_transactions_without_certificate_get_no_service(provider: Provider, journey: Journey) -> None:
    """A transactions request from a caller without a client certificate gets no service."""
    async with journey.serving() as consent:
        answer = await provider.transactions(consent, consent.accounts[0], change.caller(provider.kit.bare))

    expect.shut_out(answer)


@check("TLS-01", needs=Capability.USERINFO)
async def check_userinfo_without_certificate_gets_no_service(provider: Provider, journey: Journey) -> None:
    """A userinfo request from a caller without a client certificate gets no service."""
    async with journey.serving() as consent:
        answer = await provider.userinfo(consent, change.caller(provider.kit.bare))

    expect.shut_out(answer)


@check("TLS-02")
@pytest.mark.parametrize("certificate", ["foreign", "self_signed"])
@pytest.mark.parametrize("call", ["event", "balances"])
async def check_unregistered_ca_gets_no_service(
    provider: Provider, journey: Journey, certificate: str, call: str
) -> None:
    """A client certificate that no registered CA issued gets no service."""
    caller: Change = change.caller(provider.kit.odd[certificate])
    if call == "event":
        async with journey.accepting():
            answer = await provider.event(EventType.CREATED, journey.draft(), caller)
    else:
        async with journey.serving() as consent:
            answer = await provider.balances(consent, consent.accounts[0], caller)

    expect.shut_out(answer)
