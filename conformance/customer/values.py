"""What the placeholders of a step stand for in one journey. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from conformance.customer.steps import PLACEHOLDER

Values = Mapping[str, object]
"""Placeholder name to value: text; a sequence, of which each item counts; or a set of spellings, any of which will do.
"""


def expand(template: str, values: Values) -> tuple[tuple[str, ...], ...]:
    """What a template asks for: all of the outer items, each in any of its spellings.

    A template that is just a placeholder of a sequence is an item for each; amid other text they are joined by ", ".

    Raises:
        ValueError: a placeholder has no value here.
    """
    whole = PLACEHOLDER.fullmatch(template)
    value = _look_up(whole[1], values) if whole else None
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple((str(item),) for item in value)
    names = list(dict.fromkeys(PLACEHOLDER.findall(template)))
    choices = product(*(_spellings(_look_up(name, values)) for name in names))
    return (tuple(_filled(template, dict(zip(names, choice, strict=True))) for choice in choices),)


def one(template: str, values: Values) -> str:
    """The template as a single text; of several items joined by ", ", of several spellings the first in order."""
    return ", ".join(spellings[0] for spellings in expand(template, values))


def _filled(template: str, chosen: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: chosen[match[1]], template)


def _look_up(name: str, values: Values) -> object:
    if name not in values:
        raise ValueError(f"there is no value for {{{name}}} here")
    return values[name]


def _spellings(value: object) -> tuple[str, ...]:
    if isinstance(value, set | frozenset):
        return tuple(sorted(map(str, value)))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return (", ".join(map(str, value)),)
    return (str(value),)
