"""The customer's way, and what PayNet is told at its end."""

from __future__ import annotations

import threading
from urllib.parse import urlsplit

import pytest

from tests.support.reference import (
    CALLBACK,
    ONE,
    TWO,
    Bench,
    Browser,
    PayNet,
    known_bank,
    moment,
    refused,
)

GOOD = (("username", "customer-1"), ("password", "first-password-1"))
APPROVE, REJECT = ("decision", "approve"), ("decision", "reject")


def test_the_way_from_login_to_the_return():
    bench = Bench()
    consent = bench.announced()
    browser = bench.browser(consent)
    assert "Log in" in browser.text
    browser.submit(*GOOD).follow()
    assert "Choose your accounts" in browser.text
    assert "400000******7899" in browser.text
    browser.submit(("accounts", "acc-101"), ("accounts", "acc-103")).follow()
    for words in ("Review and confirm", "Budget App", "balances", "transactions", "financial management", "2026-08-26"):
        assert words in browser.text
    assert not bench.paynet.sent
    browser.submit(APPROVE)
    assert browser.answer.status == 200
    assert "Consent approved" in browser.text
    assert "Back to Budget App" in browser.text
    assert len(bench.paynet.sent) == 1
    browser.open(f"{browser.at.rpartition('/')[0]}/return")
    assert (browser.answer.status, browser.header("location")) == (303, CALLBACK)


def test_a_rejection_names_nothing_and_returns_with_an_error():
    bench = Bench()
    consent = bench.announced()
    browser = bench.reviewing(consent).submit(REJECT)
    assert (browser.answer.status, browser.header("location")) == (303, f"{CALLBACK}?error=access_denied")
    assert bench.paynet.bodies == [{"consent_id": consent["consent_id"], "status": "rejected"}]
    refused(bench.authorize(consent["consent_id"]), 400, code="Consent.Invalid")
    assert not bench.serves(consent)


def test_a_wrong_password_opens_nothing():
    bench = Bench()
    browser = bench.browser(bench.announced()).submit(("username", "customer-1"), ("password", "wrong"))
    assert browser.answer.status == 401
    assert "The user name or password is not right." in browser.text
    assert not browser.header("set-cookie")
    login = browser.at
    browser.open(login.replace("login", "accounts"))
    assert browser.header("location") == login
    assert not bench.paynet.sent


@pytest.mark.parametrize("chosen", [[], [("accounts", "acc-201")], [("accounts", "acc-101"), ("accounts", "x")]])
def test_only_own_accounts_and_at_least_one_go_on(chosen):
    bench = Bench()
    browser = bench.logged_in(bench.announced()).submit(*chosen)
    assert browser.answer.status == 400
    assert "Choose" in browser.text
    browser.open(browser.at.replace("accounts", "review"))
    assert browser.header("location").endswith("/accounts")
    assert not bench.paynet.sent


def test_another_customer_gets_neither_in_nor_on():
    bench = Bench()
    consent = bench.announced()
    browser = bench.browser(consent).submit(("username", "customer-2"), ("password", "second-password-2"))
    assert browser.answer.status == 403
    assert "another person" in browser.text
    mine = bench.reviewing(consent)
    stranger = bench.logged_in(bench.announced(TWO), TWO)
    stranger.open(mine.at)
    assert stranger.header("location").endswith("/login")
    # The stranger's cookie, sent where his browser would not send it:
    stolen = Browser(bench, {mine.at: next(iter(stranger.cookies.values()))}).open(mine.at)
    assert stolen.answer.status == 303
    assert not bench.paynet.sent


def test_a_form_that_was_not_given_out_does_nothing():
    bench = Bench()
    browser = bench.reviewing(bench.announced())
    for forged in ("", "x", "é"):
        assert browser.submit(APPROVE, csrf=forged).answer.status == 403
    assert not bench.paynet.sent


def test_a_login_ends_the_session_before_it():
    bench = Bench()
    browser = bench.browser(bench.announced())
    before = dict(browser.cookies)
    browser.submit(*GOOD).follow()
    assert Browser(bench, before).open(browser.at).header("location").endswith("/login")


def test_pages_forbid_framing_and_storing_and_cookies_are_guarded():
    bench = Bench()
    browser = bench.browser(bench.announced())
    cookie = browser.header("set-cookie")
    assert all(each in cookie for each in ("; Secure", "; HttpOnly", "; SameSite=Lax", f"Path={browser.at[:-6]}"))
    for _ in range(2):
        assert browser.header("cache-control") == "no-store"
        assert "frame-ancestors 'none'" in browser.header("content-security-policy")
        assert browser.header("x-frame-options") == "DENY"
        browser.submit(("username", "x"), ("password", "y"))


