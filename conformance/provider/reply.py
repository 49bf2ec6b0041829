"""What the provider answered: the wire's reply, and for data its seal."""

from __future__ import annotations

import json
from dataclasses import dataclass

from conformance.provider.call import Call
from conformance.provider.seal import Seal, unwrapped
from conformance.wire import Reply


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer to one call. `seal` is there for D4-D6 whenever a body came.

    `others` are ids of consents that the run knows, where a refusal must not name them.
    """

    call: Call
    wire: Reply
    seal: Seal | None = None
    others: frozenset[str] = frozenset()

    @property
    def status(self) -> int:
        """The HTTP status, 0 where there was no HTTP answer."""
        return self.wire.status

    @property
    def accepted(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def exchange_id(self) -> str:
        """The id of the exchange that shows it."""
        return self.wire.exchange.id

    @property
    def told(self) -> str:
        """The answer in one phrase, for a person."""
        if self.wire.fault:
            return f"{self.wire.fault.kind.value} ({self.wire.fault.detail})"
        return f"HTTP {self.status}"

    @property
    def json(self) -> object:
        """The body as JSON; None where it is not."""
        try:
            value: object = json.loads(self.wire.body)
        except (ValueError, RecursionError):
            return None
        return value

    @property
    def data(self) -> object:
        """The decrypted plaintext without its optional wrapper (D4-D6), or the JSON body (D3)."""
        return unwrapped(self.seal.data) if self.seal else unwrapped(self.json)

    @property
    def served(self) -> bool:
        """Whether this is data that its reader can use: a 200 that opened all the way."""
        if self.status != 200:
            return False
        return not self.seal.problem if self.seal else isinstance(self.json, dict)
