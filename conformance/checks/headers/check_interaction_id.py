"""x-fapi-interaction-id on PayNet's calls."""

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.journeys import Journey
from conformance.model import Capability
from conformance.provider import INTERACTION_HEADER, Change, Provider, change

_NO_UUID = ["not-a-uuid", "12345", "{00000000-0000-4000-8000-000000000000", "' OR 1=1"]


@check("HDR-01")
async def check_event_answers_carry_the_id(provider: Provider, journey: Journey) -> None:
    """The answer to an event carries the request's x-fapi-interaction-id."""
    expect.interaction_echoed(await provider.event(EventType.CREATED, journey.draft()))


@check("HDR-01")
async def check_balances_carry_the_id(provider: Provider, journey: Journey) -> None:
    """The answer with a balance carries the request's x-fapi-interaction-id."""
    consent = await journey.witness()

    expect.interaction_echoed(await provider.balances(consent, consent.accounts[0]))


@check("HDR-01", needs=Capability.USERINFO)
async def check_userinfo_carries_the_id(provider: Provider, journey: Journey) -> None:
    """The answer with userinfo carries the request's x-fapi-interaction-id."""
    expect.interaction_echoed(await provider.userinfo(await journey.witness()))


@check("HDR-02")
async def check_event_without_the_id_is_a_400(provider: Provider, journey: Journey) -> None:
    """An event without x-fapi-interaction-id is a 400."""
    async with journey.accepting():
        without = change.without_header(INTERACTION_HEADER)
        answer = await provider.event(EventType.CREATED, journey.draft(), without)

    expect.status(answer, 400)


@check("HDR-02")
async def check_balance_without_the_id_is_a_400(provider: Provider, journey: Journey) -> None:
    """A call for a balance without x-fapi-interaction-id is a 400."""
    async with journey.serving() as consent:
        without: Change = change.without_header(INTERACTION_HEADER)
        answer = await provider.balances(consent, consent.accounts[0], without)

    expect.status(answer, 400)


@check("HDR-03")
@pytest.mark.parametrize("value", _NO_UUID)
async def check_event_with_an_odd_id_is_a_400(provider: Provider, journey: Journey, value: str) -> None:
    """An event whose x-fapi-interaction-id is no UUID is a 400."""
    async with journey.accepting():
        odd = change.header(INTERACTION_HEADER, value)
        answer = await provider.event(EventType.CREATED, journey.draft(), odd)

    expect.status(answer, 400)


@check("HDR-03")
async def check_balance_with_an_odd_id_is_a_400(provider: Provider, journey: Journey) -> None:
    """A call for a balance whose x-fapi-interaction-id is no UUID is a 400."""
    async with journey.serving() as consent:
        odd = change.header(INTERACTION_HEADER, "not-a-uuid")
        answer = await provider.balances(consent, consent.accounts[0], odd)

    expect.status(answer, 400)
