"""Event bodies that flaws make good before they are read: what a careless reader overlooks."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from conformance.lifecycle import Status
from conformance.reference.events import EventType, Permission

_LATER = "2099-01-01T00:00:00Z"


def mended(body: bytes, flaws: frozenset[str]) -> bytes:
    """The body as a reader with these flaws takes it."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(document, dict):
        return body
    before = json.dumps(document)
    _event_type(document, flaws)
    data = document.get("data")
    if isinstance(data, dict):
        _members(data, flaws)
        _permissions(data, flaws)
        _expiry(data, flaws)
    return body if json.dumps(document) == before else json.dumps(document).encode()


def _event_type(document: dict[str, Any], flaws: frozenset[str]) -> None:
    kind = document.get("event_type")
    if "takes-unknown-event-types" in flaws and isinstance(kind, str) and kind not in list(EventType):
        document["event_type"] = EventType.CREATED.value
    if "ignores-case-of-enums" in flaws and isinstance(kind, str):
        document["event_type"] = kind.lower()


def _members(data: dict[str, Any], flaws: frozenset[str]) -> None:
    if "supplies-missing-members" in flaws:
        data.setdefault("status", Status.AWAITING_AUTHORIZATION.value)
        data.setdefault("permissions", [each.value for each in Permission])
        data.setdefault("expiration_datetime", _LATER)
    if "truncates-long-ids" in flaws and isinstance(data.get("consent_id"), str):
        data["consent_id"] = data["consent_id"][:36]
    if "reads-numbers-as-text" in flaws and isinstance(data.get("consent_id"), int):
        data["consent_id"] = str(data["consent_id"])
    if "ignores-case-of-enums" in flaws and isinstance(data.get("status"), str):
        data["status"] = data["status"].lower()
    if "takes-any-identity" in flaws and data.get("id_type") not in ("nric", "passport"):
        data["id_type"] = "nric"
    if "takes-any-purpose" in flaws and data.get("consent_purpose") != "credit_underwriting":
        data["consent_purpose"] = "pfm"


def _permissions(data: dict[str, Any], flaws: frozenset[str]) -> None:
    found = data.get("permissions")
    if "takes-a-permission-alone" in flaws and isinstance(found, str):
        data["permissions"] = [found]
    if "reads-any-permission-as-balances" in flaws and isinstance(found, list):
        known = [each if each in list(Permission) else Permission.READ_BALANCES.value for each in found]
        data["permissions"] = list(dict.fromkeys(known))
    if "ignores-unknown-permissions" in flaws and isinstance(found, list):
        data["permissions"] = [each for each in found if each in list(Permission)] or [Permission.READ_BALANCES.value]


def _expiry(data: dict[str, Any], flaws: frozenset[str]) -> None:
    found = data.get("expiration_datetime")
    if "rolls-dates-over" in flaws and isinstance(found, str) and found[8:10] in ("30", "31"):
        try:
            datetime.fromisoformat(found)
        except ValueError:
            later = datetime.fromisoformat(f"{found[:8]}28{found[10:]}") + timedelta(days=int(found[8:10]) - 28)
            data["expiration_datetime"] = later.isoformat()


def broken_by(body: bytes, flaws: frozenset[str]) -> bool:
    """Whether a body meets a reader with these flaws that cannot read it and does not say so."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    data = document.get("data") if isinstance(document, dict) else None
    members = {**document, **(data if isinstance(data, dict) else {})} if isinstance(document, dict) else {}
    expiry = str(members.get("expiration_datetime", ""))
    return any(
        (
            "breaks-on-other-offsets" in flaws and expiry[-6:-5] in ("+", "-") and ":" in expiry[-6:],
            "breaks-on-other-scripts" in flaws and not body.decode("utf-8", "replace").isascii(),
            "breaks-on-reasons" in flaws and "status_reason" in members,
            "breaks-on-null" in flaws and None in [each for each in members.values() if not isinstance(each, dict)],
            "breaks-on-lists" in flaws and isinstance(members.get("consent_id"), list),
        )
    )
