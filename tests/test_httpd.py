"""The server: what it reads, what it refuses, and that nobody can hold it up or hurt it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.httpd import Drop, HttpRequest, HttpResponse, HttpServer, Limits, error
from conformance.model import ConfigurationFault, Tls
from tests.support.peers import reset
from tests.support.pki import caller, pki, server_context

HOST = b"Host: localhost\r\n"
QUICK = Limits(
    body_bytes=1000,
    header_bytes=4096,
    header_count=20,
    header_seconds=0.3,
    body_seconds=0.3,
    idle_seconds=0.3,
    connections=8,
)


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(200, (("x-target", request.target),), request.method.encode() + b" " + request.body)


@contextlib.contextmanager
def serving(handler: Callable[[HttpRequest], HttpResponse] = echo, **options: object) -> Iterator[HttpServer]:
    with HttpServer(handler, server_context(), **options) as server:  # type: ignore[arg-type]
        yield server


@contextlib.contextmanager
def connected(server: HttpServer, certificate: str | None = None) -> Iterator[ssl.SSLSocket]:
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
        caller(certificate).context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        yield connection


def everything(connection: socket.socket) -> bytes:
    """All bytes to the end, however the connection ends; but end it must."""
    data = b""
    try:
        while more := connection.recv(65536):
            data += more
    except TimeoutError:
        raise AssertionError("the server keeps the connection open") from None
    except OSError:
        pass
    return data


def said(server: HttpServer, data: bytes) -> bytes:
    """What is answered to bytes after which the connection is closed for writing."""
    with connected(server) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(data)
        return everything(connection)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def one(head: bytes, body: bytes = b"", headers: bytes = b"") -> bytes:
    return head + b" HTTP/1.1\r\n" + HOST + headers + b"Connection: close\r\n\r\n" + body


def test_a_request_is_handed_over_as_it_came() -> None:
    seen: list[HttpRequest] = []

    def handler(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(200)

    context = server_context(mutual=True)
    with HttpServer(handler, context) as server, connected(server, "paynet-tls") as connection:
        target = "/a%2Fb%20c/%zz/%ff?x=1&y=%26&x=2&empty="
        body = b"user=a+b&p=%C3%A9&p="
        head = f"PATCH {target} HTTP/1.1\r\nHost: h\r\nX-A: 1 \r\nx-a:2\r\nConnection: close\r\n".encode()
        connection.sendall(head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert status(everything(connection)) == 200
    request = seen[0]
    assert (request.method, request.target, request.body) == ("PATCH", target, body)
    assert (request.raw_path, request.path) == ("/a%2Fb%20c/%zz/%ff", "/a/b c/%zz/\ufffd")
    assert request.query == [("x", "1"), ("y", "&"), ("x", "2"), ("empty", "")]
    assert request.form() == [("user", "a b"), ("p", "\u00e9"), ("p", "")]
    assert request.headers[1:3] == (("X-A", "1"), ("x-a", "2"))
    assert (request.header("x-A"), request.header("absent")) == ("1", None)
    assert request.peer_certificate == ssl.PEM_cert_to_DER_cert(pki().certificate("paynet-tls").read_text())
    assert request.tls.version == "TLSv1.3"
    assert len(request.tls.peer_sha256) == 64
    assert request.tls.peer_subject
    assert request.tls.peer_not_after[4] == "-"


def test_an_absolute_target_has_a_path_too() -> None:
    request = HttpRequest("GET", "HTTPS://h:1/a/b?c", (), b"", b"", Tls("", ""), 0.0)
    assert (request.raw_path, request.query) == ("/a/b", [("c", "")])
    assert HttpRequest("GET", "https://h", (), b"", b"", Tls("", ""), 0.0).raw_path == "/"


def test_a_connection_serves_many_requests_also_pipelined() -> None:
    request = b"POST /n HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nhi"
    with serving() as server:
        answer = said(server, request * 3 + one(b"GET /last"))
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 4
    assert answer.count(b"POST hi") == 3
    assert answer.endswith(b"GET ")


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (
            one(b"POST /", b"5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nt: v\r\n\r\n", b"Transfer-Encoding: chunked\r\n"),
            b"POST hello!",
        ),
        (one(b"POST /", b"hello", b"Content-Length: 5\r\n"), b"POST hello"),
        (one(b"POST /", b"hello", b"Content-Length: 5\r\nContent-Length: 5\r\n"), b"POST hello"),
        (one(b"GET /"), b"GET "),
        (b"\r\n\r\n" + one(b"GET /"), b"GET "),
        (one(b"GET /").replace(b"\r\n", b"\n"), b"GET "),
        (b"GET / HTTP/1.0\r\n\r\n", b"GET "),
    ],
)
def test_every_framing_is_read(data: bytes, body: bytes) -> None:
    with serving() as server:
        answer = said(server, data)
    assert status(answer) == 200
    assert answer.partition(b"\r\n\r\n")[2] == body


def test_a_body_comes_after_100_continue() -> None:
    with serving() as server, connected(server) as connection:
        connection.sendall(one(b"POST /", b"", b"Expect: 100-continue\r\nContent-Length: 2\r\n"))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hi")
        assert everything(connection).endswith(b"POST hi")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (one(b"GET /", b"", b"bad header\r\n"), 400),
        (one(b"GET /", b"", b"space : x\r\n"), 400),
        (one(b"GET /", b"", b" folded\r\n"), 400),
        (one(b"GET /", b"", b"nul: a\x00b\r\n"), 400),
        (one(b"GET /", b"", b"cr: a\rb\r\n"), 400),
        (one(b"POST /", b"x", b"Content-Length: 1\r\nContent-Length: 2\r\n"), 400),
        (one(b"POST /", b"x", b"Content-Length: -1\r\n"), 400),
        (one(b"POST /", b"x", b"Content-Length: +1\r\n"), 400),
        (one(b"POST /", b"x", b"Content-Length: 1, 1\r\n"), 400),
        (one(b"POST /", b"x", b"Content-Length: 99999999999999999999\r\n"), 400),
        (one(b"POST /", b"x", b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400),
        (one(b"POST /", b"x", b"Transfer-Encoding: gzip, chunked\r\n"), 501),
        (one(b"POST /", b"zz\r\n", b"Transfer-Encoding: chunked\r\n"), 400),
        (one(b"POST /", b"1\r\nxx\r\n", b"Transfer-Encoding: chunked\r\n"), 400),
        (one(b"POST /", b"1;" + b"x" * 9000, b"Transfer-Encoding: chunked\r\n"), 400),
        (one(b"POST /", b"x" * 2000, b"Content-Length: 2000\r\n"), 413),
        (one(b"POST /", b"7d0\r\n" + b"x" * 2000, b"Transfer-Encoding: chunked\r\n"), 413),
        (one(b"POST /", b"1\r\nx\r\n" * 2000, b"Transfer-Encoding: chunked\r\n"), 413),
        (one(b"POST /", b"0\r\n" + b"t: v\r\n" * 100, b"Transfer-Encoding: chunked\r\n"), 431),
        (one(b"GET /", b"", b"Expect: a-miracle\r\n"), 417),
        (one(b"GET /", b"", b"a: b\r\n" * 100), 431),
        (one(b"GET /", b"", b"Cookie: " + b"c" * 100_000 + b"\r\n"), 431),
        (one(b"GET /", b"", b"a: b\r\n" * 100_000), 431),
        (one(b"GET /" + b"x" * 100_000), 431),
        (b"x" * 100_000, 431),
        (b"GET / HTTP/1.1\r\nHost: h\r\nhalf", 408),
        (one(b"POST /", b"half", b"Content-Length: 100\r\n"), 408),
        (one(b"POST /", b"5\r\nhal", b"Transfer-Encoding: chunked\r\n"), 408),
    ],
)
def test_what_cannot_be_served_is_refused_and_the_connection_closed(data: bytes, expected: int) -> None:
    with serving(limits=QUICK) as server:
        answer = said(server, data)
        assert status(answer) == expected
        assert b"Connection: close" in answer
        assert status(said(server, one(b"GET /"))) == 200


def test_a_body_of_tiny_chunks_is_bounded_by_their_number() -> None:
    with serving() as server:
        data = one(b"POST /", b"1\r\nx\r\n" * 20_000, b"Transfer-Encoding: chunked\r\n")
        assert status(said(server, data)) == 413


@pytest.mark.parametrize(
    "start", [b"", b"GET / HTTP/1.1\r\nHost: h\r\n", one(b"POST /", b"", b"Content-Length: 900\r\n")]
)
def test_a_dripping_caller_is_cut_off_in_all(start: bytes) -> None:
    """Each drop comes long before a bound on one read would strike."""
    with serving(limits=QUICK) as server, connected(server) as connection:
        connection.sendall(start)
        connection.settimeout(0.02)
        answer = b""
        deadline = time.monotonic() + 10
        while not answer and time.monotonic() < deadline:
            connection.sendall(b"a")
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(4096)
    assert status(answer) == 408


def test_silent_callers_are_let_go_and_leave_room_for_others() -> None:
    with serving(limits=QUICK) as server, contextlib.ExitStack() as crowd:
        plain = [
            crowd.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10)) for _ in range(8)
        ]
        assert [everything(each) for each in plain] == [b""] * 8
        assert status(said(server, one(b"GET /"))) == 200


def test_a_slow_reader_does_not_keep_its_thread() -> None:
    with serving(lambda _: HttpResponse(200, (), b"x" * (64 << 20)), limits=QUICK) as server, connected(server) as slow:
        slow.sendall(one(b"GET /"))
        deadline = time.monotonic() + 10
        while server._live and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not server._live


def test_half_closed_and_reset_callers_hurt_nobody() -> None:
    with serving(limits=QUICK) as server:
        with connected(server) as connection:
            connection.sendall(one(b"GET /a"))
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1)  # the plain socket's bytes: an answer came in spite of it
        for data in (b"", b"GET / HT", one(b"POST /", b"x", b"Content-Length: 9\r\n"), one(b"GET /")):
            with connected(server) as connection:
                connection.sendall(data)
                reset(connection)
        with socket.create_connection(("127.0.0.1", server.port)) as plain:
            reset(plain)
        assert status(said(server, one(b"GET /"))) == 200


def test_a_storm_is_served() -> None:
    with serving() as server, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: said(server, one(b"PATCH /%d" % n)), range(200)))
    assert [status(each) for each in answers] == [200] * 200


def test_a_handler_may_drop_the_connection() -> None:
    def dropping(_: HttpRequest) -> HttpResponse:
        raise Drop

    with serving(dropping) as server:
        assert said(server, one(b"GET /")) == b""


@pytest.mark.parametrize(
    "handler", [lambda _: HttpResponse(302, (("Location", "/\r\nSet-Cookie: a=b"),)), lambda _: 1 / 0]
)
def test_a_handlers_failure_is_a_500_that_tells_nothing(handler: Callable[[HttpRequest], HttpResponse]) -> None:
    with serving(handler) as server:
        answer = said(server, one(b"GET /"))
    assert status(answer) == 500
    assert b'"error": "server_error"' in answer
    assert b"Set-Cookie" not in answer
    assert b"division" not in answer


@pytest.mark.parametrize(("method", "code", "length"), [(b"HEAD", 200, b"3"), (b"GET", 204, None), (b"GET", 200, b"3")])
def test_content_length_is_always_right(method: bytes, code: int, length: bytes | None) -> None:
    with serving(lambda _: HttpResponse(code, (), b"abc")) as server:
        head, _, body = said(server, one(method + b" /")).partition(b"\r\n\r\n")
    assert (b"Content-Length: " + (length or b"") in head) is (length is not None)
    assert body == (b"abc" if (method, code) == (b"GET", 200) else b"")


@pytest.mark.parametrize(
    ("version", "certificate", "reason"),
    [
        (ssl.TLSVersion.TLSv1_3, None, "peer did not return a certificate"),
        (ssl.TLSVersion.TLSv1_2, None, "peer did not return a certificate"),
        (ssl.TLSVersion.TLSv1_3, "odd/foreign", "unable to get local issuer certificate"),
        (ssl.TLSVersion.TLSv1_3, "odd/expired", "certificate has expired"),
    ],
)
def test_a_refused_handshake_sends_its_alert_and_is_told(
    version: ssl.TLSVersion, certificate: str | None, reason: str
) -> None:
    reasons: list[str] = []
    context = caller(certificate, maximum_version=version).context
    with HttpServer(echo, server_context(mutual=True), on_refused=reasons.append) as server:

        def ask() -> None:
            with (
                socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as connection,
            ):
                connection.sendall(one(b"POST /", b"x" * 20_000, b"Content-Length: 20000\r\n"))
                connection.recv(1)

        with pytest.raises(ssl.SSLError, match="ALERT"):
            ask()
    assert reasons == [reason]


def test_an_error_answer_has_the_contracts_form() -> None:
    answer = error(400, "invalid_request", 'a "reason"')
    assert answer.body == b'{"error": "invalid_request", "error_description": "a \\"reason\\""}'
    assert ("Content-Type", "application/json") in answer.headers


def test_stopping_ends_idle_and_busy_connections_and_frees_the_port() -> None:
    hold, busy = threading.Event(), threading.Event()

    def holding(request: HttpRequest) -> HttpResponse:
        if request.path == "/hold":
            busy.set()
            hold.wait(2)
        return HttpResponse(200)

    server = HttpServer(holding, server_context())
    server.start()
    with connected(server) as idle, connected(server) as waiting:
        waiting.sendall(one(b"GET /hold"))
        busy.wait(10)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        assert everything(idle) == b""
        hold.set()
        stopping.join(10)
        assert not stopping.is_alive()
    server.stop()
    with HttpServer(echo, server_context(), port=server.port) as again:
        assert again.port == server.port


def test_a_port_in_use_or_an_unusable_address_is_a_clear_fault() -> None:
    with serving() as server, pytest.raises(ConfigurationFault, match=f"port {server.port}"):
        HttpServer(echo, server_context(), port=server.port)
    with pytest.raises(ConfigurationFault, match=r"192\.0\.2\.1"):
        HttpServer(echo, server_context(), host="192.0.2.1")
    with pytest.raises(ConfigurationFault, match="99999"):
        HttpServer(echo, server_context(), port=99999)
