"""What the customer's pages tell of a consent, and what flaws tell instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from conformance.reference.bank import Bank
from conformance.reference.events import Permission, Purpose
from conformance.reference.store import Grant


class Shown:
    """The consent in the words of the review page."""

    def __init__(self, flaws: frozenset[str], bank: Bank, names: Mapping[str, str]) -> None:
        """`names` has the Data Consumers' names by their ids."""
        self._flaws = flaws
        self._bank = bank
        self._names = names

    def consumer(self, dc_id: str) -> str:
        """Who asks."""
        if "hides-the-consumer" in self._flaws:
            return "An application"
        return next(iter(self._names.values())) if "names-the-first-consumer" in self._flaws else self._names[dc_id]

    def permissions(self, granted: frozenset[Permission]) -> frozenset[Permission]:
        """What may be read."""
        if "hides-the-permissions" in self._flaws:
            return frozenset()
        if "shows-the-usual-permissions" in self._flaws:
            return frozenset({Permission.READ_ACCOUNTS, Permission.READ_BALANCES})
        return granted

    def purpose(self, purpose: Purpose) -> Purpose:
        """Why."""
        return Purpose.PFM if "shows-the-usual-purpose" in self._flaws else purpose

    def expiration(self, expiration: datetime, now: float) -> datetime | None:
        """Until when; None leaves it out."""
        if "shows-the-usual-expiry" in self._flaws:
            return datetime.fromtimestamp(now, UTC) + timedelta(days=90)
        return None if "hides-the-expiry" in self._flaws else expiration

    def not_yours(self, grant: Grant) -> str:
        """What a stranger is told who logs in for somebody's consent."""
        owner = self._bank.owner(grant.event.id_type, grant.event.hashed_id_number)
        owned = ""
        if owner and "tells-strangers-of-accounts" in self._flaws:
            owned = ", who owns " + ", ".join(each.shown_number for each in owner.accounts)
        return f"This request is for another person{owned}."
