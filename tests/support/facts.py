"""Recorded facts made by hand, to put before the expectations: answers, pages, walks and consent updates."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from conformance.customer.page import Page
from conformance.hub import Arrival
from conformance.journeys import Landing, Stage, Visit, Walk
from conformance.model import Blame, Blocked, Exchange, Fault, FaultKind, Message, Mismatch, Operation, Tls
from conformance.provider import Answer, Call, Seal
from conformance.provider.page import Item
from conformance.provider.page import Page as Transactions
from conformance.update import Token, Update
from conformance.wire import Reply

Headers = tuple[tuple[str, str], ...]


def exchange(id_: str = "x-1", *, connect: float = 0.0, total: float = 0.1) -> Exchange:
    return Exchange(
        id_,
        Operation.BALANCES,
        "paynet",
        "https://dp.example/",
        Message("GET / HTTP/1.1", ()),
        None,
        None,
        None,
        0.0,
        connect,
        total,
        total,
    )


def answer(
    status: int = 200,
    body: object = b"",
    headers: Headers = (),
    *,
    fault: FaultKind | None = None,
    seal: Seal | None = None,
    sent: Headers = (),
    query: Headers = (),
    asked: bytes = b"",
    good: tuple[int, ...] = (200,),
    connect: float = 0.0,
    total: float = 0.1,
    others: frozenset[str] = frozenset(),
    id_: str = "x-1",
) -> Answer:
    """An answer with this status and body (bytes, or what becomes JSON); a fault in place of both."""
    call = Call(
        Operation.BALANCES,
        "GET",
        "https://dp.example",
        "/v1/x",
        query,
        sent,
        asked,
        None,
        cast(Any, None),
        cast(Any, None),
        5.0,
        good,
    )
    found = body if isinstance(body, bytes) else json.dumps(body).encode()
    seen = exchange(id_, connect=connect, total=total)
    if fault:
        return Answer(call, Reply(seen, 0, (), b"", Fault(fault, "so it was")), seal, others)
    return Answer(call, Reply(seen, status, headers, found, None), seal, others)


ERROR = {"error": "invalid_request", "error_description": "no"}


def sealed(data: object = None, id_: str = "x-1", **members: Any) -> Answer:
    """A data response that opened, with this plaintext."""
    usual = {"jwe": "a.b.c.d.e", "jwe_header": {"kid": "r"}, "content_key_sha256": "k", "iv": "i", "claims": None}
    return answer(seal=Seal(data=data, **{**usual, **members}), id_=id_)


def closed(**members: Any) -> Answer:
    """A data response that does not open."""
    told = {
        "envelope_problem": "no JWE",
        "encryption_problem": "not opened",
        "plaintext_problem": "no plaintext",
        **members,
    }
    return answer(seal=Seal(**told))


@dataclass
class FakeVisit:
    """As much of a visit as expectations look at; `at` are the stages at which the customer is."""

    page: Page
    at: Sequence[Stage] = ()
    known: Sequence[Stage] = tuple(Stage)
    exchange_id: str = "v-1"
    seen: list[Page] = field(default_factory=list)
    hops: Sequence[str] = ()

    @property
    def returned_to(self) -> str:
        return self.page.returned_to or ""

    def missing(self, stage: Stage) -> str:
        return "" if stage in self.at else f"nothing of {stage.value}"

    def describes(self, stage: Stage) -> bool:
        return stage in self.known


def visit(page: Page | None = None, *at: Stage, **members: Any) -> Visit:
    return cast(Visit, FakeVisit(page or Page("https://dp.example/p", 200), at, **members))


def landing(answered: Answer, visited: Visit | None = None) -> Landing:
    return Landing(answered, visited)


def item(id_: str, spelled: str) -> Item:
    moment = datetime.fromisoformat(spelled) if "T" in spelled else None
    return Item(id_, spelled, date.fromisoformat(spelled[:10]) if spelled else None, moment)


def walk(*pages: Sequence[Item], problem: str = "", last: Answer | None = None) -> Walk:
    told = tuple(Transactions(tuple(each), "") for each in pages)
    return Walk(tuple(one for each in told for one in each.items), told, last or answer(), problem)


def update(
    body: object = None,
    *,
    method: str = "PATCH",
    target: str = "/v1/consents/c-1",
    headers: Headers = (),
    signature_problem: str = "",
    certificate: str = "ab" * 32,
    token: Token | None = None,
    at: float = 1000.0,
    id_: str = "u-1",
) -> Update:
    seen = exchange(id_)
    tls = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384")
    arrival = Arrival(Operation.UPDATE, "c-1", method, target, headers, b"{}", b"der", tls, at, at, 200, seen)
    members = body if isinstance(body, dict) else {}
    return Update(arrival, members, signature_problem, certificate, token)


def told(act: Callable[[], object]) -> tuple[str, str] | tuple[str, str, str] | None:
    """What an expectation says of a fact: None, or what it expected and what it got; "blocked" before the latter two.

    Whatever it says of a fact that an exchange shows has to name that exchange.
    """
    try:
        act()
    except Mismatch as found:
        return found.expected, found.actual
    except Blocked as found:
        return "blocked", found.step, found.reason
    return None


def shown_by(act: Callable[[], object]) -> str:
    """The exchange that an expectation names."""
    try:
        act()
    except (Mismatch, Blocked) as found:
        return found.exchange
    raise AssertionError("it says nothing")


def blame_of(act: Callable[[], object]) -> Blame:
    """Who probably has to act where something kept the question from being put."""
    try:
        act()
    except Blocked as found:
        return found.blame
    raise AssertionError("nothing kept it")


def hint_of(act: Callable[[], object]) -> str:
    """The likely cause that an expectation names."""
    try:
        act()
    except Mismatch as found:
        return found.hint
    except Blocked as found:
        return found.cure
    raise AssertionError("it says nothing")
