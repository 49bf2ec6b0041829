"""CSS selectors, the part of them that profiles need, as XPath 1.0. Standard library only."""

from __future__ import annotations

import re

SUBSET = (
    "tag, *, #id, .class, [attr], [attr=value] (also ^= $= *= ~=), :not(...), and the combinators ' ', '>', '+', ','"
)
_NAME = r"-?[A-Za-z_\u00a0-\uffff][\w\u00a0-\uffff-]*"
_TOKEN = re.compile(
    rf"""(?P<type>{_NAME}|\*)
      | \#(?P<id>[\w\u00a0-\uffff-]+)
      | \.(?P<cls>{_NAME})
      | \[\s*(?P<attr>[\w:-]+)\s*(?:(?P<op>[\^$*~]?=)\s*(?:"(?P<dq>[^"]*)"|'(?P<sq>[^']*)'|(?P<bare>[^\s\]"']+))\s*)?\]
      | :not\((?P<negated>[^()]*)\)""",
    re.VERBOSE,
)
_COMBINATOR = re.compile(r"\s*([>+])\s*|\s+")
_AXES = {">": "/", "+": "/following-sibling::*[1]/self::", "": "//"}


def to_xpath(selector: str) -> str:
    """The XPath 1.0 expression, from the document's root, of a selector list.

    Raises:
        ValueError: the selector is empty, malformed or outside the subset; the sentence says where.
    """
    return " | ".join(_complex(part.strip(), selector) for part in _split(selector))


def _split(selector: str) -> list[str]:
    """The alternatives of a selector list; a comma inside quotes or brackets separates nothing."""
    parts, depth, quote, start = [], 0, "", 0
    for at, char in enumerate(selector):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        elif char == "," and not depth:
            parts.append(selector[start:at])
            start = at + 1
    return [*parts, selector[start:]]


def _complex(part: str, whole: str) -> str:
    at, path, axis = 0, "", "//"
    if not part:
        raise ValueError(f"{whole!r} is not a CSS selector: a part of it is empty")
    while at < len(part):
        compound, at = _compound(part, at, whole)
        path += axis + compound
        if at < len(part):
            combinator = _COMBINATOR.match(part, at)
            if not combinator or combinator.end() == len(part):
                raise _refused(whole, part[at:])
            axis, at = _AXES[combinator[1] or ""], combinator.end()
    return path


def _compound(part: str, at: int, whole: str) -> tuple[str, int]:
    """One compound selector (`input.big[name=x]`) from `at` on: its XPath step and where it ends."""
    element, conditions, start = "*", "", at
    while token := _TOKEN.match(part, at):
        if token["type"]:
            if at != start:
                raise _refused(whole, part[at:])
            element = token["type"].lower()
        elif token["negated"] is not None:
            inner, end = _compound(token["negated"].strip(), 0, whole)
            if end != len(token["negated"].strip()):
                raise _refused(whole, token[0])
            conditions += f"[not(self::{inner})]"
        else:
            conditions += f"[{_condition(token)}]"
        at = token.end()
    if at == start:
        raise _refused(whole, part[at:] or whole)
    return element + conditions, at


def _condition(token: re.Match[str]) -> str:
    if token["id"]:
        return f"@id={_literal(token['id'])}"
    if token["cls"]:
        return _has_word("class", token["cls"])
    name = token["attr"].lower()
    if not token["op"]:
        return f"@{name}"
    value = next(token[group] for group in ("dq", "sq", "bare") if token[group] is not None)
    quoted = _literal(value)
    match token["op"]:
        case "=":
            return f"@{name}={quoted}"
        case "~=":
            return _has_word(name, value)
        case "^=":
            return f"@{name} and starts-with(@{name}, {quoted})"
        case "*=":
            return f"contains(@{name}, {quoted})"
        case _:
            return f"substring(@{name}, string-length(@{name}) - {len(value) - 1})={quoted}"


def _has_word(attribute: str, word: str) -> str:
    return f"contains(concat(' ', normalize-space(@{attribute}), ' '), {_literal(f' {word} ')})"


def _literal(value: str) -> str:
    """A string in XPath, which has no escapes: quotes of both kinds are joined by concat()."""
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    return "concat(" + ', "\'", '.join(f"'{piece}'" for piece in value.split("'")) + ")"


def _refused(whole: str, rest: str) -> ValueError:
    return ValueError(f"{whole!r} is not a CSS selector of the subset that is understood, from {rest!r} on ({SUBSET})")
