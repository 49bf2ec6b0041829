"""Forged signatures on consent events (D1): each vector is one declared change between healthy twins."""

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.hub import HubView
from conformance.journeys import Journey
from conformance.model import Operation
from conformance.provider import Answer, Provider
from conformance.vectors import Demand, asking

_POINTED = asking(flag="pointed-key")
_BESIDE = asking(flag="pointed-key", demand=Demand.EITHER)


async def _forged(provider: Provider, journey: Journey, vector: str) -> Answer:
    async with journey.accepting():
        return await provider.event(EventType.CREATED, journey.draft(), provider.forgery(vector))


@check("JWS-04")
@pytest.mark.parametrize("vector", asking("JWS-04"))
async def check_foreign_keys_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A signature by another key under PayNet's kid is refused."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-05")
@pytest.mark.parametrize("vector", asking("JWS-05"))
async def check_odd_kids_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A kid that names no registered key is refused, whatever it looks like."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-06")
@pytest.mark.parametrize("vector", asking("JWS-06"))
async def check_alg_none_is_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A token without a signature algorithm is refused, in any spelling."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-07")
@pytest.mark.parametrize("vector", asking("JWS-07"))
async def check_hmac_with_the_public_key_is_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """PayNet's public key is not taken for the secret of an HMAC."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-08")
@pytest.mark.parametrize("vector", asking("JWS-08"))
async def check_other_algorithms_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """No algorithm but PS256 is taken, although the key could verify it."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-09")
@pytest.mark.parametrize("vector", asking("JWS-09"))
async def check_damaged_signatures_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A signature of other bytes than PayNet's is refused, down to one bit."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-10")
@pytest.mark.parametrize("vector", asking("JWS-10"))
async def check_unknown_crit_is_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """What a header calls critical and the verifier does not know is a refusal, although the signature is right."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-11")
@pytest.mark.parametrize("vector", asking("JWS-11"))
async def check_keys_of_the_header_are_not_trusted(provider: Provider, journey: Journey, vector: str) -> None:
    """A key that the header carries or points to verifies nothing."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-12", long=True)
@pytest.mark.parametrize("vector", [*_POINTED, *_BESIDE])
async def check_addresses_of_the_header_are_not_fetched(
    provider: Provider, journey: Journey, hub: HubView, vector: str
) -> None:
    """No request arrives at the address that an event's header names, be its signature forged or good."""
    canary = journey.canary()
    async with journey.accepting():
        await provider.event(EventType.CREATED, journey.draft(), provider.forgery(vector, canary))

    expect.nothing_arrived(await hub.wait_for(canary, Operation.CANARY, seconds=2))


@check("JWS-12", long=True)
async def check_balances_fetch_no_address_of_the_header(provider: Provider, journey: Journey, hub: HubView) -> None:
    """No request arrives at an address that the header of a balance's call names."""
    canary = journey.canary()
    async with journey.serving() as consent:
        for vector in (*_POINTED, *_BESIDE):
            await provider.balances(consent, consent.accounts[0], provider.forgery(vector, canary))

    expect.nothing_arrived(await hub.wait_for(canary, Operation.CANARY, seconds=2))


@check("JWS-12", long=True)
async def check_authorize_fetches_no_address_of_the_header(provider: Provider, journey: Journey, hub: HubView) -> None:
    """No request arrives at an address that the header of authorize's signature names."""
    canary = journey.canary()
    async with journey.authorizing() as consent:
        for vector in (*_POINTED, *_BESIDE):
            await provider.authorize(consent, provider.forgery(vector, canary))

    expect.nothing_arrived(await hub.wait_for(canary, Operation.CANARY, seconds=2))


@check("JWS-13")
@pytest.mark.parametrize("vector", asking("JWS-13"))
async def check_signatures_of_other_messages_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """PayNet's signature over another message is refused on this one."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-14")
@pytest.mark.parametrize("vector", asking("JWS-14"))
async def check_another_attached_payload_is_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A token that carries and signs something else than the body is refused."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-15")
@pytest.mark.parametrize("vector", asking("JWS-15"))
async def check_the_other_encoding_is_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A signature over the other encoding of the payload than the agreed one is refused (R:jws_b64)."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-16", under=("jws_header_claims", "on"))
@pytest.mark.parametrize("vector", asking("JWS-16"))
async def check_old_signatures_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A signature whose iat is more than 300 s old, or no time at all, is refused."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-17", under=("jws_header_claims", "on"))
@pytest.mark.parametrize("vector", asking("JWS-17"))
async def check_signatures_of_the_future_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A signature whose iat is more than 300 s ahead is refused."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-19")
@pytest.mark.parametrize("vector", asking("JWS-19"))
async def check_keys_of_other_parties_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """A registered key of another party than PayNet signs none of PayNet's calls."""
    expect.refusal(await _forged(provider, journey, vector))


@check("JWS-20")
@pytest.mark.parametrize("vector", asking("JWS-20"))
async def check_malformed_serializations_are_refused(provider: Provider, journey: Journey, vector: str) -> None:
    """What is no compact serialization with a JSON object as its header is refused."""
    expect.refusal(await _forged(provider, journey, vector))
