"""The data response's signature and encryption (journey row 11a)."""

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.provider import Provider


@check("RSP-01")
async def check_balance_is_signed(provider: Provider, journey: Journey) -> None:
    """The body is a JWS that verifies with the Data Provider's registered key, PS256, kid named."""
    consent = await journey.authorized()

    answer = await provider.balances(consent, consent.accounts[0])

    expect.status(answer, 200)
    expect.seals.signed(answer)


@check("RSP-02")
async def check_balance_is_enveloped(provider: Provider, journey: Journey) -> None:
    """The JWS carries a compact JWE, and no field of the data in the clear."""
    consent = await journey.authorized()

    answer = await provider.balances(consent, consent.accounts[0])

    expect.status(answer, 200)
    expect.seals.enveloped(answer)
    expect.seals.hides(answer, journey.people.secrets_of(consent.accounts[0]))


@check("JWE-01")
@pytest.mark.parametrize("dc", [0, 1])
async def check_only_the_named_reader_opens_it(provider: Provider, journey: Journey, dc: int) -> None:
    """The Data Consumer whose key x-enc-kid names decrypts it, and another one's key does not."""
    consent = await journey.authorized(journey.draft(dc=dc))
    stranger = provider.kit.consumers[1 - dc].encryption

    answer = await provider.balances(consent, consent.accounts[0])

    expect.status(answer, 200)
    expect.seals.opened(answer)
    expect.seals.closed_to(answer, stranger)


@check("JWE-02")
async def check_encryption_algorithms(provider: Provider, journey: Journey) -> None:
    """The JWE is RSA-OAEP-256 with A256GCM, nothing weaker."""
    consent = await journey.authorized()

    answer = await provider.balances(consent, consent.accounts[0])

    expect.status(answer, 200)
    expect.seals.algorithms(answer, "RSA-OAEP-256", "A256GCM")


@check("RSP-03")
@pytest.mark.parametrize("dc", [0, 1])
async def check_claims_are_sane(provider: Provider, journey: Journey, dc: int) -> None:
    """Where the payload has claims, iss, aud, iat and exp are sane and aud includes the caller."""
    consent = await journey.authorized(journey.draft(dc=dc))
    readers = [consent.dc_id, provider.profile.paynet.issuer, provider.kit.consumer(consent.dc_id).encryption.kid]

    answer = await provider.balances(consent, consent.accounts[0])

    expect.seals.served(answer)
    expect.seals.claims(answer, provider.profile.target.issuer, readers)


@check("RSP-04")
async def check_nobody_may_store_it(provider: Provider, journey: Journey) -> None:
    """The content type is application/jose, and Cache-Control forbids storing."""
    consent = await journey.witness()

    answer = await provider.balances(consent, consent.accounts[0])

    expect.seals.not_stored(answer)


@check("JWE-03")
@pytest.mark.parametrize("dc", [0, 1])
async def check_header_names_the_reader(provider: Provider, journey: Journey, dc: int) -> None:
    """The JWE header names the kid of x-enc-kid."""
    consent = await journey.authorized(journey.draft(dc=dc))

    answer = await provider.balances(consent, consent.accounts[0])

    expect.seals.served(answer)
    expect.seals.names_reader(answer, provider.kit.consumers[dc].encryption.kid)


@check("JWE-04")
async def check_every_answer_is_encrypted_afresh(provider: Provider, journey: Journey) -> None:
    """Answers to the same question share no content key and no initialization vector."""
    consent = await journey.witness()
    answers = [await provider.balances(consent, consent.accounts[0]) for _ in range(4)]

    expect.seals.fresh(answers)
