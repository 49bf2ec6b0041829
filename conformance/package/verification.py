"""Verification of a package: signature first, then every file, then what the record says of itself."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.model import ConfigurationFault
from conformance.package import envelope
from conformance.package.archive import FOLDER, STATEMENT
from conformance.package.consistency import contradictions
from conformance.package.statement import PREDICATE, TYPE, statement
from conformance.report.record import FILE, Record

_MAX_ENTRIES = 100_000
_MAX_BYTES = 2 << 30
_MAX_STATEMENT = 64 << 20


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of it: `problems`, one sentence each, is empty for a package that is as its signer made it.

    `stated` is the statement's summary of the run, empty where no signed statement was found; `signer` the key's id.
    """

    problems: tuple[str, ...]
    stated: dict[str, Any]
    signer: str

    @property
    def genuine(self) -> bool:
        """Whether the package is as its signer made it."""
        return not self.problems


def verify(file: Path, key: Path) -> Verified:
    """Verify a package with the signer's PEM public key, offline.

    Raises:
        ConfigurationFault: the file is no archive or cannot be read, or the key cannot be used.
    """
    signer = envelope.key_id(key)
    try:
        with zipfile.ZipFile(file) as archive:
            problems, stated = _verified(archive, key)
    except OSError as error:
        raise ConfigurationFault(f"cannot be read ({error.strerror})", file=file, cure="Name a package") from None
    except zipfile.BadZipFile as error:
        raise ConfigurationFault(
            f"is no package, or a damaged one ({error})", file=file, cure="Name a package"
        ) from None
    return Verified(tuple(problems), stated, signer)


def _verified(archive: zipfile.ZipFile, key: Path) -> tuple[list[str], dict[str, Any]]:
    names = archive.namelist()
    shape = list(_shape(archive, names))
    if shape:
        return shape, {}
    try:
        signed = json.loads(envelope.opened(archive.read(STATEMENT), key))
    except envelope.Unsigned as error:
        return [str(error)], {}
    if signed.get("_type") != TYPE or signed.get("predicateType") != PREDICATE:
        return ["the statement is none about a test's result"], {}
    stated = signed["predicate"]["run"]
    digests = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names if name != STATEMENT}
    problems = list(_differences({each["name"]: each["digest"]["sha256"] for each in signed["subject"]}, digests))
    if not problems:
        problems = list(_contents(archive, digests, signed))
    return problems, stated


def _shape(archive: zipfile.ZipFile, names: list[str]) -> Iterator[str]:
    if STATEMENT not in names:
        yield f"there is no {STATEMENT}"
        return
    if len(names) != len(set(names)):
        yield "a file is in the archive twice"
    if len(names) > _MAX_ENTRIES or sum(each.file_size for each in archive.infolist()) > _MAX_BYTES:
        yield "the archive is larger than any run"
    if archive.getinfo(STATEMENT).file_size > _MAX_STATEMENT:
        yield "the statement is larger than any run's"


def _differences(stated: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    moved = {digest: name for name, digest in found.items() if name not in stated}
    for name, digest in sorted(stated.items()):
        if name not in found:
            new = moved.pop(digest, "")
            yield f"{name} was renamed to {new}" if new else f"{name} was removed"
        elif found[name] != digest:
            yield f"{name} was changed"
    renamed = {name for name, digest in found.items() if name not in stated and digest not in moved}
    for name in sorted(found.keys() - stated.keys() - renamed):
        yield f"{name} was added"


def _contents(archive: zipfile.ZipFile, digests: dict[str, str], signed: dict[str, Any]) -> Iterator[str]:
    """What the signer signed, held against the record: a signature does not make a wrong statement right."""
    try:
        record = Record.from_json(archive.read(FOLDER + FILE).decode())
    except (ConfigurationFault, KeyError, UnicodeDecodeError) as error:
        yield f"the record cannot be read ({error})"
        return
    yield from contradictions(record)
    if json.loads(json.dumps(statement(record, digests))) != signed:
        yield "the statement says otherwise than the record"
