"""Providers that attack whoever asks them: each ends in a verdict, in time, in bounded memory."""

from __future__ import annotations

import gzip
import json
import resource
import ssl
import time
from dataclasses import replace

import pytest

from conformance import jose
from conformance.httpd import HttpRequest, HttpResponse
from conformance.model import Result, Verdict
from conformance.reference.paynet import Received, Sent, Transport, transport
from conformance.session.request import Request
from tests.support.asking import ask_of
from tests.support.hostile import (
    AFTER_LOGIN,
    AUTHORIZE,
    BALANCES,
    EVENT,
    NOWHERE,
    PAGES,
    Attack,
    Place,
    forever,
    hostile,
    http,
    plain,
    silence,
)
from tests.support.pki import pki
from tests.support.reference import private_key

LONGEST_SECONDS = 60
MOST_GROWTH = 200 << 20
OBJECTING = {Verdict.FAIL, Verdict.WARN, Verdict.INCONCLUSIVE}
OK = b"HTTP/1.1 200 OK\r\n"


def b64(text: str) -> str:
    return jose.b64url(text.encode())


def sealed(plaintext: bytes) -> bytes:
    """Whatever plaintext, encrypted and signed as it should be."""
    jwe = jose.encrypt(plaintext, private_key("dc-1-enc").public())
    return jose.sign_attached(private_key("dp/dp-sig"), jwe.encode()).encode()


def signed(payload: str) -> bytes:
    return jose.sign_attached(private_key("dp/dp-sig"), payload.encode()).encode()


def jwe_of(header: str) -> str:
    return ".".join([b64(header), "A" * 342, "A" * 16, "A" * 40, "A" * 22])


def login_again(connection: object, request: HttpRequest) -> None:
    where = f"https://{request.header('host')}{request.path}?again={time.monotonic_ns()}"
    http(b"", f"Location: {where}", status=303)(connection, request)  # type: ignore[arg-type]


def page(text: str, *headers: str) -> Attack:
    return http(text.encode(), "Content-Type: text/html", *headers)


BOMB = gzip.compress(bytes(50 << 20))
CHUNK = b"400\r\n" + bytes(1024) + b"\r\n"
FAR = f"https://localhost/{'a' * 60000}"
PASSWORD_HEADER = '{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2000000000,"p2s":"AAAA"}'
COOKIES = [f"Set-Cookie: c{number}={'x' * 3500}; Secure; Path=/" for number in range(15)]

