"""Generated messages: deterministic by seed, smallest first, each with a phrase that says what is odd about it."""

from __future__ import annotations

import copy
import json
import random
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from conformance.contract import Contract
from conformance.model import Operation

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Case:
    """One event: what is odd about it, and its document."""

    told: str
    document: Document

    @property
    def consent_id(self) -> str:
        """The consent that it names, "" where that is no text."""
        data = self.document.get("data")
        value = data.get("consent_id") if isinstance(data, dict) else None
        return value if isinstance(value, str) else ""

    @property
    def size(self) -> int:
        """How long it is as JSON."""
        return len(json.dumps(self.document))


# The members that any event needs to mean something, with values of other types and beyond their bounds.
_TEXTS: Sequence[object] = (None, 0, True, [], {}, ["text"])
_MEMBERS: dict[str, Sequence[object]] = {
    "event_type": (*_TEXTS, "", "consent_removed", "event_type_unspecified", "consent_created "),
    "data": (None, 0, "", "consent", [], [{}], True),
    "data.consent_id": (*_TEXTS, "", "c" * 37, "c" * 400),
    "data.dc_id": _TEXTS,
    "data.id_type": (*_TEXTS, "", "id_type_unspecified", "NRIC", "driving_licence"),
    "data.hashed_id_number": (*_TEXTS, "", "A" * 43, "A" * 45),
    "data.consent_purpose": (*_TEXTS, "", "consent_purpose_unspecified", "curiosity"),
    "data.permissions": (None, 0, "", "read_balances", {}, [0], [None], [""], ["permission_unspecified"], ["read_all"]),
    "data.expiration_datetime": (*_TEXTS, "", "soon", "2030-13-01T00:00:00Z", "2030-01-01", "01/01/2030"),
    "data.status": (*_TEXTS, "", "status_unspecified", "AUTHORIZED", "active"),
}
_REQUIRED = ("event_type", "data", *(f"data.{each}" for each in ("consent_id", "dc_id", "permissions", "status")))


def invalid_events(healthy: Callable[[], Document], contract: Contract, seed: int, examples: int) -> list[Case]:
    """Events that the contract's schema objects to: each member missing, null, of other types and values, then pairs.

    All single faults come whatever `examples` says; pairs of them fill up to it. Every document is about a consent of
    its own. What the document in force takes for valid is left out.
    """
    single = [*_without(healthy), *_replaced(healthy)]
    drawn = random.Random(seed)  # noqa: S311
    pairs = [_pair(healthy, drawn) for _ in range(max(0, examples - len(single)))]
    return [each for each in (*single, *pairs) if contract.problems_in_request(Operation.EVENT, each.document)]


def valid_events(healthy: Document, seed: int, examples: int) -> list[Case]:
    """Events that the schema takes, as odd as it allows: optional members, unusual dates and texts, unknown members."""
    drawn = random.Random(seed)  # noqa: S311
    return [_varied(healthy, drawn, number) for number in range(examples)]


def odd_texts(seed: int, examples: int) -> list[str]:
    """Texts that no id looks like: of any script, with control characters, percent signs, quotes, very long."""
    drawn = random.Random(seed)  # noqa: S311
    fixed = [
        "%",
        "%00",
        "..",
        "' OR '1'='1",
        "<script>",
        "\u202e",
        "\U0001f3e6",
        "${x}",
        "{{7*7}}",
        "a" * 300,
        "-1",
        "0",
    ]
    alphabet = string.printable + "\u00e9\u4e2d\u0000\ufffd\U00020000"
    return [*fixed, *("".join(drawn.choices(alphabet, k=drawn.randint(1, 40))) for _ in range(max(0, examples - 12)))]


def _without(healthy: Callable[[], Document]) -> Iterator[Case]:
    for path in _REQUIRED:
        document = healthy()
        owner, name = _owner(document, path)
        del owner[name]
        yield Case(f"{path} left out", document)


def _replaced(healthy: Callable[[], Document]) -> Iterator[Case]:
    for path, values in _MEMBERS.items():
        for value in values:
            yield Case(f"{path} = {_shown(value)}", _with(healthy(), path, value))


def _pair(healthy: Callable[[], Document], drawn: random.Random) -> Case:
    one, other = drawn.sample([each for each in _MEMBERS if each != "data"], 2)
    values = drawn.choice(_MEMBERS[one]), drawn.choice(_MEMBERS[other])
    document = _with(_with(healthy(), one, values[0]), other, values[1])
    return Case(f"{one} = {_shown(values[0])}, {other} = {_shown(values[1])}", document)


def _varied(healthy: Document, drawn: random.Random, number: int) -> Case:
    document = copy.deepcopy(healthy)
    data = document["data"]
    if not isinstance(data, dict):
        raise TypeError("a healthy event has an object in data")
    data["consent_id"] = f"{data['consent_id'][:-6]}{drawn.randrange(16**6):06x}"
    permissions = ["read_accounts", "read_balances", "read_transactions"]
    changes: list[tuple[str, Callable[[], object]]] = [
        ("permissions", lambda: drawn.sample(permissions, drawn.randint(1, 3))),
        ("consent_purpose", lambda: drawn.choice(["pfm", "credit_underwriting"])),
        ("expiration_datetime", lambda: drawn.choice(_DATES)),
        ("status_reason", lambda: {"reason_code": "internal_error", "reason_description": _text(drawn)}),
        ("updated_by", lambda: drawn.choice(["ofp", "data_consumer_user", "data_provider"])),
        ("accounts", list),
        ("x_unknown", lambda: {"a": [None, 1.5, _text(drawn)]}),
    ]
    chosen = drawn.sample(changes, drawn.randint(1, 4))
    for name, make in chosen:
        data[name] = make()
    return Case(f"number {number}, with other {', '.join(name for name, _ in chosen)}", document)


_DATES = (
    "2030-02-28T23:59:59Z",
    "2032-02-29T00:00:00+08:00",
    "2099-12-31T23:59:59.999999Z",
    "2030-06-30T12:00:00.1-11:00",
)


def _text(drawn: random.Random) -> str:
    return "".join(drawn.choices("abc \u00e9\u4e2d\u0421\U0001f3e6\"\\/<>&'", k=drawn.randint(0, 30)))


def _with(document: Document, path: str, value: object) -> Document:
    owner, name = _owner(document, path)
    owner[name] = value
    return document


def _owner(document: Document, path: str) -> tuple[Document, str]:
    *parents, name = path.split(".")
    for each in parents:
        inner = document[each]
        if not isinstance(inner, dict):
            raise TypeError(f"{each} is no object")
        document = inner
    return document, name


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:20]}... ({len(text)} characters)"
