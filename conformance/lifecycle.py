"""The consent state machine of the Integration Flow page, as one table."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """A consent's state, spelled as on the wire."""

    AWAITING_AUTHORIZATION = "awaiting_authorization"
    AUTHORIZED = "authorized"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    REVOKED = "revoked"
    EXPIRED = "expired"
    FAILED = "failed"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.AWAITING_AUTHORIZATION: frozenset({Status.AUTHORIZED, Status.REJECTED, Status.FAILED}),
    Status.AUTHORIZED: frozenset({Status.SUSPENDED, Status.EXPIRED, Status.REVOKED}),
    Status.SUSPENDED: frozenset({Status.AUTHORIZED, Status.REVOKED, Status.EXPIRED}),
    Status.REJECTED: frozenset(),
    Status.REVOKED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.FAILED: frozenset(),
}
"""What each state may become; an empty set is a final state (source: Integration Flow)."""


def allows(current: Status, target: Status) -> bool:
    """Whether the table has the transition; staying in a state is not one."""
    return target in TRANSITIONS[current]


def is_final(status: Status) -> bool:
    """Whether nothing leads out of the state."""
    return not TRANSITIONS[status]


def serves_data(status: Status, expiration: datetime, now: datetime) -> bool:
    """Whether a consent opens data: only an authorized, unexpired one does (both times aware)."""
    return status is Status.AUTHORIZED and now < expiration


def paths_to(target: Status) -> tuple[Status, ...]:
    """The shortest way from the first state to `target`, the first state left out."""
    frontier: list[tuple[Status, ...]] = [()]
    while frontier:
        path = frontier.pop(0)
        at = path[-1] if path else Status.AWAITING_AUTHORIZATION
        if at is target:
            return path
        frontier += [(*path, after) for after in sorted(TRANSITIONS[at]) if after not in path]
    raise ValueError(f"no way leads to {target}")
