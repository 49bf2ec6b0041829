"""What arrived at the hub, and what it shall answer: the one place that all listeners and all checks share."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from conformance.model import Exchange, Operation, Tls

_BYTES_KEPT = 256 << 20
_REFUSALS_KEPT = 10_000
_OVERHEAD = 4096


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request that reached the hub. Times in seconds since the epoch; `peer_certificate` is DER, b"" if none.

    `consent_id` is "" where the request names none. `answered` is the status, 0 if the connection is closed without an
    answer; `answered_at` is when the answer is due (an arrival can be read while its answer is still held back).
    """

    operation: Operation
    consent_id: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer_certificate: bytes
    tls: Tls
    received_at: float
    answered_at: float
    answered: int
    exchange: Exchange

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub does with one consent update: wait `hang_seconds`, then answer, or drop the connection."""

    status: int = 200
    body: bytes = b"{}"
    hang_seconds: float = 0.0
    drop: bool = False

    @classmethod
    def ok(cls) -> Answer:
        """Accept: 200 `{}` (G)."""
        return cls()

    @classmethod
    def error(cls, status: int, code: str, description: str) -> Answer:
        """Refuse with a status and the contract's error body (G)."""
        return cls(status, json.dumps({"error": code, "error_description": description}).encode())

    @classmethod
    def hang(cls, seconds: float) -> Answer:
        """Accept, but only after some seconds."""
        return cls(hang_seconds=seconds)

    @classmethod
    def dropped(cls) -> Answer:
        """Close the connection without an answer."""
        return cls(drop=True)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A handshake that failed at one of the hub's listeners: when (epoch), where, and OpenSSL's reason."""

    at: float
    listener: str
    reason: str

    def __str__(self) -> str:
        """One line for a person."""
        at = datetime.fromtimestamp(self.at, UTC).strftime("%H:%M:%S UTC")
        return f"{self.reason} ({self.listener} listener, {at})"


class HubLog:
    """Thread-safe, and bounded: beyond 256 MiB the oldest arrivals are forgotten, which is noted as a refusal."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._all: deque[Arrival] = deque()
        self._by_consent: dict[str, deque[Arrival]] = {}
        self._bytes = 0
        self._overflowed = False
        self._scripts: dict[str, tuple[deque[Answer], bool]] = {}
        self._refusals: deque[Refusal] = deque(maxlen=_REFUSALS_KEPT)

    def record(self, arrival: Arrival) -> None:
        """Keep an arrival and wake whoever waits for it."""
        with self._changed:
            self._all.append(arrival)
            self._by_consent.setdefault(arrival.consent_id, deque()).append(arrival)
            self._bytes += _size(arrival)
            while self._bytes > _BYTES_KEPT and len(self._all) > 1:
                self._forget_oldest()
            self._changed.notify_all()

    def script(self, consent_id: str, answers: Sequence[Answer], repeat: bool = False) -> None:
        """Set how the consent's next updates are answered, one each; then 200 again, or the last one if `repeat`."""
        with self._changed:
            self._scripts[consent_id] = (deque(answers), repeat)

    def answer_for(self, consent_id: str) -> Answer:
        """The next scripted answer of a consent, which this uses up; 200 `{}` where none is left."""
        with self._changed:
            answers, repeat = self._scripts.get(consent_id, (deque(), False))
            if not answers:
                return Answer.ok()
            return answers[0] if repeat and len(answers) == 1 else answers.popleft()

    def wait_for(self, consent_id: str, operation: Operation, count: int, seconds: float) -> tuple[Arrival, ...]:
        """Block until that many have arrived; what there is at the deadline, perhaps fewer, else all there are."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._select(consent_id, operation)) >= count, timeout=max(0.0, seconds))
            return self._select(consent_id, operation)

    def arrivals(self, consent_id: str | None = None, operation: Operation | None = None) -> tuple[Arrival, ...]:
        """What has arrived, in order; None stands for any consent, any operation."""
        with self._changed:
            return self._select(consent_id, operation)

    def refuse(self, listener: str, reason: str) -> None:
        """Note a failed handshake."""
        with self._changed:
            self._refusals.append(Refusal(time.time(), listener, reason))

    def refusals(self, since: float = 0.0) -> tuple[Refusal, ...]:
        """The failed handshakes since a time (epoch seconds)."""
        with self._changed:
            return tuple(each for each in self._refusals if each.at >= since)

    def _select(self, consent_id: str | None, operation: Operation | None) -> tuple[Arrival, ...]:
        found = self._all if consent_id is None else self._by_consent.get(consent_id, ())
        return tuple(each for each in found if operation is None or each.operation is operation)

    def _forget_oldest(self) -> None:
        oldest = self._all.popleft()
        kept = self._by_consent[oldest.consent_id]
        kept.popleft()
        if not kept:
            del self._by_consent[oldest.consent_id]
        self._bytes -= _size(oldest)
        if not self._overflowed:
            self._overflowed = True
            self._refusals.append(
                Refusal(time.time(), "log", "too much has arrived: the oldest arrivals are forgotten")
            )


def _size(arrival: Arrival) -> int:
    """About what an arrival costs in memory: its own bytes, and its exchange's copy of them."""
    headers = sum(len(name) + len(value) for name, value in arrival.headers)
    return 2 * (len(arrival.body) + headers + len(arrival.target)) + len(arrival.peer_certificate) + _OVERHEAD
