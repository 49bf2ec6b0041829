"""What is expected of data, of its seal and of pages of transactions, and in which words the rest is objected to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from conformance import expect, jose
from conformance.consent import AccountRef
from conformance.journeys import Observed, Stage
from conformance.lifecycle import Status
from conformance.model import FaultKind
from conformance.profile import Balance
from conformance.provider import Answer, Seal
from conformance.sequences import Story
from tests.support.facts import answer, closed, hint_of, item, landing, sealed, shown_by, told, visit, walk

REFUSED = "a refusal (4xx)"
UNREADABLE = ("blocked", "read the decrypted data", "no JWE")
NOT_SERVED = ("blocked", "look at a data response", "the answer was HTTP 403")
KNOWN = Balance(amount="1523.45", currency="MYR", credit_debit_indicator="credit")
FLAT = {"amount": "1523.45", "currency": "MYR", "credit_debit_indicator": "credit"}
NESTED = {"amount": {"amount": "1523.45", "currency": "MYR"}, "credit_debit_indicator": "credit"}
WRONG = "current_balance's {} to be the known one"
CARD = "a card's number masked to its first 6 and last 4 digits"
LOGIN = visit(None, Stage.LOGIN)


def current(**members: object) -> Answer:
    return sealed({"current_balance": {**FLAT, **members}})


def state(wanted: Status, balance: Answer, login: bool, reinstated: Answer | None = None) -> object:
    to = landing(answer(303), LOGIN) if login else landing(answer(404))
    return expect.data.state(Observed(balance, to, reinstated), wanted)


SERVED = sealed({"account_id": "a-1"})
Case = tuple[Callable[[], object], tuple[str, ...] | None]
DATA: dict[str, Case] = {
    "it fits": (lambda: expect.data.fits(SERVED, []), None),
    "it fits not": (lambda: expect.data.fits(SERVED, ["a", "b"]), ("data that fits the schema", "a; b")),
    "no story": (lambda: expect.data.no_story(None), None),
    "a story": (
        lambda: expect.data.no_story(Story(("one", "two"), "x-1")),
        ("data to flow exactly while a consent is authorized", "1. one; 2. two"),
    ),
    "authorized": (lambda: state(Status.AUTHORIZED, SERVED, login=False), None),
    "authorized and refused": (
        lambda: state(Status.AUTHORIZED, answer(403), login=False),
        ("a consent that is still authorized", "data is refused (HTTP 403)"),
    ),
    "suspended and served": (
        lambda: state(Status.SUSPENDED, SERVED, login=False),
        ("a consent that is still suspended", "data is served"),
    ),
    "awaiting": (lambda: state(Status.AWAITING_AUTHORIZATION, answer(403), login=True), None),
    "awaiting no more": (
        lambda: state(Status.AWAITING_AUTHORIZATION, answer(403), login=False),
        ("a consent that is still awaiting_authorization", "it can no longer be authorized"),
    ),
    "revoked and opened": (
        lambda: state(Status.REVOKED, answer(403), login=True),
        ("a consent that is still revoked", "it can be authorized"),
    ),
    "no answer about its state": (
        lambda: state(Status.REVOKED, answer(429), login=False),
        ("blocked", "put the question", "the Data Provider answered 429, so it refused the pace and not the message"),
    ),
    "suspended for good": (
        lambda: state(Status.SUSPENDED, answer(403), login=False, reinstated=answer(404)),
        ("a suspended consent that can be reinstated", "data stays refused (HTTP 404)"),
    ),
    "reinstated": (lambda: state(Status.SUSPENDED, answer(403), login=False, reinstated=SERVED), None),
    "not to be reinstated": (
        lambda: state(Status.AUTHORIZED, SERVED, login=False, reinstated=answer(404)),
        None,
    ),
    "its own": (lambda: expect.data.own_or_refused(SERVED, "a-1"), None),
    "another's": (
        lambda: expect.data.own_or_refused(SERVED, "a-2"),
        ("account_id to be the one asked for", "another account's"),
    ),
    "nobody's": (
        lambda: expect.data.own_or_refused(sealed({}), "a-2"),
        ("account_id to be the one asked for", "no account_id"),
    ),
    "a list": (
        lambda: expect.data.own_or_refused(sealed([]), "a-2"),
        ("account_id to be the one asked for", "no account_id"),
    ),
    "a refusal of its own": (lambda: expect.data.own_or_refused(answer(499), "a-1"), None),
    "cut off": (lambda: expect.data.own_or_refused(answer(fault=FaultKind.RESET), "a-1"), None),
    "silence": (
        lambda: expect.data.own_or_refused(answer(fault=FaultKind.TIMEOUT), "a-1"),
        (REFUSED, "timeout (so it was)"),
    ),
    "a server error": (lambda: expect.data.own_or_refused(answer(500), "a-1"), (REFUSED, "HTTP 500")),
    "what cannot be read": (
        lambda: expect.data.own_or_refused(closed(), "a-1"),
        (REFUSED, "HTTP 200 without readable data"),
    ),
    "flat": (lambda: expect.data.amount_shape(current(), "flat"), None),
    "nested": (lambda: expect.data.amount_shape(sealed({"current_balance": NESTED}), "nested"), None),
    "either": (lambda: expect.data.amount_shape(sealed({"current_balance": NESTED}), "auto"), None),
    "not flat": (
        lambda: expect.data.amount_shape(sealed({"current_balance": NESTED}), "flat"),
        ("a flat amount", "a nested one"),
    ),
    "not nested": (lambda: expect.data.amount_shape(sealed([]), "nested"), ("a nested amount", "a flat one")),
    "masked": (lambda: expect.data.masked(sealed({"account_number": "400000******7899"})), None),
    "masked otherwise": (lambda: expect.data.masked(sealed({"account_number": "400000 XX-XX 7899"})), None),
    "a whole number": (
        lambda: expect.data.masked(sealed({"account_number": "4000001234567899"})),
        (CARD, "another form"),
    ),
    "masked but for too much": (
        lambda: expect.data.masked(sealed({"account_number": "400000*1*7899"})),
        (CARD, "another form"),
    ),
    "no number": (lambda: expect.data.masked(sealed({})), (CARD, "no account_number")),
    "not an object": (lambda: expect.data.masked(sealed([])), (CARD, "no account_number")),
    "that person": (
        lambda: expect.data.identity(answer(200, {"id_type": "nric", "hashed_id_number": "h"}), "nric", "h"),
        None,
    ),
    "that person, wrapped": (
        lambda: expect.data.identity(answer(200, {"data": {"id_type": "nric", "hashed_id_number": "h"}}), "nric", "h"),
        None,
    ),
    "another person": (
        lambda: expect.data.identity(answer(200, {"id_type": "nric", "hashed_id_number": "i"}), "nric", "h"),
        ("hashed_id_number as in the consent update", "another value"),
    ),
    "nobody": (
        lambda: expect.data.identity(answer(200, []), "nric", "h"),
        ("id_type as in the consent update", "no id_type"),
    ),
    "the balance": (lambda: expect.data.balance(current(), KNOWN), None),
    "the balance, nested": (lambda: expect.data.balance(sealed({"current_balance": NESTED}), KNOWN), None),
    "no balance": (lambda: expect.data.balance(sealed([]), KNOWN), ("a current_balance", "none")),
    "another amount": (
        lambda: expect.data.balance(current(amount="1523.46"), KNOWN),
        (WRONG.format("amount"), "another value"),
    ),
    "another currency": (
        lambda: expect.data.balance(current(currency="SGD"), KNOWN),
        (WRONG.format("currency"), "another value"),
    ),
    "the other side": (
        lambda: expect.data.balance(current(credit_debit_indicator=None), KNOWN),
        (WRONG.format("credit_debit_indicator"), "no credit_debit_indicator"),
    ),
}

ONE, TWO = AccountRef("a-1", "1", "One"), AccountRef("a-2", "2", "Two")
READER = jose.PrivateKey.generate(kid="r")
JWE = jose.encrypt(b"{}", READER.public())
NOW = 1_800_000_000.0
SANE = {"iss": "dp", "aud": "dc-1", "iat": NOW, "exp": NOW + 300}
SEALS: dict[str, Case] = {
    "served": (lambda: expect.seals.served(SERVED), None),
    "not served": (lambda: expect.seals.served(answer(404)), ("HTTP 200", "HTTP 404")),
    "in the clear": (lambda: expect.seals.served(closed()), ("data that the Data Consumer can open", "no JWE")),
    "not opened": (
        lambda: expect.seals.sealed(closed(envelope_problem="")),
        ("data that the Data Consumer can open", "not opened"),
    ),
    "no JSON inside": (
        lambda: expect.seals.sealed(closed(envelope_problem="", encryption_problem="")),
        ("data that the Data Consumer can open", "no plaintext"),
    ),
    "nothing to look at": (lambda: expect.seals.sealed(answer(403)), NOT_SERVED),
    "nothing sealed": (
        lambda: expect.seals.sealed(answer(200)),
        ("blocked", "look at a data response", "the answer was HTTP 200"),
    ),
    "one and not the other": (lambda: expect.seals.opens_exactly({ONE: SERVED, TWO: answer(403)}, [ONE]), None),
    "both": (lambda: expect.seals.opens_exactly({ONE: SERVED, TWO: SERVED}, [ONE]), (REFUSED, "HTTP 200")),
    "none": (lambda: expect.seals.opens_exactly({ONE: answer(403)}, [ONE]), ("HTTP 200", "HTTP 403")),
    "signed": (lambda: expect.seals.signed(SERVED), None),
    "not signed": (
        lambda: expect.seals.signed(sealed(signature_problem="no")),
        ("a compact JWS by the Data Provider's registered key (PS256, kid named)", "no"),
    ),
    "enveloped": (lambda: expect.seals.enveloped(sealed(claims={"iss": "x", "data": "a.b.c.d.e"})), None),
    "no envelope": (lambda: expect.seals.enveloped(closed()), ("a compact JWE inside the JWS", "no JWE")),
    "data beside": (
        lambda: expect.seals.enveloped(sealed(claims={"data": "x", "more": [{"amount": 1, "account_id": 2}]})),
        ("no field of the data in the clear", "claims with account_id, amount"),
    ),
    "hidden": (
        lambda: expect.seals.hides(sealed(claims={"data": "a.b.c.d.e", "iss": "11523.45"}), ["1523.45", "a"]),
        None,
    ),
    "shown": (
        lambda: expect.seals.hides(sealed(claims={"data": "a.b.c.d.e", "note": "of 1523.45"}), ["1523.45"]),
        ("no value of the data in the clear", "a known value in the clear"),
    ),
    "shown in a header": (
        lambda: expect.seals.hides(
            answer(headers=(("x-balance", "MYR 1523.45"),), seal=Seal(jwe="a.b.c.d.e")), ["88.10", "1523.45"]
        ),
        ("no value of the data in the clear", "a known value in the clear"),
    ),
    "shown in a payload": (
        lambda: expect.seals.hides(sealed(jwe="", payload=b'{"a":"1523.45"}\xff'), ["1523.45"]),
        ("no value of the data in the clear", "a known value in the clear"),
    ),
    "a payload that is the JWE": (lambda: expect.seals.hides(sealed(payload=b"1523.45"), ["1523.45"]), None),
    "opened": (lambda: expect.seals.opened(SERVED), None),
    "no JWE": (lambda: expect.seals.opened(closed()), ("a JWE for the Data Consumer", "no JWE")),
    "not opened by its reader": (
        lambda: expect.seals.opened(sealed(encryption_problem="no")),
        ("a JWE that opens with the key named by x-enc-kid", "no"),
    ),
    "closed to others": (lambda: expect.seals.closed_to(sealed(jwe=JWE), jose.PrivateKey.generate()), None),
    "open to others": (
        lambda: expect.seals.closed_to(sealed(jwe=JWE), READER),
        ("a JWE that only its reader opens", "one that another key opens too"),
    ),
    "its algorithms": (lambda: expect.seals.algorithms(sealed(jwe_header={"alg": "A", "enc": "E"}), "A", "E"), None),
    "another alg": (
        lambda: expect.seals.algorithms(sealed(jwe_header={"alg": "B", "enc": "E"}), "A", "E"),
        ("JWE alg A", "'B'"),
    ),
    "another enc": (
        lambda: expect.seals.algorithms(sealed(jwe_header={"alg": "A"}), "A", "E"),
        ("JWE enc E", "None"),
    ),
    "no header to look at": (
        lambda: expect.seals.algorithms(closed(), "A", "E"),
        ("blocked", "look at the JWE header", "no JWE"),
    ),
    "no claims": (lambda: expect.seals.claims(SERVED, "dp", ["dc-1"]), None),
    "its kid": (lambda: expect.seals.names_reader(SERVED, "r"), None),
    "another kid": (
        lambda: expect.seals.names_reader(SERVED, "s"),
        ("the kid of x-enc-kid in the JWE header", "'r'"),
    ),
    "fresh": (lambda: expect.seals.fresh([SERVED, sealed(content_key_sha256="l", iv="j")]), None),
    "one key twice": (
        lambda: expect.seals.fresh([SERVED, sealed(iv="j"), sealed(iv="k")]),
        ("fresh content keys", "2 used again"),
    ),
    "one IV twice": (
        lambda: expect.seals.fresh([SERVED, sealed(content_key_sha256="l")]),
        ("fresh initialization vectors", "1 used again"),
    ),
    "no key": (
        lambda: expect.seals.fresh([SERVED, sealed(content_key_sha256="")]),
        ("blocked", "compare the encryptions", "one of the answers does not open"),
    ),
    "stored": (
        lambda: expect.seals.not_stored(answer(headers=(("Content-Type", "application/jose"),))),
        ("Cache-Control: no-store", "no Cache-Control"),
    ),
    "not stored": (
        lambda: expect.seals.not_stored(
            answer(headers=(("content-type", "Application/JOSE; x=y"), ("CACHE-CONTROL", "private, No-Store")))
        ),
        None,
    ),
    "stored by some": (
        lambda: expect.seals.not_stored(
            answer(headers=(("content-type", "application/jose"), ("cache-control", "Private")))
        ),
        ("Cache-Control: no-store", "private"),
    ),
    "of another type": (
        lambda: expect.seals.not_stored(answer(headers=(("content-type", "application/json"),))),
        ("Content-Type application/jose", "application/json"),
    ),
    "of no type": (lambda: expect.seals.not_stored(answer()), ("Content-Type application/jose", "none")),
    "of no answer": (lambda: expect.seals.not_stored(answer(404)), ("HTTP 200", "HTTP 404")),
    "read": (lambda: expect.seals.readable(SERVED), None),
    "not decrypted": (
        lambda: expect.seals.readable(closed(envelope_problem="")),
        ("blocked", "read the decrypted data", "not opened"),
    ),
    "no JSON": (
        lambda: expect.seals.readable(closed(envelope_problem="", encryption_problem="")),
        ("blocked", "read the decrypted data", "no plaintext"),
    ),
    "not read": (lambda: expect.seals.readable(closed()), UNREADABLE),
}

NEW, OLD = item("t-2", "2026-06-02T10:00:00+08:00"), item("t-1", "2026-06-01T10:00:00+08:00")
DAY, EARLIER = item("t-4", "2026-06-02"), item("t-3", "2026-06-01")
PAGES: dict[str, Case] = {
    "whole": (lambda: expect.paging.whole(walk([NEW], [OLD])), None),
    "endless": (lambda: expect.paging.whole(walk([NEW], problem="no end")), ("pages that end", "no end")),
    "twice": (
        lambda: expect.paging.whole(walk([NEW, OLD], [OLD])),
        ("each transaction once", "1 of them twice, the first t-1"),
    ),
    "the same": (lambda: expect.paging.same(walk([NEW], [OLD]), walk([NEW, OLD])), None),
    "another order": (
        lambda: expect.paging.same(walk([OLD, NEW]), walk([NEW, OLD])),
        ("the same order whatever the page_size", "another order"),
    ),
    "others": (
        lambda: expect.paging.same(walk([NEW, DAY]), walk([NEW, OLD, EARLIER])),
        ("the same 3 transactions whatever the page_size", "2: 2 left out, 1 more"),
    ),
    "newest first": (lambda: expect.paging.newest_first(walk([NEW, OLD], [EARLIER])), None),
    "at one moment": (lambda: expect.paging.newest_first(walk([NEW, NEW])), None),
    "oldest first": (
        lambda: expect.paging.newest_first(walk([OLD], [NEW])),
        ("the newest transaction first", "2026-06-01T10:00:00+08:00 before 2026-06-02T10:00:00+08:00"),
    ),
    "by days": (
        lambda: expect.paging.newest_first(walk([EARLIER, DAY])),
        ("the newest transaction first", "2026-06-01 before 2026-06-02"),
    ),
    "one day": (lambda: expect.paging.newest_first(walk([DAY, NEW, DAY])), None),
    "without dates": (lambda: expect.paging.newest_first(walk([item("a", ""), NEW, item("b", ""), DAY])), None),
    "at most": (lambda: expect.paging.at_most(walk([NEW, OLD], [DAY]), 2), None),
    "no pages": (lambda: expect.paging.at_most(walk(), 0), None),
    "too many": (
        lambda: expect.paging.at_most(walk([NEW], [OLD, DAY]), 1),
        ("pages of at most 1 items", "one of 2"),
    ),
    "within": (
        lambda: expect.paging.within_days(walk([DAY, item("c", "")]), date(2026, 6, 3), date(2026, 6, 4)),
        None,
    ),
    "within from above": (
        lambda: expect.paging.within_days(walk([DAY]), date(2026, 5, 1), date(2026, 6, 1)),
        None,
    ),
    "before": (
        lambda: expect.paging.within_days(walk([DAY]), date(2026, 6, 4), date(2026, 6, 5)),
        ("transactions from 2026-06-04 to 2026-06-05", "one of 2026-06-02"),
    ),
    "behind": (
        lambda: expect.paging.within_days(walk([DAY]), date(2026, 5, 1), date(2026, 5, 31)),
        ("transactions from 2026-05-01 to 2026-05-31", "one of 2026-06-02"),
    ),
    "all there": (lambda: expect.paging.includes(walk([NEW, OLD]), [OLD], "of June"), None),
    "left out": (
        lambda: expect.paging.includes(walk([NEW]), [NEW, OLD, DAY], "of June"),
        ("every transaction of June", "2 left out, the first of 2026-06-01T10:00:00+08:00"),
    ),
    "empty": (lambda: expect.paging.empty(walk([])), None),
    "not empty": (lambda: expect.paging.empty(walk([NEW])), ("an empty list", "1 transactions")),
    "no list": (lambda: expect.paging.empty(walk(problem="HTTP 404")), ("an empty list", "HTTP 404")),
    "none of another's": (lambda: expect.paging.nothing_of([NEW], [OLD], walk()), None),
    "some of another's": (
        lambda: expect.paging.nothing_of([NEW, OLD], [OLD, DAY], walk()),
        ("nothing of another consent or account", "1 of its transactions"),
    ),
}


@pytest.mark.parametrize("name", DATA)
def test_data(name: str) -> None:
    _tried(*DATA[name])


@pytest.mark.parametrize("name", SEALS)
def test_seals(name: str) -> None:
    _tried(*SEALS[name])


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str) -> None:
    _tried(*PAGES[name])


def _tried(act: Callable[[], object], words: tuple[str, ...] | None) -> None:
    assert told(act) == words
    if words and words[1] != "compare the encryptions":
        assert shown_by(act) == "x-1"


def test_what_is_read_is_the_plaintext_without_its_wrapper() -> None:
    assert expect.seals.readable(sealed({"data": {"a": 1}})) == {"a": 1}
    assert expect.seals.readable(sealed([1])) == [1]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: expect.paging.whole(walk(problem="x")), ""),
        (
            lambda: expect.paging.whole(walk(problem="x", last=answer(405))),
            "There may be no such path: check target.rs_url and target.as_url.",
        ),
        (
            lambda: expect.data.balance(current(amount="1.00"), KNOWN),
            "If the account has moved since, its balance in the profile is out of date.",
        ),
        (
            lambda: expect.seals.signed(sealed(signature_problem="no")),
            "If the kid is one that the profile does not know, target.signing_keys may be out of date.",
        ),
        (
            lambda: expect.seals.opened(sealed(encryption_problem="no")),
            "The key may be another party's, an old one, or not the one that x-enc-kid names.",
        ),
    ],
)
def test_where_the_profile_may_be_wrong_it_is_said(act: Callable[[], object], words: str) -> None:
    assert hint_of(act) == words


DAYS = 86400
WRONG_CLAIMS: dict[str, tuple[dict[str, Any], str | None]] = {
    "nothing": ({}, None),
    "several readers": ({"aud": ["x", "dc-1"]}, None),
    "no issuer": ({"iss": ""}, "iss"),
    "an issuer that is no text": ({"iss": 1}, "iss"),
    "another issuer": ({"iss": "other"}, "iss"),
    "no audience": ({"aud": None}, "aud"),
    "another audience": ({"aud": ["dc-2"]}, "aud"),
    "iat within the hour": ({"iat": NOW - 3600}, None),
    "iat before": ({"iat": NOW - 3601}, "iat"),
    "iat a little ahead": ({"iat": NOW + 60}, None),
    "iat ahead": ({"iat": NOW + 61}, "iat"),
    "iat true": ({"iat": True}, "iat"),
    "iat a text": ({"iat": str(NOW)}, "iat"),
    "exp just past": ({"exp": NOW - 60}, None),
    "exp past": ({"exp": NOW - 61}, "exp"),
    "exp within the year": ({"exp": NOW + 366 * DAYS}, None),
    "exp beyond": ({"exp": NOW + 366 * DAYS + 1}, "exp"),
    "no exp": ({"exp": None}, "exp"),
    "nbf now": ({"nbf": NOW + 60}, None),
    "nbf ahead": ({"nbf": NOW + 61}, "nbf"),
    "nbf a text": ({"nbf": "now"}, "nbf"),
}


@pytest.mark.parametrize("name", WRONG_CLAIMS)
def test_claims_are_sane(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    change, member = WRONG_CLAIMS[name]
    monkeypatch.setattr("conformance.expect.seals.time", SimpleNamespace(time=lambda: NOW))

    def act() -> None:
        expect.seals.claims(sealed(claims={**SANE, **change}), "dp", ["dc-1"])

    found = told(act)

    if member is None:
        assert found is None
    else:
        at = "" if member in ("iss", "aud") else f" at {int(NOW)}"
        assert found == (f"a sane {member} in the response's claims", f"{change[member]!r}{at}")
        assert shown_by(act) == "x-1"


@pytest.mark.parametrize("issuer", [1, "", None])
def test_an_issuer_that_nobody_registered_is_a_text_all_the_same(
    issuer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.expect.seals.time", SimpleNamespace(time=lambda: NOW))

    found = told(lambda: expect.seals.claims(sealed(claims={**SANE, "iss": issuer}), None, ["dc-1"]))

    assert found == ("a sane iss in the response's claims", repr(issuer))


def test_the_last_of_the_answers_shows_what_was_used_again() -> None:
    answers = [sealed(iv=each, id_=f"x-{each}") for each in "123"]

    assert shown_by(lambda: expect.seals.fresh(answers)) == "x-3"
