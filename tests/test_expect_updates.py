"""What is expected of the consent update (P1) and its id_token, and in which words the rest is objected to."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from conformance import expect
from conformance.lifecycle import Status
from conformance.update import Token, Update
from tests.support.facts import hint_of, shown_by, told, update

up = expect.updates
HASH = base64.b64encode(b"h" * 32).decode()
PERSON = {"id_type": "nric", "hashed_id_number": HASH}
AT = 1_000_000.0
CLAIMS: dict[str, Any] = {
    "iss": "dp",
    "sub": "s",
    "aud": "dc-1",
    "iat": AT - 1,
    "exp": AT + 300,
    "auth_time": AT - 60,
    **PERSON,
}


def saying(status: str, **members: object) -> Update:
    return update({"status": status, **members})


def with_token(claims: dict[str, Any] | None = None, problem: str = "", **members: object) -> Update:
    token = Token(problem, {}, CLAIMS if claims is None else claims)
    return update({"status": "authorized", "user_identity": PERSON, **members}, token=token, at=AT)


def tokens(*jtis: str | None) -> list[Update]:
    return [
        update({"id_token": f"t-{number}"}, token=Token("", {}, {} if each is None else {"jti": each}))
        for number, each in enumerate(jtis)
    ]


ONE = saying("authorized", accounts=[{"account_id": "a-1"}, {"account_id": "a-2"}], id_token="t")
Case = tuple[Callable[[], object], tuple[str, ...] | None]
UPDATES: dict[str, Case] = {
    "one": (lambda: up.one([ONE, ONE]), None),
    "no update": (
        lambda: up.one([]),
        ("a consent update (P1) at PayNet's resource server", "none within bounds.update_seconds"),
    ),
    "none": (lambda: up.none([]), None),
    "some": (lambda: up.none([ONE]), ("no consent update", "one with status 'authorized'")),
    "only one": (lambda: up.only_one([]), None),
    "two": (lambda: up.only_one([ONE]), ("one update", "a second one")),
    "not that account": (lambda: up.without_account([ONE], "a-3"), None),
    "that account": (
        lambda: up.without_account([saying("x"), ONE], "a-2"),
        ("no account of another customer", "another customer's account in the update"),
    ),
    "once again": (lambda: up.retried_alike([ONE, ONE]), None),
    "never again": (
        lambda: up.retried_alike([ONE]),
        ("a second attempt within bounds.update_seconds", "one attempt only"),
    ),
    "not even once": (
        lambda: up.retried_alike([]),
        ("a second attempt within bounds.update_seconds", "no update"),
    ),
    **{
        f"again with another {name}": (
            lambda name=name: up.retried_alike([ONE, ONE, update({**ONE.body, name: "other"})]),
            (f"the same {name} in every attempt", "another one"),
        )
        for name in ("status", "id_token", "user_identity", "accounts")
    },
    "again, but not at first": (
        lambda: up.retried_alike([update({**ONE.body, "id_token": "other"}), ONE, ONE]),
        ("the same id_token in every attempt", "another one"),
    ),
    "again at once otherwise": (
        lambda: up.retried_alike([ONE, update({**ONE.body, "id_token": "other"})]),
        ("the same id_token in every attempt", "another one"),
    ),
    "own tokens": (lambda: up.own_tokens(tokens("a", "b", None, None)), None),
    "one jti": (lambda: up.own_tokens(tokens("a", "a")), ("an id_token for each update", "one that was issued before")),
    "one token": (
        lambda: up.own_tokens([ONE, ONE]),
        ("an id_token for each update", "one that was issued before"),
    ),
    "the person": (lambda: up.identity(update({"user_identity": PERSON}), "nric", HASH), None),
    "a short hash": (
        lambda: up.identity(update({"user_identity": {**PERSON, "hashed_id_number": HASH[:-1]}}), "nric", HASH),
        ("a hashed_id_number of 44 characters of padded base64", "43 characters"),
    ),
    "a hash of other letters": (
        lambda: up.identity(update({"user_identity": {**PERSON, "hashed_id_number": "-" * 44}}), "nric", HASH),
        ("a hashed_id_number of 44 characters of padded base64", "44 characters"),
    ),
    "a hash of 33 bytes": (
        lambda: up.identity(update({"user_identity": {**PERSON, "hashed_id_number": "A" * 44}}), "nric", "A" * 44),
        ("a hashed_id_number of 44 characters of padded base64", "44 characters"),
    ),
    "another person": (
        lambda: up.identity(update({"user_identity": PERSON}), "nric", "A" * 43 + "="),
        ("the consent's identity in the update", "another one"),
    ),
    "another type": (
        lambda: up.identity(update({"user_identity": PERSON}), "passport", HASH),
        ("the consent's identity in the update", "another one"),
    ),
    "nobody": (
        lambda: up.identity(update({"user_identity": []}), "nric", HASH),
        ("a hashed_id_number of 44 characters of padded base64", "0 characters"),
    ),
    "not authorized": (lambda: up.not_authorized([saying("rejected")]), None),
    "authorized": (
        lambda: up.not_authorized([saying("rejected"), ONE]),
        ("no update that authorizes", "one with status authorized"),
    ),
    "says": (lambda: up.says([ONE, saying("rejected")], Status.REJECTED), None),
    "says otherwise": (
        lambda: up.says([ONE, update({})], Status.REJECTED),
        ("an update with status rejected", "authorized, none"),
    ),
    "says nothing": (
        lambda: up.says([], Status.REJECTED),
        ("an update with status rejected", "no update"),
    ),
    "patched": (lambda: up.patched(update(target="/v1/consents/c-1?x=1"), "c-1"), None),
    "put": (
        lambda: up.patched(update(method="PUT"), "c-1"),
        ("PATCH /v1/consents/c-1", "PUT /v1/consents/c-1"),
    ),
    "patched elsewhere": (
        lambda: up.patched(update(target="/v1/consents/c-1/"), "c-1"),
        ("PATCH /v1/consents/c-1", "PATCH /v1/consents/c-1/"),
    ),
    "before": (lambda: up.before(update(at=5.0), 5.0), None),
    "after": (
        lambda: up.before(update(at=6.25), 5.0),
        ("the update before the browser's return", "it 1.25 s after"),
    ),
    "its certificate": (lambda: up.certificate(update(), "ab" * 32), None),
    "any certificate": (lambda: up.certificate(update(), ""), None),
    "no certificate": (
        lambda: up.certificate(update(certificate=""), ""),
        ("the Data Provider's client certificate", "a connection without a certificate"),
    ),
    "another certificate": (
        lambda: up.certificate(update(), "cd" * 32),
        (
            "the client certificate of target.client_certificate",
            f"another one, SHA-256 {'ab' * 8}...",
        ),
    ),
    "signed": (lambda: up.signed(update()), None),
    "not signed": (
        lambda: up.signed(update(signature_problem="no")),
        ("a PS256 signature over the body by a registered key", "no"),
    ),
    "a UUID": (
        lambda: up.interaction_id(update(headers=(("X-FAPI-Interaction-Id", "0a1b2c3d-0000-4000-8000-000000000001"),))),
        None,
    ),
    "no UUID": (
        lambda: up.interaction_id(update(headers=(("x-fapi-interaction-id", "7"),))),
        ("an x-fapi-interaction-id that is a UUID", "'7'"),
    ),
    "no id": (lambda: up.interaction_id(update()), ("an x-fapi-interaction-id that is a UUID", "None")),
    "fits": (lambda: up.fits(ONE, []), None),
    "does not fit": (
        lambda: up.fits(ONE, ["a", "b"]),
        ("a body that fits the schema of the consent update", "a; b"),
    ),
    "its status": (lambda: up.status(ONE, "authorized"), None),
    "another status": (lambda: up.status(ONE, "rejected"), ("status rejected", "'authorized'")),
    "no status": (lambda: up.status(update({"status": 1}), "rejected"), ("status rejected", "''")),
    "carries": (lambda: up.carries(ONE, "accounts", "status"), None),
    "carries not": (
        lambda: up.carries(saying("x", accounts=[]), "accounts", "status", "id_token"),
        ("members accounts, status, id_token", "no accounts, id_token"),
    ),
    "carries none": (lambda: up.carries_none(saying("x", accounts=[]), "accounts", "id_token"), None),
    "carries some": (
        lambda: up.carries_none(ONE, "id_token", "user_identity", "accounts"),
        ("no id_token, user_identity, accounts", "an update with id_token, accounts"),
    ),
    "these accounts": (lambda: up.accounts(ONE, ["a-2", "a-1"]), None),
    "more accounts": (
        lambda: up.accounts(ONE, ["a-1"]),
        ("the 1 account(s) that the customer chose", "2 account(s), not the same ones"),
    ),
    "an account twice": (
        lambda: up.accounts(saying("x", accounts=[{"account_id": "a-1"}] * 2), ["a-1"]),
        ("the 1 account(s) that the customer chose", "2 account(s), not the same ones"),
    ),
    "accounts that are none": (
        lambda: up.accounts(saying("x", accounts="a-1"), ["a-1"]),
        ("the 1 account(s) that the customer chose", "0 account(s), not the same ones"),
    ),
    "an id_token": (lambda: up.id_token(with_token(), dc_id="dc-1", issuer="dp"), None),
    "no id_token": (
        lambda: up.id_token(ONE, dc_id="dc-1", issuer=None),
        ("blocked", "look at the id_token", "the update carries none"),
    ),
    "an id_token that does not verify": (
        lambda: up.id_token(with_token(problem="no"), dc_id="dc-1", issuer=None),
        ("an id_token that verifies with a registered key (PS256)", "no"),
    ),
    "an id_token of another issuer": (
        lambda: up.id_token(with_token(), dc_id="dc-1", issuer="other"),
        ("id_token iss 'other'", "'dp'"),
    ),
    "an identity that is none": (
        lambda: up.id_token(with_token(user_identity=[]), dc_id="dc-1", issuer=None),
        ("the same id_type in id_token and user_identity", "two different values, or none"),
    ),
}


@pytest.mark.parametrize("name", UPDATES)
def test_updates(name: str) -> None:
    act, words = UPDATES[name]

    assert told(act) == words
    if words:
        assert shown_by(act) == ("" if name in ("no update", "not even once", "says nothing") else "u-1")


def test_the_last_update_shows_what_is_wrong_with_them_together() -> None:
    several = [update({"id_token": "t", "status": "x"}, id_=f"u-{each}") for each in range(3)]

    assert shown_by(lambda: up.own_tokens(several)) == "u-2"
    assert shown_by(lambda: up.says(several, Status.REJECTED)) == "u-2"


def test_the_first_update_is_the_one() -> None:
    first = saying("authorized")

    assert up.one([first, saying("rejected")]) is first


NUMBER = "an id_token with a number `{}`"
NOW, LIFE, LOGIN = (
    "an id_token issued now",
    "an id_token that lives on, at most a day",
    "an auth_time at the customer's login",
)
TIMES: dict[str, tuple[dict[str, Any], tuple[str, str] | None]] = {
    "two readers": ({"aud": ["dc-1"]}, None),
    "another reader": ({"aud": "dc-2"}, ("id_token aud 'dc-1'", "'dc-2'")),
    "one reader too many": ({"aud": ["dc-1", "dc-2"]}, ("id_token aud 'dc-1'", "['dc-1', 'dc-2']")),
    "no issuer": ({"iss": ""}, ("an id_token with a text `iss`", "''")),
    "a subject that is a number": ({"sub": 1}, ("an id_token with a text `sub`", "1")),
    "another type": (
        {"id_type": "passport"},
        ("the same id_type in id_token and user_identity", "two different values, or none"),
    ),
    "no hash": (
        {"hashed_id_number": None},
        ("the same hashed_id_number in id_token and user_identity", "two different values, or none"),
    ),
    "iat true": ({"iat": True}, (NUMBER.format("iat"), "True")),
    "exp a text": ({"exp": "1"}, (NUMBER.format("exp"), "'1'")),
    "no auth_time": ({"auth_time": None}, (NUMBER.format("auth_time"), "None")),
    "a little ahead": ({"iat": AT + 60, "exp": AT + 90}, None),
    "ahead": ({"iat": AT + 61, "exp": AT + 90}, (NOW, "iat +61 s from its arrival")),
    "a while ago": ({"iat": AT - 300, "auth_time": AT - 301}, None),
    "long ago": ({"iat": AT - 301, "auth_time": AT - 301}, (NOW, "iat -301 s from its arrival")),
    "expired": ({"iat": AT - 9, "exp": AT}, (LIFE, "exp +9 s from iat")),
    "expired before it was issued": ({"iat": AT + 9, "exp": AT + 9}, (LIFE, "exp +0 s from iat")),
    "a day": ({"iat": AT, "exp": AT + 86400}, None),
    "more than a day": ({"iat": AT, "exp": AT + 86401}, (LIFE, "exp +86401 s from iat")),
    "logged in a little later": ({"iat": AT, "auth_time": AT + 60}, None),
    "logged in later": ({"iat": AT, "auth_time": AT + 61}, (LOGIN, "auth_time +61 s from iat")),
    "logged in within the hour": ({"iat": AT, "auth_time": AT - 3600}, None),
    "logged in before": ({"iat": AT, "auth_time": AT - 3601}, (LOGIN, "auth_time -3601 s from iat")),
}


@pytest.mark.parametrize("name", TIMES)
def test_an_id_token_is_for_this_reader_person_and_time(name: str) -> None:
    change, words = TIMES[name]

    def act() -> None:
        up.id_token(with_token({**CLAIMS, **change}), dc_id="dc-1", issuer=None)

    assert told(act) == words
    assert words is None or shown_by(act) == "u-1"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda: up.one([]),
            "The Data Provider may call another address than hub.resource_url, or not trust PayNet's certificate.",
        ),
        (
            lambda: up.certificate(update(), "cd" * 32),
            "If the certificate was renewed, target.client_certificate in the profile is out of date.",
        ),
        (lambda: up.status(ONE, "rejected"), ""),
    ],
)
def test_where_the_profile_may_be_wrong_it_is_said(act: Callable[[], object], words: str) -> None:
    assert hint_of(act) == words
