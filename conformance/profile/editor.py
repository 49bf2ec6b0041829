"""The JSON Schema of profile files as people write them: parts may be missing, and variables may stand for values."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.documents import schema
from conformance.model import Reading
from conformance.profile.profile import Profile

_VARIABLE = {"type": "string", "pattern": r"\$\{"}
_WHOLE = {"Account": None, "Customer": None, "WaiverEntry": None, "DataConsumer": ["id", "name"]}
"""Items of lists, which are never merged, and what each of them needs where that is not all that a run needs."""


def editor_schema(readings: Mapping[str, Reading]) -> dict[str, object]:
    """JSON Schema (2020-12): a file may leave to `extends`, to options and to `keys.directory` what a run needs."""
    whole = _written(schema(Profile))
    if not isinstance(whole, dict):
        raise TypeError("a schema is an object")
    whole.pop("required", None)
    for name, definition in whole["$defs"].items():
        if name not in _WHOLE:
            definition.pop("required", None)
        elif needed := _WHOLE[name]:
            definition["required"] = needed
    whole["properties"]["readings"] = {
        "type": "object",
        "description": whole["properties"]["readings"]["description"],
        "additionalProperties": False,
        "properties": {
            name: {"description": f"{each.question} Default: {each.default}", "enum": _spellings(each.options)}
            for name, each in readings.items()
        },
    }
    return {**whole, "title": "Profile of a Data Provider"}


def _written(node: object) -> object:
    """The node without titles, and with `${VARIABLE}` allowed wherever something other than text is asked for."""
    if isinstance(node, list):
        return [_written(each) for each in node]
    if not isinstance(node, dict):
        return node
    members = {key: _written(value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
    if members.get("type") in ("integer", "number", "boolean"):
        kept = {key: members.pop(key) for key in ("description", "default") if key in members}
        return {**kept, "anyOf": [members, _VARIABLE]}
    return members


def _spellings(options: tuple[str, ...]) -> list[object]:
    """The options as text, and as what YAML makes of them without quotes."""
    unquoted: list[object] = [{"true": True, "false": False}[each] for each in options if each in ("true", "false")]
    return [*options, *unquoted, *(int(each) for each in options if each.isdecimal())]
