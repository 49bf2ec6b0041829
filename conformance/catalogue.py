"""Requirements, readings, Definition of Done and journey rows, as the YAML in specs/ has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self

from conformance import resources
from conformance.documents import Count, Document, Field, Name, Source, faults, nearest, parse, suggestion, validate
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
    """All that can be asked of a Data Provider. `digest` is the hex SHA-256 over the files' bytes.

    Requirements are in the order of their groups; the journey rows that prove a requirement are those that it names
    and those that name it.
    """

    requirements: Mapping[str, Requirement]
    readings: Mapping[str, Reading]
    definition_of_done: tuple[DodItem, ...]
    steps: tuple[JourneyStep, ...]
    digest: str

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """Read the catalogue, by default the one that comes with the suite.

        Raises:
            ConfigurationFault: a file is missing or wrong, a name stands twice, or leads to nothing; a line for each.
        """
        folder = directory or resources.path("specs")
        files = sorted((folder / "requirements").glob("*.yaml"))
        if not files:
            raise ConfigurationFault("there are no requirements", file=folder, cure="Name the suite's specs folder")
        groups = sorted((_GroupFile.read(file) for file in files), key=lambda each: each.content.order)
        readings_source, done_source = parse(folder / "readings.yaml"), parse(folder / "definition-of-done.yaml")
        readings, done = validate(readings_source, _Readings), validate(done_source, _Done)
        found = [
            *readings.problems(readings_source),
            *_duplicates(groups),
            *(fault for each in groups for fault in each.problems(readings, done)),
            *done.problems(done_source, {row.id for each in groups for row in each.content.requirements}),
        ]
        if found:
            raise faults(found)
        requirements = {row.id: row.requirement(each.content) for each in groups for row in each.content.requirements}
        for step in done.steps:
            for name in step.requirements:
                row = requirements[name]
                requirements[name] = replace(row, steps=(*row.steps, step.id))
        return cls(
            requirements=requirements,
            readings={each.name: each.reading() for each in readings.readings},
            definition_of_done=tuple(DodItem(each.number, each.title, each.text) for each in done.items),
            steps=tuple(JourneyStep(each.id, each.title, each.text, each.asked) for each in done.steps),
            digest=sha256(
                b"".join(each.read_bytes() for each in (*files, readings_source.path, done_source.path))
            ).hexdigest(),
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

    def under(self, choices: Mapping[str, str]) -> Self:
        """The catalogue as it is under some readings' choices: one may make a MUST of the SHOULDs that name it."""
        promoting = {each.name for each in self.readings.values() if choices.get(each.name) == each.promotes != ""}
        changed = {
            id_: replace(each, level=Level.MUST) if each.reading in promoting else each
            for id_, each in self.requirements.items()
        }
        return replace(self, requirements=changed)


class _Row(Document):
    id: Annotated[str, Field(pattern=r"^[A-Z]{3}-[0-9]{2}$")]
    level: Level
    source: Name
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
            source=self.source,
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
    options: tuple[Name, ...] = Field(min_length=1)
    default: Name
    sources: Name
    changes: Name
    promotes: str = ""

    def reading(self) -> Reading:
        return Reading(self.name, self.question, self.options, self.default, self.sources, self.changes, self.promotes)


class _Readings(Document):
    readings: Sequence[_Reading]

    def problems(self, source: Source) -> Iterator[ConfigurationFault]:
        yield from _twice(source, "readings", "name", [each.name for each in self.readings])
        for number, each in enumerate(self.readings):
            named = {"default": each.default, **({"promotes": each.promotes} if each.promotes else {})}
            for key, option in named.items():
                if option not in each.options:
                    cure = f"One of: {', '.join(each.options)}"
                    yield source.fault(("readings", number, key), f"'{option}' is none of the options", cure)


class _Item(Document):
    number: Count
    title: Name
    text: Name


class _Step(Document):
    id: Name
    title: Name
    text: Name
    asked: bool = True
    requirements: tuple[str, ...] = ()


class _Done(Document):
    items: Sequence[_Item]
    steps: Sequence[_Step]

    def problems(self, source: Source, ids: set[str]) -> Iterator[ConfigurationFault]:
        yield from _twice(source, "items", "number", [str(each.number) for each in self.items])
        yield from _twice(source, "steps", "id", [each.id for each in self.steps])
        for number, step in enumerate(self.steps):
            for place, name in enumerate(step.requirements):
                if name not in ids:
                    where = ("steps", number, "requirements", place)
                    yield source.fault(where, f"there is no requirement '{name}'", suggestion(name, sorted(ids)))


@dataclass(frozen=True, slots=True)
class _GroupFile:
    source: Source
    content: _Group

    @classmethod
    def read(cls, path: Path) -> Self:
        source = parse(path)
        return cls(source, validate(source, _Group))

    def problems(self, readings: _Readings, done: _Done) -> Iterator[ConfigurationFault]:
        known: dict[str, list[str]] = {
            "reading": [each.name for each in readings.readings],
            "dod": [str(each.number) for each in done.items],
            "steps": [each.id for each in done.steps],
        }
        for number, row in enumerate(self.content.requirements):
            named = {"reading": [row.reading] if row.reading is not None else [], "dod": row.dod, "steps": row.steps}
            for key, values in named.items():
                for value in values:
                    if str(value) not in known[key]:
                        problem = f"{row.id} names '{value}', which is not there"
                        cure = suggestion(str(value), known[key], most=40)
                        yield self.source.fault(("requirements", number, key), problem, cure)


def _duplicates(groups: Sequence[_GroupFile]) -> Iterator[ConfigurationFault]:
    rows: dict[str, str] = {}
    names: dict[str, str] = {}
    for each in groups:
        if each.content.group in names:
            yield each.source.fault(
                ("group",), f"also the group of {names[each.content.group]}", "One file for a group"
            )
        names[each.content.group] = each.source.path.name
        for number, row in enumerate(each.content.requirements):
            where = each.source.where(("requirements", number, "id"))
            if row.id in rows:
                problem = f"the id {row.id} stands twice (first in {rows[row.id]})"
                yield each.source.fault(("requirements", number, "id"), problem, "Ids are given once, for ever")
            else:
                rows[row.id] = f"{each.source.path.name}:{where.line}"


def _twice(source: Source, key: str, member: str, names: Sequence[str]) -> Iterator[ConfigurationFault]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield source.fault((key, number, member), f"'{name}' stands twice", "Keep one of them")
