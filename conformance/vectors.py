"""Hostile and honest samples as data: each says what it asks, what it stands for, and its one declared change."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Annotated

from conformance import resources
from conformance.documents import Document, Field, Name, faults, parse, validate


class By(StrEnum):
    """Whose private key signs."""

    PAYNET = "paynet"
    NEXT = "next"
    STRANGER = "stranger"
    CONSUMER = "consumer"


class Over(StrEnum):
    """What is signed."""

    MESSAGE = "message"
    OTHER = "other message"
    OTHER_ENCODING = "other encoding"
    NOTHING = "nothing"


class Bytes(StrEnum):
    """What becomes of the signature's bytes."""

    KEPT = "kept"
    NONE = "none"
    ZERO = "zero"
    RANDOM = "random"
    TRUNCATED = "truncated"
    HALVED = "halved"
    EXTENDED = "extended"
    PREFIXED = "prefixed"
    FIRST_BIT = "first bit flipped"
    MIDDLE_BIT = "middle bit flipped"
    LAST_BIT = "last bit flipped"
    TWO_NUMBERS = "two numbers of 32 bytes"


class Shape(StrEnum):
    """How the parts are put together."""

    COMPACT = "compact"
    PADDED = "padded"
    SPACED = "space inside"
    STANDARD = "standard base64"
    NO_HEADER = "without header"
    TWO_PARTS = "two parts"
    FOUR_PARTS = "four parts"
    FIVE_PARTS = "five parts"
    FLATTENED = "flattened JSON"
    GENERAL = "general JSON"
    TWICE = "twice, with a comma"


class Recipe(Document):
    """How a signature differs from the healthy one; what is not said is as it should be.

    `header` lies over the protected header: null takes a member out, and `$jwk`, `$x5c`, `$canary`, `$long`,
    `$consumer` (a kid) and `$iat+N` (seconds from now, also minus) stand for values made at the time. In `header_text`,
    which replaces the header, `$members` stands for the healthy members. `alg` names how it is really signed: an RSA
    algorithm, also with `;salt=N`; HS256, HS384 or HS512 with `:pem`, `:der`, `:jwk`, `:n` or `:empty` for PayNet's
    public key as the secret; ES256 or EdDSA by a key of its own; none.
    """

    header: Mapping[str, object] = Field(default_factory=dict)
    """Members of the protected header"""
    header_text: str | None = None
    """The whole protected header as text"""
    alg: str = "PS256"
    """How it is really signed"""
    by: By = By.PAYNET
    """Whose key signs"""
    over: Over = Over.MESSAGE
    """What is signed"""
    carries_other: bool = False
    """The token carries another payload than the message"""
    signature: Bytes = Bytes.KEPT
    """What becomes of the signature's bytes"""
    shape: Shape = Shape.COMPACT
    """How the parts are put together"""


class SignatureVector(Document):
    """One hostile signature."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    """Its name, given once"""
    asks: Annotated[str, Field(pattern=r"^JWS-[0-9]{2}$")]
    """The requirement"""
    flags: tuple[Name, ...] = Field(min_length=1)
    """What kind it is; `core` is put to every operation in every volume"""
    why: Name
    """The clause or CVE class that it stands for"""
    recipe: Recipe = Recipe()
    """The one declared change"""


class _File(Document):
    vectors: tuple[SignatureVector, ...] = Field(min_length=1)


@cache
def signatures() -> Mapping[str, SignatureVector]:
    """The hostile signatures by id, in the order of their file.

    Raises:
        ConfigurationFault: the file cannot be read, or an id stands twice.
    """
    source = parse(resources.path("fixtures") / "vectors" / "signatures.yaml")
    found = validate(source, _File).vectors
    ids = [each.id for each in found]
    twice = [
        source.fault(("vectors", number, "id"), f"'{name}' stands twice", "Ids are given once")
        for number, name in enumerate(ids)
        if name in ids[:number]
    ]
    if twice:
        raise faults(twice)
    return MappingProxyType({each.id: each for each in found})


def asking(*requirements: str, flag: str | None = None) -> tuple[str, ...]:
    """The ids of the vectors that ask these requirements, all without any; only those with a flag if one is given."""
    return tuple(
        each.id
        for each in signatures().values()
        if (not requirements or each.asks in requirements) and (flag is None or flag in each.flags)
    )
