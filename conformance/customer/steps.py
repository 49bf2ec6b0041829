"""The steps a customer takes on a bank's pages, as a profile spells them. Standard library only, no driver named."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.customer import css

KNOWN_PLACEHOLDERS = frozenset(
    {"username", "password", "accounts", "dc_name", "dc_id", "purpose", "expiry", "consent_id"}
)
"""What `{...}` in a step may name; any other text in braces of that shape is refused."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")
_KINDS = ("fill", "click", "choose", "expect")


class Matcher(StrEnum):
    """What an expectation looks at."""

    TEXT = "text"
    CSS = "css"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Expectation:
    """Text that is visible, a CSS selector that matches something visible, or a part of the page's URL."""

    by: Matcher
    value: str

    def __str__(self) -> str:
        return self.value if self.by is Matcher.TEXT else f"{self.by}={self.value}"


@dataclass(frozen=True, slots=True)
class Fill:
    """Type into fields: pairs of field (name, id, label, placeholder or `css=...`) and text."""

    fields: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "fill " + ", ".join(f"{name!r}" for name, _ in self.fields)


@dataclass(frozen=True, slots=True)
class Click:
    """Press a button or follow a link, found by its text, name, id, value or `css=...`."""

    target: str

    def __str__(self) -> str:
        return f"click {self.target!r}"


@dataclass(frozen=True, slots=True)
class Choose:
    """Leave exactly these options of a group (check boxes, radio buttons, a list) chosen; none: an empty tuple."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return "choose " + ", ".join(f"{', '.join(values) or 'nothing'} in {name!r}" for name, values in self.groups)


@dataclass(frozen=True, slots=True)
class Expect:
    """The page shows all of these."""

    all_of: tuple[Expectation, ...]

    def __str__(self) -> str:
        return "expect " + ", ".join(f"{str(each)!r}" for each in self.all_of)


Step = Fill | Click | Choose | Expect


def parse_step(value: object) -> Step:
    """One step from a YAML mapping with a single key: `fill`, `click`, `choose` or `expect`.

    Raises:
        ValueError: it is no such step, names an unknown placeholder or holds a bad selector; the sentence says so.
    """
    if not isinstance(value, Mapping):
        raise ValueError(f'a step is a mapping such as {{click: "Log in"}}, not {_shown(value)}')
    if len(value) != 1:
        raise ValueError(
            f"a step has exactly one of {', '.join(_KINDS)}, this one has {', '.join(map(str, value)) or 'none'}"
        )
    ((kind, content),) = value.items()
    match kind:
        case "fill":
            return Fill(tuple((_target(name, kind), _text(text, kind)) for name, text in _pairs(content, kind)))
        case "click":
            return Click(_target(content, kind))
        case "choose":
            return Choose(tuple((_target(name, kind), _texts(wanted, kind)) for name, wanted in _pairs(content, kind)))
        case "expect":
            return Expect(tuple(parse_expectation(each) for each in _texts(content, kind, some=True)))
    near = difflib.get_close_matches(str(kind), _KINDS, n=1)
    cure = f"did you mean {near[0]!r}?" if near else f"a step is one of {', '.join(_KINDS)}"
    raise ValueError(f"there is no step {_shown(kind)}; {cure}")


def parse_expectation(text: str) -> Expectation:
    """`css=selector`, `url=part` or visible text.

    Raises:
        ValueError: it is blank, or the selector cannot be understood.
    """
    by, equals, rest = text.partition("=")
    if equals and by in (Matcher.CSS, Matcher.URL):
        if by == Matcher.CSS:
            css.to_xpath(rest)
        if rest.strip():
            return Expectation(Matcher(by), rest)
    elif text.strip():
        return Expectation(Matcher.TEXT, text)
    raise ValueError("an expectation is empty, so every page would meet it")


def placeholders(step: Step) -> frozenset[str]:
    """The names in braces that a step's texts use."""
    return frozenset(name for text in _templates(step) for name in PLACEHOLDER.findall(text))


def _templates(step: Step) -> Iterable[str]:
    match step:
        case Fill(fields):
            return [text for field in fields for text in field]
        case Click(target):
            return [target]
        case Choose(groups):
            return [text for name, wanted in groups for text in (name, *wanted)]
        case Expect(all_of):
            return [each.value for each in all_of]


def _pairs(content: object, kind: str) -> Iterable[tuple[object, object]]:
    if not isinstance(content, Mapping) or not content:
        example = '{username: "{username}"}' if kind == "fill" else '{accounts: "{accounts}"}'
        raise ValueError(f"{kind} takes a mapping such as {example}, not {_shown(content)}")
    return content.items()


def _texts(content: object, kind: str, *, some: bool = False) -> tuple[str, ...]:
    many = content if isinstance(content, list | tuple) else [content]
    if some and not many:
        raise ValueError(f"{kind} has an empty list")
    return tuple(_text(each, kind) for each in many)


def _target(content: object, kind: str) -> str:
    text = _text(content, kind)
    if not text.strip():
        raise ValueError(f"{kind} names nothing")
    if text.startswith("css="):
        css.to_xpath(text.removeprefix("css="))
    return text


def _text(content: object, kind: str) -> str:
    if not isinstance(content, str):
        cure = "; put it in quotes" if isinstance(content, int | float) else ""
        raise ValueError(f"{kind} takes text, not {_shown(content)}{cure}")
    for name in PLACEHOLDER.findall(content):
        if name not in KNOWN_PLACEHOLDERS:
            near = difflib.get_close_matches(name, KNOWN_PLACEHOLDERS, n=1)
            known = f"did you mean {{{near[0]}}}?" if near else f"known are {', '.join(sorted(KNOWN_PLACEHOLDERS))}"
            raise ValueError(f"{kind} uses the unknown placeholder {{{name}}}; {known}")
    return content


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
