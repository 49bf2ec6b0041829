"""The provider's consent update (P1) read as facts: what arrived, whose signature, which id_token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from conformance import jose
from conformance.hub import Arrival

SIGNATURE_HEADER = "x-fapi-signature"


@dataclass(frozen=True, slots=True)
class Token:
    """A JWT as received; `problem` is "" when its PS256 signature verifies with the provider's registered key."""

    problem: str
    header: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """One consent update. `body` is {} where it is no JSON object, `signature_problem` "" when the signature holds.

    `certificate_sha256` is the hex SHA-256 of the client certificate it came with, "" without one.
    """

    arrival: Arrival
    body: Mapping[str, object]
    signature_problem: str
    certificate_sha256: str
    id_token: Token | None

    @property
    def status(self) -> str:
        """The status it reports, "" where there is none."""
        value = self.body.get("status")
        return value if isinstance(value, str) else ""

    @property
    def account_ids(self) -> tuple[str, ...]:
        """The account ids it names, in its order."""
        accounts = self.body.get("accounts")
        found = accounts if isinstance(accounts, list) else []
        return tuple(str(each.get("account_id")) for each in found if isinstance(each, dict))

    @property
    def hashed_id_number(self) -> str:
        """The identity that it names, "" where there is none."""
        identity = self.body.get("user_identity")
        value = identity.get("hashed_id_number") if isinstance(identity, dict) else None
        return value if isinstance(value, str) else ""

    def header(self, name: str) -> str | None:
        """The first header of a name, in any case."""
        return next((value for key, value in self.arrival.headers if key.lower() == name), None)

    @property
    def exchange_id(self) -> str:
        """The id of the exchange that shows it."""
        return self.arrival.exchange.id


def read_update(arrival: Arrival, signers: jose.KeySet, *, b64: bool) -> Update:
    """Read an arrival with the provider's registered keys; `b64` is R:jws_b64's choice."""
    try:
        value = json.loads(arrival.body)
    except (ValueError, RecursionError):
        value = None
    body: Mapping[str, object] = value if isinstance(value, dict) else {}
    token = body.get("id_token")
    return Update(
        arrival=arrival,
        body=body,
        signature_problem=_signature_problem(arrival, signers, b64),
        certificate_sha256=sha256(arrival.peer_certificate).hexdigest() if arrival.peer_certificate else "",
        id_token=read_token(token, signers) if isinstance(token, str) else None,
    )


def read_token(token: str, signers: jose.KeySet) -> Token:
    """Read a JWT (RFC 7519) as facts."""
    try:
        verified = jose.verify_attached(token, signers)
        problem, header, payload = "", verified.header, verified.payload
    except jose.JoseError as error:
        parts = token.split(".")
        try:
            header, payload = jose.protected_header(token), jose.unb64url(parts[1] if len(parts) > 1 else "")
        except jose.JoseError:
            header, payload = {}, b""
        problem = str(error)
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        return Token(problem or "its payload is no JSON object", header)
    return Token(problem, header, claims)


def _signature_problem(arrival: Arrival, signers: jose.KeySet, b64: bool) -> str:
    values = [value for name, value in arrival.headers if name.lower() == SIGNATURE_HEADER]
    if len(values) != 1:
        return f"{len(values)} {SIGNATURE_HEADER} headers instead of one"
    try:
        jose.verify_detached(values[0], arrival.body, signers, b64=b64)
    except jose.JoseError as error:
        return str(error)
    return ""
