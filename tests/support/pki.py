"""One test PKI per process, and what tests make of it."""

from __future__ import annotations

import atexit
import functools
import shutil
import ssl
import tempfile
from pathlib import Path

from conformance import keys
from conformance.wire import Identity, identity


@functools.cache
def pki() -> keys.Layout:
    """The keys of `keys init`, in a directory that goes with the process."""
    directory = Path(tempfile.mkdtemp(prefix="ofp-pki-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return keys.init(directory / "keys")


def server_context(name: str = "hub-tls", *, mutual: bool = False) -> ssl.SSLContext:
    """A server that shows this certificate and, if mutual, demands one of the test CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki().certificate(name), pki().key(name))
    if mutual:
        context.load_verify_locations(pki().certificate("ca"))
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def caller(name: str | None = None, **options: object) -> Identity:
    """A client with this certificate, or none, that trusts the test CA; options are `identity`'s."""
    certificate, key = (pki().certificate(name), pki().key(name)) if name else (None, None)
    settings = {"certificate": certificate, "key": key, "trust": (pki().certificate("ca"),), "check_dates": False}
    return identity(name or "nobody", **{**settings, **options})  # type: ignore[arg-type]
