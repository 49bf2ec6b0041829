"""What a finished handshake settled, as the model's `Tls`."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from conformance.model import Tls


def tls_facts(connection: ssl.SSLSocket | ssl.SSLObject) -> Tls:
    """Version and cipher suite; of a verified peer certificate also its subject and last day (ISO 8601)."""
    der = connection.getpeercert(binary_form=True)
    named: dict[str, Any] = connection.getpeercert() or {}
    suite = connection.cipher()
    expiry = named.get("notAfter")
    return Tls(
        version=connection.version() or "",
        cipher=suite[0] if suite else "",
        peer_sha256=hashlib.sha256(der).hexdigest() if der else "",
        peer_subject=_name(named.get("subject", ())),
        peer_not_after=datetime.fromtimestamp(ssl.cert_time_to_seconds(expiry), UTC).isoformat() if expiry else "",
    )


def _name(subject: Iterable[Iterable[tuple[str, str]]]) -> str:
    return ", ".join(f"{key}={value}" for part in subject for key, value in part)
