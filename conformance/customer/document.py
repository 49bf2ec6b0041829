"""A page's markup as a tree, whatever its shape. With fields.py, seen.py and forms.py the home of lxml."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, replace

from lxml import etree

from conformance.customer import css
from conformance.customer.address import BadAddress, resolve
from conformance.customer.text import squeeze

OWNER = "data-ofp-form"
"""Set on a form and on every control inside its tags: the number of the form."""

_ATTRIBUTES = 2000
_MARK = re.compile(
    r"""<!--|<(?P<name>/?[a-z][^\s/>]*+)(?P<rest>(?:[^>=]++|=\s*+"[^"]*+"?|=\s*+'[^']*+'?|=)*+)>?""", re.IGNORECASE
)
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"?|'[^']*+'?)""")
_WORD = re.compile(r"[^\s/=]+")
_RAW_END = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style", "textarea", "title")
}
_REFRESH = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*(?:[;,]?\s*(?:url\s*=\s*)?(['\"]?)(.*))?$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page: its tree (None when there is no markup), base URL, charset, and whether the tree was cut short.

    `touched` is the number of the form that a customer has begun to fill in, "" before.
    """

    root: etree._Element | None = None
    base: str = ""
    charset: str = "utf-8"
    cut: bool = False
    touched: str = ""

    def copy(self) -> Document:
        """The same page to be filled in, while this one stays as it is."""
        return self if self.root is None else replace(self, root=copy.deepcopy(self.root))

    @property
    def title(self) -> str:
        """The title, white space folded."""
        element = None if self.root is None else self.root.find(".//title")
        return "" if element is None else squeeze("".join(map(str, element.itertext())))

    def matching(self, selector: str) -> list[etree._Element]:
        """The elements that a CSS selector finds; ValueError for a selector outside css.SUBSET."""
        path = css.to_xpath(selector)
        found = [] if self.root is None else self.root.xpath(path)
        return [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []

    def refresh(self) -> tuple[int, str] | None:
        """Seconds and target of a meta refresh; those for browsers without script (in noscript) are left alone."""
        if self.root is None:
            return None
        for element in self.root.iter("meta"):
            if (element.get("http-equiv") or "").strip().lower() == "refresh" and not _inside(element, "noscript"):
                return parse_refresh(element.get("content") or "", self.base)
        return None


def parse_refresh(content: str, base: str) -> tuple[int, str] | None:
    """Seconds and absolute URL of a refresh (`0; url=/next`); None when it names no place that can be followed."""
    match = _REFRESH.match(content)
    if not match or not (match[3] or "").strip():
        return None
    quote, target = match[2], match[3]
    try:
        return int(match[1]), resolve(base, target.split(quote)[0] if quote else target)
    except BadAddress:
        return None


def parse(text: str, url: str, charset: str = "utf-8") -> Document:
    """The tree of an HTML page or fragment; errors are mended, nesting beyond the parser's bound (256) is cut."""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True, no_network=True, recover=True
    )
    try:
        root = etree.fromstring(_marked(text).encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return Document(base=url, charset=charset, cut=True)
    if root is None:
        return Document(base=url, charset=charset)
    cut = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return Document(root, _base(root, url), charset, cut)


def _base(root: etree._Element, url: str) -> str:
    for element in root.iter("base"):
        href = element.get("href")
        if href is not None:
            try:
                return resolve(url, href)
            except BadAddress:
                return url
    return url


def _inside(element: etree._Element, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None


def _marked(text: str) -> str:
    """The markup made ready for libxml2, which lacks two things that browsers do.

    HTML's form element pointer (a form owns the controls up to its end tag, even across badly nested elements, and a
    form inside a form does not exist) is written down in attributes; and tags with thousands of attributes, on which
    libxml2 spends quadratic time, lose them.
    """
    parts: list[str] = []
    at, forms, owner = 0, 0, ""
    while mark := _MARK.search(text, at):
        parts.append(text[at : mark.start()])
        name, tag = (mark["name"] or "").lower(), mark[0]
        at = mark.end()
        if not name:
            end = text.find("-->", at)
            at = len(text) if end < 0 else end + 3
            continue
        if len(tag) > _ATTRIBUTES and len(_WORD.findall(_VALUE.sub(" ", mark["rest"]))) > _ATTRIBUTES:
            tag = f"<{name}>"
        if name == "form":
            if owner:
                continue
            owner, forms = str(forms), forms + 1
        if name in ("form", "input", "button", "select", "textarea") and owner:
            cut = 1 + len(name)
            tag = f'{tag[:cut]} {OWNER}="{owner}"{tag[cut:]}'
        elif name == "/form":
            owner = ""
        parts.append(tag)
        if name in _RAW_END:
            end_tag = _RAW_END[name].search(text, at)
            end = end_tag.start() if end_tag else len(text)
            parts.append(text[at:end])
            at = end
    parts.append(text[at:])
    return "".join(parts)
