"""What goes into the wire and what comes out."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from conformance.model import Exchange, Fault, Operation, Signed


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls, and whom it trusts: one TLS context, shared by all of its connections."""

    name: str
    context: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request to send.

    `url` is absolute and https; what follows its authority is the request target and goes out exactly as given, less a
    fragment. `headers` go out as given too; Host, Accept, Accept-Encoding (identity), User-Agent and Content-Length are
    added where they are missing. `seconds` bounds everything from the name's resolution to the answer's last byte.
    """

    operation: Operation
    caller: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    identity: Identity
    body: bytes = b""
    seconds: float = 15.0
    signed: Signed | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request: an HTTP answer, or a fault and then status 0, no headers and no body."""

    exchange: Exchange
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fault: Fault | None

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next(iter(self.all_headers(name)), None)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """The values of every header of that name, in any case."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)
