"""Pages for a customer to walk through: a sender that answers from functions, without a network."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from conformance.customer.page import Page
from conformance.customer.scripted import ScriptedCustomer
from conformance.customer.steps import parse_step
from conformance.model import Exchange, Fault, FaultKind, Message
from conformance.wire import Identity, Outgoing, Reply

BANK = "https://bank.example"
HOME = "https://paynet.example/v1/oauth/callback"
VALUES = {"username": "alice", "password": "s3cret", "accounts": ["acc-1", "acc-2"], "dc_name": "Budget App"}


@dataclass(frozen=True)
class Answer:
    """What a page function gives back; a string is a 200 page."""

    body: str | bytes = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("content-type", "text/html; charset=utf-8"),)


def redirect(location: str, status: int = 303, *cookies: str) -> Answer:
    return Answer("", status, (("location", location), *(("set-cookie", each) for each in cookies)))


PageFunction = Callable[[Outgoing], "Answer | str"]


@dataclass
class FakeWire:
    """Answers by `METHOD url` without query, or by url; records what was sent. What is not there fails to connect."""

    pages: Mapping[str, Answer | str | PageFunction]
    sent: list[Outgoing] = field(default_factory=list)

    async def send(self, outgoing: Outgoing) -> Reply:
        self.sent.append(outgoing)
        place = outgoing.url.partition("?")[0]
        page = self.pages.get(f"{outgoing.method} {place}", self.pages.get(place))
        if page is None:
            return _reply(outgoing, 0, (), b"", Fault(FaultKind.REFUSED, "nothing listens"))
        answer = page(outgoing) if callable(page) else page
        answer = Answer(answer) if isinstance(answer, str) else answer
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        return _reply(outgoing, answer.status, answer.headers, body, None)

    @property
    def requests(self) -> list[str]:
        return [f"{each.method} {each.url}" for each in self.sent]

    @property
    def form(self) -> list[tuple[str, str]]:
        """The fields of the last request, from its body or its query."""
        last = self.sent[-1]
        text = last.body.decode() if last.method == "POST" else urlsplit(last.url).query
        return parse_qsl(text, keep_blank_values=True)


def header(outgoing: Outgoing, name: str) -> str | None:
    return next((value for key, value in outgoing.headers if key.lower() == name), None)


def _reply(outgoing: Outgoing, status: int, headers: tuple, body: bytes, fault: Fault | None) -> Reply:
    exchange = Exchange(
        id="1", operation=outgoing.operation, caller=outgoing.caller, url=outgoing.url,
        request=Message(f"{outgoing.method} {outgoing.url}", outgoing.headers), response=None, fault=fault, tls=None,
        started=0.0, connect_seconds=0.0, first_byte_seconds=0.0, total_seconds=0.0,
    )  # fmt: skip
    return Reply(exchange=exchange, status=status, headers=headers, body=body, fault=fault)


class Walk:
    """A scripted customer on fake pages; its pauses take no time and are noted."""

    def __init__(self, pages: Mapping[str, Answer | str | PageFunction], seconds: float = 15.0) -> None:
        self.wire = FakeWire({HOME: "returned", **pages})
        self.pauses: list[float] = []
        identity = Identity("customer", ssl.create_default_context())
        self.customer = ScriptedCustomer(self.wire, identity, HOME, seconds=seconds, pause=self._pause)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def open(self, path: str = "/") -> Page:
        return await self.customer.open(BANK + path)

    async def play(self, page: Page, *steps: object, **values: object) -> Page:
        return await self.customer.perform(page, [parse_step(each) for each in steps], {**VALUES, **values})


async def sends(html: str, *steps: object, path: str = "/start", **values: object) -> FakeWire:
    """The fake wire after the steps were played on a page; whatever the page sends is answered 200."""
    walk = Walk({})
    walk.wire.pages = _Anything({BANK + path: html})
    page = await walk.open(path)
    await walk.play(page, *steps, **values)
    return walk.wire


class _Anything(dict):
    def get(self, key, default=None):
        return super().get(key, default) or "<p>received</p>"
