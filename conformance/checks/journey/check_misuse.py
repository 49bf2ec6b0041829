"""Double clicks, back buttons, other customers and forged forms (journey rows 6 to 9)."""

from collections.abc import Awaitable, Callable

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey, Stage, Visit
from conformance.model import Fact


@check("UIX-09")
async def check_double_submit_sends_one_update(journey: Journey) -> None:
    """Approving twice by a double click sends one update."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    await visit.approve()

    await visit.repeat()

    expect.updates.one(await journey.wait_for_update(consent))
    expect.updates.only_one(await journey.updates_within(consent, 1.5, beyond=1))


@check("UIX-09")
async def check_back_button_sends_one_update(journey: Journey) -> None:
    """Approving again from the review page that the back button shows sends no second update."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    review = visit.page
    await visit.approve()

    await visit.attempt_from(review, Visit.approve)

    expect.updates.one(await journey.wait_for_update(consent))
    expect.updates.only_one(await journey.updates_within(consent, 1.5, beyond=1))


@check("UIX-09")
async def check_two_clicks_at_once_send_one_update(journey: Journey) -> None:
    """Two approvals that arrive at the same time send one update."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)

    await visit.approve_at_once(2)

    expect.updates.one(await journey.wait_for_update(consent))
    expect.updates.only_one(await journey.updates_within(consent, 1.5, beyond=1))


@check("UIX-09")
async def check_rejection_after_approval_changes_nothing(journey: Journey) -> None:
    """Rejecting from the review page after the approval sends no second update."""
    consent = await journey.announced()
    visit = await journey.reviewing(consent)
    review = visit.page
    await visit.approve()

    await visit.attempt_from(review, Visit.reject)

    expect.updates.one(await journey.wait_for_update(consent))
    expect.updates.only_one(await journey.updates_within(consent, 1.5, beyond=1))


@check("UIX-09")
@pytest.mark.parametrize("later", [Visit.approve, Visit.reject], ids=["approve", "reject"])
async def check_two_visits_send_one_update(journey: Journey, later: Callable[[Visit], Awaitable[object]]) -> None:
    """Of two visits for one consent, one decides; the other sends no second update."""
    consent = await journey.announced()
    *others, visit = await journey.reviewing_twice(consent)
    await visit.approve()

    for each in others:
        await each.attempt(later)

    expect.updates.one(await journey.wait_for_update(consent))
    expect.updates.only_one(await journey.updates_within(consent, 1.5, beyond=1))


@check("UIX-10", requires=(Fact.SECOND_CUSTOMER,))
async def check_another_customer_sees_nothing(journey: Journey) -> None:
    """Another customer who logs in for a consent sees neither its review nor an account of its customer."""
    await journey.logged_in(await journey.announced())
    stranger = journey.people.numbered(1)
    visit = await journey.visit(await journey.announced(), stranger)
    visit.require(Stage.LOGIN)

    await visit.attempt(Visit.log_in)
    await visit.attempt(lambda each: each.choose(journey.people.accounts(stranger)[:1]))

    expect.pages.not_stage(visit, Stage.REVIEW)
    expect.pages.shows_none_of(visit, journey.people.not_shared_with(stranger))


@check("UIX-10", requires=(Fact.SECOND_CUSTOMER,))
async def check_login_is_for_one_consent(journey: Journey) -> None:
    """A customer who is logged in for his own consent comes to nothing of another customer's."""
    consent, stranger = await journey.announced(), journey.people.numbered(1)
    owner = await journey.reviewing(consent)
    visit = await journey.logged_in(await journey.announced(journey.draft(customer=stranger)))

    await visit.intrude(owner)

    expect.pages.shows_none_of(visit, journey.people.not_shared_with(stranger))
    expect.updates.not_authorized(await journey.updates_within(consent, 1.0))


@check("UIX-10", requires=(Fact.SECOND_CUSTOMER,))
async def check_another_customer_cannot_approve(journey: Journey) -> None:
    """Another customer who logs in for a consent can approve nothing."""
    await journey.logged_in(await journey.announced())
    consent, stranger = await journey.announced(), journey.people.numbered(1)
    visit = await journey.visit(consent, stranger)
    visit.require(Stage.LOGIN)

    await visit.attempt(Visit.log_in)
    await visit.attempt(lambda each: each.choose(journey.people.accounts(stranger)[:1]))
    await visit.attempt(Visit.review)
    await visit.attempt(Visit.approve)

    expect.updates.not_authorized(await journey.updates_within(consent, 1.5))


@check("UIX-10", requires=(Fact.SECOND_CUSTOMER,))
async def check_another_customers_account_cannot_be_chosen(journey: Journey) -> None:
    """An account of another customer, put into the form, is not shared."""
    consent = await journey.announced()
    foreign = journey.people.account_of_another_customer()
    visit = await journey.logged_in(consent)

    await visit.attempt(lambda each: each.choose_forged(journey.people.accounts()[:1], foreign))
    await visit.attempt(Visit.review)
    await visit.attempt(Visit.approve)

    expect.updates.without_account(await journey.updates_within(consent, 1.5), foreign.account_id)


@check("UIX-10")
@pytest.mark.parametrize("stage", [Stage.REVIEW, Stage.ACCOUNTS])
async def check_forged_form_without_login_does_nothing(journey: Journey, stage: Stage) -> None:
    """A form that is sent from a browser without a session approves nothing."""
    consent = await journey.announced()
    visit = await (journey.reviewing(consent) if stage is Stage.REVIEW else journey.logged_in(consent))

    await visit.send_without_session(stage)

    expect.updates.not_authorized(await journey.updates_within(consent, 1.5))