ATTACKS: dict[str, tuple[Place, Attack, set[str]]] = {
    "endless chunks": (BALANCES, forever(OK + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK), {"BAL-02"}),
    "gigabyte body": (BALANCES, forever(OK + b"Content-Length: 1073741824\r\n\r\n", bytes(1 << 20)), {"BAL-02"}),
    "endless body until close": (BALANCES, forever(OK + b"\r\n", bytes(1 << 16)), {"BAL-02"}),
    "dripping headers": (BALANCES, forever(OK, b"X-A: b\r\n", pause=0.1), {"BAL-02"}),
    "endless header": (BALANCES, forever(OK + b"X-A: ", b"a" * 65536), {"BAL-02"}),
    "100,000 headers": (BALANCES, plain(OK + b"A: b\r\n" * 100_000 + b"\r\n"), {"BAL-02"}),
    "endless status line": (BALANCES, forever(b"HTTP/1.1 200 ", b"a" * 65536), {"BAL-02"}),
    "interim answers without end": (BALANCES, forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), {"BAL-02"}),
    "gzip bomb": (BALANCES, http(BOMB, "Content-Encoding: gzip", "Content-Type: application/jose"), {"BAL-02"}),
    "garbage": (BALANCES, plain(bytes(range(256)) * 64), {"BAL-02"}),
    "half an answer": (BALANCES, plain(OK + b"Content-Length: 500\r\n\r\nhalf"), {"BAL-02"}),
    "length and chunks": (
        BALANCES,
        plain(OK + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        {"BAL-02"},
    ),
    "two lengths": (BALANCES, plain(OK + b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}"), {"BAL-02"}),
    "silence": (BALANCES, silence, {"BAL-02", "TMO-01"}),
    "invalid UTF-8": (BALANCES, http(b"\xff\xfe\x80" * 1000), {"BAL-02", "RSP-01"}),
    "deeply nested answer": (BALANCES, http(b"[" * 1_000_000), {"BAL-02"}),
    "deeply nested plaintext": (BALANCES, lambda *at: http(sealed(b'{"a":' * 100_000))(*at), {"BAL-02"}),
    "endless digits": (BALANCES, lambda *at: http(sealed(b'{"account_id":' + b"9" * 100_000 + b"}"))(*at), {"BAL-02"}),
    "numbers beyond measure": (
        BALANCES,
        lambda *at: http(sealed(b'{"account_id": NaN, "current_balance": {"amount": 1e999999}}'))(*at),
        {"BAL-02", "BAL-04"},
    ),
    "JWE that unzips": (
        BALANCES,
        lambda *at: http(signed(jwe_of('{"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"}')))(*at),
        {"BAL-02", "JWE-01"},
    ),
    "JWE with a password": (
        BALANCES,
        lambda *at: http(signed(jwe_of(PASSWORD_HEADER)))(*at),
        {"BAL-02", "JWE-01"},
    ),
    "JWS with a megabyte of header": (
        BALANCES,
        http(f"{b64(json.dumps({'alg': 'PS256', 'kid': 'k' * (1 << 20)}))}.e30.AAAA".encode()),
        {"RSP-01"},
    ),
    "JWS of many dots": (BALANCES, http(b"." * (3 << 20)), {"RSP-01"}),
    "deeply nested acknowledgement": (EVENT, http(b'{"a":' * 200_000), {"EVT-01"}),
    "silent events": (EVENT, silence, {"EVT-01", "JWS-02"}),
    "redirect to itself": (AUTHORIZE, login_again, {"AUT-01", "UIX-01"}),
    "redirect to a script": (AUTHORIZE, http(b"", "Location: javascript:alert(1)", status=303), {"AUT-01", "UIX-01"}),
    "redirect to a file": (AUTHORIZE, http(b"", "Location: file:///etc/passwd", status=303), {"AUT-01", "UIX-01"}),
    "redirect without end of address": (AUTHORIZE, http(b"", f"Location: {FAR}", status=303), {"UIX-01"}),
    "page that loads itself": (PAGES, login_again, {"UIX-01"}),
    "login without end": (AFTER_LOGIN, login_again, {"UIX-02", "UPD-06"}),
    "page without end": (PAGES, forever(OK + b"Content-Type: text/html\r\n\r\n", b"<div>" * 10_000), {"UIX-01"}),
    "page of a hundred thousand forms": (PAGES, page("<form><input name=a>" * 100_000), {"UIX-01"}),
    "page without a bottom": (PAGES, page("<div>" * 200_000 + "Log in"), {"UIX-02"}),
    "page that refreshes": (PAGES, page('<meta http-equiv="refresh" content="0">'), {"UIX-01"}),
    "cookies without measure": (PAGES, page("Log in", *COOKIES), {"UIX-02"}),
    "page in another encoding": (PAGES, page("Log in", "Content-Type: text/html; charset=utf-7"), {"UIX-02"}),
    "silent pages": (PAGES, silence, {"UIX-01", "UIX-06"}),
}  # fmt: skip


def asked(overrides: dict[str, object], requirements: set[str], monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    monkeypatch.setenv("OFP_REFERENCE_KEYS", str(pki().directory))
    began, before = time.monotonic(), _peak()
    results = ask_of(Request(profile="reference", overrides=overrides, embedded=False), requirements)
    assert time.monotonic() - began < LONGEST_SECONDS
    assert _peak() - before < MOST_GROWTH
    assert {each.requirement for each in results} == requirements
    assert [each.actual for each in results if each.verdict is Verdict.ERROR] == []
    return results


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_in_a_verdict(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, attack, requirements = ATTACKS[name]
    with hostile(place, attack) as found:
        results = asked(found.overrides, requirements, monkeypatch)

    for requirement in requirements:
        assert OBJECTING & {each.verdict for each in results if each.requirement == requirement}


def test_without_an_attack_the_provider_is_honest(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(NOWHERE) as found:
        results = asked(found.overrides, {"BAL-02", "UIX-06", "UPD-01", "UPD-06", "EVT-01"}, monkeypatch)

    assert {each.verdict for each in results} == {Verdict.PASS}


def storm(usual: Transport, update: Sent) -> Received:
    for _ in range(200):
        answer = usual(update)
    return answer


def tricks(usual: Transport, update: Sent) -> Received:
    base, _, consent_id = update.url.rpartition("/")
    for path in (
        f"../{consent_id}",
        f"%2e%2e/{consent_id}",
        f"{consent_id}%00",
        f"{consent_id}/../../x",
        "%ff",
        "x" * 9000,
    ):
        usual(replace(update, url=f"{base}/{path}"))
    return Received(200, b"{}")


def enormous(usual: Transport, update: Sent) -> Received:
    return usual(replace(update, body=b'{"status":"authorized","x":"' + b"a" * (12 << 20) + b'"}'))


def nested(usual: Transport, update: Sent) -> Received:
    return usual(replace(update, body=b"[" * 500_000))


@pytest.mark.parametrize(
    ("sent", "requirements"),
    [(storm, {"UPD-01"}), (tricks, {"UPD-01"}), (enormous, {"UPD-05"}), (nested, {"UPD-05", "UPD-06"})],
)
def test_attacks_on_paynets_side_end_in_a_verdict(
    sent: object, requirements: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with hostile(NOWHERE, sent=sent) as found:  # type: ignore[arg-type]
        results = asked(found.overrides, requirements, monkeypatch)

    if sent is not storm:
        assert OBJECTING & {each.verdict for each in results}


def test_another_banks_certificate_at_paynets_side_is_no_update(monkeypatch: pytest.MonkeyPatch) -> None:

    context = ssl.create_default_context(cafile=str(pki().certificate("ca")))
    context.load_cert_chain(pki().certificate("odd/other-client"), pki().key("odd/other-client"))
    other = transport(context)
    with hostile(NOWHERE, sent=lambda _usual, update: other(update)) as found:
        results = asked(found.overrides, {"UPD-02"}, monkeypatch)

    assert {each.verdict for each in results} <= OBJECTING


def test_scripts_and_control_characters_of_a_provider_stay_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(_request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if answer.status < 400:
            return answer
        evil = "<script>alert(1)</script>\x1b[2J\u202e"
        return replace(answer, status=500, body=json.dumps({"error": evil, "error_description": evil}).encode())

    with hostile(NOWHERE, change=change) as found:
        results = asked(found.overrides, {"JWS-02", "BAL-05"}, monkeypatch)

    assert {each.verdict for each in results} <= OBJECTING
