"""The kinds of values that profiles hold, beyond plain text and numbers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from conformance.documents import (
    AfterValidator,
    BeforeValidator,
    Document,
    ExistingFile,
    Field,
    Name,
    WithJsonSchema,
    refusal,
)

SYSTEM = "system"


def _https(url: str) -> str:
    bare = url.strip().rstrip("/")
    try:
        parts = urlsplit(bare)
        port = parts.port
    except ValueError:
        raise refusal(f"is no URL, found '{url}'", "Write https://host:port") from None
    if parts.scheme != "https" or not parts.hostname or port == 0:
        raise refusal(f"must be an https URL, found '{url}'", "Write https://host:port")
    if parts.query or parts.fragment or parts.username is not None or any(each.isspace() for each in bare):
        raise refusal("must have no query, fragment, user or space", "Write https://host:port, with a path at most")
    return bare


def _many(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _trust(value: object) -> object:
    if value == SYSTEM:
        return ()
    if isinstance(value, list) and not value:
        raise refusal("the list is empty", f"Name the CA's PEM file, or write '{SYSTEM}'")
    return _many(value)


def _hash(value: str) -> str:
    try:
        size = len(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if size != 32 or len(value) != 44:
        raise refusal(
            f"must be 44 characters, the padded base64 of a SHA-256, found {len(value)} characters",
            "Take the hash of the UTF-8 id_number (base64, not hex), or give id_number",
        )
    return value


_LIST_OF_TEXT = WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}})

HttpsUrl = Annotated[str, AfterValidator(_https)]
"""An https URL, kept without a trailing slash."""

Trust = Annotated[tuple[ExistingFile, ...], BeforeValidator(_trust), _LIST_OF_TEXT]
"""PEM files of CAs; `()` is written `system`."""

Words = Annotated[tuple[Name, ...], BeforeValidator(_many), Field(min_length=1), _LIST_OF_TEXT]
"""Alternatives, any one of which will do; a single one may stand without a list."""

IdentityHash = Annotated[str, AfterValidator(_hash)]
"""Padded base64 of a SHA-256: 44 characters (G)."""


def exactly_one(document: Document, *names: str) -> None:
    """Demand that one, and only one, of some members is given (null is not given).

    Raises:
        PydanticCustomError: none or several are.
    """
    given = [name for name in names if getattr(document, name) is not None]
    if len(given) != 1:
        listed = f"{', '.join(names[:-1])} or {names[-1]}"
        problem = f"has {' and '.join(given)}" if given else "is empty"
        raise refusal(
            f"{problem}, but needs exactly one of {listed}", "A value that is inherited goes with 'key: null'"
        )


def repeated(values: Mapping[int, str]) -> Mapping[int, str]:
    """The positions whose value stood at an earlier one already."""
    seen: set[str] = set()
    again: dict[int, str] = {}
    for position, value in values.items():
        if value in seen:
            again[position] = value
        seen.add(value)
    return again


def suffixed(folder: Path, name: str) -> tuple[Path, Path]:
    """The certificate and the private key of that name in a folder of keys."""
    return folder / f"{name}.pem", folder / f"{name}.key"
