"""Signatures that are right in an unusual way, repeated tokens, and what a refusal says."""

from dataclasses import replace

import pytest

from conformance import expect
from conformance.consent import EventType, new_id
from conformance.declare import check
from conformance.journeys import Journey
from conformance.provider import Provider, change
from conformance.vectors import Demand, asking


@check("JWS-18", under=("jws_header_claims", "on"))
async def check_repeated_jti_is_refused(provider: Provider, journey: Journey) -> None:
    """A second message under a jti that was seen before is refused, and the first one stays done."""
    first, named = journey.draft(), change.member("jti", new_id())
    async with journey.accepting():
        acknowledged = await provider.event(EventType.CREATED, first, named)
        repeated = await provider.event(EventType.CREATED, journey.draft(), named)

    expect.acknowledged(acknowledged)
    expect.refusal(repeated)
    expect.see_other(await provider.authorize(first))


@check("JWS-01")
@pytest.mark.parametrize("vector", asking("JWS-01", demand=Demand.ACCEPTED))
async def check_spelling_of_the_header_does_not_matter(provider: Provider, journey: Journey, vector: str) -> None:
    """A correct signature is accepted however its header is spelled, unknown members included."""
    consent = journey.draft()
    async with journey.authorizing():
        answer = await provider.event(EventType.CREATED, consent, provider.forgery(vector))

    expect.acknowledged(answer)
    expect.see_other(await provider.authorize(consent))


@check("JWS-01", under=("jws_header_claims", "on"))
async def check_like_jtis_are_two(provider: Provider, journey: Journey) -> None:
    """Two correct signatures whose jtis differ in the last character alone are both accepted."""
    common = new_id()[:-1]
    async with journey.accepting():
        answers = [
            await provider.event(EventType.CREATED, journey.draft(), change.member("jti", f"{common}{each}"))
            for each in "01"
        ]

    for answer in answers:
        expect.acknowledged(answer)


@check("JWS-21")
@pytest.mark.parametrize("vector", asking("JWS-21", demand=Demand.ACCEPTED))
async def check_spelling_of_the_body_does_not_matter(provider: Provider, journey: Journey, vector: str) -> None:
    """A correctly signed body is accepted however its JSON is spelled, and does what it says."""
    consent = journey.draft()
    async with journey.authorizing():
        answer = await provider.event(EventType.CREATED, consent, provider.forgery(vector))

    expect.acknowledged(answer)
    expect.see_other(await provider.authorize(consent))


@check("JWS-21")
@pytest.mark.parametrize(
    "text", ["Jos\u00e9 \u4e2d\u6587 \u0421", "\U0001f3e6 \U00020000"], ids=["non-ASCII", "astral"]
)
async def check_text_of_any_script_is_verified(provider: Provider, journey: Journey, text: str) -> None:
    """A correctly signed body with text of any script is accepted, and does what it says."""
    consent = await journey.authorized()
    renamed = consent.changed(accounts=tuple(replace(each, account_name=text) for each in consent.accounts))
    await journey.must_serve(consent)

    answer = await provider.event(EventType.UPDATED, renamed)

    expect.acknowledged(answer)
    expect.seals.served(await provider.balances(renamed, renamed.accounts[0]))


@check("JWS-23")
@pytest.mark.parametrize("vector", ["foreign-same-kid", "signature-last-bit-flipped", "other-message"])
async def check_refusal_names_the_signature(provider: Provider, journey: Journey, vector: str) -> None:
    """The refusal of a bad signature says JWS.InvalidSignature."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), provider.forgery(vector))

    expect.refusal(answer)
    expect.error_code(answer, "JWS.InvalidSignature")


@check("JWS-23", under=("jws_header_claims", "on"))
async def check_refusal_names_the_claim(provider: Provider, journey: Journey) -> None:
    """Where an old iat is refused, the refusal says JWS.InvalidClaim."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), provider.forgery("iat-old"))

    if not answer.accepted:
        expect.error_code(answer, "JWS.InvalidClaim")


@check("JWS-24")
@pytest.mark.parametrize("vector", asking("JWS-24", demand=Demand.ACCEPTED))
async def check_second_published_key_is_accepted(provider: Provider, journey: Journey, vector: str) -> None:
    """During rotation a signature by the second key that PayNet publishes is accepted beside the first."""
    consent = journey.draft()
    async with journey.authorizing():
        answer = await provider.event(EventType.CREATED, consent, provider.forgery(vector))

    expect.acknowledged(answer)
    expect.see_other(await provider.authorize(consent))
