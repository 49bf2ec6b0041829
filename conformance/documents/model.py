"""The base of every model that is read from a file, and errors in the words of who wrote the file."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from conformance.documents.source import KeyPath, Source, dotted, faults, nearest, read, suggestion
from conformance.model import ConfigurationFault

T = TypeVar("T", bound="Document")
_SECRET = ("password", "secret", "id_number")


class Document(BaseModel):
    """A frozen model without room for unknown keys; numbers never turn into text."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class _Text(str):
    """A text that knows the folder from which a path in it starts; lives only while a document is validated."""

    __slots__ = ("folder",)
    folder: Path


def refusal(problem: str, cure: str = "") -> PydanticCustomError:
    """What a validator raises: the problem without a full stop, and what to do about it."""
    return PydanticCustomError("refused", "{problem}", {"problem": problem, "cure": cure})


def load(path: Path, model: type[T], *, environment: Mapping[str, str] | None = None) -> T:
    """A YAML or JSON file as a document; `environment` is the process's own unless given.

    Raises:
        ConfigurationFault: one line for each problem.
    """
    return validate(read(path, environment=environment), model)


def validate(source: Source, model: type[T]) -> T:
    """Parsed data as a document; relative paths start from the folder of the file that names them.

    Raises:
        ConfigurationFault: one line for each problem: file:line: key: problem. cure.
    """
    try:
        return model.model_validate(_located(source.data, (), source))
    except ValidationError as error:
        details = error.errors(include_url=False)
        found = [_fault(each, source, model) for each in details if not _follows(each)]
    raise faults(found)


def schema(model: type[Document]) -> dict[str, object]:
    """The JSON Schema (2020-12) of a model, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def key_paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Every key of a model, to any depth; the members of list items follow the list's own key."""
    for name, field in model.model_fields.items():
        yield (name,)
        for inner in _models(field.annotation):
            for below in key_paths(inner):
                yield (name, *below)


def is_there(path: Path, *, folder: bool = False) -> bool:
    """Whether there is a file (or folder) of that name; a name that cannot be one is not there."""
    try:
        return path.is_dir() if folder else path.is_file()
    except (OSError, ValueError):
        return False


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise refusal(f"must be a number, found {str(value).lower()}", "Write a number")
    return value


def _existing_file(value: object) -> object:
    return _existing(value, folder=False)


def _existing_folder(value: object) -> object:
    return _existing(value, folder=True)


def _existing(value: object, *, folder: bool) -> object:
    if isinstance(value, Path):
        return value
    what = "folder" if folder else "file"
    if not isinstance(value, str):
        raise refusal(f"must be the path of a {what}, found {_kind(value)}", "Write a path as text")
    start = value.folder if isinstance(value, _Text) else Path.cwd()
    path = start / Path(value).expanduser()
    if not value or not is_there(path, folder=folder):
        raise refusal(
            f"there is no {what} '{value}'",
            f"Looked for {path}; paths start from the folder of the file that names them",
        )
    return path


Name = Annotated[str, Field(min_length=1)]
Count = Annotated[int, BeforeValidator(_number)]
Number = Annotated[float, BeforeValidator(_number)]
_PATH_SCHEMA = WithJsonSchema({"type": "string", "format": "path"})
ExistingFile = Annotated[Path, BeforeValidator(_existing_file), _PATH_SCHEMA]
ExistingFolder = Annotated[Path, BeforeValidator(_existing_folder), _PATH_SCHEMA]


def _located(data: object, path: KeyPath, source: Source) -> object:
    if isinstance(data, dict):
        return {key: _located(value, (*path, key), source) for key, value in data.items()}
    if isinstance(data, list):
        return [_located(value, (*path, number), source) for number, value in enumerate(data)]
    if isinstance(data, str):
        text = _Text(data)
        text.folder = source.where(path).folder
        return text
    return data


def _fault(error: ErrorDetails, source: Source, model: type[BaseModel]) -> ConfigurationFault:
    path = _actual_path(error, source.data)
    problem, cure = _words(error, path, model)
    return source.fault(path, problem, cure)


def _follows(error: ErrorDetails) -> bool:
    """Whether an error only repeats others: a list is also told to be short when its items are wrong."""
    return error["type"] == "too_short" and len(error["input"]) >= int(error["ctx"]["min_length"])


