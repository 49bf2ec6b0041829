"""The test PKI: every key and certificate that PayNet, the Data Consumers, the odd callers and the reference use."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku
from cryptography.x509.oid import NameOID

from conformance import jose
from conformance.model import ConfigurationFault

HOSTS = ("localhost", "127.0.0.1", "::1")
_CLIENT, _SERVER = [Eku.CLIENT_AUTH], [Eku.SERVER_AUTH]
_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Layout:
    """A folder that `init` made: where each certificate, key and JWKS document is, by name."""

    directory: Path

    def certificate(self, name: str) -> Path:
        """The PEM certificate of a name such as `paynet-tls` or `odd/expired`."""
        return self.directory / f"{name}.pem"

    def key(self, name: str) -> Path:
        """The PEM private key of a name."""
        return self.directory / f"{name}.key"

    def jwks(self, name: str) -> Path:
        """The JWKS document of `paynet`, `dc-1`, `dc-2` or `dp`."""
        return self.directory / "jwks" / f"{name}.json"


@dataclass(frozen=True, slots=True)
class _Issuer:
    name: x509.Name
    key: _Key
    certificate: x509.Certificate | None


def init(directory: Path, *, hosts: Sequence[str] = (), days: int = 365) -> Layout:
    """Make the whole PKI in a new folder; `hosts` are further names and addresses that our servers answer to.

    TLS keys are EC P-256, signing and encryption keys RSA 2048; a JOSE key's kid is its certificate's x5t#S256.

    Raises:
        ConfigurationFault: the folder is there already and not empty, or cannot be written.
    """
    try:
        if directory.exists() and any(directory.iterdir()):
            raise ConfigurationFault(
                "the folder is not empty, and keys are never overwritten", file=directory, cure="Name a new folder"
            )
        for folder in (directory, directory / "odd", directory / "jwks", directory / "dp"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        _Maker(Layout(directory), tuple(dict.fromkeys((*HOSTS, *hosts))), days).make()
    except OSError as error:
        raise ConfigurationFault(
            f"the keys cannot be written ({error.strerror})", file=directory, cure="Name a folder that you may write"
        ) from None
    return Layout(directory)


def handover(directory: Path) -> str:
    """What the Data Provider's staff have to register, in words, with the names of the files."""
    return _HANDOVER.format(directory=directory)


def check_pair(certificate: Path, key: Path, password: str | None, *, check_dates: bool = True) -> None:
    """Check that a certificate and a private key (PEM) can be used together now.

    Raises:
        ConfigurationFault: naming the file: unreadable, no PEM, wrong or missing password, not a pair, out of date.
    """
    found = _load_certificate(certificate)
    private = _load_key(key, password)
    if found.public_key().public_bytes(*_SPKI) != private.public_key().public_bytes(*_SPKI):
        raise ConfigurationFault(
            f"the private key does not belong to the certificate {certificate}", file=key, cure="Name the right pair"
        )
    moment = datetime.now(UTC)
    if check_dates and found.not_valid_after_utc < moment:
        raise ConfigurationFault(
            f"the certificate expired on {found.not_valid_after_utc:%Y-%m-%d}", file=certificate, cure="Renew it"
        )
    if check_dates and found.not_valid_before_utc > moment:
        raise ConfigurationFault(
            f"the certificate is not valid before {found.not_valid_before_utc:%Y-%m-%d}",
            file=certificate,
            cure="Wait, or correct the clock",
        )


_SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _load_certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        raise ConfigurationFault(f"cannot be read ({error.strerror})", file=file, cure="Correct the path") from None
    except ValueError:
        raise ConfigurationFault("is no PEM certificate", file=file, cure="Give a PEM file") from None


def _load_key(file: Path, password: str | None) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(file.read_bytes(), password.encode() if password else None)
    except OSError as error:
        raise ConfigurationFault(f"cannot be read ({error.strerror})", file=file, cure="Correct the path") from None
    except TypeError:
        if password:
            problem, cure = "the private key is not encrypted, but has a password", "Remove its `password`"
        else:
            problem, cure = "the private key is encrypted", "Give its `password`"
        raise ConfigurationFault(problem, file=file, cure=cure) from None
    except ValueError:
        problem = "the password is wrong, or this is no PEM private key" if password else "is no PEM private key"
        raise ConfigurationFault(problem, file=file, cure="Correct the file or its `password`") from None


class _Maker:
    """Writes one PKI."""

    def __init__(self, layout: Layout, hosts: Sequence[str], days: int) -> None:
        self._layout = layout
        self._hosts = hosts
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
        self._tls("dp/server-tls", "Reference DP webhooks", ca, _SERVER)
        self._tls("dp/pages-tls", "Reference DP pages", ca, _SERVER)
        self._tls("dp/client-tls", "Reference DP client", ca, _CLIENT)
        paynet = [self._jose(name, f"PayNet OFP {name}", ca) for name in ("paynet-sig", "paynet-sig-next")]
        self._jose("stranger-sig", "Nobody", ca)
        self._jwks("paynet", [(key, "sig") for key in paynet])
        for dc in ("dc-1", "dc-2"):
            found = [(self._jose(f"{dc}-{use}", f"{dc} {use}", ca), use) for use in ("enc", "sig")]
            self._jwks(dc, found)
        self._jwks("dp", [(self._jose("dp/dp-sig", "Reference DP signing", ca), "sig")])
        (self._layout.directory / "README.txt").write_text(handover(self._layout.directory))

    def _ca(self, name: str, subject: str) -> _Issuer:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(subject, key, None).add_extension(x509.BasicConstraints(True, 0), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
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
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(subject, key, issuer, valid)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        builder = builder.add_extension(_usage(), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(host) for host in self._hosts]), critical=False)
        self._write(name, builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)

    def _jose(self, name: str, subject: str, issuer: _Issuer) -> jose.PublicKey:
        key = rsa.generate_private_key(65537, 2048)
        builder = self._builder(subject, key, issuer)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        builder = builder.add_extension(_usage(), critical=True)
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
        file = self._layout.key(name)
        file.touch(mode=0o600)
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def _jwks(self, name: str, found: Sequence[tuple[jose.PublicKey, str]]) -> None:
        document = {"keys": [key.to_jwk(use) for key, use in found]}
        self._layout.jwks(name).write_text(json.dumps(document, indent=2) + "\n")


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


_HANDOVER = """\
The keys in {directory} are for tests only. Keep the *.key files to yourself.

Give the Data Provider:
  ca.pem             the CA of PayNet's client certificate and of PayNet's servers: to be trusted for both
  paynet-tls.pem     PayNet's client certificate: the one, and the only one, that its webhooks serve
  jwks/paynet.json   PayNet's signing keys (also served during a run at {{AS_URL}}/v1/oauth/jwks/ofp)
  jwks/dc-1.json     the keys of Data Consumer dc-1 (also served at {{AS_URL}}/v1/oauth/jwks/dc-1)
  jwks/dc-2.json     the keys of Data Consumer dc-2 (also served at {{AS_URL}}/v1/oauth/jwks/dc-2)
  the addresses of hub.resource_url ({{RS_URL}}) and hub.browser_url ({{AS_URL}}) in your profile;
  the registered redirect_uri is {{AS_URL}}/v1/oauth/callback

Ask the Data Provider for:
  the CA of its server certificate, its signing keys (JWKS or certificate), its client certificate or that one's CA,
  test customers with accounts and known balances

Not to be registered anywhere: odd/ and stranger-sig, which a Data Provider has to refuse.
The files in dp/ and jwks/dp.json belong to the reference Data Provider that comes with the suite.
"""
