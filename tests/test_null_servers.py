"""Servers that do nothing: no check passes on any, and the diagnosis says what they are."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator

import pytest

from conformance.declare import declared_checks
from conformance.httpd import HttpRequest, HttpResponse, HttpServer
from conformance.model import ConfigurationFault, Result, Verdict, Volume
from conformance.session.request import Request
from tests.support.asking import ask_of
from tests.support.peers import Peer, peer
from tests.support.pki import pki, server_context
from tests.support.ports import free_port

EVERYTHING = {each.requirement_id for each in declared_checks() if each.volume is not Volume.LOAD}
SHORT = {
    "bounds.answer_seconds": 1,
    "bounds.page_seconds": 1,
    "bounds.update_seconds": 1,
    "bounds.check_seconds": 15,
    "bounds.connect_seconds": 2,
    "plan.examples": 2,
    "bounds.cut_off_seconds": 2,
}
JSON = ("Content-Type", "application/json")
ERROR = b'{"error": "invalid_request", "error_description": "This cannot be"}'


def always(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Callable[[HttpRequest], HttpResponse]:
    return lambda _request: HttpResponse(status, headers, body)


def to_itself(request: HttpRequest) -> HttpResponse:
    return HttpResponse(303, (("Location", f"https://{request.header('host')}{request.target}"),))


def echo(request: HttpRequest) -> HttpResponse:
    kind = request.header("content-type") or "text/plain"
    return HttpResponse(200, (("Content-Type", kind),), request.body or request.target.encode())


ANSWERS = {
    "200 and an empty object": always(200, b"{}", JSON),
    "200 and a page": always(200, b"<h1>Welcome</h1>", ("Content-Type", "text/html")),
    "204": always(204),
    "303 to itself": to_itself,
    "400 with a proper error body": always(400, ERROR, JSON),
    "401 with a proper error body": always(401, ERROR, JSON),
    "403 with a proper error body": always(403, ERROR, JSON),
    "404": always(404, ERROR, JSON),
    "429": always(429, ERROR, JSON),
    "500": always(500, ERROR, JSON),
    "503": always(503, ERROR, JSON),
    "echo": echo,
}


@contextlib.contextmanager
def answering(handler: Callable[[HttpRequest], HttpResponse], *, mutual: bool) -> Iterator[str]:
    with HttpServer(handler, server_context("dp/server-tls", mutual=mutual)) as server:
        yield f"https://localhost:{server.port}"


def asked(url: str, monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    monkeypatch.setenv("OFP_REFERENCE_KEYS", str(pki().directory))
    overrides = {**SHORT, "target.rs_url": url}
    results = ask_of(Request(profile="reference", overrides=overrides, embedded=False), EVERYTHING)
    assert {each.requirement for each in results} == EVERYTHING
    return results


def passed(results: list[Result]) -> list[str]:
    return [each.check for each in results if each.verdict is Verdict.PASS]


def crashed(results: list[Result]) -> list[str]:
    return [each.actual for each in results if each.verdict is Verdict.ERROR]


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_passes_behind_mutual_tls(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(ANSWERS[name], mutual=True) as url:
        results = asked(url, monkeypatch)

    assert passed(results) == []
    assert crashed(results) == []


def test_nothing_passes_without_mutual_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(ANSWERS["200 and an empty object"], mutual=False) as url:
        results = asked(url, monkeypatch)

    assert passed(results) == []
    assert Verdict.FAIL in {each.verdict for each in results}


def never(at: Peer, _connection: socket.socket) -> None:
    at.stopping.wait(30)


def at_once(_at: Peer, _connection: socket.socket) -> None:
    return


@pytest.mark.parametrize("script", [never, at_once])
def test_nothing_passes_where_nobody_answers(
    script: Callable[[Peer, socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with peer(script, server_context("dp/server-tls", mutual=True)) as found:
        results = asked(found.url, monkeypatch)

    assert passed(results) == []
    assert crashed(results) == []


def test_a_dead_port_is_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationFault, match="Nothing listens there"):
        asked(f"https://localhost:{free_port()}", monkeypatch)


def plain_http(_at: Peer, connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("script", [plain_http, never, at_once])
def test_a_port_without_tls_is_configuration(
    script: Callable[[Peer, socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with peer(script) as found, pytest.raises(ConfigurationFault, match=r"target\.rs_url"):
        asked(found.url, monkeypatch)
