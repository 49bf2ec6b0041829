"""A parsed YAML or JSON file that knows the line of every key."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.documents import syntax
from conformance.model import ConfigurationFault

KeyPath = tuple[str | int, ...]
"""Where a value is: member names and list positions from the top."""

MAX_BYTES = 8 << 20
_VARIABLE = re.compile(r"\$\$\{|\$\{(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^}]*)?\})?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written: `file` as shown to people, `line` from 1 (0: none), `folder` where its paths start."""

    file: str
    line: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Source:
    """Plain parsed data (dict, list, str, int, float, bool, None; keys are always text) and where each value stood."""

    path: Path
    data: object
    places: Mapping[KeyPath, Place]

    def where(self, path: KeyPath) -> Place:
        """Where the key stands, or else the nearest one around it that is known."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return Place(str(self.path), 0, self.path.parent)

    def fault(self, path: KeyPath, problem: str, cure: str = "") -> ConfigurationFault:
        """The error to raise about a key: one line with file, line, key, problem and cure."""
        place = self.where(path)
        return ConfigurationFault(
            one_line(problem), file=place.file, line=place.line, key=one_line(dotted(path)), cure=one_line(cure)
        )

    def value(self, path: KeyPath) -> object:
        """The value of a key; None where there is none."""
        at = self.data
        for part in path:
            if not isinstance(at, dict | list) or part not in (at if isinstance(at, dict) else range(len(at))):
                return None
            at = at[part]  # type: ignore[index]
        return at

    def merged(self, over: Source) -> Source:
        """This source with another on top of it: mappings are merged to any depth, everything else is replaced."""
        places = dict(self.places)
        data = _merge(self.data, over.data, (), places)
        return Source(over.path, data, {**places, **over.places})

    def replaced(self, key: str | KeyPath, value: object, place: Place) -> Source:
        """This source with one value (dotted key; list positions from 0) put in place of whatever was there.

        Raises:
            ConfigurationFault: if the key leads through something that has no members.
        """
        path = self._path_of(key) if isinstance(key, str) else key
        try:
            data = _put(self.data if self.data is not None else {}, path, value)
        except LookupError:
            raise ConfigurationFault(
                "leads through a value that has no such member",
                file=place.file,
                line=place.line,
                key=dotted(path),
                cure="Set the whole value instead",
            ) from None
        places = {each: where for each, where in self.places.items() if each[: len(path)] != path}
        return replace(self, data=data, places={**places, path: place})

    def expanded(self, environment: Mapping[str, str] | None = None) -> Source:
        """This source with `${NAME}` and `${NAME:-default}` filled in; `$${` stands for a literal `${`.

        Raises:
            ConfigurationFault: one line for each variable that is not set and has no default, where it first stands.
        """
        variables = os.environ if environment is None else environment
        found: dict[str, ConfigurationFault] = {}
        data = self._expand(self.data, (), variables, found)
        if found:
            raise faults(list(found.values()))
        return replace(self, data=data)

    def _path_of(self, key: str) -> KeyPath:
        at, path = self.data, list[str | int]()
        for part in key.split("."):
            step: str | int = int(part) if isinstance(at, list) and part.isdecimal() else part
            path.append(step)
            at = self.value(tuple(path))
        return tuple(path)

    def _expand(
        self, data: object, path: KeyPath, variables: Mapping[str, str], found: dict[str, ConfigurationFault]
    ) -> object:
        if isinstance(data, dict):
            return {key: self._expand(value, (*path, key), variables, found) for key, value in data.items()}
        if isinstance(data, list):
            return [self._expand(value, (*path, number), variables, found) for number, value in enumerate(data)]
        if not isinstance(data, str) or "${" not in data:
            return data

        def filled(match: re.Match[str]) -> str:
            name, default = match["name"], match["default"]
            if match[0] == "$${":
                return "${"
            if name is None:
                cure = "Write ${NAME}, or $${ for the two characters"
                found[dotted(path)] = self.fault(path, "'${' does not start a variable", cure)
                return ""
            if default is not None:
                return variables.get(name) or str(default[2:])
            if name not in variables and name not in found:
                cure = f"Set it before the run (export {name}=...), or write ${{{name}:-default}}"
                found[name] = self.fault(path, f"the environment variable {name} is not set", cure)
            return variables.get(name, "")

        return _VARIABLE.sub(filled, data)


def parse(path: Path) -> Source:
    """A YAML or (by its suffix) JSON file as it is written, variables not filled in.

    YAML is read by the core schema of YAML 1.2: `on`, `no`, days and times are text; duplicate keys are refused.

    Raises:
        ConfigurationFault: unreadable, too large, not UTF-8, not YAML or JSON, empty.
    """
    text = _text(path)
    try:
        data, lines = syntax.json_text(text) if path.suffix.lower() == ".json" else syntax.yaml_text(text)
    except syntax.BadText as bad:
        raise ConfigurationFault(bad.problem, file=path, line=bad.line, cure=bad.cure) from None
    if data is None:
        raise ConfigurationFault("the file is empty", file=path, cure="Write at least one 'key: value' line")
    folder = path.absolute().parent
    return Source(path, data, {key: Place(str(path), line, folder) for key, line in lines.items()})


def read(path: Path, *, environment: Mapping[str, str] | None = None) -> Source:
    """`parse` and `Source.expanded` in one; `environment` is the process's own unless given."""
    return parse(path).expanded(environment)


