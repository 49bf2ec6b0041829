"""What the reference remembers: consents, each with a lock of its own, and signatures it has seen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from conformance.lifecycle import Status
from conformance.reference.events import Event, Permission

Clock = Callable[[], float]
"""Seconds since the epoch."""


@dataclass(slots=True)
class Grant:
    """One consent as this Data Provider holds it; whoever reads or changes it holds `lock`.

    `username` and `accounts` (ids) are set by the customer's approval alone. `deciding` is true while PayNet is asked
    to accept a decision. `revision` grows with each change that the customer would have to see again. `reads` counts
    data calls, and `expiry_check` says whether time is over, for flaws to say otherwise.
    """

    event: Event
    received_at: float
    status: Status
    permissions: frozenset[Permission]
    expiration: datetime
    updated_at: datetime
    expiry_text: str = ""
    username: str = ""
    accounts: tuple[str, ...] = ()
    deciding: bool = False
    revision: int = 0
    applied: set[str] = field(default_factory=set)
    reads: int = 0
    expiry_check: Callable[[Grant, float], bool] = field(default=lambda grant, now: grant.has_expired(now))
    lock: threading.Condition = field(default_factory=threading.Condition)

    def has_expired(self, now: float) -> bool:
        """Whether its time is over."""
        return datetime.fromtimestamp(now, UTC) >= self.expiration

    @property
    def consent_id(self) -> str:
        """The consent's id."""
        return self.event.consent_id

    @property
    def dc_id(self) -> str:
        """Whose data it is."""
        return self.event.dc_id

    def standing(self, now: float, awaiting_seconds: float) -> Status:
        """The state, with what time does by itself (F: expiry; R:awaiting_timeout)."""
        expired = self.expiry_check(self, now)
        if self.status in (Status.AUTHORIZED, Status.SUSPENDED) and expired:
            return Status.EXPIRED
        waited = expired or now >= self.received_at + awaiting_seconds
        if self.status is Status.AWAITING_AUTHORIZATION and waited and not self.deciding:
            return Status.FAILED
        return self.status

    def settle(self, now: float, awaiting_seconds: float) -> Status:
        """Let time do what it does by itself, for good, and tell the state."""
        self.status = self.standing(now, awaiting_seconds)
        return self.status

    def serves(self, now: float) -> bool:
        """Whether it opens data."""
        return self.status is Status.AUTHORIZED and not self.expiry_check(self, now)


class Store:
    """Consents by id."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def get(self, consent_id: str) -> Grant | None:
        """The consent of that id."""
        with self._lock:
            return self._grants.get(consent_id)

    def ids(self) -> list[str]:
        """The ids of all consents."""
        with self._lock:
            return list(self._grants)

    def add(self, grant: Grant) -> Grant:
        """Keep a consent, unless its id is known: then the one that is there is returned."""
        with self._lock:
            return self._grants.setdefault(grant.consent_id, grant)

    def of(self, username: str) -> list[Grant]:
        """The consents that a customer approved."""
        with self._lock:
            return [each for each in self._grants.values() if each.username == username]


class Seen:
    """Values that must not come twice within some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._times: dict[str, float] = {}
        self._lock = threading.Lock()

    def first(self, value: str, now: float) -> bool:
        """Note a value; false if it was noted within the time."""
        with self._lock:
            # Insertion order is time order: the oldest are in front.
            for old, noted in list(islice(self._times.items(), 8)):
                if noted > now - self._seconds:
                    break
                del self._times[old]
            if self._times.get(value, float("-inf")) > now - self._seconds:
                return False
            self._times.pop(value, None)
            self._times[value] = now
            return True


class Pace:
    """How many requests each name has made in the running minute."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._counts: dict[tuple[str, int], int] = {}
        self._lock = threading.Lock()

    def allows(self, name: str, now: float) -> bool:
        """Count one; false beyond the limit."""
        if not self._per_minute:
            return True
        minute = int(now // 60)
        with self._lock:
            self._counts = {key: count for key, count in self._counts.items() if key[1] == minute}
            self._counts[name, minute] = self._counts.get((name, minute), 0) + 1
            return self._counts[name, minute] <= self._per_minute
