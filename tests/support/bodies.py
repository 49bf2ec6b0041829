"""Messages that fit the wire contract."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance import consent
from conformance.lifecycle import Status

HASH = "A" * 43 + "="
Body = dict[str, Any]


def event(shape: str = "accounts") -> Body:
    moment = consent.now()
    given = consent.Consent(
        consent_id=consent.new_id(),
        dc_id="dc-1",
        dp_id="dp-1",
        id_type="nric",
        hashed_id_number=HASH,
        consent_type="account_access_consent",
        purpose=consent.Purpose.PFM,
        permissions=tuple(consent.Permission),
        expiration=moment + timedelta(days=30),
        status=Status.AWAITING_AUTHORIZATION,
        created_at=moment,
        updated_at=moment,
        accounts=(consent.AccountRef("account-1", "1234567890", "Savings"),),
    )
    return consent.event_json(consent.EventType.CREATED, given, shape)


def approval() -> Body:
    return {
        "status": "authorized",
        "consent_id": consent.new_id(),
        "id_token": "aa.bb.cc",
        "user_identity": {"id_type": "nric", "hashed_id_number": HASH, "masked_name": "c***1"},
        "accounts": [{"account_id": "account-1", "account_number": "1234567890", "account_name": "Savings"}],
    }


def flat(amount: object = "12.34", **members: object) -> Body:
    return {"amount": amount, "currency": "MYR", "credit_debit_indicator": "credit", **members}


def nested(amount: object = "12.34") -> Body:
    return {"amount": {"amount": amount, "currency": "MYR"}, "credit_debit_indicator": "debit"}


def balance(current: object) -> Body:
    return {"account_id": "account-1", "current_balance": current}


def transaction() -> Body:
    return {
        "account_id": "account-1",
        "transaction_id": "t-1",
        "transaction_date": "2026-01-02T03:04:05Z",
        "credit_debit_indicator": "debit",
        "amount": {"amount": "1.00", "currency": "MYR"},
        "is_settled": True,
    }