def _actual_path(error: ErrorDetails, data: object) -> KeyPath:
    """The error's path through the data: pydantic's names of union members and validators left out."""
    path: list[str | int] = []
    at: Any = data
    for number, part in enumerate(error["loc"]):
        if isinstance(at, dict | list) and part in (at if isinstance(at, dict) else range(len(at))):
            at = at[part]  # type: ignore[index]
            path.append(part)
        elif number == len(error["loc"]) - 1 and error["type"] == "missing":
            path.append(part)
    return tuple(path)


def _words(error: ErrorDetails, path: KeyPath, model: type[BaseModel]) -> tuple[str, str]:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    found = "" if path and any(word in str(path[-1]) for word in _SECRET) else f", found {_kind(value)}"
    match kind:
        case "refused":
            return str(context["problem"]), str(context["cure"])
        case "missing":
            return "is missing", _how_to_add(path, model)
        case "extra_forbidden":
            return "unknown key", _known_key(path, model)
        case "enum" | "literal_error":
            options = [each.strip("' ") for each in str(context["expected"]).replace(" or ", ",").split(",")]
            close = nearest(value, options) if isinstance(value, str) else ""
            return f"must be one of {', '.join(options)}{found}", f"Did you mean '{close}'?" if close else ""
        case "string_type":
            quoted = isinstance(value, bool | int | float)
            return f"must be text{found}", "Put it in quotes" if quoted else "Write a text"
        case "string_too_short" if context.get("min_length") == 1:
            return "must not be empty", "Write a text"
    return f"{_expectation(kind, context) or error['msg'][:1].lower() + error['msg'][1:]}{found}", ""


def _expectation(kind: str, context: Mapping[str, Any]) -> str:
    by_kind = {
        "greater_than_equal": "must be at least {ge}",
        "greater_than": "must be more than {gt}",
        "less_than_equal": "must be at most {le}",
        "less_than": "must be less than {lt}",
        "too_short": "must have {min_length} item or more",
        "too_long": "must have no more than {max_length} items",
        "string_too_short": "must have at least {min_length} characters",
        "string_too_long": "must have at most {max_length} characters",
        "string_pattern_mismatch": "must fit the pattern {pattern}",
    }
    by_family = {
        "int_": "must be a whole number",
        "float_": "must be a number",
        "bool_": "must be true or false",
        "list_": "must be a list",
        "tuple_": "must be a list",
        "frozen_set_": "must be a list",
        "dict_": "must be a mapping of keys",
        "mapping_": "must be a mapping of keys",
        "model_": "must be a mapping of keys",
        "date_": "must be a day like 2027-01-31",
    }
    if kind in by_kind:
        return by_kind[kind].format(**context)
    return next((words for family, words in by_family.items() if kind.startswith(family)), "")


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            shown = " ".join(value.split())
            return f"'{shown[:60]}{'...' if len(shown) > 60 else ''}'"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list" if value else "an empty list"
        case _:
            return type(value).__name__


def _how_to_add(path: KeyPath, model: type[BaseModel]) -> str:
    for parent in _models_at(model, path[:-1]):
        field = parent.model_fields.get(str(path[-1]))
        if field and field.description:
            return f"Add it: {' '.join(field.description.split()).rstrip('.')}"
    return "Add it"


def _known_key(path: KeyPath, model: type[BaseModel]) -> str:
    wrong = str(path[-1])
    known = [name for parent in _models_at(model, path[:-1]) for name in parent.model_fields]
    elsewhere = [dotted(each) for each in key_paths(model) if each[-1] == wrong]
    if not nearest(wrong, known) and elsewhere:
        return f"It belongs under '{elsewhere[0].rpartition('.')[0] or 'the top'}'"
    return suggestion(wrong, known, most=20)


def _models_at(model: type[BaseModel], path: KeyPath) -> Sequence[type[BaseModel]]:
    at: list[type[BaseModel]] = [model]
    for part in path:
        if isinstance(part, str):
            fields = [each.model_fields[part].annotation for each in at if part in each.model_fields]
            at = [inner for annotation in fields for inner in _models(annotation)] or at
    return at


def _models(annotation: object) -> list[type[BaseModel]]:
    """The models inside an annotation: itself, or the items of lists, tuples, mappings and unions."""
    if isinstance(annotation, type) and not get_origin(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (None, typing.Literal):
        return []
    if get_origin(annotation) in (types.UnionType, typing.Union) or get_args(annotation):
        return [inner for each in get_args(annotation) for inner in _models(each)]
    return []
