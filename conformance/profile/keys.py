"""The files that the suite plays PayNet and the Data Consumers with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from conformance.documents import (
    Document,
    ExistingFile,
    ExistingFolder,
    Field,
    KeyPath,
    Name,
    Source,
    is_there,
    model_validator,
    refusal,
)
from conformance.profile.fields import suffixed


class KeyFiles(Document):
    """A private key and its certificate, PEM."""

    key: ExistingFile
    """The private key"""
    certificate: ExistingFile | None = None
    """Its certificate"""
    password: str | None = Field(default=None, repr=False)
    """What the private key is encrypted with"""
    kid: Name | None = None
    """Its kid; default: base64url SHA-256 of the certificate, else the RFC 7638 thumbprint"""


class TlsFiles(KeyFiles):
    """A private key and its certificate, PEM, for TLS."""

    @model_validator(mode="after")
    def _certified(self) -> Self:
        if self.certificate is None:
            raise refusal("has a key and no certificate", "Name the certificate's PEM file as 'certificate'")
        return self


class OddKeys(Document):
    """Client certificates that a Data Provider must refuse, and server certificates that it must not trust."""

    expired: TlsFiles
    """Of the right CA, its days are over"""
    not_yet_valid: TlsFiles
    """Of the right CA, its days are to come"""
    wrong_purpose: TlsFiles
    """Of the right CA, for servers only"""
    other_client: TlsFiles
    """Of the right CA, another client's"""
    self_signed: TlsFiles
    """Nobody's but its own"""
    foreign: TlsFiles
    """Another CA's"""
    expired_server: TlsFiles
    """PayNet's host, its days are over"""
    elsewhere_server: TlsFiles
    """Another host's server certificate"""
    foreign_server: TlsFiles
    """Another CA's server certificate"""

    def items(self) -> Iterator[tuple[str, TlsFiles]]:
        """Name and files of each."""
        return ((name, getattr(self, name)) for name in type(self).model_fields)

    def servers(self) -> Iterator[tuple[str, TlsFiles]]:
        """Name and files of the server certificates."""
        return ((name, files) for name, files in self.items() if name.endswith("_server"))


class Keys(Document):
    """PayNet's keys as the suite plays it. Whatever is not named is looked for in the directory."""

    directory: ExistingFolder | None = None
    """The folder that `ofp-conformance keys init` made. Option --set keys.directory=DIR"""
    paynet_client: TlsFiles
    """PayNet's client certificate: it calls the webhooks"""
    paynet_server: TlsFiles
    """PayNet's server certificate: the DP calls it"""
    paynet_signing: KeyFiles
    """PayNet's signing key"""
    paynet_signing_next: KeyFiles
    """PayNet's next signing key, published during rotation"""
    stranger_signing: KeyFiles
    """A signing key that nobody registered"""
    odd: OddKeys
    """Certificates that must be refused"""


class DataConsumer(Document):
    """A Data Consumer that the suite plays. The DP has to know it."""

    id: Name
    """Its dc_id"""
    name: Name
    """Its name, as the review page shows it"""
    encryption: KeyFiles
    """The key that answers are sealed for"""
    signing: KeyFiles
    """Its signing key"""


_IN_DIRECTORY: Mapping[KeyPath, str] = {
    ("keys", "paynet_client"): "paynet-tls",
    ("keys", "paynet_server"): "hub-tls",
    ("keys", "paynet_signing"): "paynet-sig",
    ("keys", "paynet_signing_next"): "paynet-sig-next",
    ("keys", "stranger_signing"): "stranger-sig",
    **{("keys", "odd", name): f"odd/{name.replace('_', '-')}" for name in OddKeys.model_fields},
}
_MAKE_THEM = "Make the keys with 'ofp-conformance keys init DIR' and name DIR as keys.directory"


def filled(source: Source) -> Source:
    """The source with the files of `keys.directory` in every place that names none.

    Raises:
        ConfigurationFault: files are needed and there is no directory, or it holds no keys.
    """
    consumers = source.value(("data_consumers",))
    if consumers is None:
        consumers = [{"id": "dc-1", "name": "Budget App"}, {"id": "dc-2", "name": "Loan App"}]
        source = source.replaced(("data_consumers",), consumers, source.where(("keys", "directory")))
    needed = {path: name for path, name in _needed(source, consumers) if _unnamed(source, path)}
    if not needed or not isinstance(source.value(("keys",)), dict | None):
        return source
    folder = _directory(source)
    place = source.where(("keys", "directory"))
    for path, name in needed.items():
        consumer = path[0] == "data_consumers"
        for member, file in zip(("certificate", "key"), suffixed(folder, name), strict=True):
            if not file.is_file() and not consumer and not (folder / "ca.pem").is_file():
                raise source.fault(("keys", "directory"), f"the folder {folder} holds no {file.name}", _MAKE_THEM)
            source = source.replaced((*path, member), str(file), place)
    return source


def _needed(source: Source, consumers: object) -> Iterator[tuple[KeyPath, str]]:
    yield from _IN_DIRECTORY.items()
    directory = source.value(("keys", "directory"))
    folder = source.where(("keys", "directory")).folder / (directory if isinstance(directory, str) else "")
    for number, consumer in enumerate(consumers if isinstance(consumers, list) else []):
        if isinstance(consumer, dict):
            id_ = consumer.get("id")
            # A bank's own dc_id takes the keys of its place: the first is dc-1's.
            own = isinstance(id_, str) and suffixed(folder, f"{id_}-enc")[1].is_file()
            name = id_ if own else f"dc-{number + 1}"
            yield ("data_consumers", number, "encryption"), f"{name}-enc"
            yield ("data_consumers", number, "signing"), f"{name}-sig"


def _unnamed(source: Source, path: KeyPath) -> bool:
    """Whether neither file is named, and defaults can be put there: a key never meets a certificate by default."""
    given = source.value(path)
    parent = source.value(path[:-1])
    return (
        given is None or (isinstance(given, dict) and given.get("key") is None and given.get("certificate") is None)
    ) and (parent is None or isinstance(parent, dict))


def _directory(source: Source) -> Path:
    given = source.value(("keys", "directory"))
    if given is None:
        raise source.fault(("keys", "directory"), "is missing", _MAKE_THEM)
    if not isinstance(given, str | Path):
        raise source.fault(("keys", "directory"), "must be the path of a folder", "Write a path as text")
    folder = source.where(("keys", "directory")).folder / Path(given).expanduser()
    if not is_there(folder, folder=True):
        raise source.fault(("keys", "directory"), f"there is no folder '{given}' (looked for {folder})", _MAKE_THEM)
    return folder
