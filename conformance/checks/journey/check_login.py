"""The customer's way to the review page (journey rows 5 to 8)."""

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey, Stage
from conformance.provider import Provider


@check("UIX-01")
async def check_customer_reaches_login(journey: Journey) -> None:
    """The customer reaches a login page."""
    visit = await journey.visit(await journey.announced())

    expect.pages.stage(visit, Stage.LOGIN)


@check("UIX-02")
async def check_valid_credentials_lead_to_accounts(journey: Journey) -> None:
    """Valid credentials lead to account selection."""
    visit = await journey.visit(await journey.announced())
    visit.require(Stage.LOGIN)

    await visit.log_in()

    visit.require_login_taken()
    expect.pages.stage(visit, Stage.ACCOUNTS)


@check("UIX-03")
async def check_wrong_password_shows_an_error(journey: Journey) -> None:
    """A wrong password leads to no account selection, and the customer is told."""
    await journey.logged_in(await journey.announced())
    visit = await journey.visit(await journey.announced())
    visit.require(Stage.LOGIN)

    await visit.log_in(visit.customer.wrong_password)

    expect.pages.not_stage(visit, Stage.ACCOUNTS)
    expect.pages.page_refused(visit)
    if visit.describes(Stage.LOGIN_FAILED):
        expect.pages.stage(visit, Stage.LOGIN_FAILED)


@check("UIX-03")
async def check_wrong_password_opens_no_session(journey: Journey) -> None:
    """After a wrong password the same browser is still not logged in, and no update is sent."""
    good = await journey.logged_in(await journey.announced())
    consent = await journey.announced()
    visit = await journey.visit(consent)
    await visit.log_in(visit.customer.wrong_password)

    await visit.go(good.page.url)
    expect.pages.not_stage(visit, Stage.ACCOUNTS)
    await visit.go(visit.location)

    expect.pages.not_stage(visit, Stage.ACCOUNTS)
    expect.updates.none(await journey.updates_within(consent, seconds=1.0))


@check("UIX-04")
@pytest.mark.parametrize("wanted", ["one", "all"])
async def check_chosen_accounts_lead_to_review(journey: Journey, wanted: str) -> None:
    """With one account chosen, or all of them, the customer comes to the review page."""
    visit = await journey.logged_in(await journey.announced())

    await visit.choose(journey.people.accounts()[: 1 if wanted == "one" else None])

    expect.pages.stage(visit, Stage.REVIEW)


@check("UIX-04")
async def check_no_account_cannot_go_on(journey: Journey) -> None:
    """With no account chosen the customer comes no further, and nothing is approved."""
    (await journey.reviewing(await journey.announced())).require(Stage.REVIEW)
    consent = await journey.announced()
    visit = await journey.logged_in(consent)

    await visit.choose([])

    if visit.missing(Stage.ACCOUNTS):
        expect.pages.not_stage(visit, Stage.REVIEW)
    elif not visit.missing(Stage.APPROVE):
        await visit.approve()
        expect.updates.none(await journey.updates_within(consent, seconds=1.0))


@check("UIX-05")
async def check_review_shows_the_consent(provider: Provider, journey: Journey) -> None:
    """The review page shows who asks, for what, why and until when."""
    consent = await journey.announced()

    visit = await journey.reviewing(consent)

    name = provider.kit.consumer(consent.dc_id).name
    expect.pages.consent_shown(visit, consent, name, provider.profile.wording.model_dump())
