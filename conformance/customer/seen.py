"""What of a page's tree a person sees."""

from __future__ import annotations

import re

from lxml import etree

from conformance.customer.text import squeeze

BUTTONS = frozenset({"submit", "button", "reset", "image"})
_UNSEEN = frozenset({"script", "style", "template", "head", "title", "datalist", "noframes", "noembed"})
_SECRET = BUTTONS | {"hidden", "password", "checkbox", "radio", "file"}
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd"}
    | {"mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
_CONTROLS = frozenset({"select", "textarea", "button", "input"})


def hides(element: etree._Element) -> bool:
    """Whether the element by itself keeps its content from sight (style sheets are not read)."""
    tag = element.tag
    return (
        not isinstance(tag, str)
        or tag in _UNSEEN
        or element.get("hidden") is not None
        or (tag == "input" and (element.get("type") or "").strip().lower() == "hidden")
        or (tag == "dialog" and element.get("open") is None)
        or bool(_STYLE.search(element.get("style") or ""))
    )


def is_seen(element: etree._Element) -> bool:
    """Whether neither the element nor anything around it hides it."""
    return not hides(element) and not any(hides(outer) for outer in element.iterancestors())


def visible_text(
    element: etree._Element | None, *, controls: bool = True, pictures: bool = False, most: int = 1 << 40
) -> str:
    """The text inside an element, white space folded, with what stands in buttons and in fields that show their text.

    `controls=False` leaves controls inside it out, `pictures=True` takes the `alt` of images, `most` bounds the
    characters and elements that are read.
    """
    if element is None:
        return ""
    parts: list[str] = []
    read = 0
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, each in walker:
        gap = "" if each.tag in _INLINE else " "
        if event == "start":
            inner = each is not element
            if hides(each) or (inner and not controls and each.tag in _CONTROLS):
                walker.skip_subtree()
            else:
                parts.append(gap + _written(each, pictures) + (each.text or ""))
        else:
            parts.append(gap + ((each.tail or "") if each is not element else ""))
        read += 1 + len(parts[-1]) if parts else 1
        if read > most:
            break
    return squeeze("".join(parts))


def _written(element: etree._Element, pictures: bool) -> str:
    """What an element shows that is no text of the tree."""
    if element.tag == "input":
        kind = (element.get("type") or "text").strip().lower()
        if kind in ("submit", "reset"):
            return f" {element.get('value', kind.title())} "
        if kind == "image":
            return f" {element.get('alt', '')} "
        return f" {element.get('value') or ''} " if kind == "button" or kind not in _SECRET else " "
    return f" {element.get('alt') or ''} " if pictures and element.tag == "img" else ""
