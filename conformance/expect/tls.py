"""What the transport must be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conformance.expect.answers import heard
from conformance.model import Blocked, FaultKind, Mismatch
from conformance.provider import Answer
from conformance.wire import Offer

_RSA_BITS, _EC_BITS = 2048, 256


def refused(offer: Offer) -> None:
    """The server takes none of what was offered."""
    if offer.taken:
        raise Mismatch("a refused handshake (alert or closed connection)", offer.told)


def trusted(answer: Answer) -> None:
    """The server's certificate passes: issuer, name and date (RFC 5280, RFC 9525)."""
    fault = answer.wire.fault
    if fault and fault.kind is FaultKind.UNTRUSTED:
        raise Mismatch(
            "a server certificate of the registered CA, for this host, in its time",
            fault.detail,
            exchange=answer.exchange_id,
            hint="Either the certificate is wrong, or target.server_ca in the profile is.",
        )
    heard(answer)


def strong_key(der: bytes) -> None:
    """The certificate's key is RSA of 2048 bits, EC of 256, or longer; other kinds are of modern strength."""
    key = _certificate(der).public_key()
    size = key.key_size if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else _RSA_BITS
    least = _EC_BITS if isinstance(key, ec.EllipticCurvePublicKey) else _RSA_BITS
    if size < least:
        raise Mismatch(f"a server key of {least} bits or more", f"one of {size} bits")


def lasts(der: bytes, days: int) -> None:
    """The certificate stays valid for some days."""
    end = _certificate(der).not_valid_after_utc
    left = end - datetime.now(UTC)
    if left < timedelta(days=days):
        raise Mismatch(
            f"a server certificate for {days} more days", f"one that ends on {end:%Y-%m-%d} ({left.days} days)"
        )


def _certificate(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        raise Blocked("read the server's certificate", "it is no X.509 certificate") from None
