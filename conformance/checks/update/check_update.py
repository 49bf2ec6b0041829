"""The consent update (P1): how it comes and what it says (journey rows 9a and 9b)."""

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Decision, Journey, Stage
from conformance.lifecycle import Status
from conformance.model import Operation
from conformance.provider import Provider


async def decided(journey: Journey, decision: str) -> Decision:
    """A consent on which the customer decided, `approved` or `rejected`."""
    return await (journey.approved() if decision == "approved" else journey.rejected())


both = pytest.mark.parametrize("decision", ["approved", "rejected"])


@check("UPD-01")
@both
async def check_update_is_a_patch_before_the_return(journey: Journey, decision: str) -> None:
    """The update is PATCH /v1/consents/{consent_id}, and comes before the browser returns."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    await (visit.approve() if decision == "approved" else visit.reject())
    await visit.leave(Stage.APPROVED if decision == "approved" else Stage.REJECTED)

    update = expect.updates.one(await journey.wait_for_update(consent))

    expect.updates.patched(update, consent.consent_id)
    expect.updates.before(update, visit.returned_at)


@check("UPD-02")
@both
async def check_update_comes_with_the_registered_certificate(
    provider: Provider, journey: Journey, decision: str
) -> None:
    """The update comes over mTLS with the Data Provider's registered certificate."""
    found = await decided(journey, decision)

    expect.updates.certificate(found.update, provider.kit.provider_client)


@check("UPD-03")
@both
async def check_update_is_signed(journey: Journey, decision: str) -> None:
    """The update's x-fapi-signature verifies over the body with the registered key, PS256."""
    found = await decided(journey, decision)

    expect.updates.signed(found.update)


@check("UPD-04")
@both
async def check_update_has_an_interaction_id(journey: Journey, decision: str) -> None:
    """The update carries an x-fapi-interaction-id that is a UUID."""
    found = await decided(journey, decision)

    expect.updates.interaction_id(found.update)


@check("UPD-05")
@both
async def check_update_fits_the_schema(provider: Provider, journey: Journey, decision: str) -> None:
    """The update's body fits the schema."""
    found = await decided(journey, decision)

    expect.updates.fits(found.update, provider.contract.problems_in_request(Operation.UPDATE, dict(found.update.body)))


@check("UPD-06")
async def check_approval_carries_token_identity_and_accounts(journey: Journey) -> None:
    """On approval the update says authorized, with id_token, user_identity and accounts."""
    found = await journey.approved()

    expect.updates.status(found.update, Status.AUTHORIZED)
    expect.updates.carries(found.update, "id_token", "user_identity", "accounts")


@check("UPD-07")
@pytest.mark.parametrize("dc", [0, 1])
async def check_id_token(provider: Provider, journey: Journey, dc: int) -> None:
    """The id_token verifies, is for the consent's Data Consumer, in its time, and of the same person."""
    found = await journey.approved(journey.draft(dc=dc))

    expect.updates.id_token(found.update, dc_id=found.consent.dc_id, issuer=provider.profile.target.issuer)


@check("UPD-08")
@pytest.mark.parametrize("wanted", ["first", "last", "all"])
async def check_update_names_the_chosen_accounts(journey: Journey, wanted: str) -> None:
    """The update's accounts are the ones the customer chose, no more and no fewer."""
    accounts = journey.people.accounts()
    chosen = {"first": accounts[:1], "last": accounts[-1:], "all": accounts}[wanted]

    found = await journey.approved(accounts=chosen)

    expect.updates.accounts(found.update, (each.account_id for each in chosen))


@check("UPD-09")
async def check_rejection_carries_no_account(journey: Journey) -> None:
    """On rejection the update says rejected, and no account or identity leaves the Data Provider."""
    found = await journey.rejected()

    expect.updates.status(found.update, Status.REJECTED)
    expect.updates.carries_none(found.update, "accounts", "id_token")
