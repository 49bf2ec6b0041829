"""A call to the provider as a value: healthy when made, changed in one declared way by `change`."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from conformance import jose
from conformance.model import Operation, Signed
from conformance.wire import Identity, Outgoing

SIGNATURE_HEADER = "x-fapi-signature"
INTERACTION_HEADER = "x-fapi-interaction-id"
KID_HEADER = "x-enc-kid"
# HTTP servers usually hold a head in 8 kB, and answer a longer one by themselves, some of them with a mere 400.
_USUAL_HEAD = 6_000
# They and the firewalls before them also refuse by themselves what is escaped in a path, and control characters.
_FENCED = re.compile(r"^[^?]*%|%[01][0-9A-F]|%7F")


@dataclass(frozen=True, slots=True)
class Signing:
    """How a call is signed when it is sent: fresh iat and jti each time (wire contract, JWS on requests).

    `members` are laid over the protected header, a member of None taken out; `text` stands in place of the whole
    signature, "" leaves it out.
    """

    key: jose.PrivateKey
    issuer: str | None
    attached: bool = False
    b64: bool = True
    members: Mapping[str, object] | None = None
    text: str | None = None

    def sign(self, payload: bytes) -> str:
        """The compact serialization over a payload, or the text in its place."""
        if self.text is not None:
            return self.text
        header = {**self.header(), **self.claims()}
        return jose.sign_with(
            self.key, _laid_over(header, self.members), payload, attached=self.attached, b64=self.b64 or self.attached
        )

    def header(self) -> dict[str, object]:
        """The protected header's members that are the same each time."""
        agreed: dict[str, object] = {} if self.b64 or self.attached else {"b64": False, "crit": ["b64"]}
        named: dict[str, object] = {} if self.issuer is None else {"typ": "JOSE", "iss": self.issuer}
        return {"alg": "PS256", "kid": self.key.kid, **named, **agreed}

    def claims(self) -> dict[str, object]:
        """The members that are fresh each time (R:jws_header_claims)."""
        return {} if self.issuer is None else {"iat": int(time.time()), "jti": str(uuid.uuid4())}

    def told(self, identity: str, payload: str) -> Signed:
        """How it signs, for the record; `payload` is "" where that is the body."""
        members = self.members or {}
        return Signed(
            identity=identity,
            kid=self.key.kid,
            header=json.dumps(_laid_over(self.header(), members)),
            fresh=tuple(each for each in self.claims() if each not in members),
            payload=payload,
            attached=self.attached,
            b64=self.b64 or self.attached,
            token=self.text,
        )


def _laid_over(header: Mapping[str, object], members: Mapping[str, object] | None) -> dict[str, object]:
    return {name: value for name, value in {**header, **(members or {})}.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Call:
    """One call, before it is signed. `payload` is what its signature covers; `query` holds decoded pairs.

    `good` are the statuses that say yes to it, where a reading settles them. `odd` says that a server in front of the
    provider may answer it by itself: another method, a malformed path, another caller, beyond all bounds.
    """

    operation: Operation
    method: str
    base: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    payload: bytes | None
    signing: Signing
    identity: Identity
    seconds: float
    good: tuple[int, ...] = (200,)
    odd: bool = False

    @property
    def target(self) -> str:
        """Path and query as they are sent."""
        pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in self._signed_query())
        return f"{self.path}?{pairs}" if pairs else self.path

    def outgoing(self) -> Outgoing:
        """The call signed and ready for the wire."""
        target = self.target
        headers = self.headers
        if self.operation is not Operation.AUTHORIZE:
            text = self.signing.sign(self.payload if self.payload is not None else target.encode())
            headers = (*headers, (SIGNATURE_HEADER, text)) if text else headers
        return Outgoing(
            operation=self.operation,
            caller="paynet",
            method=self.method,
            url=self.base + target,
            headers=headers,
            body=self.body,
            identity=self.identity,
            seconds=self.seconds,
            signed=self.signing.told(self.identity.name, self._covered(target)),
        )

    def _covered(self, target: str) -> str:
        """What the signature is over, where that is not the body."""
        payload = self.payload if self.payload is not None else target.encode()
        return "" if payload == self.body else payload.decode("utf-8", "replace")

    def sent(self, outgoing: Outgoing) -> Call:
        """This call as what went out for it: odd if its head is one that HTTP servers usually refuse by themselves."""
        head = len(outgoing.url) + sum(len(name) + len(value) for name, value in outgoing.headers)
        return replace(self, odd=self.odd or head > _USUAL_HEAD or bool(_FENCED.search(outgoing.url)))

    def _signed_query(self) -> tuple[tuple[str, str], ...]:
        if self.operation is not Operation.AUTHORIZE:
            return self.query
        text = self.signing.sign(self.payload or b"")
        return (*self.query, ("signature", text)) if text else self.query

    def signed(self, **members: object) -> Call:
        """The call with members of its `Signing` replaced."""
        return replace(self, signing=replace(self.signing, **members))  # type: ignore[arg-type]
