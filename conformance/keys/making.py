"""The making of the test PKI."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku
from cryptography.x509.oid import NameOID

from conformance import jose
from conformance.keys.handover import contents
from conformance.keys.layout import Layout
from conformance.model import ConfigurationFault

HOSTS = ("localhost", "127.0.0.1", "::1")
MAX_DAYS = 36_500
_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(\*\.)?({_LABEL}\.)*{_LABEL}", re.IGNORECASE)
_CLIENT, _SERVER = [Eku.CLIENT_AUTH], [Eku.SERVER_AUTH]
_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class _Issuer:
    name: x509.Name
    key: _Key
    certificate: x509.Certificate | None


def init(directory: Path, *, hosts: Sequence[str] = (), days: int = 365) -> Layout:
    """Make the whole PKI in a new folder; `hosts` are further names and addresses that our servers answer to.

    TLS keys are EC P-256, signing and encryption keys RSA 2048; a JOSE key's kid is its certificate's x5t#S256. The
    certificates are valid from an hour ago and for `days`. Folders get mode 0700, private keys 0600.

    Raises:
        ConfigurationFault: the folder is there already and not empty, or cannot be written; a host is no bare name or
            address; days are not 1 to 36500.
    """
    names = list(dict.fromkeys(_name(host) for host in (*HOSTS, *hosts)))
    if not 1 <= days <= MAX_DAYS:
        raise ConfigurationFault(f"certificates for {days} days", key="days", cure=f"Give 1 to {MAX_DAYS}")
    try:
        if directory.exists() and any(directory.iterdir()):
            raise ConfigurationFault(
                "the folder is not empty, and keys are never overwritten", file=directory, cure="Name a new folder"
            )
        for folder in (directory, directory / "odd", directory / "jwks", directory / "dp"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        _Maker(Layout(directory), names, days).make()
    except OSError as error:
        raise ConfigurationFault(
            f"the keys cannot be written ({error.strerror})", file=directory, cure="Name a folder that you may write"
        ) from None
    return Layout(directory)


class _Maker:
    """Writes one PKI."""

    def __init__(self, layout: Layout, names: Sequence[x509.GeneralName], days: int) -> None:
        self._layout = layout
        self._names = names
        self._now = datetime.now(UTC)
        self._from, self._to = self._now - timedelta(hours=1), self._now + timedelta(days=days)

    def make(self) -> None:
        ca = self._ca("ca", "OFP Test CA")
        foreign = self._ca("odd/foreign-ca", "Foreign Test CA")
        self._tls("paynet-tls", "PayNet OFP client", ca, [*_CLIENT, *_SERVER])
        self._tls("hub-tls", "PayNet OFP server", ca, _SERVER)
        self._tls("odd/expired", "PayNet OFP client", ca, _CLIENT, valid=(-30, -1))
        self._tls("odd/not-yet-valid", "PayNet OFP client", ca, _CLIENT, valid=(30, 60))
        self._tls("odd/wrong-purpose", "PayNet OFP client", ca, _SERVER)
        self._tls("odd/other-client", "Another client", ca, _CLIENT)
        self._tls("odd/self-signed", "PayNet OFP client", None, _CLIENT)
        self._tls("odd/foreign", "PayNet OFP client", foreign, _CLIENT)
        self._tls("odd/foreign-server", "PayNet OFP server", foreign, _SERVER)
        self._tls("odd/expiring-server", "Reference DP webhooks", ca, _SERVER, valid=(-355, 10))
        self._tls("odd/expired-server", "Reference DP webhooks", ca, _SERVER, valid=(-30, -1))
        self._tls("odd/elsewhere-server", "Reference DP webhooks", ca, _SERVER, hosts=["elsewhere.example"])
        self._tls("dp/server-tls", "Reference DP webhooks", ca, _SERVER)
        self._tls("dp/pages-tls", "Reference DP pages", ca, _SERVER)
        self._tls("dp/client-tls", "Reference DP client", ca, _CLIENT)
        paynet = [self._jose(name, f"PayNet OFP {name}", ca, "sig") for name in ("paynet-sig", "paynet-sig-next")]
        self._jose("stranger-sig", "Nobody", ca, "sig")
        self._jwks("paynet", [(key, "sig") for key in paynet])
        for dc in ("dc-1", "dc-2"):
            found = [(self._jose(f"{dc}-{use}", f"{dc} {use}", ca, use), use) for use in ("enc", "sig")]
            self._jwks(dc, found)
        self._jwks("dp", [(self._jose("dp/dp-sig", "Reference DP signing", ca, "sig"), "sig")])
        self._report_key()
        (self._layout.directory / "README.txt").write_text(contents(self._layout.directory), "utf-8")

    def _ca(self, name: str, subject: str) -> _Issuer:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(subject, key, None).add_extension(x509.BasicConstraints(True, 0), critical=True)
        builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        certificate = builder.sign(key, hashes.SHA256())
        self._write(name, certificate, key)
        return _Issuer(certificate.subject, key, certificate)

    def _tls(
        self,
        name: str,
        subject: str,
        issuer: _Issuer | None,
        purposes: list[x509.ObjectIdentifier],
        *,
        valid: tuple[int, int] | None = None,
        hosts: Sequence[str] = (),
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(subject, key, issuer, valid)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        builder = builder.add_extension(_usage("digital_signature"), critical=True)
        names = [_name(each) for each in hosts] or self._names
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        self._write(name, builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)

    def _jose(self, name: str, subject: str, issuer: _Issuer, use: str) -> jose.PublicKey:
        key = rsa.generate_private_key(65537, 2048)
        builder = self._builder(subject, key, issuer)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        builder = builder.add_extension(
            _usage("key_encipherment" if use == "enc" else "digital_signature"), critical=True
        )
        certificate = builder.sign(issuer.key, hashes.SHA256())
        self._write(name, certificate, key)
        return jose.PublicKey.from_certificate(certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(
        self, subject: str, key: _Key, issuer: _Issuer | None, valid: tuple[int, int] | None = None
    ) -> x509.CertificateBuilder:
        """A certificate of its own unless there is an issuer; `valid` is in days from now."""
        start, end = (self._now + timedelta(days=each) for each in valid) if valid else (self._from, self._to)
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "MY"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "OFP conformance test"),
                x509.NameAttribute(NameOID.COMMON_NAME, subject),
            ]
        )
        signer = issuer.key if issuer else key
        return (
            x509.CertificateBuilder(not_valid_before=start, not_valid_after=end)
            .subject_name(name)
            .issuer_name(issuer.name if issuer else name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )

    def _write(self, name: str, certificate: x509.Certificate, key: _Key) -> None:
        self._layout.certificate(name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self._write_key(self._layout.key(name), key)

    def _write_key(self, file: Path, key: _Key) -> None:
        file.touch(mode=0o600)
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def _report_key(self) -> None:
        """The key that signs packages of runs: no certificate, its public half is handed on."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._write_key(self._layout.key("sign-off"), key)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._layout.public("sign-off").write_bytes(public)

    def _jwks(self, name: str, found: Sequence[tuple[jose.PublicKey, str]]) -> None:
        document = {"keys": [key.to_jwk(use) for key, use in found]}
        self._layout.jwks(name).write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def _name(host: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(host))
    if len(host) > 253 or not _HOST_NAME.fullmatch(host):
        raise ConfigurationFault(
            f"{host!a} is no host name and no IP address",
            key="host",
            cure="Give it without scheme, port or brackets, and an international name as xn--...",
        )
    return x509.DNSName(host)


def _usage(*allowed: str) -> x509.KeyUsage:
    """What a key may do (RFC 5280 section 4.2.1.3): an EC key never enciphers (RFC 8813)."""
    return x509.KeyUsage(**{name: name in allowed for name in _KEY_USAGES})
