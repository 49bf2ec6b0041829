"""What a valid event does to the consents (D1): the state machine of the Flow page, idempotent, never backwards."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from conformance.lifecycle import Status, allows
from conformance.reference.answers import Refusal, bad_request, consent_invalid, unavailable
from conformance.reference.events import Event, EventType, read_event
from conformance.reference.settings import Settings
from conformance.reference.store import Clock, Grant, Store

_DECISION_SECONDS = 3.0
_FIXED = ("dc_id", "dp_id", "id_type", "hashed_id_number", "consent_type", "purpose")

_TAKEN = {
    (Status.EXPIRED, Status.AUTHORIZED): "expired-can-return",
    (Status.REVOKED, Status.SUSPENDED): "revoked-can-be-suspended",
    (Status.REJECTED, Status.AWAITING_AUTHORIZATION): "rejected-can-begin-again",
    (Status.AWAITING_AUTHORIZATION, Status.REVOKED): "awaiting-can-be-revoked",
    (Status.AUTHORIZED, Status.REJECTED): "authorized-can-be-rejected",
    (Status.AUTHORIZED, Status.AWAITING_AUTHORIZATION): "authorized-can-await-again",
    (Status.SUSPENDED, Status.FAILED): "suspended-can-fail",
}
_IGNORED = {
    (Status.SUSPENDED, Status.REVOKED): "suspended-cannot-be-revoked",
    (Status.SUSPENDED, Status.EXPIRED): "suspended-cannot-expire",
    (Status.AUTHORIZED, Status.EXPIRED): "ignores-expired-events",
    (Status.AUTHORIZED, Status.REVOKED): "ignores-revocations",
}
"""Transitions that flaws take, or leave out, against the table."""


class Changes:
    """Applies events to the store."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._consumers = {each.id for each in settings.data_consumers}

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def apply(self, event: Event) -> None:
        """Do what an event says, once; the same event again, and one older than what is applied, do nothing.

        Raises:
            Refusal: the event names another Data Provider, a stranger or an unknown consent, or the consent's state
                does not allow what it says; nothing is changed.
        """
        if event.dp_id != self._settings.dp_id and not self.flawed("takes-events-for-others"):
            raise bad_request("dp_id names another Data Provider")
        if event.dc_id not in self._consumers:
            raise bad_request("dc_id names no known Data Consumer")
        if event.type is EventType.CREATED:
            self._create(event)
            return
        grant = self._store.get(event.consent_id)
        if grant is None and self.flawed("announces-by-status"):
            self._store.add(self._fresh(replace(event, status=Status.AWAITING_AUTHORIZATION)))
            return
        if grant is None and self.flawed("unknown-consent-is-a-500"):
            raise Refusal(500, "server_error", "There is no such row")
        if grant is None:
            raise consent_invalid("The consent is not known", 404)
        with grant.lock:
            if event.digest in grant.applied and not self.flawed("older-events-win"):
                if self.flawed("repeats-are-conflicts"):
                    raise consent_invalid("The event was seen before", 409)
                return
            self._await_decision(grant, event)
            if any(getattr(event, name) != getattr(grant.event, name) for name in _FIXED):
                raise consent_invalid("The event changes what a consent keeps for its life")
            if event.updated_at < grant.updated_at and not self.flawed("older-events-win"):
                return
            self._change(grant, event)
            grant.updated_at = event.updated_at
            grant.applied.add(event.digest)

    def _create(self, event: Event) -> None:
        if self.flawed("forgets-created-consents"):
            return
        grant = self._store.get(event.consent_id)
        if grant is None and event.status is not Status.AWAITING_AUTHORIZATION:
            raise consent_invalid("A consent begins awaiting authorization")
        if grant and self.flawed("repeated-announcement-is-a-conflict"):
            raise consent_invalid("A consent of this id exists already", 409)
        if grant and self.flawed("announcement-resets"):
            with grant.lock:
                grant.status = Status.AWAITING_AUTHORIZATION
        grant = self._store.add(self._fresh(event))
        if grant.deciding or (grant.username and self.flawed("repeats-are-conflicts")):
            raise consent_invalid("A consent of this id exists already", 409)
        if event.digest not in grant.applied:
            raise consent_invalid("A consent of this id exists already")

    def _own_expiry(self) -> dict[str, Any]:
        """How a flaw tells whether a consent's time is over."""
        if self.flawed("expires-by-event-alone"):
            return {"expiry_check": lambda _grant, _now: False}
        if self.flawed("expires-at-the-days-end"):
            return {"expiry_check": _at_the_days_end}
        if self.flawed("compares-expiry-as-text"):
            return {"expiry_check": _as_text}
        if self.flawed("reads-expiry-as-local-time"):
            return {"expiry_check": _by_the_local_clock}
        if self.flawed("expiry-passes-the-suspended-by"):
            return {"expiry_check": _unless_suspended}
        return {}

    def known_ids(self) -> list[str]:
        """The ids of all consents, for flaws to tell of."""
        return self._store.ids()

    def store_early(self, body: bytes) -> None:
        """Store what can be made out of an event's body, right or wrong: a flaw."""
        with contextlib.suppress(ValueError, TypeError, KeyError, Refusal):
            document = json.loads(body)
            data = {**document["data"], "status": Status.AWAITING_AUTHORIZATION.value}
            data |= {"permissions": ["read_balances"], "expiration_datetime": "2099-01-01T00:00:00Z"}
            data |= {"id_type": "nric", "hashed_id_number": "A" * 43 + "=", "consent_purpose": "pfm"}
            event = read_event(json.dumps({"event_type": "consent_created", "data": data}).encode(), datetime.now(UTC))
            self._store.add(self._fresh(event))

    def _fresh(self, event: Event) -> Grant:
        return Grant(
            event=event,
            received_at=self._clock(),
            status=event.status,
            permissions=event.permissions,
            expiration=event.expiration,
            expiry_text=event.expiry_text,
            updated_at=event.updated_at,
            applied={event.digest},
            **self._own_expiry(),
        )

    def _await_decision(self, grant: Grant, event: Event) -> None:
        """Let a decision that PayNet is being told of end first, where the event makes sense only after it.

        PayNet's event can overtake its own answer to the update.
        """
        deadline = time.monotonic() + _DECISION_SECONDS
        while grant.deciding and event.status is not grant.status and not allows(grant.status, event.status):
            self._wait(grant, deadline)
        while grant.deciding and event.status is Status.AUTHORIZED:
            self._wait(grant, deadline)

    def _wait(self, grant: Grant, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise unavailable("The customer's decision is on its way to PayNet")
        grant.lock.wait(remaining)

    def _change(self, grant: Grant, event: Event) -> None:
        if self.flawed("event-authorizes") and event.status is Status.AUTHORIZED and event.accounts:
            grant.status = Status.AUTHORIZED if grant.status is Status.AWAITING_AUTHORIZATION else grant.status
            grant.accounts = grant.accounts or tuple(number for number, _ in event.accounts)
        if self.flawed("events-widen-accounts") and event.accounts:
            grant.accounts = tuple(number for number, _ in event.accounts)
        status = grant.settle(self._clock(), self._settings.awaiting_minutes * 60)
        if self.flawed("failed-can-be-authorized") and (status, event.status) == (Status.FAILED, Status.AUTHORIZED):
            grant.status, grant.accounts = Status.AUTHORIZED, tuple(number for number, _ in event.accounts)
            return
        if event.type is EventType.UPDATED:
            if self.flawed("ignores-consent-updated"):
                return
            if self.flawed("update-lifts-suspension") and status is event.status is Status.SUSPENDED:
                grant.status = Status.AUTHORIZED
            if self.flawed("extension-revives") and status is Status.EXPIRED and event.expiration > grant.expiration:
                grant.status, grant.expiration = Status.AUTHORIZED, event.expiration
                return
            if self.flawed("update-revives") and event.status is Status.AUTHORIZED and grant.username:
                grant.status = status = Status.AUTHORIZED
            self._move(grant, status, event.status)
            self._narrow(grant, event)
        else:
            if self.flawed("ignores-status-updates"):
                return
            if self.flawed("takes-accounts-by-number") and event.status is Status.AUTHORIZED and event.accounts:
                grant.accounts = tuple(number for _, number in event.accounts)
            self._move(grant, status, event.status)

    def _move(self, grant: Grant, current: Status, target: Status) -> None:
        if self._moved_by_flaw(grant, current, target):
            return
        if self.flawed("revoked-can-return") and (current, target) == (Status.REVOKED, Status.AUTHORIZED):
            current = Status.SUSPENDED
        if self.flawed("suspension-is-final") and (current, target) == (Status.SUSPENDED, Status.AUTHORIZED):
            return
        if target is current:
            return
        # What makes a consent authorized the first time is its customer, not an event (R:activation=journey).
        unapproved = current is Status.AWAITING_AUTHORIZATION and target is Status.AUTHORIZED
        if self.flawed("acknowledges-strange-transitions") and (unapproved or not allows(current, target)):
            return
        if unapproved or not allows(current, target):
            raise consent_invalid(f"A consent that is {current.value} cannot become {target.value}")
        grant.status = target
        grant.revision += 1
        if self.flawed("ends-all-of-the-customer") and target is not Status.AUTHORIZED:
            for each in self._store.of(grant.username) if grant.username else ():
                each.status = target

    def _moved_by_flaw(self, grant: Grant, current: Status, target: Status) -> bool:
        """Whether a flaw settles a transition, one way or the other."""
        if (current, target) in _IGNORED and self.flawed(_IGNORED[current, target]):
            return True
        if self.flawed("expiry-passes-the-suspended-by") and (current, target) == (Status.SUSPENDED, Status.AUTHORIZED):
            grant.expiry_check = _never
        if self.flawed("toggles-suspension") and current is target is Status.SUSPENDED:
            target = Status.AUTHORIZED
        elif (current, target) not in _TAKEN or not self.flawed(_TAKEN[current, target]):
            return False
        grant.status = target
        grant.revision += 1
        return True

    def _narrow(self, grant: Grant, event: Event) -> None:
        """Take over what the event changes; what a customer has approved only ever becomes less."""
        approved = bool(grant.username)
        grant.expiry_text = event.expiry_text
        grant.permissions = grant.permissions & event.permissions if approved else event.permissions
        grant.expiration = min(grant.expiration, event.expiration) if approved else event.expiration
        grant.revision += 1


def _at_the_days_end(grant: Grant, now: float) -> bool:
    return datetime.fromtimestamp(now, UTC).date() > grant.expiration.date()


def _as_text(grant: Grant, now: float) -> bool:
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds") >= grant.expiry_text


def _by_the_local_clock(grant: Grant, now: float) -> bool:
    return datetime.fromtimestamp(now, UTC) >= datetime.fromisoformat(grant.expiry_text).replace(tzinfo=UTC)


def _unless_suspended(grant: Grant, now: float) -> bool:
    return grant.status is not Status.SUSPENDED and grant.has_expired(now)


def _never(_grant: Grant, _now: float) -> bool:
    return False
