"""Each way in which a peer can fail is told apart by its shape, and ends within the bound."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading

import pytest

from conformance.model import FaultKind, Operation
from conformance.wire import Identity, Outgoing, Redactor, Reply, Wire
from tests.support.peers import Peer, answering, dripping, endless, peer, read_request, reset, silent
from tests.support.pki import caller, server_context

pytestmark = pytest.mark.asyncio
ENDS_WITHIN = 15.0


async def ask(
    url: str, identity: Identity | None = None, *, seconds: float = 10.0, body: bytes = b"", **wire: int
) -> Reply:
    client = Wire(Redactor(), **wire)
    outgoing = Outgoing(Operation.EVENT, "paynet", "POST", url, (), identity or caller(), body, seconds)
    try:
        return await asyncio.wait_for(client.send(outgoing), ENDS_WITHIN)
    finally:
        await client.aclose()


def kind(reply: Reply) -> FaultKind | None:
    assert (reply.status, reply.headers, reply.body) == (0, (), b"")
    assert reply.fault == reply.exchange.fault
    return reply.fault.kind if reply.fault else None


def detail(reply: Reply) -> str:
    return reply.fault.detail if reply.fault else ""


async def test_a_closed_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert kind(await ask(f"https://127.0.0.1:{port}/")) is FaultKind.REFUSED


async def test_an_unknown_name_is_unresolved(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    reply = await ask("https://bank.example/")
    assert kind(reply) is FaultKind.UNRESOLVED
    assert detail(reply) == "Name or service not known"


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "xn--\u0661", "\u2603" * 80])
async def test_a_name_that_cannot_be_one_is_no_crash(host: str) -> None:
    assert kind(await ask(f"https://{host}/")) in (FaultKind.UNRESOLVED, FaultKind.LOCAL)


@pytest.mark.parametrize(
    "url", ["http://localhost/", "https://", "https:///x", "https://h:0/", "https://h:99999/", "", "/x"]
)
async def test_what_is_no_https_address_is_our_fault(url: str) -> None:
    assert kind(await ask(url)) is FaultKind.LOCAL


@pytest.mark.parametrize(
    "banner", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n", b"no\n", b"\x16\x99\x01\x02\x03\x04"]
)
async def test_a_peer_without_tls_is_named_so(banner: bytes) -> None:
    def script(_: Peer, connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(banner)

    with peer(script) as at:
        assert kind(await ask(at.url)) is FaultKind.NOT_TLS


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ("odd/foreign-server", "unable to get local issuer certificate"),
        ("odd/self-signed", "self-signed certificate"),
        ("paynet-sig", "Hostname mismatch, certificate is not valid for 'localhost'."),
        ("dp/client-tls", "unsuitable certificate purpose"),
    ],
)
async def test_an_untrusted_server_is_told_with_openssls_reason(certificate: str, said: str) -> None:
    with peer(silent, server_context(certificate)) as at:
        reply = await ask(at.url)
    assert kind(reply) is FaultKind.UNTRUSTED
    assert said in detail(reply)


async def test_a_refused_server_is_told_by_our_alert() -> None:
    heard: list[str] = []
    told = threading.Event()

    def listening(_: Peer, connection: socket.socket) -> None:
        try:
            context.wrap_socket(connection, server_side=True)
        except ssl.SSLError as problem:
            heard.append(problem.reason)
        told.set()

    context = server_context("odd/foreign-server")
    with peer(listening) as at:
        assert kind(await ask(at.url)) is FaultKind.UNTRUSTED
        await asyncio.to_thread(told.wait, 10)
    assert heard == ["TLSV1_ALERT_UNKNOWN_CA"]


@pytest.mark.parametrize(
    ("version", "certificate", "alert"),
    [
        (ssl.TLSVersion.TLSv1_3, None, "certificate_required"),
        (ssl.TLSVersion.TLSv1_2, None, "handshake_failure"),
        (ssl.TLSVersion.TLSv1_3, "odd/foreign", "unknown_ca"),
        (ssl.TLSVersion.TLSv1_2, "odd/foreign", "unknown_ca"),
        (ssl.TLSVersion.TLSv1_3, "odd/expired", "certificate_expired"),
        (ssl.TLSVersion.TLSv1_2, "odd/expired", "certificate_expired"),
        (ssl.TLSVersion.TLSv1_3, "odd/wrong-purpose", "unsupported_certificate"),
    ],
)
async def test_a_refused_client_certificate_is_an_alert_with_its_name(
    version: ssl.TLSVersion, certificate: str | None, alert: str
) -> None:
    """Under TLS 1.3 the handshake is over by then, and the alert is the first thing read."""

    def refusing(_: Peer, connection: socket.socket) -> None:
        wrapped = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        try:
            wrapped.do_handshake()
        except ssl.SSLError:
            wrapped.shutdown(socket.SHUT_WR)
            while wrapped.recv(4096):
                pass

    context = server_context(mutual=True)
    with peer(refusing) as at:
        reply = await ask(at.url, caller(certificate, maximum_version=version))
    assert (kind(reply), detail(reply)) == (FaultKind.ALERT, alert)


async def test_versions_without_overlap_are_an_alert() -> None:
    context = server_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with peer(silent, context) as at:
        reply = await ask(at.url, caller(maximum_version=ssl.TLSVersion.TLSv1_2))
    assert (kind(reply), detail(reply)) == (FaultKind.ALERT, "protocol_version")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_old_versions_can_be_offered_and_are_refused(version: ssl.TLSVersion) -> None:
    who = caller(minimum_version=version, maximum_version=version, ciphers="ALL:@SECLEVEL=0")
    with peer(silent, server_context()) as at:
        reply = await ask(at.url, who)
    assert (kind(reply), detail(reply)) == (FaultKind.ALERT, "protocol_version")


async def test_a_version_below_ours_is_our_refusal_not_the_peers() -> None:
    context = server_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with peer(silent, context) as at:
        reply = await ask(at.url, caller(minimum_version=ssl.TLSVersion.TLSv1_3))
    assert kind(reply) in (FaultKind.ALERT, FaultKind.LOCAL)


async def test_a_peer_that_closes_gives_eof_before_and_after_the_handshake() -> None:
    def closing(_: Peer, connection: socket.socket) -> None:
        connection.recv(65536)

    with peer(closing) as at:
        assert kind(await ask(at.url)) is FaultKind.EOF
    with peer(lambda _, connection: read_request(connection) and None, server_context()) as at:
        assert kind(await ask(at.url)) is FaultKind.EOF


async def test_a_peer_that_resets_gives_reset_before_and_after_the_handshake() -> None:
    def resetting(_: Peer, connection: socket.socket) -> None:
        connection.recv(65536)
        reset(connection)

    with peer(resetting) as at:
        assert kind(await ask(at.url)) is FaultKind.RESET
    with peer(resetting, server_context()) as at:
        assert kind(await ask(at.url)) is FaultKind.RESET


async def test_silence_is_a_timeout_that_says_where() -> None:
    with peer(silent) as at:
        reply = await ask(at.url, seconds=0.2)
        assert (kind(reply), detail(reply)) == (FaultKind.TIMEOUT, "TLS handshake")
    with peer(silent, server_context()) as at:
        reply = await ask(at.url, seconds=0.3)
        assert (kind(reply), detail(reply)) == (FaultKind.TIMEOUT, "waiting for the answer")


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"H"),
    ],
)
async def test_a_dripping_answer_ends_at_the_total_bound(first: bytes, drop: bytes) -> None:
    with peer(dripping(first, drop), server_context()) as at:
        reply = await ask(at.url, seconds=0.6)
    assert kind(reply) in (FaultKind.TIMEOUT, *([FaultKind.MALFORMED] if not first else []))


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"\x00\x01\x02\xff\xfe" * 20 + b"\r\n\r\n",
        b"<html>hello</html>",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: nameless\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n" + b"\x00" * 9,
    ],
)
async def test_what_is_not_http_is_malformed(answer: bytes) -> None:
    with peer(answering(answer, close=True), server_context()) as at:
        assert kind(await ask(at.url)) is FaultKind.MALFORMED


@pytest.mark.parametrize(
    ("first", "repeated"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nx: ", b"y" * 10000),
        (b"HTTP/1.1 ", b"2" * 10000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + b"x" * 10000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 10000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 10000),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 10000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000 + b"\r\n", b"x"),
    ],
)
async def test_an_endless_answer_is_cut_at_the_bound(first: bytes, repeated: bytes) -> None:
    with peer(endless(first, repeated), server_context()) as at:
        reply = await ask(at.url, max_body=200_000)
    assert kind(reply) is FaultKind.OVERSIZED
    response = reply.exchange.response
    assert response is None or len(response.body) <= 64 << 10


async def test_an_incomplete_answer_is_evidence_but_no_answer() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nx-seen: yes\r\n\r\nshort"
    with peer(answering(answer, close=True), server_context()) as at:
        reply = await ask(at.url)
    assert kind(reply) is FaultKind.MALFORMED
    assert reply.header("x-seen") is None
    assert reply.exchange.response is not None
    assert (reply.exchange.response.start, reply.exchange.response.body) == ("HTTP/1.1 200 OK", "short")
    assert "incomplete" in reply.exchange.note


async def test_an_answer_to_a_half_sent_body_is_read() -> None:
    """The peer refuses after the head and never takes the rest of a body larger than any socket buffer."""

    def refusing(at: Peer, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        at.stopping.wait(20)

    with peer(refusing, server_context()) as at:
        reply = await ask(at.url, body=b"x" * (32 << 20))
    assert reply.status == 413


async def test_other_sends_go_on_beside_a_peer_that_floods() -> None:
    flood = endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5000)
    honest = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
    with peer(flood, server_context()) as hostile, peer(honest, server_context()) as good:
        replies = await asyncio.gather(*(ask(at.url + "/", max_body=20_000) for at in (hostile, good) * 4))
    assert [each.status for each in replies] == [0, 204] * 4
