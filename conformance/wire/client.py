"""The wire: sends requests, brings back replies, and records each exchange as it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.model import Exchange, Fault, FaultKind, Tls
from conformance.wire.answer import Answer, Parser
from conformance.wire.channel import Channel
from conformance.wire.faults import Failed
from conformance.wire.message import Outgoing, Reply
from conformance.wire.pool import Pool
from conformance.wire.record import exchange_id, jose_seen, message, signed_as
from conformance.wire.redaction import Redactor
from conformance.wire.target import Target, completed_headers, parse, serialized

_RETRIED = frozenset({FaultKind.EOF, FaultKind.RESET})

Piece = tuple[float, bytes]


@dataclass(slots=True)
class _Course:
    """What happens to one request, as far as it has come; times are `time.monotonic`."""

    outgoing: Outgoing
    target: Target | None = None
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None
    started: float = field(default_factory=time.time)
    began: float = field(default_factory=time.monotonic)
    connect_seconds: float = 0.0
    first_byte_seconds: float = 0.0
    tls: Tls | None = None
    parser: Parser | None = None
    answer: Answer | None = None
    fault: Fault | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def deadline(self) -> float:
        return self.began + self.outgoing.seconds


class Wire:
    """One recording client, made and used on one asyncio loop; any number of sends at a time."""

    def __init__(
        self, redactor: Redactor, *, max_body: int = 4 << 20, requests_per_second: float | None = None
    ) -> None:
        """Answers' bodies are bounded to `max_body` bytes; `requests_per_second` spaces requests evenly."""
        self._redactor = redactor
        self._max_body = max_body
        self._interval = 1 / requests_per_second if requests_per_second else 0.0
        self._next_start = 0.0
        self._pool = Pool()

    async def send(self, outgoing: Outgoing) -> Reply:
        """Send one request; nothing that the peer does raises.

        Redirects are not followed and bodies not decompressed. An idle connection turns out to be closed now and then:
        then the request goes out once more, on a new one, if nothing of an answer was read, and the exchange says so.
        """
        await self._wait_for_turn()
        course = _Course(outgoing)
        try:
            course.target = parse(outgoing.url)
            course.headers = completed_headers(outgoing, course.target)
            data = serialized(outgoing, course.target, course.headers)
            await self._sent(course, course.target, data)
        except Failed as failure:
            course.fault = failure.fault
        return self._reply(course)

    async def raw(self, outgoing: Outgoing, data: bytes | Sequence[Piece]) -> Reply:
        """Send any bytes, on a connection of their own, and read what comes; the connection is closed afterwards.

        `data` is the bytes, or pieces each with the seconds to wait before it. Of `outgoing`, the address says where to
        connect, and method, headers and body are only recorded beside the bytes. Bounds and faults are `send`'s.
        """
        await self._wait_for_turn()
        pieces: Sequence[Piece] = [(0.0, data)] if isinstance(data, bytes) else data
        course = _Course(outgoing, raw=b"".join(piece for _, piece in pieces))
        try:
            course.target = parse(outgoing.url)
            channel = await self._opened(course, course.target)
            feeding = asyncio.create_task(_feed(channel, pieces))
            try:
                course.answer = await self._read(course, channel)
            finally:
                feeding.cancel()
                await asyncio.wait({feeding})
                channel.close()
        except Failed as failure:
            course.fault = failure.fault
        return self._reply(course)

    async def aclose(self) -> None:
        """Close the idle connections."""
        self._pool.close()

    async def _sent(self, course: _Course, target: Target, data: bytes) -> None:
        channel = self._pool.take(target, course.outgoing.identity)
        if channel:
            try:
                await self._conversed(course, target, channel, data)
            except Failed as failure:
                if failure.fault.kind not in _RETRIED or (course.parser and course.parser.received):
                    raise
                course.notes.append("the peer had closed the idle connection: sent once more, on a new one")
                course.tls = None
            else:
                return
        channel = await self._opened(course, target)
        await self._conversed(course, target, channel, data)

    async def _opened(self, course: _Course, target: Target) -> Channel:
        before = time.monotonic()
        try:
            return await Channel.open(target.host, target.port, course.outgoing.identity.context, course.deadline)
        finally:
            course.connect_seconds = time.monotonic() - before

    async def _conversed(self, course: _Course, target: Target, channel: Channel, data: bytes) -> None:
        keep = False
        try:
            channel.write(data)
            course.answer = await self._read(course, channel)
            keep = course.answer.reusable and not _closes(course.headers)
        finally:
            if keep:
                self._pool.give(target, course.outgoing.identity, channel)
            else:
                channel.close()

    async def _read(self, course: _Course, channel: Channel) -> Answer:
        course.tls = channel.tls
        course.parser = parser = Parser(course.outgoing.method, self._max_body)
        while True:
            try:
                data = await channel.read(course.deadline)
            except Failed as failure:
                if failure.fault.kind is FaultKind.TIMEOUT and parser.received:
                    raise Failed(FaultKind.TIMEOUT, f"after {parser.received} bytes of the answer") from failure
                raise
            if data and not parser.received:
                course.first_byte_seconds = time.monotonic() - course.began
            answer = parser.feed(data, truncated=channel.truncated)
            if answer:
                return answer
            if time.monotonic() > course.deadline:
                raise Failed(FaultKind.TIMEOUT, f"after {parser.received} bytes of the answer")

    async def _wait_for_turn(self) -> None:
        if self._interval:
            now = time.monotonic()
            turn = max(now, self._next_start)
            self._next_start = turn + self._interval
            await asyncio.sleep(turn - now)

    def _reply(self, course: _Course) -> Reply:
        answer = course.answer
        exchange = self._exchange(course)
        if answer is None:
            return Reply(exchange, 0, (), b"", course.fault)
        return Reply(exchange, answer.status, answer.headers, answer.body, None)

    def _exchange(self, course: _Course) -> Exchange:
        outgoing, redactor = course.outgoing, self._redactor
        total = time.monotonic() - course.began
        line = f"{outgoing.method} {course.target.target if course.target else outgoing.url} HTTP/1.1"
        headers, body, notes = course.headers or outgoing.headers, outgoing.body, list(course.notes)
        if course.raw is not None:
            notes.append("the request was sent as raw bytes")
            line, headers, body = f"raw bytes to {outgoing.url}", (), course.raw
        came: tuple[str, tuple[tuple[str, str], ...], bytes] | None = None
        if course.answer:
            notes += course.answer.notes
            came = course.answer.start, course.answer.headers, course.answer.body
        elif course.parser and course.parser.seen:
            notes.append("the answer is incomplete")
            came = course.parser.seen
        fault = course.fault
        return Exchange(
            id=exchange_id(),
            operation=outgoing.operation,
            caller=outgoing.caller,
            url=redactor.url(outgoing.url),
            request=message(redactor, line, headers, body),
            response=message(redactor, *came) if came else None,
            fault=Fault(fault.kind, redactor.text(fault.detail)) if fault else None,
            tls=course.tls,
            started=course.started,
            connect_seconds=course.connect_seconds,
            first_byte_seconds=course.first_byte_seconds,
            total_seconds=total,
            jose=jose_seen(redactor, (outgoing.url, headers, body), came and ("", *came[1:])),
            note="; ".join(map(redactor.text, notes)),
            signed=signed_as(redactor, outgoing.signed),
        )


async def _feed(channel: Channel, pieces: Sequence[Piece]) -> None:
    for delay, piece in pieces:
        await asyncio.sleep(delay)
        channel.write(piece)
        await channel.drained()


def _closes(headers: tuple[tuple[str, str], ...]) -> bool:
    return any(name.lower() == "connection" and "close" in value.lower() for name, value in headers)
