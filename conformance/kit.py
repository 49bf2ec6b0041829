"""The keys and certificates the suite plays with, read once per process from the files that the profile names."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from conformance import jose
from conformance.model import ConfigurationFault
from conformance.profile import KeyFiles, Profile
from conformance.wire import Identity, identity


@dataclass(frozen=True, slots=True)
class Consumer:
    """A Data Consumer that the suite plays: whose data it is, and the key that opens it."""

    dc_id: str
    name: str
    encryption: jose.PrivateKey
    signing: jose.PrivateKey

    @property
    def jwks(self) -> dict[str, object]:
        """Its JWKS document (P2): the encryption key and the signing key."""
        return {"keys": [self.encryption.public().to_jwk("enc"), self.signing.public().to_jwk("sig")]}


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything secret or odd that the checks need, ready for use.

    `paynet` is the mTLS identity; `bare` shows no certificate at the webhooks, `pages` none at the customer pages;
    `odd` holds the certificates that a provider must refuse, by name. `provider_client` is the SHA-256 (hex) of the
    certificate that the provider must present, "" where the profile names only its CA.
    """

    paynet: Identity
    bare: Identity
    pages: Identity
    odd: Mapping[str, Identity]
    signing: jose.PrivateKey
    signing_next: jose.PrivateKey
    stranger: jose.PrivateKey
    consumers: tuple[Consumer, ...]
    provider_client: str

    @property
    def paynet_jwks(self) -> dict[str, object]:
        """PayNet's JWKS document (P3): the signing key, and the next one."""
        return {"keys": [each.public().to_jwk("sig") for each in (self.signing, self.signing_next)]}

    def consumer(self, dc_id: str) -> Consumer:
        """The Data Consumer of that id."""
        return next(each for each in self.consumers if each.dc_id == dc_id)


def assemble(profile: Profile) -> Kit:
    """Read every key and certificate of a profile.

    Raises:
        ConfigurationFault: naming the file and the key of the profile, for anything that cannot be used.
    """
    keys, target = profile.keys, profile.target
    trust = target.server_ca
    return Kit(
        paynet=_identity("paynet", keys.paynet_client, trust),
        bare=identity("no certificate", certificate=None, key=None, password=None, trust=trust),
        pages=identity("customer", certificate=None, key=None, password=None, trust=target.pages_ca),
        odd={name: _odd_identity(name, files, trust) for name, files in keys.odd.items()},
        signing=_signing_key(keys.paynet_signing),
        signing_next=_signing_key(keys.paynet_signing_next),
        stranger=_signing_key(keys.stranger_signing),
        consumers=tuple(
            Consumer(each.id, each.name, _signing_key(each.encryption), _signing_key(each.signing))
            for each in profile.data_consumers
        ),
        provider_client=_fingerprint(target.client_certificate.certificate),
    )


def provider_keys(profile: Profile, fetched: bytes | None = None) -> jose.KeySet:
    """The provider's registered signing keys, from the file the profile names or from what its JWKS URL answered.

    Raises:
        ConfigurationFault: when there is no usable key.
    """
    source = profile.target.signing_keys
    place = source.jwks or source.certificate or source.jwks_url or ""
    try:
        if source.certificate:
            return jose.KeySet((jose.PublicKey.from_certificate(read(source.certificate), kid=source.kid),))
        found = jose.KeySet.from_jwks(read(source.jwks) if source.jwks else fetched or b"")
    except jose.JoseError as error:
        raise ConfigurationFault(
            f"no signing key of the Data Provider can be read ({error})",
            file=place,
            key="target.signing_keys",
            cure="Give its JWKS document or its signing certificate",
        ) from None
    if not found.keys:
        raise ConfigurationFault(
            "the document holds no RSA signing key", file=place, key="target.signing_keys", cure="Give the DP's JWKS"
        )
    return found


def read(file: Path) -> bytes:
    """A file's bytes; ConfigurationFault when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationFault(f"cannot be read ({error.strerror})", file=file, cure="Correct the path") from None


def _identity(name: str, files: KeyFiles, trust: tuple[Path, ...]) -> Identity:
    return identity(name, certificate=files.certificate, key=files.key, password=files.password, trust=trust)


def _odd_identity(name: str, files: KeyFiles, trust: tuple[Path, ...]) -> Identity:
    return identity(
        name, certificate=files.certificate, key=files.key, password=files.password, trust=trust, check_dates=False
    )


def _signing_key(files: KeyFiles) -> jose.PrivateKey:
    if files.key is None:
        raise ConfigurationFault("a private key is needed", key="keys", cure="Name its PEM file as `key`")
    certificate = read(files.certificate) if files.certificate else None
    password = files.password.encode() if files.password else None
    try:
        return jose.PrivateKey.from_pem(read(files.key), kid=files.kid, password=password, certificate=certificate)
    except jose.JoseError as error:
        raise ConfigurationFault(
            f"the private key cannot be used ({error})", file=files.key, cure="Correct the file or its `password`"
        ) from None


def _fingerprint(certificate: Path | None) -> str:
    if certificate is None:
        return ""
    try:
        return sha256(ssl.PEM_cert_to_DER_cert(read(certificate).decode())).hexdigest()
    except ValueError:
        raise ConfigurationFault(
            "is no PEM certificate", file=certificate, key="target.client_certificate", cure="Give a PEM file"
        ) from None