def test_the_review_lets_the_form_lead_back_to_paynet():
    bench = Bench()
    policy = bench.reviewing(bench.announced()).header("content-security-policy")
    assert "form-action 'self' https://paynet.example;" in policy


def test_what_comes_from_outside_is_escaped():
    bench = Bench(data_consumers=(("dc-1", "<b>App</b> & Co"),))
    browser = bench.reviewing(bench.announced())
    assert b"&lt;b&gt;App&lt;/b&gt; &amp; Co" in browser.answer.body
    assert b"<b>" not in browser.answer.body


@pytest.mark.parametrize("again", [APPROVE, REJECT])
def test_a_second_press_sends_nothing_and_shows_the_same(again):
    bench = Bench()
    browser = bench.reviewing(bench.announced())
    form = browser.csrf
    browser.submit(APPROVE)
    browser.submit(again, csrf=form)
    assert "Consent approved" in browser.text
    assert len(bench.paynet.sent) == 1
    assert "Consent approved" in browser.open(browser.at).text


def test_two_presses_at_once_send_one_update():
    paynet = PayNet()
    bench = Bench(paynet)
    browser = bench.reviewing(bench.announced())
    second = Browser(bench, dict(browser.cookies), browser.answer, browser.at)
    press = threading.Thread(target=second.submit, args=(APPROVE,))
    paynet.while_told = press.start
    browser.submit(APPROVE)
    press.join()
    assert len(paynet.sent) == 1
    assert "Consent approved" in browser.text
    assert "Consent approved" in second.text


def test_two_browsers_decide_once():
    bench = Bench()
    consent = bench.announced()
    first, second = bench.reviewing(consent), bench.reviewing(consent)
    first.submit(APPROVE)
    second.submit(REJECT)
    assert second.answer.status == 403
    assert len(bench.paynet.sent) == 1
    assert bench.serves(consent)


@pytest.mark.parametrize("ended", ["failed", "rejected", "expired", "late"])
@pytest.mark.parametrize("stage", ["login", "accounts", "review"])
def test_a_login_that_began_before_the_end_authorizes_nothing(stage, ended):
    bench = Bench()
    consent = bench.announced(expiration_datetime=moment(bench.now + 200))
    browser = {"login": bench.browser, "accounts": bench.logged_in, "review": bench.reviewing}[stage](consent)
    if ended in ("failed", "rejected"):
        assert bench.move(consent, ended).status == 200
    bench.now += {"expired": 200, "late": 301}.get(ended, 0)
    press = {"login": GOOD, "accounts": [("accounts", "acc-101")], "review": [APPROVE]}[stage]
    browser.submit(*press)
    assert browser.answer.status == 403
    assert not bench.paynet.sent
    assert not bench.serves(consent)


def test_a_consent_that_changes_under_review_is_reviewed_again():
    bench = Bench()
    consent = bench.announced()
    browser = bench.reviewing(consent)
    bench.now += 1
    bench.event("consent_updated", consent, permissions=["read_accounts"], updated_at=moment(bench.now))
    browser.submit(APPROVE).follow()
    assert "Review and confirm" in browser.text
    assert "balances" not in browser.text
    assert not bench.paynet.sent
    assert "Consent approved" in browser.submit(APPROVE).text


def test_a_customer_revokes_at_the_bank():
    bench = Bench()
    consent, other = bench.authorized(), bench.authorized()
    who = known_bank().customer(ONE)
    browser = Browser(bench).open("/consents")
    assert browser.submit(("username", ONE), ("password", "wrong")).answer.status == 401
    browser.submit(("username", ONE), ("password", who.password)).follow()
    assert browser.text.count("authorized") == 2
    bench.paynet.answers = [503]
    browser.submit(("revoke", consent["consent_id"])).follow()
    assert bench.paynet.bodies[-1] == {"consent_id": consent["consent_id"], "status": "revoked"}
    assert not bench.serves(consent)
    assert bench.serves(other)
    thief = Browser(bench).open("/consents")
    thief.submit(("username", TWO), ("password", "second-password-2")).follow()
    assert thief.submit(("revoke", other["consent_id"])).answer.status == 404
    assert bench.serves(other)


@pytest.mark.parametrize(
    "path", ["/", "/requests/x/login", "/requests/" + "A" * 32 + "/login", "/requests/%2e%2e/login"]
)
def test_pages_that_are_not_there(path):
    assert Browser(Bench()).open(path).answer.status == 404


def test_a_page_used_the_wrong_way():
    bench = Bench()
    at = urlsplit(bench.browser(bench.announced()).at).path
    answer = bench.core.pages(bench.request("DELETE", at))
    assert answer.status == 405
    assert ("Allow", "GET, POST") in answer.headers
