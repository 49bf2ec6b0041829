"""Builds who calls: one TLS context per identity, because building one is slow and sharing one is safe."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Sequence
from pathlib import Path

from conformance import keys
from conformance.model import ConfigurationFault
from conformance.wire.message import Identity


def identity(
    name: str,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    password: str | None = None,
    trust: Sequence[Path] = (),
    check_dates: bool = True,
    minimum_version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    maximum_version: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ciphers: str | None = None,
) -> Identity:
    """Who calls: a client certificate and its key (PEM), or neither, and the CA files it trusts (none: the system's).

    Servers are always verified, and by name. `check_dates` off lets an expired certificate be shown on purpose; the
    versions and `ciphers` (OpenSSL's notation, for TLS 1.2 and below) are for probes.

    Raises:
        ConfigurationFault: a file is missing, unreadable, expired or not its partner's match, or the password is wrong.
    """
    context = ssl.create_default_context() if not trust else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in trust:
        load_trust(context, file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a probe offers TLS 1.0 and 1.1 on purpose
        context.minimum_version = minimum_version
        context.maximum_version = maximum_version
    if ciphers is not None:
        _restrict(context, ciphers)
    if certificate is not None:
        load_pair(context, certificate, key, password, check_dates=check_dates)
    elif key is not None:
        raise ConfigurationFault("a key without its certificate", file=key, cure="Name the certificate as well")
    return Identity(name, context)


def load_trust(context: ssl.SSLContext, file: Path) -> None:
    """Trust the CA certificates in a PEM file.

    Raises:
        ConfigurationFault: it holds none.
    """
    try:
        context.load_verify_locations(file)
    except (OSError, ValueError) as problem:
        raise ConfigurationFault(
            f"no CA certificate can be read ({_reason(problem)})", file=file, cure="Give a PEM file of CA certificates"
        ) from problem


def load_pair(
    context: ssl.SSLContext, certificate: Path, key: Path | None, password: str | None, *, check_dates: bool = True
) -> None:
    """Show this certificate; `key` is None where one file holds both.

    Raises:
        ConfigurationFault: see `identity`.
    """
    keys.check_pair(certificate, key or certificate, password, check_dates=check_dates)
    try:
        context.load_cert_chain(certificate, key, password or "")  # never let OpenSSL ask at the terminal
    except (OSError, ValueError) as problem:
        raise ConfigurationFault(
            f"certificate and key cannot be used together ({_reason(problem)})",
            file=certificate,
            cure="Correct the certificate, its key or the key's password",
        ) from problem


def _restrict(context: ssl.SSLContext, ciphers: str) -> None:
    try:
        context.set_ciphers(ciphers)
    except ssl.SSLError as problem:
        raise ConfigurationFault(f"no such TLS cipher suite: {ciphers}", cure="Use OpenSSL's names") from problem


def _reason(problem: Exception) -> str:
    return getattr(problem, "reason", None) or getattr(problem, "strerror", None) or str(problem)
