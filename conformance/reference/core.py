"""Everything but sockets: settings in, two functions from request to answer out."""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conformance import jose
from conformance.httpd import Handler
from conformance.model import ConfigurationFault
from conformance.reference import bank
from conformance.reference.authorize import Authorize
from conformance.reference.changes import Changes
from conformance.reference.customer import CustomerPages
from conformance.reference.data import Data
from conformance.reference.decisions import Decisions
from conformance.reference.keyring import keys_at
from conformance.reference.paynet import Sent, Transport
from conformance.reference.seal import Sealer
from conformance.reference.settings import Settings
from conformance.reference.signatures import Signatures
from conformance.reference.store import Clock, Store
from conformance.reference.update import Updates
from conformance.reference.visits import Visits
from conformance.reference.webhooks import Webhooks

_KEYS_SECONDS = 3.0
_SESSION_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Core:
    """The webhooks' and the customer pages' handlers; `store` is what they share."""

    webhooks: Handler
    pages: Handler
    store: Store


def build(
    settings: Settings,
    pages_url: str,
    transport: Transport,
    *,
    key: jose.PrivateKey | None = None,
    clock: Clock = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Core:
    """Put the reference together; `pages_url` is where its customer pages are, without a slash at the end.

    `key` is the signing key where it has been read already.

    Raises:
        ConfigurationFault: a file of the settings cannot be used.
    """
    known, store = bank.read(settings.data), Store()
    key = key or _signing_key(settings)

    def fetch(url: str) -> bytes:
        answer = transport(Sent("GET", url, (("Accept", "application/json"),), seconds=_KEYS_SECONDS))
        if answer.status != 200:
            raise ConnectionError(f"HTTP {answer.status}")
        return answer.body

    signatures = Signatures(
        settings,
        keys_at(settings.paynet_keys, "sig", fetch, clock),
        clock,
        fetch=fetch,
        others=[keys_at(each, "sig", fetch, clock) for each in settings.data_consumers],
    )
    readers = {each.id: keys_at(each, "enc", fetch, clock) for each in settings.data_consumers}
    updates = Updates(settings, key, transport, clock, sleep)
    pages = CustomerPages(
        settings,
        known,
        store,
        Visits(clock, _SESSION_SECONDS),
        Decisions(settings, updates, clock),
        updates,
        clock,
    )
    webhooks = Webhooks(
        settings,
        paynet_sha256=_fingerprint(settings.paynet_client_certificate),
        changes=Changes(settings, store, clock),
        authorize=Authorize(
            settings, store, signatures, lambda *asked: f"{pages_url}{pages.open_login(*asked)}", clock
        ),
        data=Data(settings, known, store, signatures, Sealer(settings, key, clock), readers, clock, sleep),
        signatures=signatures,
        clock=clock,
        sleep=sleep,
    )
    return Core(webhooks.handle, pages.handle, store)


def _signing_key(settings: Settings) -> jose.PrivateKey:
    files = settings.signing
    try:
        return jose.PrivateKey.from_pem(files.key.read_bytes(), certificate=files.certificate.read_bytes())
    except (OSError, jose.JoseError) as problem:
        raise ConfigurationFault(
            f"the signing key cannot be used: {problem}", file=files.key, key="signing", cure="Name a PEM key"
        ) from None


def _fingerprint(certificate: Path) -> str:
    """The hex SHA-256 of a PEM certificate's DER form."""
    try:
        text = certificate.read_text("ascii")
        start = text.index("-----BEGIN CERTIFICATE-----")
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[start:].partition("-----END")[0] + _END)).hexdigest()
    except (OSError, ValueError):
        raise ConfigurationFault(
            "is no PEM certificate", file=certificate, key="paynet_client_certificate", cure="Name a PEM certificate"
        ) from None


_END = "-----END CERTIFICATE-----\n"
