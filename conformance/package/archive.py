"""The archive: the files of a run's folder, and beside them the signed statement over all of them."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

from conformance.model import ConfigurationFault
from conformance.package import envelope
from conformance.package.statement import statement
from conformance.report.record import FILE, Record

NAME_END = ".ofp.zip"
STATEMENT = "statement.dsse.json"
FOLDER = "run/"
_MOMENT = (1980, 1, 1, 0, 0, 0)


def pack(run: Path, key: Path, *, password: str | None = None, destination: Path | None = None) -> Path:
    """Pack a run's folder into one archive, signed with a PEM private key; beside the folder unless told otherwise.

    The same folder gives the same archive, but for the signature.

    Raises:
        ConfigurationFault: the folder holds no run, one that contradicts itself, or something that is no file; the
            key cannot be used; the archive cannot be written.
    """
    from conformance.package.consistency import contradictions

    folder = run.parent if run.name == FILE else run
    record = Record.read(folder)
    found = contradictions(record)
    if found:
        raise ConfigurationFault(
            f"the record contradicts itself: {found[0]}", file=folder / FILE, cure="Run again; a record is not edited"
        )
    contents = _contents(folder)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    payload = json.dumps(statement(record, digests), sort_keys=True, ensure_ascii=False).encode()
    signed = envelope.sign(payload, key, password)
    file = destination or folder.parent / f"{record.run.id}{NAME_END}"
    try:
        _write(file, {STATEMENT: signed, **contents})
    except OSError as error:
        raise ConfigurationFault(
            f"cannot be written ({error.strerror})", file=file, cure="Name another place"
        ) from None
    return file


def _contents(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            file = Path(place, name)
            if file.is_symlink() or not (file.is_file() or file.is_dir()):
                raise ConfigurationFault("is no plain file", file=file, cure="Take it out of the run's folder")
            if file.is_file():
                found[FOLDER + file.relative_to(folder).as_posix()] = file.read_bytes()
    return dict(sorted(found.items()))


def _write(file: Path, contents: dict[str, bytes]) -> None:
    beside = file.with_name(f"{file.name}.tmp")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    beside.replace(file)
