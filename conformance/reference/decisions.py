"""A customer's decision on a consent: told to PayNet once, in force when PayNet has taken it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from conformance.lifecycle import Status
from conformance.reference.bank import Account, Customer
from conformance.reference.settings import Settings
from conformance.reference.store import Clock, Grant
from conformance.reference.update import Updates
from conformance.reference.visits import Outcome, Session

_OTHER_SECONDS = 12.0


class Decisions:
    """Makes decisions, one at a time for each consent."""

    def __init__(self, settings: Settings, updates: Updates, clock: Clock) -> None:
        self._settings = settings
        self._updates = updates
        self._clock = clock

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def approve(
        self, grant: Grant, session: Session, customer: Customer, accounts: tuple[Account, ...]
    ) -> Outcome | None:
        """Approve what the session reviewed; None if that has changed since, so that it must be reviewed again."""

        def finish(accepted: bool) -> Outcome:
            if not accepted and self.flawed("serves-though-refused"):
                grant.status, grant.username = Status.AUTHORIZED, customer.username
                grant.accounts = tuple(each.account_id for each in accounts)
            if not accepted:
                return Outcome.APPROVED if self.flawed("shows-success-anyway") else Outcome.NOT_ACCEPTED
            if grant.status is not Status.AWAITING_AUTHORIZATION and not self.flawed("approves-late"):
                return Outcome.ENDED
            grant.status = Status.AUTHORIZED
            grant.username = customer.username
            opened = customer.accounts[: len(accounts)] if self.flawed("opens-the-first-accounts") else accounts
            grant.accounts = tuple(each.account_id for each in opened)
            grant.permissions &= permissions
            grant.expiration = min(grant.expiration, expiration)
            return Outcome.APPROVED

        with grant.lock:
            permissions, expiration = grant.permissions, grant.expiration
        return self._decide(
            grant,
            session,
            lambda: self._tell(grant, customer, accounts, session.logged_in_at),
            finish,
        )

    def _tell(self, grant: Grant, customer: Customer, accounts: tuple[Account, ...], logged_in_at: float) -> bool:
        if self.flawed("updates-in-the-background"):
            work = threading.Timer(0.5, self._updates.authorized, (grant, customer, accounts, logged_in_at))
            work.daemon = True
            work.start()
            return True
        if self.flawed("approves-twice-at-once"):
            time.sleep(0.5)
        return self._updates.authorized(grant, customer, accounts, logged_in_at)

    def reject(self, grant: Grant, session: Session, accounts: tuple[Account, ...]) -> Outcome | None:
        """Reject; that holds whether PayNet could be told or not."""

        def finish(accepted: bool) -> Outcome:  # noqa: ARG001
            if grant.status is Status.AWAITING_AUTHORIZATION:
                grant.status = Status.REJECTED
            return Outcome.REJECTED

        if self.flawed("rejects-in-silence"):
            return self._decide(grant, session, lambda: True, finish)
        return self._decide(grant, session, lambda: self._updates.rejected(grant, accounts), finish)

    def revoke(self, grant: Grant, username: str) -> bool:
        """Stop a consent at once and tell PayNet; false if there is nothing of this customer's to stop."""
        with grant.lock:
            status = grant.settle(self._clock(), self._settings.awaiting_minutes * 60)
            if grant.username != username or status not in (Status.AUTHORIZED, Status.SUSPENDED):
                return False
            if not self.flawed("revocation-waits-for-paynet"):
                grant.status = Status.REVOKED
            grant.revision += 1
        if not self.flawed("revocation-tells-nobody"):
            self._updates.revoked(grant)
        return True

    def _decide(
        self, grant: Grant, session: Session, tell: Callable[[], bool], finish: Callable[[bool], Outcome]
    ) -> Outcome | None:
        with grant.lock:
            # A second press of the button waits for the first one's outcome and shares it.
            while grant.deciding and not self.flawed("approves-twice-at-once"):
                if not grant.lock.wait(_OTHER_SECONDS):
                    return Outcome.ENDED
            if session.outcome and not self.flawed("approves-twice"):
                return session.outcome
            status = grant.status
            if not self.flawed("approves-beyond-the-clock"):
                status = grant.settle(self._clock(), self._settings.awaiting_minutes * 60)
            lax = any(map(self.flawed, ("approves-late", "approves-twice", "decides-by-visit")))
            if status is not Status.AWAITING_AUTHORIZATION and not lax:
                return Outcome.ENDED
            if session.reviewed != grant.revision and not self.flawed("approves-late"):
                return None
            grant.deciding = True
        accepted = False
        try:
            accepted = tell()
        finally:
            with grant.lock:
                grant.deciding = False
                session.outcome = finish(accepted)
                grant.lock.notify_all()
        return session.outcome
