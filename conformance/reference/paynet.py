"""Calls to PayNet's side over verified TLS, with a bound on the whole call."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

_MAX_BODY = 1 << 20


@dataclass(frozen=True, slots=True)
class Sent:
    """A request to PayNet; `seconds` bounds it from connecting to the answer's last byte."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Received:
    """PayNet's answer."""

    status: int
    body: bytes


Transport = Callable[[Sent], Received]
"""Sends one request; raises OSError (ssl.SSLCertVerificationError before anything is sent to an unverified server)."""


def transport(context: ssl.SSLContext) -> Transport:
    """A transport that makes a connection for each request."""
    return lambda sent: _send(sent, context)


def _send(sent: Sent, context: ssl.SSLContext) -> Received:
    parts = urlsplit(sent.url)
    if parts.scheme != "https" or not parts.hostname:
        raise OSError(f"no https address: {sent.url}")
    deadline = time.monotonic() + sent.seconds
    connection = http.client.HTTPSConnection(parts.hostname, parts.port or 443, context=context, timeout=sent.seconds)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        # A socket's own timeout starts anew with every byte, so a watch cuts the connection at the deadline.
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, (connection.sock,))
        watch.daemon = True
        watch.start()
        try:
            connection.request(sent.method, target, sent.body or None, dict(sent.headers))
            response = connection.getresponse()
            return Received(response.status, response.read(_MAX_BODY))
        finally:
            watch.cancel()
    except (http.client.HTTPException, ValueError) as broken:
        raise ConnectionError(f"no HTTP answer: {type(broken).__name__}") from broken
    finally:
        connection.close()


def _cut(connection: ssl.SSLSocket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
