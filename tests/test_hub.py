"""The hub's listeners: what they answer, what they record, and that no caller can hurt them."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from conformance.hub import Answer, Arrival, HubServer, HubSettings, HubView
from conformance.model import ConfigurationFault, FaultKind, Operation
from conformance.wire import Identity, Outgoing, Redactor, Reply, Wire
from tests.support.pki import caller, pki

JWKS = {"ofp": {"keys": [{"kid": "p"}]}, "dc-1": {"keys": [{"kid": "d"}]}}


def settings(**changes: object) -> HubSettings:
    made = HubSettings(
        bind="127.0.0.1",
        server_certificate=pki().certificate("hub-tls"),
        server_key=pki().key("hub-tls"),
        client_cas=(pki().certificate("ca"),),
        jwks=JWKS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def hub() -> Iterator[HubServer]:
    server = HubServer(settings(), Redactor())
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire(Redactor())
    yield made
    await made.aclose()


async def ask(
    wire: Wire, url: str, method: str = "GET", body: bytes = b"", *, who: Identity | None = None, seconds: float = 10.0
) -> Reply:
    who = who or caller("dp/client-tls")
    return await wire.send(Outgoing(Operation.UNKNOWN, "provider", method, url, (), who, body, seconds))


def only(arrivals: tuple[Arrival, ...]) -> Arrival:
    assert len(arrivals) == 1
    return arrivals[0]


@pytest.mark.asyncio
async def test_an_update_is_accepted_and_recorded(hub: HubServer, wire: Wire) -> None:
    body = b'{"status":"authorized","id_token":"hidden"}'
    reply = await ask(wire, f"{hub.resource_url}/v1/consents/c-1?x=1", "PATCH", body)
    assert (reply.status, reply.body, reply.header("content-type")) == (200, b"{}", "application/json")
    arrival = only(hub.log.arrivals("c-1"))
    assert (arrival.operation, arrival.method, arrival.target) == (Operation.UPDATE, "PATCH", "/v1/consents/c-1?x=1")
    assert (arrival.body, arrival.answered, arrival.header("HOST")) == (body, 200, hub.resource_url[8:])
    assert arrival.peer_certificate == ssl.PEM_cert_to_DER_cert(pki().certificate("dp/client-tls").read_text())
    assert arrival.tls.version == "TLSv1.3"
    assert arrival.received_at <= arrival.answered_at
    assert arrival.exchange.url == f"{hub.resource_url}/v1/consents/c-1?x=1"
    assert arrival.exchange.request.start == "PATCH /v1/consents/c-1?x=1"
    assert "hidden" not in repr(arrival.exchange)


@pytest.mark.asyncio
async def test_a_caller_without_certificate_is_recorded_and_refused(hub: HubServer, wire: Wire) -> None:
    hub.log.script("c-1", [Answer.error(503, "temporarily_unavailable", "later")])
    reply = await ask(wire, f"{hub.resource_url}/v1/consents/c-1", "PATCH", b"{}", who=caller())
    assert reply.status == 401
    arrival = only(hub.log.arrivals("c-1", Operation.UPDATE))
    assert (arrival.peer_certificate, arrival.answered) == (b"", 401)
    assert (await ask(wire, f"{hub.resource_url}/v1/consents/c-1", "PATCH", b"{}")).status == 503


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("certificate", "alert"),
    [("odd/foreign", "unknown_ca"), ("odd/expired", "certificate_expired"), ("odd/self-signed", "unknown_ca")],
)
async def test_a_foreign_certificate_fails_in_the_handshake_and_is_noted(
    hub: HubServer, wire: Wire, certificate: str, alert: str
) -> None:
    reply = await ask(wire, f"{hub.resource_url}/v1/consents/c-1", "PATCH", b"{}", who=caller(certificate))
    assert reply.fault is not None
    assert (reply.fault.kind, reply.fault.detail) == (FaultKind.ALERT, alert)
    await asyncio.to_thread(hub.stop)  # the alert is out a moment before it is noted
    refusal = hub.log.refusals()[0]
    assert refusal.listener == "resource"
    assert "certificate" in str(refusal)
    assert hub.log.arrivals() == ()


@pytest.mark.asyncio
async def test_a_plain_http_caller_is_noted_as_a_refusal(hub: HubServer) -> None:
    port = int(hub.resource_url.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert [each.reason for each in hub.log.refusals()] == ["http request"]
    assert hub.log.refusals(since=hub.log.refusals()[0].at + 1) == ()


@pytest.mark.asyncio
async def test_answers_follow_the_script_one_update_each(hub: HubServer, wire: Wire) -> None:
    url = f"{hub.resource_url}/v1/consents/c-1"
    hub.log.script("c-1", [Answer.error(400, "invalid_request", "no"), Answer.dropped()])
    replies = [await ask(wire, url, "PATCH", b"{}") for _ in range(3)]
    other = await ask(wire, f"{hub.resource_url}/v1/consents/c-2", "PATCH", b"{}")
    assert json.loads(replies[0].body) == {"error": "invalid_request", "error_description": "no"}
    assert replies[1].fault is not None
    assert replies[1].fault.kind is FaultKind.EOF
    assert (replies[0].status, replies[2].status, other.status) == (400, 200, 200)
    assert [each.answered for each in hub.log.arrivals("c-1")] == [400, 0, 200]


@pytest.mark.asyncio
async def test_a_repeating_script_keeps_its_last_answer(hub: HubServer, wire: Wire) -> None:
    hub.log.script("c-1", [Answer(status=500), Answer(status=503)], repeat=True)
    replies = [await ask(wire, f"{hub.resource_url}/v1/consents/c-1", "PATCH", b"{}") for _ in range(4)]
    assert [each.status for each in replies] == [500, 503, 503, 503]


@pytest.mark.asyncio
async def test_a_held_back_answer_is_seen_at_once_and_ends_with_the_hub(hub: HubServer, wire: Wire) -> None:
    hub.log.script("c-1", [Answer.hang(3600)])
    asking = asyncio.create_task(ask(wire, f"{hub.resource_url}/v1/consents/c-1", "PATCH", b"{}", seconds=60))
    view = HubView(hub.log)
    arrival = only(await view.wait_for("c-1", seconds=10))
    assert arrival.answered_at - arrival.received_at > 3500
    await asyncio.to_thread(hub.stop)
    assert (await asyncio.wait_for(asking, 10)).fault is not None
    assert not [each for each in threading.enumerate() if each.name == f"httpd:{hub.resource_port}"]
    view.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path", "status", "consent_id"),
    [
        ("POST", "/v1/consents/c-1", 405, "c-1"),
        ("GET", "/v1/consents/c-1", 405, "c-1"),
        ("PATCH", "/v1/consents/", 404, ""),
        ("PATCH", "/v1/consents/c-1/", 404, ""),
        ("PATCH", "/v1/consents/../consents/c-1", 404, ""),
        ("PATCH", "//v1/consents/c-1", 404, ""),
        ("PATCH", "/v2/consents/c-1", 404, ""),
        ("OPTIONS", "*", 404, ""),
    ],
)
async def test_anything_else_is_refused_and_recorded_as_unknown(
    hub: HubServer, wire: Wire, method: str, path: str, status: int, consent_id: str
) -> None:
    raw = f"{method} {path} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n".encode()
    outgoing = Outgoing(Operation.UNKNOWN, "provider", method, hub.resource_url, (), caller("dp/client-tls"))
    reply = await wire.raw(outgoing, raw)
    assert reply.status == status
    arrival = only(hub.log.arrivals())
    assert (arrival.operation, arrival.consent_id, arrival.answered) == (Operation.UNKNOWN, consent_id, status)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "segment", ["%2e%2e", "%2F", "%00", "%ff%fe", "%zz", "%", "a" * 5000, "\u00e9", "c;x=1", "%0d%0a"]
)
async def test_tricky_consent_ids_are_recorded_and_hurt_nobody(hub: HubServer, wire: Wire, segment: str) -> None:
    reply = await ask(wire, f"{hub.resource_url}/v1/consents/{segment}", "PATCH", b"\xff\x00")
    assert reply.status == 200
    assert only(hub.log.arrivals(operation=Operation.UPDATE)).target == f"/v1/consents/{segment}"


@pytest.mark.asyncio
async def test_a_storm_of_updates_is_all_recorded(hub: HubServer, wire: Wire) -> None:
    limit, who = asyncio.Semaphore(20), caller("dp/client-tls")

    async def update(number: int) -> int:
        async with limit:
            return (await ask(wire, f"{hub.resource_url}/v1/consents/c-{number % 5}", "PATCH", b"{}", who=who)).status

    assert set(await asyncio.gather(*map(update, range(400)))) == {200}
    assert [len(hub.log.arrivals(f"c-{each}")) for each in range(5)] == [80] * 5


@pytest.mark.asyncio
async def test_the_browser_returns_and_keys_are_published(hub: HubServer, wire: Wire) -> None:
    who = caller()
    page = await ask(wire, f"{hub.redirect_uri}?consent_id=c-1&error=access_denied", who=who)
    assert (page.status, page.header("content-type")) == (200, "text/html; charset=utf-8")
    assert b"Returned to PayNet" in page.body
    returned = only(hub.log.arrivals("c-1", Operation.RETURN))
    assert (returned.target, returned.exchange.caller) == (
        "/v1/oauth/callback?consent_id=c-1&error=access_denied",
        "customer",
    )
    for owner, operation in (("ofp", Operation.PAYNET_KEYS), ("dc-1", Operation.DC_KEYS)):
        reply = await ask(wire, f"{hub.browser_url}/v1/oauth/jwks/{owner}", who=who)
        assert json.loads(reply.body) == JWKS[owner]
        assert len(hub.log.arrivals(operation=operation)) == 1
    assert (await ask(wire, f"{hub.browser_url}/v1/oauth/jwks/dc-9", who=who)).status == 404
    assert (await ask(wire, f"{hub.browser_url}/", who=who)).status == 404
    assert (await ask(wire, hub.redirect_uri, "POST", b"x", who=who)).status == 405


@pytest.mark.asyncio
async def test_a_public_url_is_told_and_its_path_is_a_prefix(wire: Wire) -> None:
    public = "https://hub.example/paynet/"
    server = HubServer(settings(resource_public_url=public, browser_public_url=public), Redactor())
    server.start()
    try:
        assert server.redirect_uri == "https://hub.example/paynet/v1/oauth/callback"
        bound = f"https://127.0.0.1:{server.resource_port}"
        assert (await ask(wire, f"{bound}/paynet/v1/consents/c-1", "PATCH", b"{}")).status == 200
        assert only(server.log.arrivals("c-1")).exchange.url == "https://hub.example/paynet/v1/consents/c-1"
    finally:
        server.stop()


def test_a_port_in_use_and_an_unusable_file_are_clear_faults() -> None:
    with pytest.raises(ConfigurationFault, match=r"absent-ca\.pem"):
        HubServer(settings(client_cas=(Path("absent-ca.pem"),)), Redactor())
    with pytest.raises(ConfigurationFault, match=r"absent\.key"):
        HubServer(settings(server_key=Path("absent.key")), Redactor())
    first = HubServer(settings(), Redactor())
    try:
        with pytest.raises(ConfigurationFault, match=f"port {first.resource_port}"):
            HubServer(settings(browser_port=first.resource_port), Redactor())
    finally:
        first.stop()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_odd_certificate_is_seen_even_by_who_would_resume_a_session(version: ssl.TLSVersion) -> None:
    odd = (pki().certificate("odd/foreign-server"), pki().key("odd/foreign-server"), None)
    hub = HubServer(settings(odd={"foreign_server": odd}), Redactor())
    hub.start()
    context = ssl.create_default_context(cafile=str(pki().certificate("ca")))
    context.minimum_version = context.maximum_version = version

    def ask_again(session: ssl.SSLSession | None) -> ssl.SSLSession | None:
        with (
            socket.create_connection(("127.0.0.1", hub.resource_port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=session) as secure,
        ):
            secure.sendall(b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert secure.recv(12) == b"HTTP/1.1 401"
            assert not secure.session_reused
            return secure.session

    try:
        session = ask_again(None)
        session = ask_again(session)
        hub.show("foreign_server")
        with pytest.raises(ssl.SSLCertVerificationError):
            ask_again(session)
        hub.show(None)
        ask_again(session)
    finally:
        hub.stop()
