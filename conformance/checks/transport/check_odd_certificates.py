"""Client certificates of the right name that must not be served all the same."""

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.journeys import Journey
from conformance.provider import Answer, Provider, change

_CALLS = ["event", "balances"]


async def _called_as(provider: Provider, journey: Journey, certificate: str, call: str) -> Answer:
    caller = change.caller(provider.kit.odd[certificate])
    if call == "event":
        async with journey.accepting():
            return await provider.event(EventType.CREATED, journey.draft(), caller)
    async with journey.serving() as consent:
        return await provider.balances(consent, consent.accounts[0], caller)


@check("TLS-03")
@pytest.mark.parametrize("certificate", ["expired", "not_yet_valid"])
@pytest.mark.parametrize("call", _CALLS)
async def check_untimely_certificates_get_no_service(
    provider: Provider, journey: Journey, certificate: str, call: str
) -> None:
    """A client certificate that has expired, or is not yet valid, gets no service."""
    expect.shut_out(await _called_as(provider, journey, certificate, call))


@check("TLS-04")
@pytest.mark.parametrize("call", _CALLS)
async def check_another_client_gets_no_service(provider: Provider, journey: Journey, call: str) -> None:
    """A valid certificate of the right CA that is not PayNet's gets no service."""
    expect.shut_out(await _called_as(provider, journey, "other_client", call))


@check("TLS-08")
@pytest.mark.parametrize("call", _CALLS)
async def check_a_servers_certificate_gets_no_service(provider: Provider, journey: Journey, call: str) -> None:
    """A certificate whose extended key usage excludes clientAuth gets no service."""
    expect.shut_out(await _called_as(provider, journey, "wrong_purpose", call))


@check("TLS-01")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-ssl-client-verify", "SUCCESS"),
        ("x-forwarded-client-cert", "Subject=PayNet OFP client"),
        ("x-forwarded-for", "127.0.0.1"),
    ],
)
async def check_headers_stand_for_no_certificate(provider: Provider, journey: Journey, name: str, value: str) -> None:
    """A header that claims a verified certificate gets no service in its place."""
    bare = change.caller(provider.kit.bare)
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), bare, change.header(name, value))

    expect.shut_out(answer)
