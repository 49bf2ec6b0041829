"""Pages of HTML: no script, no network, everything from a Data Provider escaped. The only home of Jinja."""

from __future__ import annotations

import functools
import hashlib
from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from conformance.report.text import ranges, shortened

_HERE = Path(__file__).parent


def render(name: str, **members: object) -> str:
    """The page of the template `<name>.html.j2` in the style of page.css and `<name>.css`.

    The style is allowed by its hash, and nothing else is (CSP Level 3).
    """
    style = _style(name)
    return _template(name).render(
        style=Markup(style),  # noqa: S704
        style_hash=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        **members,
    )


@functools.cache
def _style(name: str) -> str:
    return "".join((_HERE / file).read_text("utf-8") for file in ("page.css", f"{name}.css"))


@functools.cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"ranges": ranges, "shortened": shortened}
    return environment.get_template(f"{name}.html.j2")
