"""Steps done on a page's tree: typing, choosing and pressing, as far as no request is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from conformance.customer import find
from conformance.customer.address import BadAddress
from conformance.customer.choosing import choose, pick, toggle
from conformance.customer.document import OWNER, Document
from conformance.customer.fields import CHOICES, Control, Fields
from conformance.customer.find import Lack
from conformance.customer.forms import Submission
from conformance.customer.pressing import press
from conformance.customer.steps import Choose, Click, Fill, Step
from conformance.customer.values import Values, expand, one


def act(
    document: Document, url: str, step: Fill | Choose | Click, values: Values, ahead: Step | None = None
) -> Document | Submission:
    """Do a step: the page with something filled in, or the request that pressing leads to; `document` stays as it is.

    `ahead` is the next Click, which tells forms with the same fields apart.

    Raises:
        Lack: the page has not what the step needs.
    """
    try:
        document = document.copy()
        fields = Fields(document)
        match step:
            case Fill(pairs):
                placed = _placed(fields, [(one(key, values), one(text, values)) for key, text in pairs], ahead, values)
                for control, text in placed:
                    _type(control, text)
                return _touched(fields, [control for control, _ in placed])
            case Choose(groups):
                wanted = [(one(key, values), _items(items, values)) for key, items in groups]
                return _touched(fields, choose(fields, wanted))
            case Click(target):
                called = one(target, values)
                control = find.button(fields, called)
                if control.kind in CHOICES:
                    toggle(fields, control)
                    return _touched(fields, [control])
                return press(fields, control, url, called) or document
    except BadAddress as fault:
        raise Lack(f"it leads nowhere: {fault}") from None
    except ValueError as fault:
        raise Lack(str(fault)) from None


def lack(document: Document, step: Fill | Choose | Click, values: Values) -> str:
    """What the page has not that a step needs, as a clause; "" when the step's fields, groups or button are there."""
    fields = Fields(document)
    try:
        match step:
            case Fill(pairs):
                for key, _ in pairs:
                    find.field(fields, one(key, values))
            case Choose(groups):
                for key, _ in groups:
                    find.group(fields, one(key, values))
            case Click(target):
                find.button(fields, one(target, values))
    except (Lack, ValueError) as fault:
        return str(fault)
    return ""


def _items(wanted: Sequence[str], values: Values) -> list[tuple[str, ...]]:
    return [item for template in wanted for item in expand(template, values)]


def _form(fields: Fields, ahead: Step | None, values: Values) -> etree._Element | None:
    """The form whose button is pressed next, if that can be told already."""
    if not isinstance(ahead, Click):
        return None
    try:
        return find.button(fields, one(ahead.target, values)).form
    except (Lack, ValueError):
        return None


def _placed(
    fields: Fields, pairs: Sequence[tuple[str, str]], ahead: Step | None, values: Values
) -> list[tuple[Control, str]]:
    """The field for each text: all of them in one form, if there is one that has them, the likeliest form first."""
    for form in dict.fromkeys((fields.touched_form, _form(fields, ahead, values), *fields.forms)):
        among = [each for each in fields.controls if form is not None and each.form is form and find.is_field(each)]
        if among:
            try:
                return [(find.field(fields, key, among), text) for key, text in pairs]
            except Lack:
                continue
    return [(find.field(fields, key), text) for key, text in pairs]


def _type(control: Control, text: str) -> None:
    element, called = control.element, control.name or control.element.get("id") or "?"
    if control.disabled or element.get("readonly") is not None:
        raise Lack(f"the field {called!r} cannot be changed: it is {'disabled' if control.disabled else 'read-only'}")
    if not control.name:
        raise Lack(f"the field {called!r} has no name attribute, so that no form sends it without a script")
    if control.kind == "select":
        pick([control], [(text,)], called)
    elif element.tag == "textarea":
        for child in list(element):
            element.remove(child)
        element.text = f"\n{text}"
    else:
        element.set("value", text)


def _touched(fields: Fields, controls: Sequence[Control]) -> Document:
    forms = [each.form for each in controls if each.form is not None]
    return replace(fields.document, touched=forms[0].get(OWNER) or "") if forms else fields.document
