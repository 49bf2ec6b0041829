"""What a form sends (WHATWG HTML 4.10.21 and 4.10.22)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote_plus, urlsplit, urlunsplit

from lxml import etree

from conformance.customer.address import resolve, without_fragment
from conformance.customer.fields import CHOICES, Control, Fields
from conformance.customer.seen import BUTTONS

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_NEWLINE = re.compile(r"\r\n|\r|\n")
_SPACES = re.compile(r"[\t\n\r\f ]+")


@dataclass(frozen=True, slots=True)
class Submission:
    """A request that a page leads to, complete but for cookies: what a link, a form or a forger sends.

    `url` is absolute and holds a GET form's fields; `fields` are the pairs sent, `body` their encoding.
    """

    method: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()
    content_type: str = ""
    body: bytes = b""
    referer: str = ""

    def with_value(self, old: str, new: str) -> Submission | None:
        """The same form with one value in another's place; None where no field has it, or it is not urlencoded."""
        if self.content_type != FORM or old not in (value for _, value in self.fields):
            return None
        fields = [(name, new if value == old else value) for name, value in self.fields]
        return post(self.url, fields, referer=self.referer)


def post(url: str, fields: Sequence[tuple[str, str]], *, charset: str = "utf-8", referer: str = "") -> Submission:
    """An urlencoded POST of these pairs."""
    return Submission("POST", url, tuple(fields), FORM, urlencoded(fields, charset).encode("ascii"), referer)


def submission(fields: Fields, form: etree._Element, page_url: str, submitter: Control | None) -> Submission:
    """What pressing a submit button sends, or a script's submit() when there is no submitter.

    Raises:
        BadAddress: the form's target cannot be followed.
    """
    button = submitter.element if submitter else None

    def setting(name: str) -> str | None:
        own = button.get(f"form{name}") if button is not None else None
        return own if own is not None else form.get(name)

    action = (setting("action") or "").strip()
    target = resolve(fields.document.base, action) if action else page_url
    charset = _charset(form, fields.document.charset)
    pairs, files = entries(fields, form, submitter, charset)
    if (setting("method") or "").strip().lower() != "post":
        query = urlsplit(target)._replace(query=urlencoded(pairs, charset), fragment="")
        return Submission("GET", urlunsplit(query), tuple(pairs), referer=page_url)
    target = without_fragment(target)
    match (setting("enctype") or "").strip().lower():
        case "multipart/form-data":
            content_type, body = _multipart(pairs, files, charset)
            return Submission("POST", target, tuple(pairs), content_type, body, page_url)
        case "text/plain":
            text = "".join(f"{name}={value}\r\n" for name, value in pairs)
            return Submission("POST", target, tuple(pairs), "text/plain", text.encode(charset, "replace"), page_url)
    return post(target, pairs, charset=charset, referer=page_url)


def entries(
    fields: Fields, form: etree._Element, submitter: Control | None, charset: str
) -> tuple[list[tuple[str, str]], frozenset[str]]:
    """The form's entry list in tree order, and the names in it that are (empty) files."""
    pairs: list[tuple[str, str]] = []
    files = set()
    last_radio = {each.name: each for each in fields.controls if each.form is form and _ticked(each, "radio")}
    for control in fields.controls:
        element, kind, name = control.element, control.kind, control.name
        if control.form is not form or control.disabled or (kind in BUTTONS and control is not submitter):
            continue
        if kind == "image":
            stem = f"{name}." if name else ""
            pairs += [(f"{stem}x", "1"), (f"{stem}y", "1")]
        elif not name:
            continue
        elif kind in CHOICES:
            if _ticked(control, "checkbox") or last_radio.get(name) is control:
                pairs.append((name, element.get("value", "on")))
        elif kind == "select":
            pairs += [(name, option_value(each)) for each in chosen_options(element)]
        elif kind == "file":
            files.add(name)
            pairs.append((name, ""))
        elif kind == "hidden" and name.lower() == "_charset_":
            pairs.append((name, charset))
        else:
            pairs.append((name, field_value(element)))
    return [(_NEWLINE.sub("\r\n", name), _NEWLINE.sub("\r\n", value)) for name, value in pairs], frozenset(files)


def field_value(element: etree._Element) -> str:
    """What stands in an input or textarea; a textarea's first newline is markup."""
    if element.tag == "textarea":
        return _NEWLINE.sub("\n", "".join(map(str, element.itertext()))).removeprefix("\n")
    return element.get("value") or ""


def options(select: etree._Element) -> list[etree._Element]:
    """The options of a select element."""
    return list(select.iter("option"))


def option_text(option: etree._Element) -> str:
    """An option's label."""
    return option.get("label") or _SPACES.sub(" ", "".join(map(str, option.itertext()))).strip()


def option_value(option: etree._Element) -> str:
    """What an option sends: its value, its text without one."""
    value = option.get("value")
    return _SPACES.sub(" ", "".join(map(str, option.itertext()))).strip() if value is None else value


def is_disabled(option: etree._Element) -> bool:
    """Whether an option, or its group, is disabled."""
    parent = option.getparent()
    grouped = parent is not None and parent.tag == "optgroup" and parent.get("disabled") is not None
    return grouped or option.get("disabled") is not None


def chosen_options(select: etree._Element) -> list[etree._Element]:
    """The options that are sent; a drop-down list where none is marked stands at its first one that can be chosen."""
    usable = [each for each in options(select) if not is_disabled(each)]
    marked = [each for each in options(select) if each.get("selected") is not None]
    if select.get("multiple") is not None:
        return [each for each in marked if not is_disabled(each)]
    if marked:
        return [] if is_disabled(marked[-1]) else marked[-1:]
    return usable[:1] if (select.get("size") or "1").strip() in ("0", "1") else []


def urlencoded(pairs: Iterable[tuple[str, str]], charset: str = "utf-8") -> str:
    """application/x-www-form-urlencoded; what the charset lacks becomes numeric references, as in browsers."""
    return "&".join(f"{_quoted(name, charset)}={_quoted(value, charset)}" for name, value in pairs)


def _quoted(text: str, charset: str) -> str:
    # Python leaves "~" alone where the standard encodes it, and encodes "*" where it does not: servers read both.
    return quote_plus(text.encode(charset, "xmlcharrefreplace"))


def _ticked(control: Control, kind: str) -> bool:
    return control.kind == kind and control.element.get("checked") is not None


def _charset(form: etree._Element, page_charset: str) -> str:
    for label in (form.get("accept-charset") or "").replace(",", " ").split():
        if label.lower() in ("utf-8", "utf8"):
            return "utf-8"
    return "utf-8" if page_charset.startswith(("utf", "iso2022")) else page_charset


def _multipart(pairs: Sequence[tuple[str, str]], files: frozenset[str], charset: str) -> tuple[str, bytes]:
    boundary = "----form-" + sha256(repr(pairs).encode("utf-8", "replace")).hexdigest()[:40]
    parts = b""
    for name, value in pairs:
        escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        file = '; filename=""\r\nContent-Type: application/octet-stream' if name in files else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{escaped}"{file}\r\n\r\n'
        parts += (head + value + "\r\n").encode(charset, "xmlcharrefreplace")
    return f"{MULTIPART}; boundary={boundary}", parts + f"--{boundary}--\r\n".encode("ascii")
