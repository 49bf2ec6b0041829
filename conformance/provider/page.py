"""A page of transactions, as its decrypted JSON holds it (D6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from conformance.provider.reply import Answer


@dataclass(frozen=True, slots=True)
class Item:
    """One transaction: its id, its date as text and, where it can be read, as a day and as a moment."""

    id: str
    spelled: str
    day: date | None
    moment: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """The items of one answer, and the cursor of the next page, "" where there is none."""

    items: tuple[Item, ...]
    cursor: str


def read_page(answer: Answer) -> Page | None:
    """The page in a data response; None where its plaintext is no list of objects."""
    content = answer.seal.data if answer.seal else None
    if isinstance(content, dict) and isinstance(content.get("data"), dict):
        content = content["data"]  # wrapped once more (R:data_wrapper)
    items = content.get("data") if isinstance(content, dict) else content
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        return None
    meta = content.get("meta") if isinstance(content, dict) else None
    cursor = meta.get("next_page_params") if isinstance(meta, dict) else None
    return Page(tuple(_item(each) for each in items), cursor if isinstance(cursor, str) else "")


def _item(members: dict[str, object]) -> Item:
    spelled = str(members.get("transaction_date", ""))
    return Item(str(members.get("transaction_id", "")), spelled, _day(spelled), _moment(spelled))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
