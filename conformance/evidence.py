"""What one check saw: its exchanges, in the order in which they ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from conformance.model import Exchange, Part
from conformance.wire import Outgoing, Reply


class Sender(Protocol):
    """Whatever carries a request to its peer and brings the reply."""

    async def send(self, outgoing: Outgoing) -> Reply:
        """Send one request; what the peer does is in the reply, never an exception."""

    async def raw(self, outgoing: Outgoing, data: bytes) -> Reply:
        """Send any bytes instead, on a connection of their own."""


class Evidence:
    """The exchanges of one check; never shared between checks."""

    def __init__(self) -> None:
        self._exchanges: dict[str, Exchange] = {}

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange; adding it again changes nothing."""
        self._exchanges.setdefault(exchange.id, exchange)

    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges, by the time they began."""
        return tuple(sorted(self._exchanges.values(), key=lambda each: each.started))


class RecordingSender:
    """A sender that keeps every exchange as evidence, each as the same part of the check."""

    def __init__(self, sender: Sender, evidence: Evidence, part: Part = Part.ARRANGE) -> None:
        self._sender = sender
        self._evidence = evidence
        self._part = part

    async def send(self, outgoing: Outgoing) -> Reply:
        """Send through the inner sender and keep the exchange."""
        return self._kept(await self._sender.send(outgoing))

    async def raw(self, outgoing: Outgoing, data: bytes) -> Reply:
        """Send bytes through the inner sender and keep the exchange."""
        return self._kept(await self._sender.raw(outgoing, data))

    def _kept(self, reply: Reply) -> Reply:
        exchange = replace(reply.exchange, part=self._part)
        self._evidence.add(exchange)
        return replace(reply, exchange=exchange)