def parse_value(text: str, *, label: str = "command line", key: str = "") -> object:
    """One YAML value as given on a command line.

    Raises:
        ConfigurationFault: not YAML.
    """
    try:
        return syntax.yaml_text(text)[0]
    except syntax.BadText as bad:
        raise ConfigurationFault(bad.problem, file=label, key=key, cure=bad.cure) from None


def dotted(path: KeyPath) -> str:
    """A key path as people read it: `customers.0.password`."""
    return ".".join(str(part) for part in path)


def one_line(text: str) -> str:
    """Text without line breaks and control characters, whatever somebody's file holds."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that `name` was probably meant to be, "" if none is like it."""

    def plain(each: str) -> str:
        return each.lower().replace("-", "_").replace(" ", "_")

    by_plain = {plain(each): each for each in known}
    close = difflib.get_close_matches(plain(name), list(by_plain), n=1, cutoff=0.6)
    begun = [each for each in by_plain if len(name) > 2 and each.startswith(plain(name))]
    return by_plain[(close or begun)[0]] if close or begun else ""


def suggestion(name: str, known: Iterable[str], *, most: int = 12) -> str:
    """The cure for an unknown name: the nearest known one, else the list of them."""
    names = list(known)
    close = nearest(name, names)
    if close:
        return f"Did you mean '{close}'?"
    if not names:
        return ""
    return f"Known: {', '.join(names[:most])}{' ...' if len(names) > most else ''}"


def faults(found: Sequence[ConfigurationFault]) -> ConfigurationFault:
    """Several faults (at least one) as one, a line for each."""
    if len(found) == 1:
        return found[0]
    whole = ConfigurationFault("\n".join(dict.fromkeys(str(each) for each in found)))
    whole.file, whole.line, whole.key, whole.cure = found[0].file, found[0].line, found[0].key, found[0].cure
    return whole


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise ConfigurationFault("this is a folder, not a file", file=path, cure="Name a file in it")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigurationFault(f"the file is too large ({size} bytes)", file=path, cure=f"At most {MAX_BYTES}")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigurationFault("there is no such file", file=path, cure="Check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationFault(f"cannot be read: {reason}", file=path, cure="Check the path and its rights") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigurationFault("the file is not UTF-8 text", file=path, line=line, cure="Save it as UTF-8") from None


def _merge(base: object, over: object, path: KeyPath, places: dict[KeyPath, Place]) -> object:
    if isinstance(base, dict) and isinstance(over, dict):
        result = dict(base)
        for key, value in over.items():
            result[key] = _merge(base[key], value, (*path, key), places) if key in base else value
        return result
    for each in [each for each in places if each[: len(path)] == path]:
        del places[each]
    return over


def _put(data: object, path: KeyPath, value: object) -> object:
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(part, int) and part <= len(data):
        return [*data[:part], _put(data[part] if part < len(data) else None, rest, value), *data[part + 1 :]]
    if isinstance(data, dict) or data is None:
        members = data or {}
        return {**members, str(part): _put(members.get(str(part)), rest, value)}
    raise LookupError(part)
