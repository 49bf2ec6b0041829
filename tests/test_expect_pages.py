"""What is expected of customer pages, and in which words the rest is objected to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance import expect
from conformance.consent import AccountRef, Consent, Permission, Purpose
from conformance.customer.page import Page
from conformance.expect.pages import _dates
from conformance.journeys import Landing, Stage, Visit
from conformance.lifecycle import Status
from conformance.wire import Reply
from tests.support.facts import answer, exchange, hint_of, landing, shown_by, told, visit

AT = "https://dp.example/p"
BACK = "https://paynet.example/cb"
REGISTERED, FOREIGN = BACK, "https://evil.example/cb"
Case = tuple[Callable[[], object], tuple[str, ...] | None]


def page(text: str = "words", status: int = 200, **members: Any) -> Page:
    return Page(AT, status, text=text, **members)


def headed(*headers: tuple[str, str]) -> Visit:
    return visit(page(headers=headers))


def returned(url: str) -> Visit:
    return visit(Page(url, returned_to=url))


def sent_to(location: str, *hops: str) -> Landing:
    return landing(answer(303, headers=(("location", location),)), visit(hops=hops) if hops else None)


def source(body: bytes) -> Page:
    reply = Reply(exchange("p-1"), 200, (), body, None)
    return Page(AT, 200, text="shown", reply=reply)


STORED = ("cache-control", "No-Store")
UNFRAMED = ("x-frame-options", "DENY")
FRAMED = ("a page that forbids framing (frame-ancestors or X-Frame-Options)", "one that others may frame")
ELSEWHERE = "no redirect to an unregistered address"
OTHERS = [AccountRef("acc-2", "short", "Other"), AccountRef("acc-22", "2020000012", "Other")]
TOLD = ("no account of another customer", f"one on the page at {AT}")
PAGES: dict[str, Case] = {
    "there": (lambda: expect.pages.stage(visit(None, Stage.LOGIN), Stage.LOGIN), None),
    "not there": (
        lambda: expect.pages.stage(visit(), Stage.LOGIN),
        ("the login page", f"a page at {AT} that is none: nothing of login"),
    ),
    "not come": (lambda: expect.pages.not_stage(visit(), Stage.REVIEW), None),
    "come": (
        lambda: expect.pages.not_stage(visit(None, Stage.REVIEW), Stage.REVIEW),
        ("no review page", f"the review page at {AT}"),
    ),
    "refused": (lambda: expect.pages.turned_away(landing(answer(404))), None),
    "not refused": (lambda: expect.pages.turned_away(landing(answer(200))), ("a refusal (4xx)", "HTTP 200")),
    "a page that says no": (lambda: expect.pages.turned_away(landing(answer(303), visit(page(status=499)))), None),
    "a page that broke": (
        lambda: expect.pages.turned_away(landing(answer(303), visit(page(status=500)))),
        ("a page that turns the customer away", f"HTTP 500 at {AT}"),
    ),
    "a login": (
        lambda: expect.pages.turned_away(landing(answer(303), visit(None, Stage.LOGIN))),
        ("no login page", f"the login page at {AT}"),
    ),
    "registered": (lambda: expect.pages.never_at(sent_to(f"{REGISTERED}?error=x", AT), FOREIGN, REGISTERED), None),
    "nowhere": (lambda: expect.pages.never_at(landing(answer(400)), FOREIGN, REGISTERED), None),
    "to where it was asked": (
        lambda: expect.pages.never_at(sent_to(f"{FOREIGN}?x=1"), FOREIGN, REGISTERED),
        (ELSEWHERE, f"one to '{FOREIGN}?x=1'"),
    ),
    "to where it was asked, and on": (
        lambda: expect.pages.never_at(sent_to(f"{FOREIGN}?x=1", AT), FOREIGN, REGISTERED),
        (ELSEWHERE, f"one to '{FOREIGN}?x=1'"),
    ),
    "to its host": (
        lambda: expect.pages.never_at(sent_to(r"https:\\EVIL.example\other"), FOREIGN, REGISTERED),
        (ELSEWHERE, r"one to 'https:\\\\EVIL.example\\other'"),
    ),
    "to its port": (
        lambda: expect.pages.never_at(sent_to("https://evil.example:444/"), FOREIGN, REGISTERED),
        None,
    ),
    "at a later step": (
        lambda: expect.pages.never_at(sent_to(AT, AT, "https://evil.example:443/"), FOREIGN, REGISTERED),
        (ELSEWHERE, "one to 'https://evil.example:443/'"),
    ),
    "another path of the registered host": (
        lambda: expect.pages.never_at(sent_to(f"{REGISTERED}/"), "https://paynet.example/other", REGISTERED),
        None,
    ),
    "within the site": (lambda: expect.pages.never_at(sent_to("/login"), "/relative", REGISTERED), None),
    "what no browser finds": (
        lambda: expect.pages.never_at(sent_to("https://[::1"), "https://[::2", REGISTERED),
        None,
    ),
    "what has no host": (lambda: expect.pages.never_at(sent_to("https://[::1"), "/relative", REGISTERED), None),
    "guarded": (lambda: expect.pages.guarded(headed(STORED, UNFRAMED)), None),
    "framed": (lambda: expect.pages.guarded(headed(STORED)), FRAMED),
    "stored": (
        lambda: expect.pages.guarded(headed(UNFRAMED)),
        ("a page that may not be stored (no-store)", "no Cache-Control"),
    ),
    "stored for a while": (
        lambda: expect.pages.guarded(headed(UNFRAMED, ("Cache-Control", "max-age=5"))),
        ("a page that may not be stored (no-store)", "max-age=5"),
    ),
    "no success": (lambda: expect.pages.no_success(visit()), None),
    "a return with an error": (lambda: expect.pages.no_success(returned(f"{BACK}?error=access_denied")), None),
    "a return without": (
        lambda: expect.pages.no_success(returned(f"{BACK}?state=1")),
        ("no return as after success", f"a return to {BACK}?state=1"),
    ),
    "a success page": (
        lambda: expect.pages.no_success(visit(None, Stage.APPROVED)),
        ("no success page", f"the success page at {AT}"),
    ),
    "a success page that nobody described": (
        lambda: expect.pages.no_success(visit(None, Stage.APPROVED, known=())),
        None,
    ),
    "told": (lambda: expect.pages.page_refused(visit(page(status=499))), None),
    "an empty page": (
        lambda: expect.pages.page_refused(visit(page(" "))),
        ("a page that tells the customer what is wrong", "an empty page"),
    ),
    "a broken page": (
        lambda: expect.pages.page_refused(visit(page(status=500))),
        ("a page that tells the customer what is wrong", "HTTP 500"),
    ),
    "no page": (
        lambda: expect.pages.page_refused(visit(page(problem="nothing came"))),
        ("a page that tells the customer what is wrong", "nothing came"),
    ),
    "nobody else's": (lambda: expect.pages.shows_none_of(visit(seen=[source(b"short acc-2"), page()]), OTHERS), None),
    "in the source": (
        lambda: expect.pages.shows_none_of(visit(seen=[page(), source(b"\xff<!-- acc-22 -->")]), OTHERS),
        TOLD,
    ),
    "to the eye": (lambda: expect.pages.shows_none_of(visit(seen=[page("2020000012")]), OTHERS), TOLD),
    "back": (lambda: expect.pages.returned(returned(f"{BACK}?state=1"), BACK, with_error=False), None),
    "back with an error": (lambda: expect.pages.returned(returned(f"{BACK}?error=x"), BACK, with_error=True), None),
    "not back": (
        lambda: expect.pages.returned(visit(), BACK, with_error=False),
        (f"the browser back at {BACK}", f"the page at {AT}"),
    ),
    "nowhere at all": (
        lambda: expect.pages.returned(visit(page(problem="nothing came")), BACK, with_error=False),
        (f"the browser back at {BACK}", "nothing came"),
    ),
    "back elsewhere": (
        lambda: expect.pages.returned(returned(f"{BACK}/x"), BACK, with_error=False),
        (f"the browser back at {BACK}", f"it at {BACK}/x"),
    ),
    "back without its error": (
        lambda: expect.pages.returned(returned(f"{BACK}?error="), BACK, with_error=True),
        ("an `error` query parameter on the return", "none"),
    ),
    "back with one too many": (
        lambda: expect.pages.returned(returned(f"{BACK}?error="), BACK, with_error=False),
        ("a return without `error`", "error="),
    ),
    "success": (lambda: expect.pages.success(visit(None, Stage.APPROVED)), None),
    "success at once": (lambda: expect.pages.success(returned(BACK)), None),
    "failure": (
        lambda: expect.pages.success(returned(f"{BACK}?error=")),
        ("success", f"a return with an error: {BACK}?error="),
    ),
    "neither": (
        lambda: expect.pages.success(visit()),
        ("the approved page", f"a page at {AT} that is none: nothing of approved"),
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str) -> None:
    act, words = PAGES[name]

    assert told(act) == words
    if words:
        shown = {"not refused": "x-1", "in the source": "p-1", "to the eye": ""}
        first_step = words[0] == ELSEWHERE and name != "at a later step"
        assert shown_by(act) == ("x-1" if first_step else shown.get(name, "v-1"))


CSP = "content-security-policy"


@pytest.mark.parametrize(
    ("headers", "safe"),
    [
        ([("X-Frame-Options", "SameOrigin")], True),
        ([("x-frame-options", "ALLOWALL")], False),
        ([("x-frame-options", "deny, deny")], True),
        ([(CSP, "default-src 'self'; frame-ancestors 'none'")], True),
        ([("Content-Security-Policy", "Frame-Ancestors 'self' https://bank.example")], True),
        ([(CSP, "frame-ancestors *")], False),
        ([(CSP, "frame-ancestors https:")], False),
        ([(CSP, "frame-ancestors 'self' http:")], False),
        ([(CSP, "frame-ancestors https://*")], False),
        ([(CSP, "frame-ancestors *"), UNFRAMED], False),
        ([(CSP, "frame-ancestors *, frame-ancestors 'none'")], True),
        ([(CSP, "frame-ancestors *"), (CSP, "frame-ancestors 'none'")], True),
        ([(CSP, "frame-ancestors 'none'"), (CSP, "frame-ancestors *")], True),
        ([(CSP, "default-src 'none'"), UNFRAMED], True),
        ([(CSP, "default-src 'none'")], False),
    ],
)
def test_framing_is_forbidden_in_these_ways(headers: Sequence[tuple[str, str]], *, safe: bool) -> None:
    assert told(lambda: expect.pages.guarded(headed(STORED, *headers))) == (None if safe else FRAMED)


@pytest.mark.parametrize(
    ("cookies", "words"),
    [
        ([], None),
        (["sid=1; Path=/; Secure; HttpOnly; SameSite=Lax"], None),
        (["sid=1;secure;httponly;samesite = strict", "csrf=2; Secure; SameSite=Strict"], None),
        (["sid=1; HttpOnly; Secure; SameSite=Lax"], None),
        (["sid=a=b; HttpOnly; SameSite=Lax"], ("the cookie sid to be Secure", "it is not")),
        (["sid=1; Secure; HttpOnly"], ("the cookie sid to be SameSite (Lax or Strict)", "it is not")),
        (
            ["sid=1; Secure; HttpOnly; SameSite=Lax", "Secure=x; SameSite=None"],
            ("the cookie secure to be Secure and SameSite (Lax or Strict)", "it is not"),
        ),
        (["sid=1; Secure; SameSite=Lax"], ("an HttpOnly session cookie", "none of the cookies is")),
        (["httponly; Secure; SameSite=Lax"], ("an HttpOnly session cookie", "none of the cookies is")),
    ],
)
def test_cookies_are_guarded(cookies: Sequence[str], words: tuple[str, ...] | None) -> None:
    def act() -> None:
        expect.pages.cookies_guarded(visit(), cookies)

    assert told(act) == words
    assert words is None or shown_by(act) == "v-1"


EXPIRY = datetime(2027, 3, 4, 20, 30, tzinfo=UTC)
CONSENT = Consent(
    consent_id="c-1",
    dc_id="dc-1",
    dp_id="dp",
    id_type="nric",
    hashed_id_number="h",
    consent_type="account_access_consent",
    purpose=Purpose.PFM,
    permissions=(Permission.READ_ACCOUNTS, Permission.READ_BALANCES),
    expiration=EXPIRY,
    status=Status.AWAITING_AUTHORIZATION,
    created_at=EXPIRY,
    updated_at=EXPIRY,
)
WORDING = {
    "read_accounts": ["account details"],
    "read_balances": ["balance", "saldo"],
    "read_transactions": ["transactions"],
    "pfm": ["budgeting"],
    "credit_underwriting": ["credit"],
}
SHOWN = "Budget App asks to read ACCOUNT DETAILS and your saldo for budgeting until {}."


def review(text: str) -> tuple[str, ...] | None:
    return told(lambda: expect.pages.consent_shown(visit(page(text)), CONSENT, "Budget App", WORDING))


@pytest.mark.parametrize(
    "day",
    [
        "2027-03-05",
        "2027-03-04",
        "05/03/2027",
        "5/3/2027",
        "5/03/2027",
        "05-03-2027",
        "05.03.2027",
        "03/05/2027",
        "3/5/2027",
        "2027/03/05",
        "05 Mar 2027",
        "5 March 2027",
        "Mar 5, 2027",
        "March 05, 2027",
        "MAR 5 2027",
        "March 5 2027",
        "05-Mar-2027",
        "05/03/27",
    ],
)
def test_the_day_may_be_spelled_in_many_ways(day: str) -> None:
    assert review(SHOWN.format(day)) is None


@pytest.mark.parametrize("day", ["2027-03-03", "2027-03-06", "6 March 2027", "2028-03-05", "next year"])
def test_another_day_is_another(day: str) -> None:
    found = review(SHOWN.format(day))

    assert found is not None
    days = "'2027-03-05', '2027-03-5', '05/03/2027', '5/03/2027'"
    assert found[0] == f"the review page to say until when, as one of {days}"
    assert found[1] == "a page without it"


def test_days_are_told_first_as_they_are_in_malaysia() -> None:
    assert _dates(EXPIRY)[:2] == ("2027-03-05", "2027-03-5")
    assert "2027-03-04" in _dates(EXPIRY)
    assert len(set(_dates(EXPIRY))) == len(_dates(EXPIRY))
    assert "5/05/2027" in _dates(datetime(2027, 5, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("missing", "question"),
    [
        ("Budget App", "who asks, as one of 'Budget App', 'dc-1'"),
        ("ACCOUNT DETAILS", "what (read_accounts), as one of 'account details'"),
        ("saldo", "what (read_balances), as one of 'balance', 'saldo'"),
        ("budgeting", "why (pfm), as one of 'budgeting'"),
    ],
)
def test_what_the_review_page_does_not_say_is_asked_for(missing: str, question: str) -> None:
    text = SHOWN.format("2027-03-05").replace(missing, "something")

    assert review(text) == (f"the review page to say {question}", "a page without it")
    assert review(text.replace("something", "dc-1")) is None or missing != "Budget App"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda: expect.pages.stage(visit(), Stage.LOGIN),
            "If the page is right, customer_pages.login in the profile does not describe it.",
        ),
        (
            lambda: expect.pages.consent_shown(visit(page("")), CONSENT, "Budget App", WORDING),
            "If the page says it in other words, give them under `wording` in the profile.",
        ),
    ],
)
def test_where_the_profile_may_be_wrong_it_is_said(act: Callable[[], object], words: str) -> None:
    assert hint_of(act) == words
    assert shown_by(act) == "v-1"
