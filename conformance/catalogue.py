"""The requirement catalogue, the readings, the Definition of Done and the journey's rows, from the YAML in specs/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self

from conformance import resources
from conformance.documents import Count, Document, Field, Name, load, nearest
from conformance.model import Capability, ConfigurationFault, Level, Reading, Requirement


@dataclass(frozen=True, slots=True)
class DodItem:
    """One item of PayNet's Definition of Done."""

    number: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """One row of the End-to-End Test Journey; `asked` is False for pre-work that no call shows."""

    id: str
    title: str
    text: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that can be asked of a Data Provider. `digest` is the hex SHA-256 over the files' bytes."""

    requirements: Mapping[str, Requirement]
    readings: Mapping[str, Reading]
    definition_of_done: tuple[DodItem, ...]
    steps: tuple[JourneyStep, ...]
    digest: str

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """Read the catalogue, by default the one that comes with the suite.

        Raises:
            ConfigurationFault: a file is missing or wrong, an id stands twice, a reading is unknown.
        """
        folder = directory or resources.path("specs")
        files = sorted((folder / "requirements").glob("*.yaml"))
        if not files:
            raise ConfigurationFault("there are no requirements", file=folder, cure="Name the suite's specs folder")
        groups = sorted(((load(file, _Group), file) for file in files), key=lambda each: each[0].order)
        readings = {each.name: each.reading() for each in load(folder / "readings.yaml", _Readings).readings}
        done = load(folder / "definition-of-done.yaml", _Done)
        found: dict[str, Requirement] = {}
        for group, file in groups:
            for row in group.requirements:
                if row.id in found:
                    raise ConfigurationFault(f"the id {row.id} stands twice", file=file, cure="Ids are given once")
                if row.reading is not None and row.reading not in readings:
                    raise ConfigurationFault(
                        f"{row.id} depends on an unknown reading {row.reading!r}", file=file, cure="Add it to readings"
                    )
                found[row.id] = row.requirement(group)
        sources = [*files, folder / "readings.yaml", folder / "definition-of-done.yaml"]
        return cls(
            requirements=found,
            readings=readings,
            definition_of_done=tuple(DodItem(each.number, each.title, each.text) for each in done.items),
            steps=tuple(JourneyStep(each.id, each.title, each.text, each.asked) for each in done.steps),
            digest=sha256(b"".join(file.read_bytes() for file in sources)).hexdigest(),
        )

    def requirement(self, id_: str) -> Requirement:
        """The requirement of an id.

        Raises:
            ConfigurationFault: there is none; the message names the nearest.
        """
        if id_ not in self.requirements:
            close = nearest(id_, self.requirements)
            cure = f"Did you mean {close}?" if close else "`ofp-conformance catalogue` lists all"
            raise ConfigurationFault(f"there is no requirement {id_!r}", cure=cure)
        return self.requirements[id_]


class _Row(Document):
    id: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{2}$")]
    level: Level
    src: Name
    text: Name
    dod: tuple[Count, ...] = ()
    steps: tuple[str, ...] = ()
    reading: str | None = None
    untestable: str | None = None

    def requirement(self, group: _Group) -> Requirement:
        return Requirement(
            id=self.id,
            group=group.group,
            level=self.level,
            source=self.src,
            text=self.text,
            dod=self.dod,
            steps=self.steps,
            reading=self.reading,
            capability=group.capability,
            untestable=self.untestable,
        )


class _Group(Document):
    group: Name
    order: Count
    capability: Capability | None = None
    requirements: Sequence[_Row] = Field(min_length=1)


class _Reading(Document):
    name: Name
    question: Name
    options: tuple[str, ...] = Field(min_length=1)
    default: Name
    sources: Name
    changes: Name

    def reading(self) -> Reading:
        return Reading(self.name, self.question, self.options, self.default, self.sources, self.changes)


class _Readings(Document):
    readings: Sequence[_Reading]


class _Item(Document):
    number: Count
    title: Name
    text: Name


class _Step(Document):
    id: Name
    title: Name
    text: Name
    asked: bool = True


class _Done(Document):
    items: Sequence[_Item]
    steps: Sequence[_Step]
