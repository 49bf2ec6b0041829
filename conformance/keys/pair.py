"""Whether a user's certificate and private key can be used together."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from conformance.model import ConfigurationFault

_SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
_MINUTE = "%Y-%m-%d %H:%M UTC"


def check_pair(
    certificate: Path,
    key: Path,
    password: str | None,
    now: datetime | None = None,
    *,
    check_dates: bool = True,
    name: str = "",
) -> None:
    """Check that a certificate and a private key (PEM, in two files or one) can be used together.

    `now` is an aware time, by default the clock's; `name` is the profile's key that the fault is to name.

    Raises:
        ConfigurationFault: naming the file: unreadable, no PEM, wrong or missing password, not a pair, out of date.
    """
    found = _load_certificate(certificate, name)
    private = _load_key(key, password, name)
    if _public(found, certificate, name) != private.public_key().public_bytes(*_SPKI):
        raise ConfigurationFault(
            f"the private key does not belong to the certificate {certificate}",
            file=key,
            key=name,
            cure="Name a certificate and the key that it was issued for",
        )
    if check_dates:
        _check_dates(found, certificate, name, now or datetime.now(UTC))


def _check_dates(found: x509.Certificate, file: Path, name: str, now: datetime) -> None:
    if found.not_valid_after_utc < now:
        raise ConfigurationFault(
            f"the certificate expired on {found.not_valid_after_utc:{_MINUTE}}",
            file=file,
            key=name,
            cure="Have it renewed, or name another",
        )
    if found.not_valid_before_utc > now:
        raise ConfigurationFault(
            f"the certificate is not valid before {found.not_valid_before_utc:{_MINUTE}}",
            file=file,
            key=name,
            cure="Wait until then, or set this computer's clock right",
        )


def _read(file: Path, name: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationFault(
            f"cannot be read ({error.strerror})", file=file, key=name, cure="Correct the path or its permissions"
        ) from None


def _load_certificate(file: Path, name: str) -> x509.Certificate:
    data = _read(file, name)
    try:
        return x509.load_pem_x509_certificate(data)
    except ValueError:
        problem = "holds a damaged certificate" if b"BEGIN CERTIFICATE-----" in data else "holds no PEM certificate"
        raise ConfigurationFault(problem, file=file, key=name, cure="Give the certificate as a PEM file") from None


def _public(found: x509.Certificate, file: Path, name: str) -> bytes:
    try:
        return found.public_key().public_bytes(*_SPKI)
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationFault(
            "the certificate's key is of a kind that is not supported", file=file, key=name, cure="Use RSA or EC"
        ) from None


def _load_key(file: Path, password: str | None, name: str) -> PrivateKeyTypes:
    data = _read(file, name)
    if b"PRIVATE KEY-----" not in data:
        raise ConfigurationFault(
            "holds no PEM private key", file=file, key=name, cure="Give the private key as a PEM file"
        )
    try:
        return serialization.load_pem_private_key(data, password.encode() if password else None)
    except TypeError:
        if password:
            problem, cure = "the private key is not encrypted, yet a password is given", "Remove its `password`"
        else:
            problem, cure = "the private key is encrypted, and no password is given", "Give its `password`"
    except ValueError:
        if password and b"ENCRYPTED" in data:
            problem, cure = "the password does not open the private key", "Correct its `password`"
        else:
            problem, cure = "holds a damaged private key", "Export the private key again as a PEM file"
    except UnsupportedAlgorithm:
        problem, cure = "the private key is of a kind that is not supported", "Use RSA or EC, in PKCS #8"
    raise ConfigurationFault(problem, file=file, key=name, cure=cure)
