"""Text to data and line numbers, for YAML (core schema of 1.2) and JSON (RFC 8259)."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

Lines = dict[tuple[str | int, ...], int]

MAX_NODES = 200_000
_MAX_DEPTH = 100
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq")
)
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, object] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}


class BadText(ValueError):
    """Text that is not YAML or JSON: what is wrong, its line (from 1, 0 if unknown) and the cure."""

    def __init__(self, problem: str, line: int = 0, cure: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.cure = cure


def yaml_text(text: str) -> tuple[object, Lines]:
    """One YAML document as plain data, and the line of every key.

    Raises:
        BadText: not YAML, more than one document, a duplicate key, a tag of its own, too deep or too large.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 0
        raise BadText("is not YAML: it holds a control character", line, "Remove the character") from None
    except RecursionError:
        raise BadText("is nested too deep", 0, f"At most {_MAX_DEPTH} levels") from None
    lines: Lines = {}
    return (_Builder(lines).build(node, ()) if node is not None else None), lines


def json_text(text: str) -> tuple[object, Lines]:
    """One JSON text as plain data, and the line of every key where that could be found.

    Raises:
        BadText: not JSON, a duplicate member, too deep.
    """
    try:
        data = json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant) if text.strip() else None
    except json.JSONDecodeError as error:
        raise BadText(f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", error.lineno, "Correct it") from None
    except RecursionError:
        raise BadText("is nested too deep", 0, f"At most {_MAX_DEPTH} levels") from None
    try:
        # JSON allows tabs between tokens and nowhere else; YAML dislikes them.
        return data, yaml_text(text.replace("\t", " "))[1]
    except BadText:
        return data, {}


class _Builder:
    """Turns composed nodes into data; `lines` collects the line of each key path."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._nodes = 0
        self._open: set[int] = set()

    def build(self, node: Any, path: tuple[str | int, ...]) -> object:
        line = int(node.start_mark.line) + 1
        self._lines.setdefault(path, line)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise BadText("holds too many values", line, f"At most {MAX_NODES}, aliases counted each time")
        if len(path) > _MAX_DEPTH or id(node) in self._open:
            raise BadText("is nested too deep, or an alias holds itself", line, f"At most {_MAX_DEPTH} levels")
        if node.tag not in _STANDARD_TAGS:
            raise BadText(f"the tag {node.tag} is not read here", line, "Remove it")
        if isinstance(node, yaml.ScalarNode):
            return _plain(node.value) if not node.style else str(node.value)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(each, (*path, number)) for number, each in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: Any, path: tuple[str | int, ...]) -> dict[str, object]:
        members: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = int(key_node.start_mark.line) + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise BadText(
                    "a key is not plain text", line, "Write 'key: value'; quote a text that starts with { or ["
                )
            key = str(key_node.value)
            if key in members:
                first = self._lines[(*path, key)]
                raise BadText(f"the key '{key}' is written twice (first in line {first})", line, "Keep one of them")
            self._lines[(*path, key)] = line
            members[key] = self.build(value_node, (*path, key))
        return members


def _plain(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 40:
        return int(text, 0 if text[:2] in ("0o", "0x") else 10)
    return float(text) if _FLOAT.fullmatch(text) and len(text) < 40 else text


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadText(f"the member '{twice}' is written twice", 0, "Keep one of them")
    return members


def _no_constant(name: str) -> object:
    raise BadText(f"is not JSON: {name} is no JSON number", 0, "Correct it")


def _explained(error: yaml.MarkedYAMLError, text: str) -> BadText:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    written = "".join(text.splitlines()[line - 1 : line]) if mark else ""
    indentation = written[: len(written) - len(written.lstrip())]
    if "\t" in indentation or (mark and written[mark.column : mark.column + 1] == "\t"):
        return BadText("is not YAML: a tab stands where only spaces may", line, "Indent with spaces")
    problem = " ".join(str(error.problem or "it cannot be read").split())
    if error.context and error.context_mark and error.context_mark.line + 1 != line:
        problem += f" ({' '.join(error.context.split())} of line {error.context_mark.line + 1})"
    cure = "Check the indentation, and quote texts that hold ': ', ' #' or start with a special character"
    if "document" in problem:
        cure = "Keep one document: remove the '---' between them"
    elif "${" in written:
        cure = 'Put "${NAME}" in quotes between { } and [ ]'
    return BadText(f"is not YAML: {problem}", line, cure)
