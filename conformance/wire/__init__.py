"""How the suite speaks to its peers: one recording mTLS client, and the redaction of all that is recorded."""

from __future__ import annotations

from conformance.wire.client import Wire
from conformance.wire.hello import Offer, Version, certificate, offer
from conformance.wire.identity import identity
from conformance.wire.message import Identity, Outgoing, Reply
from conformance.wire.redaction import Redactor
from conformance.wire.transport import WireTransport, as_httpx

__all__ = [
    "Identity",
    "Offer",
    "Outgoing",
    "Redactor",
    "Reply",
    "Version",
    "Wire",
    "WireTransport",
    "as_httpx",
    "certificate",
    "identity",
    "offer",
]
