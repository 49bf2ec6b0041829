"""Transactions page by page (D6), between two days, and by cursors that belong to one consent and account."""

from datetime import date

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.provider import Provider


@check("TXN-03")
@pytest.mark.parametrize("size", [10, 23, 100])
async def check_every_transaction_is_visited_once(journey: Journey, size: int) -> None:
    """Pages of any size, joined, are the same transactions once each, in the same order, newest first."""
    consent = await journey.witness()
    whole = await journey.transactions(consent, consent.accounts[0], page_size="500")

    found = await journey.transactions(consent, consent.accounts[0], page_size=str(size))

    expect.paging.whole(whole)
    expect.paging.whole(found)
    expect.paging.at_most(found, size)
    expect.paging.same(found, whole)
    expect.paging.newest_first(found)


@check("TXN-04")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_size", "9"),
        ("page_size", "501"),
        ("page_size", "0"),
        ("page_size", "-10"),
        ("page_size", "ten"),
        ("next_page_params", "no-cursor-of-yours"),
        ("from_date", "2026-02-31"),
        ("from_date", "yesterday"),
        ("to_date", "31/01/2026"),
    ],
)
async def check_bad_parameters_are_a_400(provider: Provider, journey: Journey, name: str, value: str) -> None:
    """A page_size outside 10..500, a bad cursor or a bad date is a 400."""
    async with journey.serving_transactions() as consent:
        answer = await provider.transactions(consent, consent.accounts[0], **{name: value})

    expect.status(answer, 400)


@check("TXN-05")
async def check_days_bound_the_items(journey: Journey) -> None:
    """from_date and to_date bound the items and belong to the window."""
    consent = await journey.witness()
    everything = await journey.transactions(consent, consent.accounts[0], page_size="500")
    days = sorted({each.day for each in everything.items if each.day})
    expect.paging.whole(everything)
    if days:
        first, last = days[len(days) // 3], days[2 * len(days) // 3]
        inside = [each for each in everything.items if each.day and first <= each.day <= last]

        found = await journey.transactions(
            consent, consent.accounts[0], page_size="500", from_date=str(first), to_date=str(last)
        )

        expect.paging.whole(found)
        expect.paging.within_days(found, first, last)
        expect.paging.includes(found, inside, f"from {first} to {last}, both days included")


@check("TXN-05")
async def check_narrower_window_shows_no_more(journey: Journey) -> None:
    """A window with one bound shows nothing on its other side, and nothing that the whole does not show."""
    consent = await journey.witness()
    everything = await journey.transactions(consent, consent.accounts[0], page_size="500")
    days = sorted({each.day for each in everything.items if each.day})
    middle = days[len(days) // 2] if days else date(2026, 1, 1)

    older = await journey.transactions(consent, consent.accounts[0], page_size="500", to_date=str(middle))
    newer = await journey.transactions(consent, consent.accounts[0], page_size="500", from_date=str(middle))

    for found, first, last in ((older, date.min, middle), (newer, middle, date.max)):
        expect.paging.whole(found)
        expect.paging.includes(everything, found.items, "of the window")
        expect.paging.within_days(found, max(first, date(1970, 1, 1)), min(last, date(9000, 1, 1)))


@check("TXN-05")
async def check_empty_window_is_an_empty_list(journey: Journey) -> None:
    """A window without transactions is an empty list, not an error."""
    consent = await journey.witness()

    found = await journey.transactions(consent, consent.accounts[0], from_date="1990-01-01", to_date="1990-01-31")

    expect.paging.empty(found)


@check("TXN-06")
async def check_cursor_of_another_consent_gives_nothing_of_it(provider: Provider, journey: Journey) -> None:
    """A cursor that was given for one consent and account gives nothing of it under another consent."""
    other, mine = journey.people.accounts()[:1], [journey.people.second_account()]
    giver, taker = await journey.authorized(accounts=other), await journey.authorized(accounts=mine)
    cursor = await journey.cursor(giver, giver.accounts[0])
    foreign = await journey.transactions(giver, giver.accounts[0], page_size="500")

    found = await journey.transactions(taker, taker.accounts[0], next_page_params=cursor)
    crossed = await provider.transactions(taker, giver.accounts[0], next_page_params=cursor)

    expect.paging.nothing_of(found.items, foreign.items, found)
    expect.refusal(crossed)


@check("TXN-06")
async def check_cursor_of_another_account_gives_nothing_of_it(journey: Journey) -> None:
    """A cursor that was given for one account gives nothing of it when another account is asked for."""
    consent = await journey.authorized(accounts=journey.people.accounts()[:2])
    own, other = journey.people.accounts()[0], journey.people.second_account()
    cursor = await journey.cursor(consent, own)
    foreign = await journey.transactions(consent, own, page_size="500")

    found = await journey.transactions(consent, other, next_page_params=cursor)

    expect.paging.nothing_of(found.items, foreign.items, found)


@check("TXN-06")
async def check_cursor_ends_with_its_consent(provider: Provider, journey: Journey) -> None:
    """A cursor opens nothing once its consent is revoked."""
    consent = await journey.authorized()
    cursor = await journey.cursor(consent, consent.accounts[0])
    async with journey.serving_transactions():
        await journey.revoke(consent)
        answer = await provider.transactions(consent, consent.accounts[0], next_page_params=cursor)

    expect.refusal(answer)
