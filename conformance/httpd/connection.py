"""One connection's life: handshake, requests and answers in turn, an orderly end."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import ssl
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus

from conformance.httpd.facts import tls_facts
from conformance.httpd.message import Drop, Handler, HttpRequest, HttpResponse, Limits, error
from conformance.httpd.reading import Gone, Head, Reader, Refused

_LOG = logging.getLogger(__name__)
_DRAIN_SECONDS = 0.5
_DRAIN_BYTES = 1 << 20
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_BODILESS = frozenset({204, 304})


def serve(connection: ssl.SSLSocket, handler: Handler, limits: Limits, refused: Callable[[str], None]) -> None:
    """Serve a connection to its end; `refused` is told why a handshake failed.

    A failed handshake's alert is delivered before the connection is closed: the socket is closed for writing first and
    what the peer still sends is read away, else the kernel would answer with a reset that overtakes the alert.
    """
    connection.settimeout(limits.header_seconds)
    try:
        connection.do_handshake()
    except TimeoutError:
        refused("the handshake did not end in time")
        return
    except (OSError, ValueError) as failure:
        refused(_words(failure))
        _drain(connection)
        return
    try:
        if _converse(connection, handler, limits):
            connection.settimeout(_DRAIN_SECONDS)
            connection.unwrap()
    except (Gone, OSError, ValueError):  # the peer's end of the connection, in whichever way it chose
        pass
    else:
        return
    _drain(connection)


def _converse(connection: ssl.SSLSocket, handler: Handler, limits: Limits) -> bool:
    """Answer requests until one side has enough; false if the connection is to be cut without ceremony."""
    reader = Reader(connection, limits)
    tls, certificate = tls_facts(connection), connection.getpeercert(True) or b""
    while True:
        try:
            head = reader.head()
            if head.expects_continue and reader.waits_for_body() and (head.length or 0) <= limits.body_bytes:
                _send(connection, b"HTTP/1.1 100 Continue\r\n\r\n", limits)
            body = reader.body(head)
        except Refused as refusal:
            answer = error(refusal.status, "invalid_request", refusal.reason)
            _send(connection, _render(answer, keep_alive=False, bodiless=False), limits)
            return True
        request = HttpRequest(head.method, head.target, head.headers, body, certificate, tls, time.time())
        try:
            answer = handler(request)
            rendered = _rendered(answer, head)
        except Drop:
            return False
        except Exception:
            _LOG.exception("the handler of %s %s failed", request.method, request.raw_path)
            rendered = _rendered(error(500, "server_error", "The request could not be handled"), head)
        _send(connection, rendered, limits)
        if not head.keep_alive or answer.closes:
            return True


def _words(failure: Exception) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return failure.verify_message
    if isinstance(failure, ssl.SSLError) and failure.reason:
        return failure.reason.lower().replace("_", " ")
    return str(failure) or type(failure).__name__


def _rendered(answer: HttpResponse, head: Head) -> bytes:
    return _render(answer, keep_alive=head.keep_alive, bodiless=head.method == "HEAD" or answer.status in _BODILESS)


def _render(answer: HttpResponse, *, keep_alive: bool, bodiless: bool) -> bytes:
    """The answer's bytes.

    Raises:
        ValueError: a header holds a character that would end it.
    """
    headers = [*answer.headers, ("Date", formatdate(usegmt=True))]
    if answer.status not in _BODILESS and not answer.chunked:
        headers.append(("Content-Length", str(len(answer.body))))
    if not keep_alive and not answer.closes:
        headers.append(("Connection", "close"))
    lines = [
        f"HTTP/1.1 {answer.status} {_PHRASES.get(answer.status, '')}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    if any(_UNSAFE.search(line) for line in lines):
        raise ValueError("a header of the answer holds a control character")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    if bodiless:
        return head
    return head + (_in_chunks(answer.body) if answer.chunked else answer.body)


def _in_chunks(body: bytes) -> bytes:
    """The chunked transfer coding (RFC 9112 7.1), in two chunks where there is enough."""
    half = len(body) // 2
    parts = [each for each in (body[:half], body[half:]) if each]
    return b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in parts) + b"0\r\n\r\n"


def _send(connection: ssl.SSLSocket, data: bytes, limits: Limits) -> None:
    deadline = time.monotonic() + limits.body_seconds
    view = memoryview(data)
    while view:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        connection.settimeout(remaining)
        view = view[connection.send(view) :]


def _drain(connection: ssl.SSLSocket) -> None:
    """Close for writing, then read away what still comes, for a bounded time and size."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    taken = 0
    with contextlib.suppress(OSError, ValueError):
        connection.shutdown(socket.SHUT_WR)  # from here on this is the plain socket: the bytes are not deciphered
        while taken < _DRAIN_BYTES and (remaining := deadline - time.monotonic()) > 0:
            connection.settimeout(remaining)
            data = connection.recv(65536)
            if not data:
                return
            taken += len(data)
