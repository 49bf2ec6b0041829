"""Builds the exchanges: whatever is recorded of a message passes the redactor here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from conformance.model import Message, Signed
from conformance.wire.redaction import Redactor
from conformance.wire.tokens import protected_headers


def exchange_id() -> str:
    """A new exchange's id: 16 hexadecimal digits."""
    return uuid.uuid4().hex[:16]


def jose_seen(
    redactor: Redactor,
    asked: tuple[str, Iterable[tuple[str, str]], bytes],
    answered: tuple[str, Iterable[tuple[str, str]], bytes] | None,
) -> tuple[tuple[str, str], ...]:
    """The protected headers of all tokens of a request and its answer, each a target (or ""), headers and a body."""
    found = protected_headers("request", *asked)
    if answered:
        found += protected_headers("response", *answered)
    return tuple((where, redactor.text(header)) for where, header in found)


def signed_as(redactor: Redactor, signed: Signed | None) -> Signed | None:
    """How a request was signed, as it may be kept."""
    if signed is None:
        return None
    payload, _ = redactor.body(signed.payload.encode(), None)
    token = None if signed.token is None else redactor.text(signed.token)
    return replace(signed, header=redactor.text(signed.header), payload=payload, token=token)


def message(redactor: Redactor, start: str, headers: Iterable[tuple[str, str]], body: bytes) -> Message:
    """One message as it may be kept: `start` is the request's or status line."""
    pairs = tuple(headers)
    named = {name.lower(): value for name, value in reversed(pairs)}
    coding = named.get("content-encoding", "identity").strip().lower()
    if body and coding not in ("", "identity"):
        text, note = "", f"compressed ({redactor.text(coding[:40])}): {len(body)} bytes kept as they came, not shown"
    else:
        text, note = redactor.body(body, named.get("content-type"))
    return Message(redactor.url(start), redactor.headers(pairs), text, len(body), note)
