"""What the wire sends, how it uses connections, and what an exchange records."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from conformance.httpd import HttpRequest, HttpResponse, HttpServer
from conformance.model import ConfigurationFault, FaultKind, Operation
from conformance.wire import Outgoing, Redactor, Wire, WireTransport, identity
from tests.support.peers import Peer, answering, peer, read_request, reset, silent
from tests.support.pki import caller, pki, server_context

pytestmark = pytest.mark.asyncio
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire(Redactor(["open sesame"]))
    yield made
    await made.aclose()


def to(url: str, method: str = "GET", **more: object) -> Outgoing:
    settings = {"headers": (), "identity": caller(), "seconds": 10.0, **more}
    return Outgoing(operation=Operation.BALANCES, caller="paynet", method=method, url=url, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", "/"),
        ("?a=b", "/?a=b"),
        ("/a/../b/./c//d", "/a/../b/./c//d"),
        ("/%2e%2E/%zz?x=%C3%a9&x=+&&=", "/%2e%2E/%zz?x=%C3%a9&x=+&&="),
        ("/a#fragment", "/a"),
        ("/a b\\^|`{}\"<>'", "/a b\\^|`{}\"<>'"),
    ],
)
async def test_the_request_target_goes_out_as_given(wire: Wire, path: str, target: str) -> None:
    with peer(answering(OK), server_context()) as at:
        reply = await wire.send(to(at.url + path))
    assert reply.status == 200
    assert at.requests[0].partition(b"\r\n")[0] == f"GET {target} HTTP/1.1".encode()


async def test_headers_go_out_as_given_and_only_missing_ones_are_added(wire: Wire) -> None:
    headers = (("X-Odd", " two  spaces"), ("x-odd", ""), ("ACCEPT", "a/b"), ("host", "elsewhere"))
    with peer(answering(OK), server_context()) as at:
        await wire.send(to(at.url, "POST", headers=headers, body=b"{}"))
    _, *lines = at.requests[0].partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines == [
        b"User-Agent: ofp-conformance",
        b"Accept-Encoding: identity",
        b"Content-Length: 2",
        b"X-Odd:  two  spaces",
        b"x-odd: ",
        b"ACCEPT: a/b",
        b"host: elsewhere",
    ]


@pytest.mark.parametrize("field", [{"headers": (("x", "a\r\ny: b"),)}, {"method": "GET / HTTP/1.1\r\nx:"}])
async def test_a_line_break_cannot_be_smuggled_into_a_request(wire: Wire, field: dict[str, object]) -> None:
    with peer(answering(OK), server_context()) as at:
        reply = await wire.send(to(at.url, **field))  # type: ignore[arg-type]
    assert reply.fault is not None
    assert (reply.fault.kind, at.connections) == (FaultKind.LOCAL, 0)


async def test_a_connection_is_reused_for_the_same_identity_only(wire: Wire) -> None:
    with peer(answering(OK, OK, OK), server_context()) as at:
        one, other = caller(), caller()
        for who in (one, one, other, one):
            assert (await wire.send(to(at.url, identity=who))).body == b"ok"
        assert at.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokSURPLUS",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    ],
)
async def test_a_connection_that_cannot_be_trusted_is_not_reused(wire: Wire, answer: bytes) -> None:
    with peer(answering(answer, answer), server_context()) as at:
        who = caller()
        bodies = [(await wire.send(to(at.url, identity=who))).body for _ in range(2)]
        assert (bodies, at.connections) == ([b"ok", b"ok"], 2)


async def test_what_comes_unasked_on_an_idle_connection_answers_nothing(wire: Wire) -> None:
    sent = asyncio.Event()
    loop = asyncio.get_running_loop()

    def script(at: Peer, connection: socket.socket) -> None:
        if at.connections == 1:
            read_request(connection)
            connection.sendall(OK)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            loop.call_soon_threadsafe(sent.set)
            at.stopping.wait(20)
        answering(OK)(at, connection)

    with peer(script, server_context()) as at:
        who = caller()
        first = await wire.send(to(at.url, identity=who))
        await asyncio.wait_for(sent.wait(), 10)
        second = await wire.send(to(at.url, identity=who))
    assert (first.body, second.body) == (b"ok", b"ok")


async def test_a_stale_connection_is_replaced_once_and_said_so(wire: Wire) -> None:
    """The peer takes the second request of a connection and closes: nothing was answered, so it goes out again."""

    def script(at: Peer, connection: socket.socket) -> None:
        at.requests.append(read_request(connection))
        connection.sendall(OK)
        at.requests.append(read_request(connection))

    with peer(script, server_context()) as at:
        who = caller()
        first = await wire.send(to(at.url, identity=who))
        second = await wire.send(to(at.url, identity=who))
        assert at.connections == 2
    assert (first.exchange.note, second.body) == ("", b"ok")
    assert "sent once more" in second.exchange.note


async def test_a_fresh_connection_is_never_retried(wire: Wire) -> None:
    with peer(lambda _, connection: read_request(connection) and None, server_context()) as at:
        reply = await wire.send(to(at.url))
        assert at.connections == 1
    assert reply.fault is not None
    assert reply.fault.kind is FaultKind.EOF


async def test_a_reused_connection_is_not_retried_once_a_byte_was_answered(wire: Wire) -> None:
    def script(_: Peer, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(OK)
        read_request(connection)
        connection.sendall(b"HTTP/1.1 2")
        time.sleep(0.3)  # or the reset might overtake the bytes
        reset(connection)

    with peer(script, server_context()) as at:
        who = caller()
        await wire.send(to(at.url, identity=who))
        reply = await wire.send(to(at.url, identity=who))
        assert at.connections == 1
    assert reply.fault is not None
    assert reply.fault.kind is FaultKind.RESET


async def test_redirects_are_brought_back_and_not_followed(wire: Wire) -> None:
    found = b"HTTP/1.1 303 See Other\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"
    with peer(answering(found, OK), server_context()) as at:
        reply = await wire.send(to(at.url))
    assert (reply.status, reply.header("LOCATION"), len(at.requests)) == (303, "/next", 1)


async def test_cookies_are_neither_kept_nor_lost(wire: Wire) -> None:
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n"
    with peer(answering(answer, answer), server_context()) as at:
        reply = await wire.send(to(at.url))
        await wire.send(to(at.url))
    assert reply.all_headers("Set-Cookie") == ("a=1", "b=2")
    assert not any(b"cookie" in each.lower() for each in at.requests)


async def test_a_compressed_body_stays_as_it_came(wire: Wire) -> None:
    packed = gzip.compress(b"0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with peer(answering(head + packed), server_context()) as at:
        reply = await wire.send(to(at.url))
    assert reply.body == packed
    assert reply.exchange.response is not None
    assert reply.exchange.response.body == ""
    assert "gzip" in reply.exchange.response.body_note


async def test_the_exchange_records_what_went_over_the_wire_redacted(wire: Wire) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: s=hidden-1; Secure\r\nContent-Length: 24"
    answer = head + b'\r\n\r\n{"id_token": "hidden-2"}'
    headers = (("Authorization", "Bearer hidden-3"), ("x-fapi-signature", "eyJhbGciOiJQUzI1NiJ9..c2ln"))
    body = b'{"x": "open sesame"}'
    with peer(answering(answer), server_context("hub-tls", mutual=True)) as at:
        url = f"{at.url}/v1?password=hidden-4&a=1"
        reply = await wire.send(to(url, "POST", headers=headers, body=body, identity=caller("paynet-tls")))
    exchange = reply.exchange
    assert reply.body == b'{"id_token": "hidden-2"}'
    assert "hidden" not in repr(exchange)
    assert "sesame" not in repr(exchange)
    assert exchange.response is not None
    assert exchange.tls is not None
    assert exchange.request.start == "POST /v1?password=[redacted]&a=1 HTTP/1.1"
    assert exchange.request.body == '{"x": "[redacted]"}'
    assert exchange.response.start == "HTTP/1.1 200 OK"
    assert exchange.response.body == '{"id_token": "[redacted]"}'
    assert (exchange.operation, exchange.caller) == (Operation.BALANCES, "paynet")
    assert exchange.jose == (("request x-fapi-signature", '{"alg":"PS256"}'),)
    assert exchange.tls.version == "TLSv1.3"
    assert len(exchange.tls.peer_sha256) == 64
    assert exchange.tls.peer_not_after > "2026"
    assert 0 < exchange.connect_seconds <= exchange.first_byte_seconds <= exchange.total_seconds


async def test_thirty_sends_at_a_time_do_not_mix_answers() -> None:
    def echo(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (("x-seen", request.header("x-id") or ""),), request.body)

    client, who = Wire(Redactor()), caller("paynet-tls")
    limit = asyncio.Semaphore(30)
    with HttpServer(echo, server_context(mutual=True)) as server:

        async def ask(number: int) -> tuple[int, str | None, bytes]:
            async with limit:
                headers = (("x-id", str(number)),)
                url = f"https://localhost:{server.port}/"
                reply = await client.send(to(url, "POST", headers=headers, body=b"%d" % number, identity=who))
                return reply.status, reply.header("x-seen"), reply.body

        seen = await asyncio.gather(*map(ask, range(600)))
        await client.aclose()
    assert seen == [(200, str(number), b"%d" % number) for number in range(600)]


async def test_cancelling_a_send_leaves_nothing_behind(wire: Wire) -> None:
    closed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def script(_: Peer, connection: socket.socket) -> None:
        read_request(connection)
        loop.call_soon_threadsafe(sending.cancel)
        if connection.recv(1) == b"":
            loop.call_soon_threadsafe(closed.set)

    with peer(script, server_context()) as at:
        sending = asyncio.create_task(wire.send(to(at.url)))
        with pytest.raises(asyncio.CancelledError):
            await sending
        await asyncio.wait_for(closed.wait(), 10)


async def test_a_rate_limit_spaces_the_starts() -> None:
    client = Wire(Redactor(), requests_per_second=50)
    with peer(answering(OK, OK, OK, OK), server_context()) as at:
        replies = await asyncio.gather(*(client.send(to(at.url)) for _ in range(4)))
    await client.aclose()
    starts = sorted(each.exchange.started for each in replies)
    assert all(later - earlier > 0.01 for earlier, later in pairwise(starts))


async def test_raw_bytes_go_out_unchanged_and_in_pieces(wire: Wire) -> None:
    with peer(answering(OK), server_context()) as at:
        pieces = [(0.0, b"GET  /\x00odd HTTP/1.1\r\n"), (0.01, b"bad header\r\n\r\n")]
        reply = await wire.raw(to(at.url), pieces)
    assert at.requests == [b"GET  /\x00odd HTTP/1.1\r\nbad header\r\n\r\n"]
    assert reply.body == b"ok"
    assert "raw bytes" in reply.exchange.note


async def test_half_a_raw_request_ends_at_the_bound(wire: Wire) -> None:
    with peer(answering(OK), server_context()) as at:
        reply = await wire.raw(to(at.url, seconds=0.3), b"GET / HT")
    assert reply.fault is not None
    assert reply.fault.kind is FaultKind.TIMEOUT


async def test_a_raw_request_is_answered_before_its_last_piece(wire: Wire) -> None:
    def script(_: Peer, connection: socket.socket) -> None:
        connection.recv(10)
        connection.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")

    with peer(script, server_context()) as at:
        reply = await wire.raw(to(at.url), [(0.0, b"GET / "), (60.0, b"never")])
    assert reply.status == 408


def _mismatched() -> dict[str, object]:
    return {"certificate": pki().certificate("paynet-tls"), "key": pki().key("hub-tls")}


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (lambda: {"certificate": Path("absent.pem"), "key": pki().key("hub-tls")}, "absent.pem"),
        (lambda: {"certificate": pki().certificate("hub-tls"), "key": Path("absent.key")}, "absent.key"),
        (lambda: {"certificate": pki().key("hub-tls"), "key": pki().key("hub-tls")}, "hub-tls.key"),
        (_mismatched, "paynet-tls"),
        (lambda: {"certificate": pki().certificate("odd/expired"), "key": pki().key("odd/expired")}, "expired"),
        (lambda: {"trust": (Path("absent-ca.pem"),)}, "absent-ca.pem"),
        (lambda: {"trust": (pki().key("hub-tls"),)}, "hub-tls.key"),
        (lambda: {"ciphers": "NO-SUCH-SUITE"}, "NO-SUCH-SUITE"),
        (lambda: {"key": pki().key("hub-tls")}, "hub-tls.key"),
    ],
)
async def test_an_identity_that_cannot_be_is_a_clear_fault(files: Callable[[], dict[str, object]], named: str) -> None:
    with pytest.raises(ConfigurationFault) as fault:
        identity("x", **files())  # type: ignore[arg-type]
    assert named in str(fault.value)
    assert "\n" not in str(fault.value)


async def test_an_expired_certificate_can_be_shown_on_purpose() -> None:
    certificate, key = pki().certificate("odd/expired"), pki().key("odd/expired")
    assert identity("odd", certificate=certificate, key=key, check_dates=False).name == "odd"


async def test_an_identity_verifies_and_refuses_old_tls() -> None:
    for context in (caller().context, identity("system").context):
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert caller().context.get_ca_certs() != identity("system").context.get_ca_certs()


async def test_a_probe_can_narrow_versions_and_suites(wire: Wire) -> None:
    who = caller(maximum_version=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES128-GCM-SHA256")
    with peer(answering(OK), server_context()) as at:
        reply = await wire.send(to(at.url, identity=who))
    assert reply.exchange.tls is not None
    assert (reply.exchange.tls.version, reply.exchange.tls.cipher) == ("TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256")


async def test_httpx_can_speak_through_the_wire(wire: Wire) -> None:
    seen: list[str] = []
    transport = WireTransport(
        wire, caller(), Operation.BALANCES, seconds=5.0, seen=lambda reply: seen.append(reply.exchange.id)
    )
    packed = b"HTTP/1.1 201 Created\r\nx-a: 1\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw"
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        with peer(answering(packed), server_context()) as at:
            response = await client.post(f"{at.url}/a%2fb?x=%20", content=b"{}", extensions={"target": b"/A/../b"})
            assert (response.status_code, response.headers["x-a"], response.content) == (201, "1", b"raw")
            assert at.requests[0].startswith(b"POST /A/../b HTTP/1.1\r\n")
    impatient = WireTransport(wire, caller(), Operation.BALANCES, seconds=0.2)
    async with httpx.AsyncClient(transport=impatient, trust_env=False) as client:
        with peer(silent) as at, pytest.raises(httpx.ReadTimeout, match="TLS handshake"):
            await client.get(at.url)
    assert len(seen) == 1
