"""Reads HTTP/1.1 requests (RFC 9112) off a socket within bounds of size, number and total time."""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass

from conformance.httpd.message import Limits

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([\x21-\x7e\x80-\xff]+) HTTP/([0-9])\.([0-9])")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")
_CHUNKS = 10_000
_LINE = 4096


class Gone(Exception):
    """The peer has closed, or sends nothing that could be answered."""


class Refused(Exception):
    """A request that is answered with an error and the end of the connection."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Head:
    """A request's first lines; `length` is the body's in bytes, None of a chunked one."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    length: int | None
    keep_alive: bool
    expects_continue: bool


class Reader:
    """A socket's bytes, each read with a deadline (`time.monotonic`)."""

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._buffer = bytearray()

    def head(self) -> Head:
        """The next request's head.

        Raises:
            Gone: the peer closed, or stayed idle.
            Refused: the head is malformed, too large, or too slow.
        """
        if not self._buffer:
            try:
                self._fill(time.monotonic() + self._limits.idle_seconds)
            except TimeoutError as silence:
                raise Gone from silence
        try:
            return _parse(self._raw_head(time.monotonic() + self._limits.header_seconds), self._limits)
        except TimeoutError as slow:
            raise Refused(408, "the request's head did not arrive in time") from slow

    def waits_for_body(self) -> bool:
        """Whether nothing of the body has come yet."""
        return not self._buffer

    def body(self, head: Head) -> bytes:
        """The body that belongs to a head.

        Raises:
            Gone: the peer closed before its end.
            Refused: it is malformed, too large, or too slow.
        """
        deadline = time.monotonic() + self._limits.body_seconds
        try:
            if head.length is None:
                return self._chunked(deadline)
            if head.length > self._limits.body_bytes:
                raise Refused(413, f"the body is larger than {self._limits.body_bytes} bytes")
            return self._take(head.length, deadline)
        except TimeoutError as slow:
            raise Refused(408, "the request's body did not arrive in time") from slow

    def _raw_head(self, deadline: float) -> bytes:
        searched = 0
        while True:
            while self._buffer and self._buffer[0] in b"\r\n":  # RFC 9112 2.2: empty lines before a request are skipped
                del self._buffer[:1]
                searched = 0
            found = _HEAD_END.search(self._buffer, max(0, searched - 3))
            if found and found.end() <= self._limits.header_bytes:
                head = bytes(self._buffer[: found.start()])
                del self._buffer[: found.end()]
                return head
            if found or len(self._buffer) > self._limits.header_bytes:
                raise Refused(431, f"the request's head is larger than {self._limits.header_bytes} bytes")
            searched = len(self._buffer)
            self._fill(deadline)

    def _chunked(self, deadline: float) -> bytes:
        body = bytearray()
        for _ in range(_CHUNKS):
            match = _CHUNK.fullmatch(self._line(deadline))
            if not match:
                raise Refused(400, "malformed chunk")
            size = int(match[1], 16)
            if not size:
                self._trailer(deadline)
                return bytes(body)
            if len(body) + size > self._limits.body_bytes:
                raise Refused(413, f"the body is larger than {self._limits.body_bytes} bytes")
            body += self._take(size, deadline)
            if self._line(deadline):
                raise Refused(400, "malformed chunk")
        raise Refused(413, f"more than {_CHUNKS} chunks")

    def _trailer(self, deadline: float) -> None:
        for _ in range(self._limits.header_count):
            if not self._line(deadline):
                return
        raise Refused(431, "too many trailer fields")

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            self._fill(deadline)
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\n", 0, _LINE)) < 0:
            if len(self._buffer) >= _LINE:
                raise Refused(400, "malformed chunk")
            self._fill(deadline)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    def _fill(self, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._connection.settimeout(remaining)
        data = self._connection.recv(65536)
        if not data:
            raise Gone
        self._buffer += data


def _parse(raw: bytes, limits: Limits) -> Head:
    first, *lines = (line.removesuffix(b"\r") for line in raw.split(b"\n"))
    line = _REQUEST_LINE.fullmatch(first)
    if not line:
        raise Refused(400, "malformed request line")
    if line[3] != b"1":
        raise Refused(505, "only HTTP/1.1 is spoken here")
    if len(lines) > limits.header_count:
        raise Refused(431, f"more than {limits.header_count} header fields")
    fields = [_FIELD.fullmatch(each) for each in lines]
    headers = tuple((f[1].decode("latin-1"), f[2].rstrip(b" \t").decode("latin-1")) for f in fields if f)
    if len(headers) < len(lines):
        raise Refused(400, "malformed header field")
    modern = line[4] != b"0"
    expects = _one(headers, "expect")
    if expects and expects.lower() != "100-continue":
        raise Refused(417, "only 100-continue can be expected")
    if modern and len([name for name, _ in headers if name.lower() == "host"]) != 1:
        raise Refused(400, "exactly one Host is needed")
    options = {
        each.strip().lower() for name, value in headers if name.lower() == "connection" for each in value.split(",")
    }
    return Head(
        method=line[1].decode(),
        target=line[2].decode("latin-1"),
        headers=headers,
        length=_length(headers, modern),
        keep_alive=modern and "close" not in options,
        expects_continue=modern and bool(expects),
    )


def _length(headers: tuple[tuple[str, str], ...], modern: bool) -> int | None:
    """RFC 9112 6.3; whatever two readers could frame differently is refused."""
    coding, length = _one(headers, "transfer-encoding"), _one(headers, "content-length")
    if coding is not None:
        if length is not None or not modern:
            raise Refused(400, "Transfer-Encoding beside Content-Length or in HTTP/1.0")
        if coding.lower() != "chunked":
            raise Refused(501, "the only transfer coding is chunked")
        return None
    if length is not None and not re.fullmatch("[0-9]{1,15}", length):
        raise Refused(400, "malformed Content-Length")
    return int(length or 0)


def _one(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    values = {value for key, value in headers if key.lower() == name}
    if len(values) > 1:
        raise Refused(400, f"more than one {name}")
    return next(iter(values), None)
