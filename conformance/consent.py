"""A consent as PayNet announces it, and the events that carry it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from conformance.lifecycle import Status


class EventType(StrEnum):
    """What a consent event says happened (G)."""

    CREATED = "consent_created"
    UPDATED = "consent_updated"
    STATUS_UPDATED = "consent_status_updated"


class Permission(StrEnum):
    """What a consent lets the Data Consumer read (G)."""

    READ_ACCOUNTS = "read_accounts"
    READ_BALANCES = "read_balances"
    READ_TRANSACTIONS = "read_transactions"


class Purpose(StrEnum):
    """Why the Data Consumer asks (G)."""

    PFM = "pfm"
    CREDIT_UNDERWRITING = "credit_underwriting"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account as consents name it."""

    account_id: str
    account_number: str
    account_name: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent in one state; a change makes a new value. Times are aware; `accounts` are those the customer chose."""

    consent_id: str
    dc_id: str
    dp_id: str
    id_type: str
    hashed_id_number: str
    consent_type: str
    purpose: Purpose
    permissions: tuple[Permission, ...]
    expiration: datetime
    status: Status
    created_at: datetime
    updated_at: datetime
    accounts: tuple[AccountRef, ...] = ()
    updated_by: str = "ofp"

    def changed(self, **members: object) -> Consent:
        """The consent with some members replaced, and touched now."""
        return replace(self, updated_at=now(), **members)  # type: ignore[arg-type]


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """A moment as consents spell it: RFC 3339, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id() -> str:
    """A fresh consent_id: a UUID, 36 characters."""
    return str(uuid.uuid4())


def consent_json(consent: Consent, accounts_shape: str) -> dict[str, object]:
    """The consent as the `data` member of an event; `accounts_shape` is R:event_accounts_shape's choice."""
    members: dict[str, object] = {
        "consent_id": consent.consent_id,
        "dc_id": consent.dc_id,
        "dp_id": consent.dp_id,
        "id_type": consent.id_type,
        "hashed_id_number": consent.hashed_id_number,
        "consent_type": consent.consent_type,
        "consent_purpose": consent.purpose.value,
        "permissions": [each.value for each in consent.permissions],
        "expiration_datetime": timestamp(consent.expiration),
        "status": consent.status.value,
        "created_at": timestamp(consent.created_at),
        "updated_at": timestamp(consent.updated_at),
        "updated_by": consent.updated_by,
    }
    accounts = [
        {
            "account_id": each.account_id,
            "account_number": each.account_number,
            "account_name": each.account_name,
        }
        for each in consent.accounts
    ]
    if accounts and accounts_shape == "account_access":
        members["account_access"] = {"accounts": accounts}
    elif accounts:
        members["accounts"] = accounts
    return members


def event_json(event_type: EventType, consent: Consent, accounts_shape: str) -> dict[str, object]:
    """A whole consent event (D1's body)."""
    return {"event_type": event_type.value, "data": consent_json(consent, accounts_shape)}
