"""Which control, group or button of a page a profile's words mean.

Each finder tries ways of naming from the surest to the loosest and stops at the first that finds anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from conformance.customer.fields import CHOICES, Control, Fields
from conformance.customer.seen import BUTTONS
from conformance.customer.text import fold, listed

_SUFFIX = re.compile(r"(\[[^\]]*\]|\.\d+)+$")
_SUBFIELD = re.compile(r".*[\[.:$](\w+)\]?$", re.DOTALL)


class Lack(Exception):
    """A page has not what a step needs; `str()` says what it has instead."""


def field(fields: Fields, key: str, among: Sequence[Control] | None = None) -> Control:
    """The field to type into, or to pick from: by CSS, name, id, label, placeholder, autocomplete, label's beginning.

    Raises:
        Lack: no field of that name.
    """
    usable = [each for each in fields.controls if is_field(each)]
    wanted = fold(key).strip(" :*")
    ways: list[Callable[[Control], bool]] = [
        lambda each: each.name == key,
        lambda each: each.element.get("id") == key,
        lambda each: wanted in fields.labels(each),
        lambda each: fold(key) in (fold(each.name), fold(each.element.get("id") or ""), fold(_subfield(each.name))),
        lambda each: key in (each.element.get("autocomplete") or "").split(),
        lambda each: any(_begins(label, wanted) for label in fields.labels(each)),
        lambda each: each.kind == key.lower() and key.lower() in ("password", "email", "tel"),
    ]
    candidates = usable if among is None else among
    # A field that nobody sees is a trap for robots more often than it is the one that is meant.
    found = _first([each for each in candidates if not each.hidden], ways, fields, key) or _first(
        candidates, ways, fields, key
    )
    if not found:
        raise Lack(f"no field is called {key!r}; the page has {listed(_called(fields, usable))}{_cut(fields)}")
    return found[0]


def group(fields: Fields, key: str) -> list[Control]:
    """The check boxes or radio buttons, or the one list, of a group: by CSS, name, id, label, caption.

    Raises:
        Lack: no group of that name.
    """
    usable = [each for each in fields.controls if each.kind in CHOICES or each.kind == "select"]
    if key.startswith("css="):
        elements = set(fields.document.matching(key.removeprefix("css=")))
        chosen = [each for each in usable if each.element in elements]
        found = chosen or [each for each in usable if not elements.isdisjoint(each.element.iterancestors())]
    else:
        wanted = fold(key).strip(" :*")
        ways: list[Callable[[Control], bool]] = [
            lambda each: each.name == key,
            lambda each: _SUFFIX.sub("", each.name) == key,
            lambda each: each.kind == "select" and each.element.get("id") == key,
            lambda each: each.kind == "select" and wanted in fields.labels(each),
            lambda each: wanted in fields.captions(each),
            lambda each: fold(key) in (fold(_SUFFIX.sub("", each.name)), fold(_subfield(each.name))),
            lambda each: any(_begins(caption, wanted) for caption in fields.captions(each)),
        ]
        found = next((hits for way in ways if (hits := [each for each in usable if way(each)])), [])
    lists = [each for each in found if each.kind == "select"]
    if not found:
        raise Lack(
            f"nothing to choose from is called {key!r}; the page has {listed(_called(fields, usable))}{_cut(fields)}"
        )
    owners = [each.form for each in found if each.form is not None]
    return lists[:1] or [each for each in found if not owners or each.form is owners[0]]


def button(fields: Fields, target: str) -> Control:
    """The button or link to press: by CSS, text, name, id, value, the text's beginning; last, a box or its label.

    Where several fit, one that is usable, in the form that was filled in, and a button rather than a link comes first.

    Raises:
        Lack: none, or several that differ.
    """
    usable = [each for each in fields.controls if each.kind in BUTTONS or each.kind == "link"]
    wanted = fold(target)
    texts = {each: fields.text(each) for each in usable}
    ways: list[Callable[[Control], bool]] = [
        lambda each: texts[each] == wanted,
        lambda each: target in (each.name, each.element.get("id"), each.element.get("value")),
        lambda each: wanted in (fold(each.element.get("aria-label") or ""), fold(each.element.get("title") or "")),
        lambda each: _begins(texts[each], wanted),
    ]
    found = _first(usable, ways, fields, target)
    if not found:
        boxes = [each for each in fields.controls if each.kind in CHOICES]
        found = _first(boxes, [lambda each: wanted in fields.labels(each)], fields, target)
    if not found:
        shown = [texts[each] or each.name or each.element.get("id") or "" for each in usable if not each.hidden]
        raise Lack(f"no button or link is called {target!r}; the page has {listed(shown)}{_cut(fields)}")
    best = found[0]
    if best.hidden or best.disabled:
        raise Lack(f"the button {target!r} is {'hidden' if best.hidden else 'disabled'}")
    rivals = {texts[each] for each in found if each in texts and not each.hidden and not each.disabled}
    if not target.startswith("css=") and len(rivals) > 1 and wanted not in rivals and not _by_attribute(best, target):
        raise Lack(f"several buttons or links begin with {target!r}: {listed(sorted(rivals))}")
    return best


def is_field(control: Control) -> bool:
    """Whether a person types or picks a value in it."""
    return control.kind not in BUTTONS | CHOICES | {"link", "hidden", "file"}


def _first(
    controls: Sequence[Control], ways: Iterable[Callable[[Control], bool]], fields: Fields, key: str
) -> list[Control]:
    """The controls that the first successful way finds, the likeliest first."""
    if key.startswith("css="):
        elements: set[etree._Element] = set(fields.document.matching(key.removeprefix("css=")))
        ways = [lambda each: each.element in elements]
    touched = fields.touched_form
    for way in ways:
        found = [each for each in controls if way(each)]
        if found:
            return sorted(
                found,
                key=lambda each: (
                    each.hidden,
                    each.disabled,
                    touched is not None and each.form is not touched,
                    each.kind == "link",
                ),
            )
    return []


def _begins(text: str, start: str) -> bool:
    """Whether a text begins with whole words."""
    return bool(start) and text.startswith(start) and not text[len(start) : len(start) + 1].isalnum()


def _by_attribute(control: Control, target: str) -> bool:
    return target in (control.name, control.element.get("id"), control.element.get("value"))


def _subfield(name: str) -> str:
    """The last part of a name such as `user[email]` or `form:login:username`."""
    match = _SUBFIELD.fullmatch(name)
    return match[1] if match else name


def _called(fields: Fields, controls: Iterable[Control]) -> Iterable[str]:
    for each in controls:
        if not each.hidden:
            yield each.name or each.element.get("id") or next(iter(fields.labels(each)), "(a field without a name)")


def _cut(fields: Fields) -> str:
    return " (it is nested too deeply and was read only in part)" if fields.document.cut else ""
