"""Who the customer is (D3)."""

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.model import Operation
from conformance.provider import Provider, change


@check("USR-01")
async def check_userinfo_fits_the_schema(provider: Provider, journey: Journey) -> None:
    """Userinfo gives 200 and fits the schema."""
    consent = await journey.witness()

    answer = await provider.userinfo(consent)

    expect.status(answer, 200)
    expect.data.fits(answer, provider.contract.problems_in_plaintext(Operation.USERINFO, answer.json))


@check("USR-02")
@pytest.mark.parametrize("number", [0, 1])
async def check_userinfo_names_the_same_person(provider: Provider, journey: Journey, number: int) -> None:
    """id_type and hashed_id_number equal those of the consent update."""
    customer = journey.people.numbered(number)
    decision = await journey.approved(journey.draft(customer=customer))
    consent = await journey.confirmed(decision)

    answer = await provider.userinfo(consent)

    expect.status(answer, 200)
    expect.data.identity(answer, consent.id_type, decision.update.hashed_id_number or consent.hashed_id_number)


@check("USR-03")
@pytest.mark.parametrize("fault", ["unsigned", "foreign key", "another consent's signature"])
async def check_badly_signed_is_refused(provider: Provider, journey: Journey, fault: str) -> None:
    """Userinfo is not given without PayNet's signature over this consent."""
    alter = {
        "unsigned": change.unsigned,
        "foreign key": change.signed_by(provider.kit.stranger, kid=provider.kit.signing.kid),
        "another consent's signature": change.signed_over(journey.draft().consent_id.encode()),
    }[fault]
    async with journey.serving_userinfo() as consent:
        answer = await provider.userinfo(consent, alter)

    expect.refusal(answer)


@check("USR-03")
async def check_unknown_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """Userinfo is not given for a consent that was never announced."""
    async with journey.serving_userinfo():
        answer = await provider.userinfo(journey.draft())

    expect.refusal(answer)


@check("USR-03")
async def check_awaiting_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """Userinfo is not given before the customer has authorized."""
    consent = await journey.announced()
    async with journey.serving_userinfo():
        answer = await provider.userinfo(consent)

    expect.refusal(answer)


@check("USR-03")
@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REVOKED])
async def check_ended_consent_is_refused(provider: Provider, journey: Journey, status: Status) -> None:
    """Userinfo is not given for a consent that is suspended or revoked."""
    consent = await journey.authorized()
    async with journey.serving_userinfo():
        await journey.move(consent, status)
        answer = await provider.userinfo(consent)

    expect.refusal(answer)
