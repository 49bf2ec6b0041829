"""The nouns of the suite. Standard library only; every other room may import this one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Level(StrEnum):
    """How strongly a requirement binds (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Verdict(StrEnum):
    """What a check found, in rising gravity: compare by `gravity`."""

    NOT_APPLICABLE = "NOT_APPLICABLE"
    PASS = "PASS"  # noqa: S105
    WARN = "WARN"
    INCONCLUSIVE = "INCONCLUSIVE"
    FAIL = "FAIL"
    ERROR = "ERROR"

    @property
    def gravity(self) -> int:
        """Place in the order NOT_APPLICABLE < PASS < WARN < INCONCLUSIVE < FAIL < ERROR."""
        return list(Verdict).index(self)

    @property
    def red(self) -> bool:
        """Whether it keeps a run from being green."""
        return self.gravity >= Verdict.INCONCLUSIVE.gravity


class Blame(StrEnum):
    """Who has to act on a verdict."""

    PROVIDER = "data provider"
    CONFIGURATION = "configuration"
    HARNESS = "harness"
    UNKNOWN = "unknown"


class Capability(StrEnum):
    """What a Data Provider may offer beyond the Definition of Done."""

    USERINFO = "userinfo"
    ACCOUNTS = "accounts"
    TRANSACTIONS = "transactions"


class Fact(StrEnum):
    """What a profile may know of a target, and some questions need; the value says what is missing without it."""

    BLOCKED_ACCOUNT = "no account of a customer is `condition: blocked`"
    CLOSED_ACCOUNT = "no account of a customer is `condition: closed`"
    SLOW_ACCOUNT = "no account of a customer is `condition: slow`"
    CREDIT_ACCOUNT = "no account of a customer is `type: credit`"
    REVOCATION = "customer_pages.revoke_at and revoke do not say how a customer revokes at the Data Provider"
    SECOND_CUSTOMER = "the profile names one customer only"
    ONE_PROCESS = "it is asked where the checks run in one process (without -n)"
    LOAD_PLAN = "it is asked in the volume load only (plan.volume)"


class Showing(StrEnum):
    """How account numbers and amounts stand in what a run writes."""

    FULL = "full"
    MASKED = "masked"
    HASH = "hash"


class Volume(StrEnum):
    """How much a run asks, in rising order: compare by `order`."""

    SMOKE = "smoke"
    SIGN_OFF = "sign-off"
    REGRESSION = "regression"
    LOAD = "load"

    @property
    def order(self) -> int:
        """Place in the order smoke < sign-off < regression < load."""
        return list(Volume).index(self)


class Operation(StrEnum):
    """The calls of the wire contract, and the browser's."""

    EVENT = "D1 consent event"
    AUTHORIZE = "D2 authorize"
    USERINFO = "D3 userinfo"
    BALANCES = "D4 balances"
    ACCOUNT = "D5 account"
    TRANSACTIONS = "D6 transactions"
    UPDATE = "P1 consent update"
    DC_KEYS = "P2 data consumer keys"
    PAYNET_KEYS = "P3 PayNet keys"
    CANARY = "a key document that a forged header names"
    PAGE = "customer page"
    RETURN = "return to PayNet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the catalogue: an observable statement about a Data Provider."""

    id: str
    group: str
    level: Level
    source: str
    text: str
    dod: tuple[int, ...] = ()
    steps: tuple[str, ...] = ()
    reading: str | None = None
    capability: Capability | None = None
    untestable: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A named choice where the public sources conflict or are silent.

    Under the option `promotes`, if there is one, every SHOULD that names the reading is a MUST.
    """

    name: str
    question: str
    options: tuple[str, ...]
    default: str
    sources: str
    changes: str
    promotes: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A failure that somebody answers for until a day (ISO 8601 date)."""

    requirement: str
    reason: str
    owner: str
    ticket: str
    until: str


@dataclass(frozen=True, slots=True)
class Tls:
    """What a handshake settled; `peer_sha256` is the hex SHA-256 of the peer's DER certificate, "" if it sent none."""

    version: str
    cipher: str
    peer_sha256: str = ""
    peer_subject: str = ""
    peer_not_after: str = ""


class FaultKind(StrEnum):
    """How an exchange ended without an HTTP answer."""

    REFUSED = "connection refused"
    UNRESOLVED = "host name not found"
    UNREACHABLE = "host not reachable"
    NOT_TLS = "the peer does not speak TLS"
    UNTRUSTED = "server certificate not accepted"
    ALERT = "TLS alert"
    EOF = "connection closed without an answer"
    RESET = "connection reset"
    TIMEOUT = "timeout"
    MALFORMED = "answer is not HTTP"
    OVERSIZED = "answer is larger than the bound"
    LOCAL = "fault on this side"


@dataclass(frozen=True, slots=True)
class Fault:
    """An exchange's end without an HTTP answer: the shape, and the library's or the alert's own words."""

    kind: FaultKind
    detail: str


@dataclass(frozen=True, slots=True)
class Message:
    """One HTTP message as recorded: redacted, body as text (`body_note` says when it was cut or is not text)."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""
    body_bytes: int = 0
    body_note: str = ""


class Part(StrEnum):
    """What an exchange is in its check."""

    ARRANGE = "arrange"
    STIMULUS = "stimulus"


@dataclass(frozen=True, slots=True)
class Signed:
    """How a request was signed, as far as it takes to sign it again; redacted like the rest.

    `header` is the protected header as JSON, without those of iat and jti that are fresh each time (`fresh`).
    `payload` is what the signature covers, "" where it covers the body. `token` stands in place of a whole signature
    that was made beforehand, None where it is signed when sent.
    """

    identity: str
    kid: str
    header: str
    fresh: tuple[str, ...]
    payload: str
    attached: bool
    b64: bool
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it, redacted; times in seconds, `started` in seconds since the epoch.

    `caller` is who sent the request: `paynet`, `provider` or `customer`. `jose` holds the protected headers and
    verification facts that were seen, keyed by where (`request x-fapi-signature`, `response JWS`...).
    """

    id: str
    operation: Operation
    caller: str
    url: str
    request: Message
    response: Message | None
    fault: Fault | None
    tls: Tls | None
    started: float
    connect_seconds: float
    first_byte_seconds: float
    total_seconds: float
    jose: tuple[tuple[str, str], ...] = ()
    note: str = ""
    part: Part = Part.ARRANGE
    signed: Signed | None = None


class Mismatch(Exception):
    """The provider broke a rule: what was expected, what it did, and the exchange that shows it."""

    def __init__(self, expected: str, actual: str, *, exchange: str = "", hint: str = "") -> None:
        super().__init__(f"expected {expected}, got {actual}")
        self.expected = expected
        self.actual = actual
        self.exchange = exchange
        self.hint = hint


class Blocked(Exception):
    """The question could not be put: the step that did not happen, why, and who probably has to act."""

    def __init__(
        self, step: str, reason: str, *, blame: Blame = Blame.UNKNOWN, exchange: str = "", cure: str = ""
    ) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.blame = blame
        self.exchange = exchange
        self.cure = cure


class ConfigurationFault(Exception):
    """Something the user gave cannot be used; `str()` is one line with file, line, key and cure."""

    def __init__(self, problem: str, *, file: Path | str = "", line: int = 0, key: str = "", cure: str = "") -> None:
        where = ":".join(str(part) for part in (file, line or "") if str(part))
        text = ": ".join(part for part in (where, key, problem) if part)
        super().__init__(f"{text}. {cure}" if cure else text)
        self.problem = problem
        self.file = str(file)
        self.line = line
        self.key = key
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found. `expected`, `actual` and `hint` are set when it did not pass; `seconds` is its own time."""

    check: str
    requirement: str
    verdict: Verdict
    title: str
    location: str
    seconds: float
    expected: str = ""
    actual: str = ""
    hint: str = ""
    blame: Blame = Blame.UNKNOWN
    exchange: str = ""
    exchanges: tuple[Exchange, ...] = field(default=())
    waived_until: str = ""
