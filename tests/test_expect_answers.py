"""What is expected of HTTP answers: which pass, and in which words the others are objected to."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from conformance import causes, expect
from conformance.expect.answers import answered
from conformance.generated import Case
from conformance.model import Blame, Fault, FaultKind
from conformance.provider import Answer, Seal
from conformance.wire import Offer
from tests.support.facts import ERROR, answer, blame_of, hint_of, landing, shown_by, told, visit

UNHEARD = [
    FaultKind.REFUSED,
    FaultKind.UNRESOLVED,
    FaultKind.UNREACHABLE,
    FaultKind.NOT_TLS,
    FaultKind.UNTRUSTED,
    FaultKind.LOCAL,
]
HEARD = [each for each in FaultKind if each not in UNHEARD]
KEPT_AWAY = "reach the Data Provider"
READABLE = Seal(jwe="a.b.c.d.e", data={})
ID, OTHER = "0a1b2c3d-0000-4000-8000-000000000001", "0A1B2C3D-0000-4000-8000-000000000002"

# Each expectation that takes an answer alone, and one answer with which it is content.
CONTENT: dict[str, tuple[Callable[[Answer], object], Answer]] = {
    "heard": (expect.heard, answer(500)),
    "acknowledged": (expect.acknowledged, answer(200)),
    "status": (lambda each: expect.status(each, 200), answer(200)),
    "answered": (answered, answer(404)),
    "refusal": (expect.refusal, answer(404)),
    "cut_off_or_refused": (expect.cut_off_or_refused, answer(400)),
    "no_server_error": (expect.no_server_error, answer(404)),
    "unbroken": (expect.unbroken, answer(404)),
    "unharmed": (expect.unharmed, answer(404)),
    "interaction_echoed": (expect.interaction_echoed, answer(200)),
    "cut_off": (expect.cut_off, answer(408)),
    "told_error": (expect.told_error, answer(400, ERROR)),
    "served_or_overloaded": (expect.served_or_overloaded, answer(503, ERROR)),
    "shut_out": (expect.shut_out, answer(401)),
    "error_code": (lambda each: expect.error_code(each, "invalid_request"), answer(400, ERROR)),
    "see_other": (expect.see_other, answer(303, headers=(("Location", "https://dp.example/login"),))),
    "within": (lambda each: expect.within(each, 5), answer(200)),
}


@pytest.mark.parametrize("name", CONTENT)
def test_what_is_right_passes(name: str) -> None:
    act, right = CONTENT[name]

    assert told(lambda: act(right)) is None


@pytest.mark.parametrize("kind", UNHEARD)
@pytest.mark.parametrize("name", CONTENT)
def test_what_never_reached_the_provider_is_not_its_fault(name: str, kind: FaultKind) -> None:
    act, _ = CONTENT[name]

    assert told(lambda: act(answer(fault=kind))) == ("blocked", KEPT_AWAY, f"{kind.value} (so it was)")
    assert hint_of(lambda: act(answer(fault=kind)))
    assert blame_of(lambda: act(answer(fault=kind))) is causes.of_fault(Fault(kind, "")).blame
    assert shown_by(lambda: act(answer(fault=kind))) == "x-1"


@pytest.mark.parametrize("kind", HEARD)
@pytest.mark.parametrize("name", sorted(set(CONTENT) - {"answered", "heard"}))
def test_silence_is_told_as_such(name: str, kind: FaultKind) -> None:
    act, _ = CONTENT[name]
    closing = {FaultKind.EOF, FaultKind.RESET}
    allowed = dict.fromkeys(("cut_off_or_refused", "cut_off", "unbroken", "unharmed"), closing)
    allowed["shut_out"] = {*closing, FaultKind.ALERT}

    found = told(lambda: act(answer(fault=kind)))

    assert (found is None) is (kind in allowed.get(name, ()))
    assert found is None or found[1].startswith(f"{kind.value} (so it was)")


ECHO = "x-fapi-interaction-id"
NO_LOCATION = "a Location with an absolute https URL"
REFUSED = "a refusal (4xx)"
ENDED = "a closed connection or a refusal within bounds.cut_off_seconds"
SHUT = "a refused handshake, a closed connection, or 401 or 403"
OBJECTIONS: dict[str, tuple[Callable[[], object], tuple[str, ...] | None]] = {
    "taken with 201": (lambda: expect.acknowledged(answer(201, good=(200, 201))), None),
    "taken with an object": (lambda: expect.acknowledged(answer(200, {"a": 1})), None),
    "taken with white space": (lambda: expect.acknowledged(answer(200, b" \n")), None),
    "taken with a list": (
        lambda: expect.acknowledged(answer(200, [])),
        ("a JSON object or an empty body", "a body that is neither"),
    ),
    "not taken": (
        lambda: expect.acknowledged(answer(202, good=(200, 201))),
        ("HTTP 200 or 201", "HTTP 202"),
    ),
    "another status": (lambda: expect.status(answer(204), 200), ("HTTP 200", "HTTP 204")),
    "refused for its pace": (
        lambda: expect.refusal(answer(429)),
        ("blocked", "put the question", "the Data Provider answered 429, so it refused the pace and not the message"),
    ),
    "lowest refusal": (lambda: expect.refusal(answer(400)), None),
    "highest refusal": (lambda: expect.refusal(answer(499)), None),
    "below": (lambda: expect.refusal(answer(399)), (REFUSED, "HTTP 399")),
    "above": (lambda: expect.refusal(answer(500)), (REFUSED, "HTTP 500")),
    "with data": (
        lambda: expect.refusal(answer(403, seal=READABLE)),
        ("a refusal without data", "HTTP 403 with data that the Data Consumer can open"),
    ),
    "with what cannot be read": (lambda: expect.refusal(answer(403, seal=Seal(envelope_problem="x"))), None),
    "cut off or served": (lambda: expect.cut_off_or_refused(answer(200)), (REFUSED, "HTTP 200")),
    "no 5xx": (lambda: expect.no_server_error(answer(499)), None),
    "a 5xx": (lambda: expect.no_server_error(answer(500)), ("an answer that is no 5xx", "HTTP 500")),
    "broken": (lambda: expect.unbroken(answer(500)), ("an answer that is no 5xx", "HTTP 500")),
    "unbroken and served": (lambda: expect.unbroken(answer(200, seal=READABLE)), None),
    "harmed": (
        lambda: expect.unharmed(answer(200, seal=READABLE)),
        ("no data", "HTTP 200 with data that the Data Consumer can open"),
    ),
    "harmed with what cannot be read": (lambda: expect.unharmed(answer(200, seal=Seal(envelope_problem="x"))), None),
    "harmed by a server error": (lambda: expect.unharmed(answer(503)), ("an answer that is no 5xx", "HTTP 503")),
    "echoed": (
        lambda: expect.interaction_echoed(answer(headers=((ECHO.upper(), f" {ID.upper()} "),), sent=((ECHO, ID),))),
        None,
    ),
    "not echoed": (
        lambda: expect.interaction_echoed(answer(sent=(("other", "x"), (ECHO, ID)))),
        ("the request's x-fapi-interaction-id", "none"),
    ),
    "another echo": (
        lambda: expect.interaction_echoed(answer(headers=((ECHO, OTHER),), sent=((ECHO, ID),))),
        ("the request's x-fapi-interaction-id", "another one"),
    ),
    "echo of an answer that did not come": (
        lambda: expect.interaction_echoed(answer(500)),
        ("HTTP 200", "HTTP 500"),
    ),
    "ended by 400": (lambda: expect.cut_off(answer(400)), None),
    "ended by 599": (lambda: expect.cut_off(answer(599)), None),
    "ended by 399": (lambda: expect.cut_off(answer(399)), (ENDED, "HTTP 399")),
    "ended by 600": (lambda: expect.cut_off(answer(600)), (ENDED, "HTTP 600")),
    "an error of its own": (lambda: expect.told_error(answer(503, ERROR)), None),
    "no error": (lambda: expect.told_error(answer(399, ERROR)), ("an error that says so", "HTTP 399")),
    "an error without words": (
        lambda: expect.told_error(answer(503)),
        ("a JSON object {error, error_description}", "a body that is no JSON object"),
    ),
    "served": (lambda: expect.served_or_overloaded(answer(200, seal=READABLE)), None),
    "overloaded": (lambda: expect.served_or_overloaded(answer(429, ERROR)), None),
    "neither": (lambda: expect.served_or_overloaded(answer(500, ERROR)), ("data, or 429 or 503", "HTTP 500")),
    "overloaded without a word": (
        lambda: expect.served_or_overloaded(answer(429)),
        ("a JSON object {error, error_description}", "a body that is no JSON object"),
    ),
    "no failures": (lambda: expect.no_failures([]), None),
    "failures": (
        lambda: expect.no_failures([answer(502), answer(500)]),
        ("no 5xx in the whole run", "HTTP 502 (2 in all)"),
    ),
    "shut out by 400": (lambda: expect.shut_out(answer(400)), None),
    "shut out by 403": (lambda: expect.shut_out(answer(403)), None),
    "let in": (lambda: expect.shut_out(answer(404)), (SHUT, "HTTP 404")),
    "shut out with data": (
        lambda: expect.shut_out(answer(401, seal=READABLE)),
        ("no data", "HTTP 401 with data that the Data Consumer can open"),
    ),
    "an error body": (lambda: expect.error_body(answer(400, {**ERROR, "more": 1})), None),
    "no error member": (
        lambda: expect.error_body(answer(400, {"error_description": "x"})),
        ("a text `error` in the error body", "no `error`"),
    ),
    "an empty description": (
        lambda: expect.error_body(answer(400, {"error": "x", "error_description": " "})),
        ("a text `error_description` in the error body", "`error_description`: ' '"),
    ),
    "a number": (
        lambda: expect.error_body(answer(400, {"error": 1})),
        ("a text `error` in the error body", "`error`: 1"),
    ),
    "another code": (
        lambda: expect.error_code(answer(401, ERROR), "a", "b"),
        ("the error a or b", "HTTP 401 with the error 'invalid_request'"),
    ),
    "no code": (lambda: expect.error_code(answer(401, []), "a"), ("the error a", "HTTP 401 with no error code")),
    "a documented refusal": (lambda: expect.documented(answer(405, ERROR)), None),
    "an undocumented status": (lambda: expect.documented(answer(418, ERROR)), ("a documented status", "HTTP 418")),
    "nothing arrived": (lambda: expect.nothing_arrived([]), None),
    "a relative Location": (
        lambda: expect.see_other(answer(303, headers=(("Location", "/login"),))),
        (NO_LOCATION, "Location '/login'"),
    ),
    "plain HTTP": (
        lambda: expect.see_other(answer(303, headers=(("Location", "http://dp.example/"),))),
        (NO_LOCATION, "Location 'http://dp.example/'"),
    ),
    "no host": (
        lambda: expect.see_other(answer(303, headers=(("Location", "https:///x"),))),
        (NO_LOCATION, "Location 'https:///x'"),
    ),
    "no Location": (lambda: expect.see_other(answer(303)), (NO_LOCATION, "Location ''")),
    "302": (lambda: expect.see_other(answer(302)), ("HTTP 303", "HTTP 302")),
    "in time": (lambda: expect.within(answer(connect=2, total=7), 5), None),
    "never": (
        lambda: expect.within(answer(fault=FaultKind.TIMEOUT), 2.5),
        ("an answer within 2.5 s", "timeout (so it was)"),
    ),
    "late": (lambda: expect.within(answer(connect=1, total=6.5), 5), ("an answer within 5 s", "one after 5.50 s")),
    "an offer refused": (lambda: expect.tls.refused(Offer(0, 0, "an alert")), None),
    "an offer taken": (
        lambda: expect.tls.refused(Offer(0x301, 0xC00A, "a ServerHello")),
        ("a refused handshake (alert or closed connection)", "a ServerHello"),
    ),
    "trusted": (lambda: expect.tls.trusted(answer(404)), None),
    "not trusted": (
        lambda: expect.tls.trusted(answer(fault=FaultKind.UNTRUSTED)),
        ("a server certificate of the registered CA, for this host, in its time", "so it was"),
    ),
    "not there": (
        lambda: expect.tls.trusted(answer(fault=FaultKind.REFUSED)),
        ("blocked", KEPT_AWAY, "connection refused (so it was)"),
    ),
}


@pytest.mark.parametrize("name", OBJECTIONS)
def test_an_objection_says_what_was_expected_and_what_came(name: str) -> None:
    act, words = OBJECTIONS[name]

    assert told(act) == words
    if words is not None and "offer" not in name:
        assert shown_by(act) == "x-1"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 429, 500, 503])
def test_the_guides_statuses_are_documented(code: int) -> None:
    assert told(lambda: expect.documented(answer(code, ERROR))) is None


@pytest.mark.parametrize("code", [200, 402, 406, 409, 410, 422, 502, 504])
def test_no_others_are(code: int) -> None:
    assert told(lambda: expect.documented(answer(code, ERROR))) == ("a documented status", f"HTTP {code}")


CODES = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "access_denied",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "Consent.AccountTemporarilyBlocked",
    "Consent.PermanentAccountAccessFailure",
    "Consent.TransientAccountAccessFailure",
    "AccessToken.InvalidScope",
    "Consent.Invalid",
    "Consent.BusinessRuleViolation",
    "JWS.InvalidSignature",
    "JWS.InvalidClaim",
    "JWE.DecryptionError",
]


@pytest.mark.parametrize("code", CODES)
def test_the_guides_codes_are_documented(code: str) -> None:
    assert told(lambda: expect.documented(answer(400, {**ERROR, "error": code}))) is None
    assert told(lambda: expect.documented(answer(400, {**ERROR, "error": f"{code}x"})))


HINTS = pytest.mark.parametrize(
    ("act", "hint"),
    [
        (
            lambda: expect.status(answer(404), 200),
            "There may be no such path: check target.rs_url and target.as_url.",
        ),
        (
            lambda: expect.status(answer(401), 200, 201),
            "The Data Provider does not take this caller: it may not know PayNet's client certificate"
            " (keys.paynet_client), its key or the Data Consumer.",
        ),
        (lambda: expect.status(answer(200), 201), ""),
        (lambda: expect.status(answer(500), 400), ""),
        (lambda: expect.refusal(answer(500)), ""),
        (lambda: expect.status(answer(500), 303), "A correct request was answered HTTP 500."),
        (lambda: answered(answer(429)), "Lower plan.max_requests_per_second or plan.concurrency"),
        (
            lambda: expect.shut_out(answer(200)),
            "The client certificate may be asked for but not demanded, or only at another listener or path.",
        ),
        (
            lambda: expect.tls.trusted(answer(fault=FaultKind.UNTRUSTED)),
            "Either the certificate is wrong, or target.server_ca in the profile is.",
        ),
    ],
)


def test_a_pace_that_is_refused_is_the_profiles_to_change() -> None:
    assert blame_of(lambda: answered(answer(429))) is Blame.CONFIGURATION


@HINTS
def test_only_a_correct_call_that_is_not_served_has_a_cause(act: Callable[[], object], hint: str) -> None:
    assert hint_of(act) == hint


def arrival(method: str, target: str) -> Any:
    return SimpleNamespace(method=method, target=target, exchange=SimpleNamespace(id="h-1"))


def test_an_arrival_where_none_may_be_is_told() -> None:
    arrived = [arrival("GET", "/jwks"), arrival("POST", "/x")]

    assert told(lambda: expect.nothing_arrived(arrived)) == (
        "no request at that address",
        "2 request(s), the first GET /jwks",
    )
    assert shown_by(lambda: expect.nothing_arrived(arrived)) == "h-1"


INTERNALS = {
    "a stack trace": [
        "Traceback (most recent call last)",
        "goroutine 7 [running]",
        "thread panicked at src/main.rs",
        'File "a.py", line 7',
        "at com.bank.Consent.find(Consent.java:77)",
        "at find (/srv/consent.js:77",
        "System.NullReferenceException",
        "java.lang.IllegalStateException",
        "org.hibernate.PersistentObjectException",
    ],
    "SQL": [
        "ORA-00942: no table",
        "SQLSTATE 42P01",
        "syntax error at or near",
        'near "x": syntax error',
        "SELECT id FROM consents",
        "INSERT INTO consents",
        "UPDATE consents SET status",
        "duplicate key value",
    ],
    "a path of its file system": ["in /srv/bank/consents", "C:\\bank\\consents"],
    "a version": ["nginx/1.24.0", "Apache 2.4", "tomcat/v9.0"],
}


@pytest.mark.parametrize(("what", "text"), [(what, each) for what, texts in INTERNALS.items() for each in texts])
def test_internals_are_seen(what: str, text: str) -> None:
    found = told(lambda: expect.no_leak(answer(400, f"no: {text}!".encode())))

    assert found == ("a refusal that keeps internals to itself", f"{what} in its text")


@pytest.mark.parametrize(
    "text",
    [
        "Please select an account from the list.",
        "Your update was not set.",
        "See https://dp.example/usr/docs/errors for more.",
        "The consent was looked at and found to be expired.",
        "Traceback is not shown.",
        "We express our regret in version 2.",
        f"consent {ID} is not known",
    ],
)
def test_a_banks_sentences_are_no_internals(text: str) -> None:
    about = answer(400, text.encode(), query=(("consent_id", ID),))

    assert told(lambda: expect.no_leak(about)) is None


def test_another_consents_id_is_a_leak_and_the_calls_own_is_none() -> None:
    def seen(text: str, **members: Any) -> tuple[str, ...] | None:
        return told(lambda: expect.no_leak(answer(400, text.encode(), others=frozenset({OTHER.lower()}), **members)))

    leak = ("a refusal that names no other consent", "the id of another consent")
    assert seen(f"not {OTHER}") == leak
    assert seen(f"not {OTHER.lower()}", sent=(("x", ID),)) == leak
    assert seen(f"not {OTHER}", query=(("consent_id", OTHER),)) is None
    assert seen(f"not {OTHER}", asked=OTHER.lower().encode()) is None
    assert seen(f"not {OTHER}", sent=((ECHO, OTHER),)) is None
    assert seen(f"not {ID}") is None
    assert seen(f"not {OTHER}", asked=b"\xff" + OTHER.encode()) is None
    body = b"\xff" + OTHER.encode()
    assert told(lambda: expect.no_leak(answer(400, body, others=frozenset({OTHER.lower()})))) == leak


SMALL, LARGE = Case("a small one", {}), Case("a large one", {"data": "x" * 50})
GENERATED: dict[str, tuple[Callable[[], object], tuple[str, ...] | None]] = {
    "nothing": (lambda: expect.generated.answered([]), None),
    "answered": (lambda: expect.generated.answered([(SMALL, answer(499)), (LARGE, answer(200))]), None),
    "the smallest first": (
        lambda: expect.generated.answered([(LARGE, answer(500)), (SMALL, answer(503)), (SMALL, answer(200))]),
        ("an answer that is no 5xx", "HTTP 503 for a small one (2 of 3 events, the smallest shown)"),
    ),
    "silence": (
        lambda: expect.generated.answered([(SMALL, answer(200)), (LARGE, answer(fault=FaultKind.TIMEOUT))]),
        ("an answer that is no 5xx", "timeout (so it was) for a large one (1 of 2 events, the smallest shown)"),
    ),
    "nobody there at last": (
        lambda: expect.generated.answered([(SMALL, answer(200)), (LARGE, answer(fault=FaultKind.REFUSED))]),
        (
            "an answer that is no 5xx",
            "connection refused (so it was) for a large one (1 of 2 events, the smallest shown)",
        ),
    ),
    "nobody there": (
        lambda: expect.generated.answered([(SMALL, answer(fault=FaultKind.REFUSED))]),
        ("blocked", KEPT_AWAY, "connection refused (so it was)"),
    ),
    "refused": (lambda: expect.generated.refused([(SMALL, answer(400, ERROR)), (LARGE, answer(499, ERROR))]), None),
    "taken": (
        lambda: expect.generated.refused([(SMALL, answer(399, ERROR))]),
        (REFUSED, "HTTP 399 for a small one (1 of 1 events, the smallest shown)"),
    ),
    "broken": (
        lambda: expect.generated.refused([(SMALL, answer(500, ERROR))]),
        (REFUSED, "HTTP 500 for a small one (1 of 1 events, the smallest shown)"),
    ),
    "without a word": (
        lambda: expect.generated.refused([(SMALL, answer(400, {"error": "x"}))]),
        (
            "a refusal with {error, error_description}",
            "HTTP 400 for a small one (1 of 1 events, the smallest shown)",
        ),
    ),
    "a body that is a list": (
        lambda: expect.generated.refused([(SMALL, answer(400, []))]),
        (
            "a refusal with {error, error_description}",
            "HTTP 400 for a small one (1 of 1 events, the smallest shown)",
        ),
    ),
    "stored nothing": (
        lambda: expect.generated.stored_nothing([landing(answer(404)), landing(answer(303), visit())]),
        None,
    ),
    "stored": (
        lambda: expect.generated.stored_nothing([landing(answer(404)), landing(answer(303))]),
        (REFUSED, "HTTP 303"),
    ),
}


@pytest.mark.parametrize("name", GENERATED)
def test_of_generated_messages_the_smallest_is_told(name: str) -> None:
    act, words = GENERATED[name]

    assert told(act) == words
    if words:
        assert shown_by(act) == "x-1"


def test_the_rooms_expectations_are_all_tried_here() -> None:
    """A new expectation of answers has to be added to these tables."""
    named = {each for each in expect.__all__ if callable(getattr(expect, each))}
    tried = set(CONTENT) | {"documented", "error_body", "no_failures", "no_leak", "nothing_arrived"}

    assert named == tried - {"answered"}
