"""A provider that is the honest reference but for one place, where it attacks whoever asks."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from conformance import httpd
from conformance.httpd import HttpRequest, HttpResponse, Limits
from conformance.httpd.reading import Gone, Head, Reader, Refused
from conformance.model import Tls
from conformance.reference import core, process
from conformance.reference.paynet import Received, Sent, Transport, transport
from tests.support.peers import peer
from tests.support.pki import pki, server_context
from tests.support.ports import free_port

Attack = Callable[[ssl.SSLSocket, HttpRequest], None]
_NO_TLS = Tls(version="", cipher="")


@dataclass(frozen=True)
class Place:
    """Where an attack happens: the requests that meet it."""

    name: str
    meets: Callable[[HttpRequest], bool]


EVENT = Place("event", lambda request: request.path == "/v1/consents/events")
AUTHORIZE = Place("authorize", lambda request: request.path == "/v1/oauth/authorize")
BALANCES = Place("balances", lambda request: request.path.endswith("/balances"))
PAGES = Place("pages", lambda request: request.path.startswith("/requests/"))
AFTER_LOGIN = Place("after login", lambda request: PAGES.meets(request) and not request.path.endswith("/login"))
REFUSALS = Place("refusals", lambda _request: False)
NOWHERE = Place("nowhere", lambda _request: False)


@dataclass(frozen=True)
class Attacked:
    """What a run needs to know of a hostile provider."""

    url: str
    overrides: dict[str, object]


def plain(content: bytes) -> Attack:
    """Send these bytes and close."""

    def attack(connection: ssl.SSLSocket, _request: HttpRequest) -> None:
        connection.sendall(content)

    return attack


def http(body: bytes, *headers: str, status: int = 200) -> Attack:
    """Send a well-formed answer."""
    lines = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return plain("\r\n".join(lines).encode("latin-1") + body)


def forever(first: bytes, again: bytes, pause: float = 0.0, most: float = 40.0) -> Attack:
    """Send something, and something else for as long as anybody listens."""

    def attack(connection: ssl.SSLSocket, _request: HttpRequest) -> None:
        end = time.monotonic() + most
        connection.sendall(first)
        while time.monotonic() < end:
            connection.sendall(again)
            time.sleep(pause)

    return attack


def silence(_connection: ssl.SSLSocket, _request: HttpRequest) -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(20)


@contextmanager
def hostile(
    place: Place,
    attack: Attack | None = None,
    *,
    change: Callable[[HttpRequest, HttpResponse], HttpResponse] = lambda _request, answer: answer,
    sent: Callable[[Transport, Sent], Received] | None = None,
) -> Iterator[Attacked]:
    """Run a hostile provider: `attack` speaks for itself at `place`, `change` alters honest answers, `sent` updates."""
    layout, resource, browser = pki(), free_port(), free_port()
    settings = process.settings_for(
        layout,
        hub_resource_url=f"https://localhost:{resource}",
        redirect_uri=f"https://localhost:{browser}/v1/oauth/callback",
    )
    client = ssl.create_default_context(cafile=str(layout.certificate("ca")))
    client.load_cert_chain(layout.certificate("dp/client-tls"), layout.key("dp/client-tls"))
    usual = transport(client)
    handlers: list[httpd.Handler] = []

    def serve(number: int) -> Callable[[object, object], None]:
        def script(_peer: object, connection: object) -> None:
            assert isinstance(connection, ssl.SSLSocket)
            _converse(connection, lambda request: change(request, handlers[number](request)), place, attack)

        return script

    with contextlib.ExitStack() as stack:
        pages = stack.enter_context(peer(serve(1), server_context("dp/pages-tls")))
        built = core.build(settings, pages.url, usual if sent is None else (lambda request: sent(usual, request)))
        handlers += [built.webhooks, built.pages]
        webhooks = stack.enter_context(peer(serve(0), server_context("dp/server-tls", mutual=True)))
        yield Attacked(
            webhooks.url,
            {
                "target.rs_url": webhooks.url,
                "hub.resource_port": resource,
                "hub.browser_port": browser,
                "bounds.answer_seconds": 2,
                "bounds.page_seconds": 2,
                "bounds.update_seconds": 2,
                "bounds.check_seconds": 20,
            },
        )


def _converse(connection: ssl.SSLSocket, handler: httpd.Handler, place: Place, attack: Attack | None) -> None:
    reader, limits = Reader(connection, Limits(body_bytes=16 << 20)), Limits()
    certificate = connection.getpeercert(True) or b""
    with contextlib.suppress(Gone, Refused, OSError):
        while True:
            head = reader.head()
            request = _request(head, reader.body(head), certificate)
            if attack and place.meets(request):
                attack(connection, request)
                return
            connection.settimeout(limits.body_seconds)
            connection.sendall(_rendered(handler(request), head))


def _request(head: Head, body: bytes, certificate: bytes) -> HttpRequest:
    return HttpRequest(head.method, head.target, head.headers, body, certificate, _NO_TLS, time.time())


def _rendered(answer: HttpResponse, head: Head) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} X", *(f"{name}: {value}" for name, value in answer.headers)]
    if answer.status != 204:
        lines.append(f"Content-Length: {len(answer.body)}")
    body = b"" if head.method == "HEAD" or answer.status == 204 else answer.body
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def threads() -> int:
    """How many threads there are."""
    return threading.active_count()
