"""The record of a run: the truth, of which everything else is a view."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.judge import Conclusion
from conformance.model import ConfigurationFault, Requirement, Result, Waiver
from conformance.report.plain import from_plain, to_plain

SCHEMA_VERSION = 1
FILE = "record.json"


@dataclass(frozen=True, slots=True)
class Listed:
    """A check of the suite, whether it ran or not."""

    check: str
    requirement: str
    title: str
    location: str
    selected: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """When and how; times are ISO 8601 in UTC, `options` those that say whom a run asks, and how."""

    id: str
    started: str
    ended: str
    command: str
    seed: int
    concurrency: int
    workers: int
    options: tuple[str, ...] = ()
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Digests:
    """What the run was made of, by hex SHA-256."""

    suite: str
    suite_version: str
    python: str
    spec: str
    spec_name: str
    spec_version: str
    profile: str
    profile_name: str
    profile_chain: tuple[str, ...]
    catalogue: str


@dataclass(frozen=True, slots=True)
class ChosenReading:
    """A reading as the run used it."""

    name: str
    choice: str
    default: str


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """Whom the run asked; `signing_keys` are pairs of kid and RFC 7638 thumbprint."""

    rs_url: str
    as_url: str
    server_certificate_sha256: str
    server_subject: str
    server_not_after: str
    signing_keys: tuple[tuple[str, str], ...]
    client_certificate_sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything about one run."""

    run: RunFacts
    digests: Digests
    readings: tuple[ChosenReading, ...]
    target: TargetFacts
    requirements: tuple[Requirement, ...]
    dod_titles: tuple[tuple[int, str], ...]
    step_titles: tuple[tuple[str, str], ...]
    inventory: tuple[Listed, ...]
    rehearsal: tuple[str, ...]
    results: tuple[Result, ...]
    waivers: tuple[Waiver, ...]
    conclusion: Conclusion
    diagnosis: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The record as JSON, with its schema version, members sorted."""
        members: Any = to_plain(self)
        return json.dumps({"schema_version": SCHEMA_VERSION, **members}, indent=1, sort_keys=True) + "\n"

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read a record, from its file or from its run's folder.

        Raises:
            ConfigurationFault: it cannot be read, is damaged, or is of another schema version.
        """
        file = path / FILE if path.is_dir() else path
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigurationFault(f"cannot be read ({error.strerror})", file=file, cure="Name a run") from None
        except UnicodeDecodeError:
            raise _no_record(file) from None
        return cls.from_json(text, file)

    @classmethod
    def from_json(cls, text: str, file: Path | str = "") -> Record:
        """The record that `to_json` wrote; `file` is for the fault.

        Raises:
            ConfigurationFault: it is damaged, or of another schema version.
        """
        try:
            members = json.loads(text)
            version = members.pop("schema_version")
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            raise _no_record(file) from None
        if version != SCHEMA_VERSION:
            raise ConfigurationFault(
                f"is a record of schema version {version}, and this suite reads {SCHEMA_VERSION}",
                file=file,
                cure="Use the suite that wrote it",
            )
        try:
            return from_plain(cls, members)
        except ValueError as error:
            raise ConfigurationFault(f"is damaged ({error})", file=file, cure="Run again") from None


def _no_record(file: Path | str) -> ConfigurationFault:
    return ConfigurationFault("is no record of a run", file=file, cure="Name a run's record.json")


def new_run_id(now: datetime) -> str:
    """A run's id: its start in UTC and six hex digits."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def result_to_dict(result: Result) -> dict[str, Any]:
    """A result as plain JSON values."""
    plain: Any = to_plain(result)
    return dict(plain)


def result_from_dict(members: dict[str, Any]) -> Result:
    """The result that `result_to_dict` made plain."""
    return from_plain(Result, members)


def write(record: Record, folder: Path) -> Path:
    """Write `record.json` into a folder, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    beside = file.with_suffix(".tmp")
    beside.write_text(record.to_json(), encoding="utf-8")
    beside.replace(file)
    return file
