"""The customer's way to the review page (journey rows 5 to 8)."""

from datetime import timedelta

import pytest

from conformance import expect
from conformance.consent import Permission, Purpose
from conformance.declare import check
from conformance.journeys import Journey, Stage
from conformance.provider import Provider

_ASKED: dict[str, tuple[int, tuple[Permission, ...], Purpose, int]] = {
    "everything for a quarter": (0, tuple(Permission), Purpose.PFM, 90),
    "balances for a month": (1, (Permission.READ_BALANCES,), Purpose.CREDIT_UNDERWRITING, 30),
    "transactions for half a year": (0, (Permission.READ_ACCOUNTS, Permission.READ_TRANSACTIONS), Purpose.PFM, 180),
}


@check("UIX-01")
async def check_customer_reaches_login(journey: Journey) -> None:
    """The customer reaches a login page."""
    visit = await journey.visit(await journey.announced())

    expect.pages.stage(visit, Stage.LOGIN)


@check("UIX-02")
@pytest.mark.parametrize("number", [0, 1])
async def check_valid_credentials_lead_to_accounts(journey: Journey, number: int) -> None:
    """Valid credentials lead to account selection, whoever the customer is."""
    consent = await journey.announced(journey.draft(customer=journey.people.numbered(number)))
    visit = await journey.visit(consent)
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
    consent = await journey.announced()
    good = await journey.logged_in(consent)
    visit = await journey.at_login_again(good)
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


@check("UIX-04")
@pytest.mark.parametrize("permissions", [tuple(Permission), (Permission.READ_BALANCES,)], ids=["all", "balances"])
async def check_chosen_accounts_are_those_that_open(
    provider: Provider, journey: Journey, permissions: tuple[Permission, ...]
) -> None:
    """From authorize to the data, the accounts that the customer chose open and no others do."""
    accounts = journey.people.accounts()
    chosen = accounts[1::2] or accounts
    consent = await journey.authorized(journey.draft(permissions=permissions), chosen)

    answers = {each: await provider.balances(consent, each) for each in accounts}

    expect.seals.opens_exactly(answers, chosen)


@check("UIX-05")
@pytest.mark.parametrize("case", _ASKED)
async def check_review_shows_the_consent(provider: Provider, journey: Journey, case: str) -> None:
    """The review page shows who asks, for what, why and until when, whatever these are."""
    dc, permissions, purpose, days = _ASKED[case]
    draft = journey.draft(dc=dc, permissions=permissions, validity=timedelta(days=days))
    consent = await journey.announced(draft.changed(purpose=purpose))

    visit = await journey.reviewing(consent)

    name = provider.kit.consumer(consent.dc_id).name
    expect.pages.consent_shown(visit, consent, name, provider.profile.wording.model_dump())
