"""What a run asks, how long it waits, where it listens, and which failures somebody answers for."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from conformance.documents import BeforeValidator, Count, Document, Field, Name, Number, WithJsonSchema
from conformance.model import Level, Showing, Volume
from conformance.profile.fields import HttpsUrl

_Seconds = Annotated[Number, Field(gt=0, le=3600)]
_Port = Annotated[Count, Field(ge=0, le=65535)]


class Bounds(Document):
    """How long the suite waits, in seconds, and how much it takes."""

    connect_seconds: _Seconds = 5
    """For a connection"""
    answer_seconds: _Seconds = 15
    """For any answer at all; a late one is still judged by its own bound"""
    balances_seconds: _Seconds = 5
    """Within which balances must arrive"""
    oauth_seconds: _Seconds = 5
    """Within which /v1/oauth must answer"""
    events_seconds: _Seconds = 5
    """Within which events should be acknowledged"""
    async_seconds: _Seconds = 5
    """Within which accounts and transactions should answer"""
    update_seconds: _Seconds = 10
    """For the DP's consent update after the customer's decision"""
    page_seconds: _Seconds = 15
    """For a customer page"""
    cut_off_seconds: _Seconds = 75
    """Within which a request that is half sent should be cut off"""
    check_seconds: _Seconds = 120
    """For one check as a whole"""
    max_body_bytes: Annotated[Count, Field(ge=1024)] = 4 << 20
    """The largest answer that is read"""
    parallel_balances: Annotated[Count, Field(ge=1, le=1000)] = 20
    """How many balances are asked for at once by the check about load"""


class Kept(Document):
    """What the run's evidence shows of customers; passwords, tokens, keys and identity numbers never."""

    personal: Showing = Showing.MASKED
    """Account numbers and amounts: full, masked (two characters at each end), hash (equal ones are seen to be equal)"""


class Paths(Document):
    """Paths that the published text leaves open."""

    userinfo: Annotated[str, Field(pattern=r"^/[^\s?#]*$")] = "/v1/oauth/userinfo"
    """The userinfo endpoint"""


class Paynet(Document):
    """How PayNet names itself."""

    issuer: Name = "ofp"
    """The iss member in the JWS header of its calls"""


class Hub(Document):
    """Where the suite listens as PayNet."""

    bind: Name = "127.0.0.1"
    """Address to listen at; 0.0.0.0 when the DP is on another computer. Option --hub-bind"""
    resource_port: _Port = 0
    """Port for consent updates; 0: any free one. Option --hub-resource-port"""
    browser_port: _Port = 0
    """Port for returning browsers and JWKS documents; 0: any free one. Option --hub-browser-port"""
    resource_url: HttpsUrl | None = None
    """The URL that the DP sends updates to, when it is not https://localhost:PORT. Option --hub-resource-url"""
    browser_url: HttpsUrl | None = None
    """The URL that browsers return to, when it is not https://localhost:PORT. Option --hub-browser-url"""


class WaiverEntry(Document):
    """A failure that somebody answers for until a day. It never makes a pass."""

    requirement: Name
    """The requirement's id"""
    reason: Name
    """Why it may fail"""
    owner: Name
    """Who answers for it"""
    ticket: Name
    """Where it is being mended"""
    until: date
    """The last day, like 2027-01-31"""


def _patterns(value: object) -> object:
    return ["*"] if value == "all" else value


_Patterns = Annotated[
    tuple[Name, ...],
    BeforeValidator(_patterns),
    Field(min_length=1),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
]


class Plan(Document):
    """What a run asks."""

    sign_off: bool = True
    """false: a rehearsal, which earns no certificate"""
    requirements: _Patterns = ("*",)
    """all, or a list of ids and patterns like BAL-*"""
    levels: tuple[Level, ...] = Field(default=(Level.MUST, Level.SHOULD), min_length=1)
    """MUST, SHOULD or both"""
    examples: Annotated[Count, Field(ge=1, le=100_000)] = 50
    """Generated examples for each generated check"""
    concurrency: Annotated[Count, Field(ge=1, le=256)] = 8
    """Checks in flight at once; 1: one after another. Option --concurrency"""
    max_requests_per_second: Annotated[Number, Field(gt=0)] | None = None
    """A bound for the bank's sake; null: none"""
    seed: Annotated[Count, Field(ge=0, lt=2**32)] | None = None
    """For generated examples; null: drawn, and printed. Option --seed"""
    volume: Volume = Volume.SIGN_OFF
    """How much is asked: smoke, sign-off, regression or load"""
