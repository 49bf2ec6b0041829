"""Authorize (D2): where it leads, and whom it turns away."""

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey, Stage
from conformance.provider import Change, Provider, change


@check("AUT-01")
async def check_authorize_leads_to_login(provider: Provider, journey: Journey) -> None:
    """A signed request for a stored consent is a 303 whose Location leads to the customer's login."""
    consent = await journey.announced()

    answer = await provider.authorize(consent)

    visit = await journey.browse(consent, expect.see_other(answer))
    expect.pages.stage(visit, Stage.LOGIN)


@check("AUT-02")
@pytest.mark.parametrize("fault", ["missing", "empty", "foreign key", "unknown kid", "of another consent", "garbage"])
async def check_bad_signature_leads_to_no_login(provider: Provider, journey: Journey, fault: str) -> None:
    """A missing, foreign or mismatched signature gets no redirect into login."""
    kit = provider.kit
    changes: dict[str, Change] = {
        "missing": change.unsigned,
        "empty": change.query("signature", ""),
        "foreign key": change.signed_by(kit.stranger, kid=kit.signing.kid),
        "unknown kid": change.signed_by(kit.stranger),
        "of another consent": change.signed_over(journey.draft().consent_id.encode()),
        "garbage": change.signature("not-a-signature"),
    }
    alter = changes[fault]
    async with journey.authorizing() as consent:
        answer = await provider.authorize(consent, *([change.unsigned] if fault == "empty" else []), alter)
        landing = await journey.lands(consent, answer)

    expect.pages.turned_away(landing)


@check("AUT-03")
@pytest.mark.parametrize("how", ["missing", "empty"])
@pytest.mark.parametrize("parameter", ["consent_id", "redirect_uri"])
async def check_missing_parameter_is_refused(provider: Provider, journey: Journey, parameter: str, how: str) -> None:
    """An authorize request without consent_id or redirect_uri, or with an empty one, is refused."""
    alter = change.without_query(parameter) if how == "missing" else change.query(parameter, "")
    async with journey.authorizing() as consent:
        answer = await provider.authorize(consent, alter)

    expect.refusal(answer)


@check("AUT-03")
async def check_missing_signature_is_refused(provider: Provider, journey: Journey) -> None:
    """An authorize request without a signature is refused."""
    async with journey.authorizing() as consent:
        answer = await provider.authorize(consent, change.unsigned)

    expect.refusal(answer)


@check("AUT-04")
async def check_unknown_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """A correctly signed request for a consent that was never announced leads to no login."""
    consent = journey.draft()
    async with journey.authorizing():
        landing = await journey.lands(consent, await provider.authorize(consent))

    expect.pages.turned_away(landing)
