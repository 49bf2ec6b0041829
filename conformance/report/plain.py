"""Dataclasses as plain JSON values, and back."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")


def to_plain(value: object) -> object:
    """A value of dataclasses, enums, mappings and tuples as JSON's objects, texts and lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(to_plain(key)): to_plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(each) for each in value]
    return value


def from_plain(kind: type[T], value: object) -> T:
    """The value of a dataclass that `to_plain` made plain.

    Raises:
        ValueError: it does not fit.
    """
    try:
        return typing.cast(T, _read(kind, value))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from None


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of a dataclass's members."""
    hints = typing.get_type_hints(kind)
    return {each.name: hints[each.name] for each in dataclasses.fields(kind)}


def _read(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is object or kind is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _read(next(each for each in arguments if each is not type(None)), value)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_read(arguments[0], each) for each in value)
        return tuple(_read(each, inner) for each, inner in zip(arguments, value, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {_read(arguments[0], key): _read(arguments[1], inner) for key, inner in value.items()}
    if dataclasses.is_dataclass(kind):
        hints = _hints(typing.cast(Any, kind))
        known = hints.keys()
        if set(value) - known:
            raise ValueError(f"unknown members: {', '.join(sorted(set(value) - known))}")
        return typing.cast(Any, kind)(**{name: _read(hints[name], inner) for name, inner in value.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(int(value)) if issubclass(kind, int) else kind(value)
    if kind is int and isinstance(value, str):
        return int(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value
