"""Consent events (D1) read strictly: everything that is wrong with a body is found before anything is changed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from conformance.lifecycle import Status
from conformance.reference.answers import bad_request

MAX_BYTES = 256 << 10
_MAX_DEPTH = 16
_MAX_ACCOUNTS = 500
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:(?P<second>\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_ACCOUNT_TEXTS = ("account_number", "account_reference", "account_name")
_CONSENT_TYPES = ("account_access_consent", "urn:openfinance-ml:account-access-consent:v1.2")
_UPDATED_BY = ("data_consumer", "data_consumer_user", "ofp", "ofp_user", "data_provider", "data_provider_user")
_REASON_CODES = (
    "inactive_account",
    "inactive_provider",
    "not_allowed",
    "internal_error",
    "format_error",
    "timeout",
    "provider_error",
    "duplicate",
    "validation_error",
)


class EventType(StrEnum):
    """What an event says happened (G)."""

    CREATED = "consent_created"
    UPDATED = "consent_updated"
    STATUS_UPDATED = "consent_status_updated"


class Permission(StrEnum):
    """What a consent lets be read (G)."""

    READ_ACCOUNTS = "read_accounts"
    READ_BALANCES = "read_balances"
    READ_TRANSACTIONS = "read_transactions"


class Purpose(StrEnum):
    """Why a Data Consumer asks (G)."""

    PFM = "pfm"
    CREDIT_UNDERWRITING = "credit_underwriting"


@dataclass(frozen=True, slots=True)
class Event:
    """A valid event. Times are aware; `digest` is the same for every spelling of the same event."""

    type: EventType
    consent_id: str
    dc_id: str
    dp_id: str
    id_type: str
    hashed_id_number: str
    consent_type: str
    purpose: Purpose
    permissions: frozenset[Permission]
    expiration: datetime
    expiry_text: str
    status: Status
    updated_at: datetime
    accounts: tuple[tuple[str, str], ...]
    digest: str


def read_event(body: bytes, now: datetime) -> Event:
    """A request body as an event; members that are not known are ignored.

    `accounts` holds (account_id, account_number) pairs, whichever of the two published places they came in.

    Raises:
        Refusal: 400 invalid_request, saying which member is wrong and never repeating its value.
    """
    document = parse_object(body)
    kind = _enumerated(document, "event_type", EventType)
    data = document.get("data")
    if not isinstance(data, dict):
        raise bad_request("data must be an object")
    updated_at = _moment(data, "updated_at")
    if updated_at > now + timedelta(seconds=300):
        raise bad_request("updated_at must not be in the future")
    _moment(data, "created_at")
    _enumerated(data, "updated_by", _UPDATED_BY)
    _reason(data.get("status_reason"))
    return Event(
        type=EventType(kind),
        consent_id=_text(data, "consent_id", 36),
        dc_id=_text(data, "dc_id", 300),
        dp_id=_text(data, "dp_id", 300),
        id_type=_enumerated(data, "id_type", ("nric", "passport")),
        hashed_id_number=_identity_hash(data),
        consent_type=_enumerated(data, "consent_type", _CONSENT_TYPES),
        purpose=Purpose(_enumerated(data, "consent_purpose", Purpose)),
        permissions=_permissions(data),
        expiration=_moment(data, "expiration_datetime"),
        expiry_text=str(data["expiration_datetime"]),
        status=Status(_enumerated(data, "status", Status)),
        updated_at=updated_at,
        accounts=_accounts(data),
        digest=hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest(),
    )


def parse_object(body: bytes) -> dict[str, object]:
    """A body as a JSON object (RFC 8259): UTF-8, no member twice, no NaN, not too deep, text that is Unicode.

    Raises:
        Refusal: 400 invalid_request.
    """
    if len(body) > MAX_BYTES:
        raise bad_request(f"The body must be at most {MAX_BYTES} bytes")
    try:
        text = body.decode("utf-8")
        document = json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise bad_request("The body must be JSON in UTF-8") from None
    if not isinstance(document, dict):
        raise bad_request("The body must be a JSON object")
    _bounded(document)
    return document


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _bounded(document: object) -> None:
    level = [document]
    for _ in range(_MAX_DEPTH):
        deeper: list[object] = []
        for value in level:
            if isinstance(value, dict):
                deeper += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                deeper += value
            elif isinstance(value, str) and any(0xD800 <= ord(each) <= 0xDFFF for each in value):
                raise bad_request("The body must hold Unicode text")
        if not deeper:
            return
        level = deeper
    raise bad_request(f"The body must not be nested deeper than {_MAX_DEPTH} levels")


def _text(data: dict[str, object], name: str, longest: int) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise bad_request(f"{name} must be a text of 1 to {longest} characters")
    return value


def _enumerated(data: dict[str, object], name: str, options: Iterable[str]) -> str:
    value = data.get(name)
    if not isinstance(value, str) or value not in list(options):
        raise bad_request(f"{name} must be one of the published values")
    return value


def _moment(data: dict[str, object], name: str) -> datetime:
    value = data.get(name)
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not isinstance(value, str) or not match:
        raise bad_request(f"{name} must be a date and time as in RFC 3339")
    try:
        # A leap second (RFC 3339 5.7) counts as the second before it.
        start, end = match.span("second")
        whole = f"{value[:start]}59{value[end:]}" if match["second"] == "60" else value
        return datetime.fromisoformat(whole.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_request(f"{name} must be a date and time that exists") from None


def _identity_hash(data: dict[str, object]) -> str:
    value = data.get("hashed_id_number")
    if isinstance(value, str) and len(value) == 44:
        try:
            if len(base64.b64decode(value, validate=True)) == 32:
                return value
        except (binascii.Error, ValueError):
            pass
    raise bad_request("hashed_id_number must be 44 characters, the padded base64 of a SHA-256")


def _permissions(data: dict[str, object]) -> frozenset[Permission]:
    value = data.get("permissions")
    if not isinstance(value, list) or not value or any(each not in list(Permission) for each in value):
        raise bad_request("permissions must be a list of published values")
    if len(value) != len(set(value)):
        raise bad_request("permissions must not hold a value twice")
    return frozenset(Permission(each) for each in value)


def _reason(value: object) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise bad_request("status_reason must be an object")
    if "reason_code" in value:
        _enumerated(value, "reason_code", _REASON_CODES)
    if not isinstance(value.get("reason_description", ""), str):
        raise bad_request("reason_description must be a text")


def _accounts(data: dict[str, object]) -> tuple[tuple[str, str], ...]:
    access = data.get("account_access")
    if access is not None and not isinstance(access, dict):
        raise bad_request("account_access must be an object")
    places = [data.get("accounts"), access.get("accounts") if access else None]
    found: list[tuple[str, str]] = []
    for items in places:
        if items is None:
            continue
        if not isinstance(items, list) or len(items) > _MAX_ACCOUNTS:
            raise bad_request(f"accounts must be a list of at most {_MAX_ACCOUNTS}")
        for each in items:
            if not isinstance(each, dict):
                raise bad_request("accounts must be objects")
            if any(not isinstance(each.get(name, ""), str) for name in _ACCOUNT_TEXTS):
                raise bad_request("the members of an account must be texts")
            number = each.get("account_number") or each.get("account_reference") or ""
            found.append((_text(each, "account_id", 300), str(number)))
    return tuple(found)
