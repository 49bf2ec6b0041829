"""Transactions page by page (D6): bounds of date, and cursors that only this process can write."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from conformance import jose
from conformance.httpd import HttpRequest
from conformance.reference.answers import Refusal, bad_request, one_parameter
from conformance.reference.bank import Bank, Transaction

SMALLEST, USUAL, LARGEST = 10, 100, 500
_MAC_BYTES = 32
_MAX_CURSOR = 2000
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """Some transactions, and the cursor of those that follow; None when there are none."""

    items: Sequence[Transaction]
    next_page_params: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: behind a transaction, "" for the newest; the bounds are as they were asked for."""

    size: int
    first: str
    last: str
    after: str = ""


class Pager:
    """Cuts pages; a cursor opens only what belongs to the consent and account that it was given for."""

    def __init__(self, flaws: frozenset[str] = frozenset()) -> None:
        self._secret = secrets.token_bytes(32)
        self._flaws = flaws

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._flaws

    def page(
        self, request: HttpRequest, consent_id: str, account_id: str, items: Sequence[Transaction], bank: Bank
    ) -> Page:
        """The page that a request asks for, of an account's transactions (newest first).

        Raises:
            Refusal: 400 invalid_request for a page_size outside 10..500, a bad date or a bad cursor.
        """
        owner = f"{consent_id}\n{account_id}"
        if self.flawed("cursor-opens-its-own-account"):
            owner = ""
        place = self._place(request, owner)
        if self.flawed("cursor-opens-its-own-account") and place.after:
            items = bank.transactions(bank.account(place.after.rpartition("-t")[0]) or bank.customers[0].accounts[0])
        first, last = self._bounds(place)
        within = [each for each in items if first <= each.when <= last]
        start = 0
        if place.after:
            ids = [each.transaction_id for each in within]
            if place.after not in ids:
                raise _bad_cursor()
            start = ids.index(place.after) + 1
            start += -1 if self.flawed("pages-overlap") else 1 if self.flawed("pages-skip") else 0
        if self.flawed("cursor-is-an-offset") and (offset := one_parameter(request, "next_page_params")):
            start = place.size
            del offset
        size = 100 if self.flawed("ignores-page-size") else place.size
        found = within[start : start + size]
        more = start + size < len(within)
        following = _Place(place.size, place.first, place.last, found[-1].transaction_id) if more else None
        return Page(found, self._write(following, owner) if following else None)

    def _place(self, request: HttpRequest, owner: str) -> _Place:
        names = ("page_size", "from_date", "to_date", "next_page_params")
        size, first, last, cursor = (one_parameter(request, name) for name in names)
        asked = None if size is None else self._size(size)
        if self.flawed("ignores-bad-dates"):
            first, last = (
                each if each and _DAY.fullmatch(each) and each[8:] < "30" else None for each in (first, last)
            )
        if cursor is None:
            place = _Place(asked or USUAL, first or "", last or "")
            # An empty date is a bad one, and not the same as none.
            if "" in (first, last):
                raise bad_request("from_date and to_date must be dates")
            return place
        try:
            known = self._read(cursor, owner)
        except Refusal:
            if not self.flawed("ignores-bad-cursors"):
                raise
            return _Place(asked or USUAL, first or "", last or "")
        if (first is not None and first != known.first) or (last is not None and last != known.last):
            raise bad_request("next_page_params belongs to other dates")
        return _Place(asked or known.size, known.first, known.last, known.after)

    def _write(self, place: _Place, owner: str) -> str:
        text = json.dumps([place.size, place.first, place.last, place.after]).encode()
        return jose.b64url(self._mac(text, owner) + text)

    def _read(self, cursor: str, owner: str) -> _Place:
        try:
            raw = jose.unb64url(cursor) if len(cursor) <= _MAX_CURSOR else b""
        except ValueError:
            raise _bad_cursor() from None
        mac, text = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(text, owner)):
            raise _bad_cursor()
        size, first, last, after = json.loads(text)
        return _Place(size, first, last, after)

    def _mac(self, text: bytes, owner: str) -> bytes:
        return hmac.digest(self._secret, hashlib.sha256(owner.encode()).digest() + text, "sha256")

    def _size(self, text: str) -> int:
        if self.flawed("clamps-page-size") and text.lstrip("-").isdecimal():
            return max(SMALLEST, min(int(text), LARGEST))
        return _size(text)

    def _bounds(self, place: _Place) -> tuple[datetime, datetime]:
        if self.flawed("ignores-dates"):
            return _bounds(_Place(place.size, "", ""))
        first, last = _bounds(place)
        if place.last and self.flawed("excludes-the-last-day"):
            last -= timedelta(days=1)
        return first, last


def _size(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not SMALLEST <= int(text) <= LARGEST:
        raise bad_request(f"page_size must be a number from {SMALLEST} to {LARGEST}")
    return int(text)


def _bounds(place: _Place) -> tuple[datetime, datetime]:
    """The first and the last moment, both belonging to it: a day counts whole, in UTC."""
    first = _moment(place.first, time.min) if place.first else datetime.min.replace(tzinfo=UTC)
    last = _moment(place.last, time.max) if place.last else datetime.max.replace(tzinfo=UTC)
    if first > last:
        raise bad_request("from_date must not be after to_date")
    return first, last


def _moment(text: str, of_day: time) -> datetime:
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), of_day, UTC)
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise bad_request("from_date and to_date must be dates that exist, like 2026-06-30")


def _bad_cursor() -> Refusal:
    return bad_request("next_page_params must be as it was given for this consent and account")
