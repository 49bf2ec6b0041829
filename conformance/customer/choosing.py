"""Choosing from lists, check boxes and radio buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from conformance.customer import find
from conformance.customer.fields import Control, Fields
from conformance.customer.find import Lack
from conformance.customer.forms import is_disabled, option_text, option_value, options
from conformance.customer.text import fold, listed


@dataclass(frozen=True, slots=True)
class _Choice:
    """How a choice can be meant: `own` names exactly as the page spells them, `labels` folded."""

    own: tuple[str, ...]
    labels: tuple[str, ...]


def choose(fields: Fields, groups: Sequence[tuple[str, list[tuple[str, ...]]]]) -> list[Control]:
    """Leave exactly the wanted choices of each group chosen (each in any of its spellings); gives the groups' controls.

    Raises:
        Lack: a group or a choice is not there, cannot be chosen, or is one of several that fit.
    """
    chosen: list[Control] = []
    for key, wanted in groups:
        members = find.group(fields, key)
        chosen += members
        if members[0].kind == "select":
            pick(members, wanted, key)
        else:
            _tick(fields, members, wanted, key)
    return chosen


def _tick(fields: Fields, members: list[Control], wanted: Sequence[tuple[str, ...]], key: str) -> None:
    choices = [_as_choice(fields, each) for each in members]
    hits = [members[_which(choices, spellings, key)] for spellings in wanted]
    if len(set(hits)) > 1 and any(each.kind == "radio" for each in hits):
        raise Lack(f"{key!r} takes one choice only, and {len(hits)} are asked for")
    for each in hits:
        if each.disabled:
            raise Lack(f"the choice {each.element.get('value', 'on')!r} of {key!r} is disabled")
    for each in members:
        if not each.disabled:
            _mark(each.element, "checked", each in hits)


def _as_choice(fields: Fields, control: Control) -> _Choice:
    names = (each for each in (control.element.get("id") or "", control.name) if each)
    return _Choice((control.element.get("value", "on"), *names), tuple(fields.labels(control)))


def pick(members: Sequence[Control], wanted: Sequence[tuple[str, ...]], key: str) -> None:
    """Leave exactly the wanted entries of a list chosen."""
    select = members[0].element
    found = [each for each in options(select) if not is_disabled(each)]
    single = select.get("multiple") is None
    if members[0].disabled:
        raise Lack(f"the list {key!r} is disabled")
    if single and len(wanted) > 1:
        raise Lack(f"{key!r} takes one choice only, and {len(wanted)} are asked for")
    choices = [_Choice((option_value(each),), (fold(option_text(each)),)) for each in found]
    hits = [found[_which(choices, spellings, key)] for spellings in wanted]
    if single and not wanted:
        hits = [each for each in found if not option_value(each)][:1]
        if not hits:
            raise Lack(f"the list {key!r} has no entry for choosing nothing")
    for each in options(select):
        _mark(each, "selected", each in hits)


def _which(choices: Sequence[_Choice], spellings: tuple[str, ...], key: str) -> int:
    """The index of the choice that is meant: by value, id or name, then by label, its beginning, words in it."""
    words = [each for each in map(fold, spellings) if each]
    inside = [re.compile(rf"(?<!\w){re.escape(each)}(?!\w)") for each in words]
    ways: tuple[Callable[[_Choice], bool], ...] = (
        lambda choice: any(each in choice.own for each in spellings),
        lambda choice: any(each in choice.labels for each in words),
        lambda choice: any(label.startswith(each) for each in words for label in choice.labels),
        lambda choice: any(each.search(label) for each in inside for label in choice.labels),
    )
    for certain, way in zip((True, False, False, False), ways, strict=True):
        hits = [at for at, choice in enumerate(choices) if way(choice)]
        if len(hits) > 1 and not certain:
            fitting = _shown(choices[at] for at in hits)
            raise Lack(f"{spellings[0]!r} fits {len(hits)} of the choices in {key!r}: {fitting}")
        if hits:
            return hits[0]
    raise Lack(f"{key!r} has no choice {spellings[0]!r}; it has {_shown(choices)}")


def _shown(choices: Iterable[_Choice]) -> str:
    return listed(next((text for text in (*each.labels, *each.own) if text), "") for each in choices)


def toggle(fields: Fields, control: Control) -> None:
    """What a click on a check box or radio button does."""
    if control.kind == "radio":
        for each in fields.controls:
            if each.kind == "radio" and each.name == control.name and each.form is control.form:
                _mark(each.element, "checked", each is control)
    else:
        _mark(control.element, "checked", control.element.get("checked") is None)


def _mark(element: etree._Element, attribute: str, on: bool) -> None:
    if on:
        element.set(attribute, attribute)
    elif element.get(attribute) is not None:
        del element.attrib[attribute]
