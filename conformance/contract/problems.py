"""What a schema objects to, in words that quote no value."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema import ValidationError

MOST_PROBLEMS = 5
LONGEST_PROBLEM = 200

_ENDS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
"""Escapes and character classes, in which a dollar stands for itself, and the dollars outside of them."""


def one_line(error: Exception) -> str:
    """A library's own message, cut to one line."""
    message = getattr(error, "message", None)
    text = message if isinstance(message, str) else str(error) or type(error).__name__
    return " ".join((text.strip() or "invalid").splitlines()[0].split())[:LONGEST_PROBLEM].rstrip(".")


@functools.cache
def expression(pattern: str) -> re.Pattern[str] | None:
    """A pattern of JSON Schema, None if only ECMA-262 can say it: digits are ASCII, and no line feed follows a $."""
    ends = _ENDS.sub(lambda found: r"\Z" if found[0] == "$" else found[0], pattern)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(ends, re.ASCII)
        except (re.error, OverflowError, RecursionError):
            return None


def pattern(validator: Any, pattern: str, instance: object, _: object) -> Iterator[ValidationError]:
    """The keyword `pattern`."""
    wanted = expression(pattern)
    if wanted is not None and validator.is_type(instance, "string") and not wanted.search(str(instance)):
        yield ValidationError("does not match")


def worded(errors: Iterable[ValidationError]) -> tuple[str, ...]:
    """At most `MOST_PROBLEMS` different texts "path: rule"; of alternatives, the objections of the nearest form."""
    found: dict[str, None] = {}
    for error in errors:
        for leaf in _leaves(error):
            found.setdefault(f"{_place(leaf)}: {_rule(leaf)}"[:LONGEST_PROBLEM])
        if len(found) >= MOST_PROBLEMS:
            break
    return tuple(found)[:MOST_PROBLEMS]


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors that say most: of alternatives, those of the one that the instance comes nearest to."""
    if not error.context or error.validator not in ("anyOf", "oneOf"):
        yield error
        return
    branches: dict[object, list[ValidationError]] = {}
    for each in error.context:
        branches.setdefault(each.relative_schema_path[0], []).append(each)
    # An instance of another type than a form's own, or of one of its members', was not meant to have that form.
    nearest = min(_distance(each) for each in branches.values())
    best = [each for each in branches.values() if _distance(each) == nearest]
    if len(best) > 1:
        yield error
        return
    for each in best[0]:
        yield from _leaves(each)


def _distance(errors: list[ValidationError]) -> tuple[bool, int, int]:
    kinds = [error for error in errors if error.validator == "type"]
    return any(not error.path for error in kinds), len(kinds), len(errors)


def _place(error: ValidationError) -> str:
    # A member that is no plain name may be data itself (a number, a hash).
    plain = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,40}[0-9]{0,2}")
    parts = [str(part) if isinstance(part, int) or plain.fullmatch(str(part)) else "*" for part in error.absolute_path]
    return ".".join(parts) or "(top)"


def _rule(error: ValidationError) -> str:
    """The rule in the schema's words only; a library's message would quote the value."""
    rule: Any = error.validator_value
    instance: Any = error.instance
    keyword = str(error.validator)
    match keyword:
        case "required":
            have = instance if isinstance(instance, dict) else {}
            return f"lacks {', '.join(str(name) for name in rule if name not in have)}"
        case "type":
            kinds = rule if isinstance(rule, list) else [rule]
            return f"must be {' or '.join(str(kind) for kind in kinds)}, found {_kind(instance)}"
        case "enum":
            return f"must be one of {', '.join(str(each) for each in rule)}"
        case "const":
            return f"must be {rule}"
        case "format":
            return f"must be a {rule}"
        case "pattern":
            return f"must match {rule}"
        case "maxLength" | "minLength":
            end = "at most" if keyword == "maxLength" else "at least"
            return f"must have {end} {rule} character(s), found {len(str(instance))}"
        case "maxItems" | "minItems":
            end = "at most" if keyword == "maxItems" else "at least"
            return f"must have {end} {rule} item(s), found {len(instance)}"
        case "uniqueItems":
            return "must not hold an item twice"
        case "additionalProperties" | "unevaluatedProperties":
            return "holds members that the schema does not allow"
        case "anyOf" | "oneOf":
            return f"must fit {'exactly one' if keyword == 'oneOf' else 'one'} of {len(rule)} forms"
    simple = rule if isinstance(rule, str | int | float) and not isinstance(rule, bool) else ""
    return f"breaks the rule {keyword} {simple}".rstrip()


def _kind(value: object) -> str:
    names: tuple[tuple[type, str], ...] = (
        (bool, "boolean"),
        (str, "string"),
        (int, "integer"),
        (float, "number"),
        (list, "array"),
        (dict, "object"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "null")
