"""Which controls a page has, whose they are and what people call them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from conformance.customer.document import OWNER, Document
from conformance.customer.seen import BUTTONS, hides, visible_text
from conformance.customer.text import fold

CHOICES = frozenset({"checkbox", "radio"})
_LABEL_TEXT = 2000
_MOST_CONTROLS, _MOST_FORMS, _MOST_NAMES = 5000, 300, 4
"""A page beyond these is hostile; what follows is left alone, so that the work stays bounded."""
_ROWS = frozenset({"tr", "li", "dd"})


@dataclass(eq=False, slots=True)
class Control:
    """A form control or link, as the page has it; `form` is its form owner (HTML 4.10.17.3), None without one."""

    element: etree._Element
    kind: str
    hidden: bool
    disabled: bool
    label: etree._Element | None
    row: etree._Element | None
    groups: tuple[etree._Element, ...]
    form: etree._Element | None = None

    @property
    def name(self) -> str:
        """Its name attribute, "" without one."""
        return self.element.get("name") or ""


@dataclass(frozen=True, slots=True)
class _Around:
    """What the elements around a place in the tree say about it."""

    hidden: bool = False
    disabled: bool = False
    form: etree._Element | None = None
    label: etree._Element | None = None
    row: etree._Element | None = None
    groups: tuple[etree._Element, ...] = ()
    option_list: bool = False


@dataclass(eq=False, slots=True)
class Fields:
    """All controls and links of a document, in its order, read in one pass."""

    document: Document
    controls: list[Control] = field(default_factory=list)
    forms: list[etree._Element] = field(default_factory=list)
    by_id: dict[str, etree._Element] = field(default_factory=dict)
    _labels: dict[str, list[etree._Element]] = field(default_factory=dict)
    _choices_in: dict[etree._Element, int] = field(default_factory=dict)
    _texts: dict[etree._Element, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.document.root is None:
            return
        stack = [_Around()]
        for event, element in etree.iterwalk(self.document.root, events=("start", "end")):
            if event == "end":
                stack.pop()
            else:
                stack.append(self._enter(element, stack[-1]))
        numbered = {form.get(OWNER): form for form in self.forms}
        for control in self.controls:
            given = control.element.get("form")
            if given is not None:
                owner = self.by_id.get(given)
                control.form = owner if owner is not None and owner.tag == "form" else None
            elif control.kind != "link" and control.element.get(OWNER) in numbered:
                control.form = numbered[control.element.get(OWNER)]

    @property
    def touched_form(self) -> etree._Element | None:
        """The form that the customer has begun to fill in."""
        touched = self.document.touched
        return next((each for each in self.forms if touched and each.get(OWNER) == touched), None)

    def labels(self, control: Control) -> list[str]:
        """What the page calls a control, the surest first, folded for comparison: labels, then the text beside it."""
        element = control.element
        identity = element.get("id")
        marked = list(self._labels.get(identity, ())) if identity else []
        if control.label is not None and control.label.get("for") in (None, identity):
            marked.append(control.label)
        names = [*(self._text(each) for each in marked), *self._pointed_at(element)]
        names += [fold(element.get(each) or "") for each in ("aria-label", "title", "placeholder")]
        if control.kind in CHOICES:
            names.append(fold((element.tail or "")[:_LABEL_TEXT]))
            if control.row is not None and self._choices_in.get(control.row) == 1:
                names.append(self._text(control.row))
        return [name for name in (each.strip(" :*") for each in names) if name]

    def captions(self, control: Control) -> list[str]:
        """What the page calls the groups around a control: legends, aria labels, ids (folded, the innermost first)."""
        names = []
        for group in reversed(control.groups):
            legend = group.find("legend")
            names.append("" if legend is None else self._text(legend))
            names += self._pointed_at(group)
            names += [fold(group.get(each) or "") for each in ("aria-label", "id")]
        return [name for name in (each.strip(" :*") for each in names) if name]

    def text(self, control: Control) -> str:
        """What a button or link says, folded."""
        element = control.element
        if element.tag == "input":
            fallback = control.kind.title() if control.kind in ("submit", "reset") else ""
            shown = element.get("alt") if control.kind == "image" else element.get("value", fallback)
            return fold(shown or element.get("aria-label") or element.get("title") or "")
        shown = visible_text(element, pictures=True, most=_LABEL_TEXT)
        return fold(shown or element.get("aria-label") or element.get("title") or "")

    def _pointed_at(self, element: etree._Element) -> list[str]:
        pointers = (element.get("aria-labelledby") or "").split()[:_MOST_NAMES]
        return [self._text(self.by_id[each]) for each in pointers if each in self.by_id]

    def _text(self, element: etree._Element) -> str:
        if element not in self._texts:
            self._texts[element] = fold(visible_text(element, controls=False, most=_LABEL_TEXT))
        return self._texts[element]

    def _enter(self, element: etree._Element, around: _Around) -> _Around:
        tag = element.tag
        identity = element.get("id")
        if identity:
            self.by_id.setdefault(identity, element)
        if tag == "form" and len(self.forms) < _MOST_FORMS:
            self.forms.append(element)
        elif tag == "label" and len(labels := self._labels.setdefault(element.get("for") or "", [])) < _MOST_NAMES:
            labels.append(element)
        hidden = around.hidden or hides(element)
        grouping = tag in ("fieldset", "ul", "ol", "table") or element.get("role") in ("group", "radiogroup", "listbox")
        inside = _Around(
            hidden=hidden,
            disabled=around.disabled or (tag == "fieldset" and element.get("disabled") is not None),
            label=element if tag == "label" else around.label,
            row=element if tag in _ROWS else around.row,
            groups=(*around.groups[-7:], element) if grouping or (identity and tag == "div") else around.groups,
            option_list=around.option_list or tag in ("datalist", "template"),
        )
        kind = _kind(element)
        if kind and not around.option_list and len(self.controls) < _MOST_CONTROLS:
            disabled = kind != "link" and (around.disabled or element.get("disabled") is not None)
            control = Control(element, kind, hidden, disabled, around.label, around.row, inside.groups)
            self.controls.append(control)
            if kind in CHOICES and around.row is not None:
                self._choices_in[around.row] = self._choices_in.get(around.row, 0) + 1
        return inside


def _kind(element: etree._Element) -> str:
    """`link`, `select`, `textarea`, or the type of an input or button; "" for what is no control."""
    given = (element.get("type") or "").strip().lower()
    match element.tag:
        case "input":
            return given or "text"
        case "button":
            return given if given in BUTTONS else "submit"
        case "select" | "textarea":
            return str(element.tag)
        case "a" | "area":
            return "link" if element.get("href") is not None or element.get("onclick") else ""
    return ""
