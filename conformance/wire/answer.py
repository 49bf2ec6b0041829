"""Reads one HTTP/1.1 answer by h11, within bounds of size and number."""

from __future__ import annotations

import re
from dataclasses import dataclass

import h11

from conformance.model import FaultKind
from conformance.wire.faults import Failed

_HEAD_BYTES = 128 << 10
_INTERIM_ANSWERS = 50
_PIECES = 50_000
_FRAMING_ALLOWANCE = 512 << 10
_METHODS_OF_H11 = re.compile("[A-Z]+")
_STATUS_LINE = re.compile(rb"http/(\d)\.(\d)\s+(\d{3})(?:\s+(.*))?", re.IGNORECASE)
_STRICT_STATUS_LINE = re.compile(rb"HTTP/\d\.\d \d{3}(?: [^\r\n]*)?")


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer; `reusable` is whether its connection may carry another request."""

    start: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    notes: tuple[str, ...]
    reusable: bool


class Parser:
    """Takes an answer's bytes as they come. After a failure, `seen` is what can be recorded of it."""

    def __init__(self, method: str, max_body: int) -> None:
        """The request's method decides whether the answer has a body (RFC 9112 6.3)."""
        self._max_body = max_body
        self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_BYTES)
        name = method if _METHODS_OF_H11.fullmatch(method) and method != "CONNECT" else "GET"
        self._connection.send(h11.Request(method=name, target="/", headers=[("Host", "h")]))
        self._connection.send(h11.EndOfMessage())
        self._line: bytearray | None = bytearray()
        self._received = 0
        self._pieces = 0
        self._interim: list[int] = []
        self._start = ""
        self._status = 0
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = bytearray()
        self._notes: list[str] = []

    @property
    def received(self) -> int:
        """How many bytes have come, framing included."""
        return self._received

    @property
    def seen(self) -> tuple[str, tuple[tuple[str, str], ...], bytes] | None:
        """Status line, headers and body as far as they were read; None if there was no complete head."""
        return (self._start, self._headers, bytes(self._body)) if self._start else None

    def feed(self, data: bytes, *, truncated: bool = False) -> Answer | None:
        """The answer, once it is complete; b"" is the end of the stream.

        Raises:
            Failed: it is not HTTP, is larger than the bounds, or ends too early.
        """
        if not data and not self._received:
            raise Failed(FaultKind.EOF, "the peer closed the connection without an answer")
        self._received += len(data)
        if self._received > _HEAD_BYTES + 2 * self._max_body + _FRAMING_ALLOWANCE:
            raise Failed(FaultKind.OVERSIZED, f"more than {self._received} bytes, framing included")
        if not data and truncated and self._start and self._connection.their_state is h11.SEND_BODY:
            self._notes.append("the connection ended without a TLS close_notify")
        ready = self._with_plain_status_line(data)
        try:
            if ready:
                self._connection.receive_data(ready)
            if not data:
                self._connection.receive_data(b"")
            return self._events()
        except h11.RemoteProtocolError as problem:
            raise _malformed(problem) from problem

    def _events(self) -> Answer | None:
        while True:
            event = self._connection.next_event()
            if event is h11.NEED_DATA:
                return None
            if isinstance(event, h11.InformationalResponse):
                self._interim.append(event.status_code)
                if len(self._interim) > _INTERIM_ANSWERS:
                    raise Failed(FaultKind.OVERSIZED, f"more than {_INTERIM_ANSWERS} interim (1xx) answers")
            elif isinstance(event, h11.Response):
                if not event.http_version.startswith(b"1."):
                    raise Failed(FaultKind.MALFORMED, f"the answer is HTTP/{_text(event.http_version)}")
                self._start = f"HTTP/{event.http_version.decode()} {event.status_code} {_text(event.reason)}".rstrip()
                self._status = event.status_code
                self._headers = tuple((_text(name), _text(value)) for name, value in event.headers.raw_items())
            elif isinstance(event, h11.Data):
                self._pieces += 1
                if len(self._body) + len(event.data) > self._max_body:
                    raise Failed(FaultKind.OVERSIZED, f"the body is larger than {self._max_body} bytes")
                if self._pieces > _PIECES:
                    raise Failed(FaultKind.OVERSIZED, f"the body comes in more than {_PIECES} pieces")
                self._body += event.data
            elif isinstance(event, h11.EndOfMessage):
                return self._finished()
            else:
                raise Failed(FaultKind.MALFORMED, f"the answer stops at {event!r:.80}")

    def _finished(self) -> Answer:
        surplus = len(self._connection.trailing_data[0])
        if surplus:
            self._notes.append(f"{surplus} bytes came after the answer's end")
        if self._interim:
            self._notes.append(f"interim answers: {', '.join(map(str, self._interim[:10]))}")
        reusable = not surplus and self._connection.their_state is h11.DONE
        return Answer(self._start, self._status, self._headers, bytes(self._body), tuple(self._notes), reusable)

    def _with_plain_status_line(self, data: bytes) -> bytes:
        """RFC 9112 4 is strict on the status line; one in another case or spacing is read all the same, and noted."""
        if self._line is None:
            return data
        self._line += data
        end = self._line.find(b"\n")
        if end < 0 and data and len(self._line) <= _HEAD_BYTES:
            return b"" if _begins_like_http(self._line) else self._taken()
        first = bytes(self._line[:end] if end >= 0 else self._line)
        loose = _STATUS_LINE.fullmatch(first.strip())
        if end >= 0 and loose and not _STRICT_STATUS_LINE.fullmatch(first.removesuffix(b"\r")):
            self._notes.append(f"the status line is not as RFC 9112 4 has it: {first[:80]!r}")
            rest = bytes(self._line[end + 1 :])
            self._line = None
            return b"HTTP/%b.%b %b %b\r\n" % (loose[1], loose[2], loose[3], loose[4] or b"") + rest
        return self._taken()

    def _taken(self) -> bytes:
        data, self._line = bytes(self._line or b""), None
        return data


def _malformed(problem: h11.RemoteProtocolError) -> Failed:
    if problem.error_status_hint == 431:
        return Failed(FaultKind.OVERSIZED, f"the head, or a piece of framing, is larger than {_HEAD_BYTES} bytes")
    return Failed(FaultKind.MALFORMED, str(problem)[:200])


def _begins_like_http(line: bytearray) -> bool:
    return b"http/".startswith(bytes(line.lstrip()[:5]).lower())


def _text(data: bytes) -> str:
    return data.decode("latin-1")
