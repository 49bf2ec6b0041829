"""The customer's decision and the way back (journey rows 9a, 9b and 10)."""

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey, Stage
from conformance.lifecycle import Status
from conformance.provider import Provider


@check("UIX-06")
async def check_approval_updates_and_shows_success(journey: Journey) -> None:
    """Approval sends the positive update and shows success."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)

    await visit.approve()

    update = expect.updates.one(await journey.wait_for_update(consent))
    expect.updates.status(update, Status.AUTHORIZED)
    expect.pages.success(visit)


@check("UIX-07")
async def check_rejection_updates_and_returns_with_an_error(provider: Provider, journey: Journey) -> None:
    """Rejection sends the negative update and returns the browser with an error."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)

    await visit.reject()

    update = expect.updates.one(await journey.wait_for_update(consent))
    await visit.leave(Stage.REJECTED)
    expect.updates.status(update, Status.REJECTED)
    expect.pages.returned(visit, provider.party.redirect_uri, with_error=True)


@check("UIX-08")
async def check_customer_returns_to_redirect_uri(provider: Provider, journey: Journey) -> None:
    """Back to the Data Consumer lands on redirect_uri, and only there."""
    decision = await journey.approved()

    await decision.visit.leave(Stage.APPROVED)

    expect.pages.returned(decision.visit, provider.party.redirect_uri, with_error=False)
