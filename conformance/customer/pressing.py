"""What pressing a button or following a link leads to."""

from __future__ import annotations

import re

from lxml import etree

from conformance.customer.address import resolve
from conformance.customer.fields import Control, Fields
from conformance.customer.find import Lack
from conformance.customer.forms import Submission, submission

_GOES_TO = re.compile(
    r"""(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\s*\(|window\.open\s*\()\s*(['"])([^'"]+)\1"""
)
_SUBMITS = re.compile(r"\b(?:requestSubmit|submit)\s*\(")


def press(fields: Fields, control: Control, url: str, called: str) -> Submission | None:
    """The request that a button or link of the page at `url` sends; None for a link within the page.

    Scripts are not run; the usual one-liners (`location = "..."`, `form.submit()`) are read.

    Raises:
        Lack: it leads nowhere without a script.
        BadAddress: where it leads cannot be followed.
    """
    script = control.element.get("onclick") or ""
    href = (control.element.get("href") or "").strip() if control.kind == "link" else ""
    if href.lower().startswith("javascript:"):
        script, href = f"{script};{href}", ""
    idle = control.kind == "button" or (control.kind == "link" and href in ("", "#"))
    if idle or "return false" in script:
        goes_to = _GOES_TO.search(script)
        if goes_to:
            return Submission("GET", resolve(fields.document.base, goes_to[2]), referer=url)
        form = _scripted_form(fields, control, script)
        if form is not None:
            return submission(fields, form, url, None)
    if idle:
        raise Lack(f"{called!r} does nothing without a script, and its script is not one that can be followed")
    if control.kind == "link":
        return None if href.startswith("#") else Submission("GET", resolve(fields.document.base, href), referer=url)
    if control.kind == "reset":
        raise Lack(f"{called!r} only resets its form")
    if control.form is None:
        raise Lack(f"the button {called!r} belongs to no form")
    return submission(fields, control.form, url, control)


def _scripted_form(fields: Fields, control: Control, script: str) -> etree._Element | None:
    """The form that a script submits: the control's own, else the only one of the page."""
    if control.kind == "button" or _SUBMITS.search(script):
        if control.form is not None:
            return control.form
        if len(fields.forms) == 1:
            return fields.forms[0]
    return None
