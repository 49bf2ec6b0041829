"""Hostile and honest samples as data: each says what it asks, what it stands for, and its one declared change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from conformance import resources
from conformance.documents import Document, Field, Name, faults, field_validator, parse, refusal, validate


class Demand(StrEnum):
    """What is asked of a provider that gets a vector; each has a file of its own."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    EITHER = "either"


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
    OTHER_ENCODING_SAID = "other encoding, as the header says"
    OTHER_HEADER = "another header"
    NOTHING = "nothing"


class Carried(StrEnum):
    """What the token carries as its payload."""

    AS_AGREED = "as agreed"
    MESSAGE = "message"
    OTHER = "other message"
    OTHER_EVENT = "the event for another consent"


class Body(StrEnum):
    """How the message's own JSON is spelled before it is signed."""

    PLAIN = "plain"
    PRETTY = "pretty"
    OTHER_ORDER = "other order"
    ESCAPES = "escapes"
    WHITE_SPACE = "white space"
    LARGE = "kilobytes of white space"


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
    ZERO_64 = "64 zeros"
    REVERSED = "reversed"


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
    ONE_PART = "one part"
    ONLY_DOTS = "only dots"
    LEFT_OVER_BITS = "left-over bits set"


_ALG = re.compile(
    r"none|ES256|EdDSA|(RS|PS)(256|384|512)(;salt=(\d+|max))?(;mgf=(1|256|384|512))?"
    r"|HS(256|384|512):(pem|stripped-pem|pkcs1-pem|certificate|der|jwk|n|n-bytes|empty|carried)"
)
_MACRO = re.compile(
    r"\$(jwk|x5c|canary|consumer|consumer_id|long|next|null|other_case|shortened|milliseconds|now_as_text"
    r"|iat[+-]\d+|kid(?!\w).*)",
    re.DOTALL,
)


class Recipe(Document):
    """How a signature differs from the healthy one; what is not said is as it should be.

    `header` lies over the protected header: null takes a member out, and values that are made at the time are `$jwk`,
    `$x5c` (a stranger's), `$canary` (an address of the hub), `$null` (JSON's null), `$long`, `$consumer` (a Data
    Consumer's kid) and `$consumer_id`, `$next` (the kid of PayNet's second key), `$kid` (PayNet's, also with something
    behind it), `$other_case` and `$shortened` (PayNet's kid so), `$iat+N` (seconds from now, also minus),
    `$milliseconds` and `$now_as_text` (now so). In `header_text`, which replaces the header, `$members` stands for the
    healthy members, `$lines` for the same on lines of their own, `$backwards` for them in reverse order.
    `alg` names how it is really signed: an RSA algorithm, also with `;salt=N` and `;mgf=HASH`; HS256, HS384 or HS512
    with `:` and the form of PayNet's public key that is the secret, `:empty`, or `:carried` for three zero bytes; ES256
    or EdDSA by a key of its own; none.
    """

    header: Mapping[str, object] = Field(default_factory=dict)
    """Members of the protected header"""
    header_text: str | None = None
    """The whole protected header as text"""
    alg: Annotated[str, Field(pattern=rf"^({_ALG.pattern})$")] = "PS256"
    """How it is really signed"""
    by: By = By.PAYNET
    """Whose key signs"""
    over: Over = Over.MESSAGE
    """What is signed"""
    carries: Carried = Carried.AS_AGREED
    """What the token carries; another message is also what is signed"""
    body: Body = Body.PLAIN
    """How the message's JSON is spelled"""
    signature: Bytes = Bytes.KEPT
    """What becomes of the signature's bytes"""
    shape: Shape = Shape.COMPACT
    """How the parts are put together"""

    @field_validator("header")
    @classmethod
    def _known(cls, header: Mapping[str, object]) -> Mapping[str, object]:
        for value in header.values():
            if isinstance(value, str) and value.startswith("$") and not _MACRO.fullmatch(value):
                raise refusal(f"'{value}' stands for nothing", "Use one that conformance/vectors.py names")
        return header


class SignatureVector(Document):
    """One signature, hostile or odd."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    """Its name, given once"""
    asks: Annotated[str, Field(pattern=r"^JWS-[0-9]{2}$")]
    """The requirement that it asks"""
    flags: tuple[Name, ...] = Field(min_length=1)
    """What kind it is; `core` is put to every operation in every volume"""
    why: Name
    """The clause or CVE class that it stands for"""
    recipe: Recipe = Recipe()
    """The one declared change"""


class _File(Document):
    vectors: tuple[SignatureVector, ...] = Field(min_length=1)


def read(file: Path) -> Mapping[str, SignatureVector]:
    """The vectors of a file by id, in their order.

    Raises:
        ConfigurationFault: the file cannot be read, a key is wrong, or an id stands twice; with file, line and key.
    """
    source = parse(file)
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


@cache
def signatures(demand: Demand = Demand.REFUSED) -> Mapping[str, SignatureVector]:
    """The vectors of which something is demanded, by id, in the order of their file.

    Raises:
        ConfigurationFault: as `read`.
    """
    return read(resources.path("fixtures") / "vectors" / f"signatures-{demand}.yaml")


def vector(name: str) -> SignatureVector:
    """The vector of that id, in whichever file.

    Raises:
        KeyError: there is none.
    """
    for demand in Demand:
        if name in signatures(demand):
            return signatures(demand)[name]
    raise KeyError(name)


def asking(*requirements: str, flag: str | None = None, demand: Demand = Demand.REFUSED) -> tuple[str, ...]:
    """The ids of the vectors that ask these requirements, all without any; only those with a flag if one is given."""
    return tuple(
        each.id
        for each in signatures(demand).values()
        if (not requirements or each.asks in requirements) and (flag is None or flag in each.flags)
    )
