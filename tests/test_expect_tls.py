"""What is expected of the server's certificate beyond its chain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from conformance import expect
from tests.support.facts import told

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "dp")])
KEYS = {
    "RSA 2048": rsa.generate_private_key(65537, 2048),
    "RSA 1024": rsa.generate_private_key(65537, 1024),
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-224": ec.generate_private_key(ec.SECP224R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
}
NOW = datetime.now(UTC)


def certificate(key: str = "P-256", *, left: timedelta = timedelta(days=60)) -> bytes:
    private = KEYS[key]
    made = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=400))
        .not_valid_after(NOW + left)
        .sign(private, None if key == "Ed25519" else hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("RSA 2048", None),
        ("P-256", None),
        ("Ed25519", None),
        ("RSA 1024", ("a server key of 2048 bits or more", "one of 1024 bits")),
        ("P-224", ("a server key of 256 bits or more", "one of 224 bits")),
    ],
)
def test_a_key_is_long_enough_for_its_kind(key: str, words: tuple[str, str] | None) -> None:
    assert told(lambda: expect.tls.strong_key(certificate(key))) == words


def test_a_certificate_lasts() -> None:
    end = NOW + timedelta(days=30, hours=1)
    soon = certificate(left=timedelta(days=30, hours=1))

    assert told(lambda: expect.tls.lasts(soon, 30)) is None
    assert told(lambda: expect.tls.lasts(soon, 31)) == (
        "a server certificate for 31 more days",
        f"one that ends on {end:%Y-%m-%d} (30 days)",
    )


def test_what_is_no_certificate_is_not_judged() -> None:
    words = ("blocked", "read the server's certificate", "it is no X.509 certificate")

    assert told(lambda: expect.tls.strong_key(b"none")) == words
    assert told(lambda: expect.tls.lasts(b"none", 30)) == words
