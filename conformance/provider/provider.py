"""One method per operation that a Data Provider offers (D1-D6); each sends and brings back, none judges."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol, TypeVar
from urllib.parse import quote, urlsplit

from conformance import jose
from conformance.consent import AccountRef, Consent, EventType, event_json
from conformance.contract import Contract
from conformance.evidence import Sender
from conformance.kit import Kit
from conformance.model import Blocked, Operation
from conformance.profile import Profile
from conformance.provider.call import INTERACTION_HEADER, KID_HEADER, Call, Signing
from conformance.provider.change import Change
from conformance.provider.forgery import forged
from conformance.provider.ledger import Ledger
from conformance.provider.reply import Answer
from conformance.provider.seal import Forms, Seal, open_seal
from conformance.vectors import vector as signature_vector
from conformance.wire import Offer, Version, certificate, offer

T = TypeVar("T")

_SEALED = (Operation.BALANCES, Operation.ACCOUNT, Operation.TRANSACTIONS)


class Party(Protocol):
    """What all checks of a run share: where PayNet's side is, and the provider's registered keys."""

    @property
    def redirect_uri(self) -> str:
        """PayNet's registered redirect_uri."""

    @property
    def canary_url(self) -> str:
        """What an address begins with at which nothing may arrive."""

    @property
    def contract(self) -> Contract:
        """The OpenAPI document's schemas."""

    @property
    def provider_keys(self) -> jose.KeySet:
        """The provider's registered signing keys."""


_ACKNOWLEDGING = {"any": (200, 201, 204), "200": (200,), "201": (201,), "204": (204,)}


class Provider:
    """The Data Provider under test, called as PayNet calls it; every call takes declared changes."""

    def __init__(self, profile: Profile, kit: Kit, party: Party, sender: Sender, ledger: Ledger | None = None) -> None:
        self.profile = profile
        self.kit = kit
        self.party = party
        self._sender = sender
        self._ledger = ledger or Ledger()

    def refusals(self) -> list[Answer]:
        """Every refusal of the run so far, one for each kind; see `Ledger`."""
        return self._ledger.refusals()

    def failures(self) -> list[Answer]:
        """Every 5xx of the run so far that the provider may not plead."""
        return self._ledger.failures()

    @asynccontextmanager
    async def stalled(self, count: int) -> AsyncIterator[None]:
        """So many callers with PayNet's certificate that have sent half a request and say nothing more."""
        waiting = [asyncio.create_task(self.half_an_event()) for _ in range(count)]
        await asyncio.sleep(0.5)
        try:
            yield
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.wait(waiting)

    async def half_an_event(self) -> Answer:
        """A request whose body never comes: the answer, or how the connection ended within bounds.cut_off_seconds."""
        call = replace(self.document_call({}), seconds=self.profile.bounds.cut_off_seconds, odd=True)
        head = (
            f"POST {call.path} HTTP/1.1\r\nHost: {urlsplit(call.base).netloc}\r\nContent-Length: 500\r\n\r\n{{".encode()
        )
        reply = await self._sender.raw(call.outgoing(), head)
        return Answer(call, reply, None)

    @property
    def contract(self) -> Contract:
        """The OpenAPI document's schemas."""
        return self.party.contract

    async def send(self, call: Call, *changes: Change) -> Answer:
        """Send a call with some changes and read the answer."""
        for alter in changes:
            call = alter(call)
        outgoing = call.outgoing()
        reply = await self._sender.send(outgoing)
        answer = Answer(call.sent(outgoing), reply, self._seal(call, reply.body) if reply.body else None)
        self._ledger.note(answer, next((value for name, value in call.query if name == "consent_id"), ""))
        return answer

    def forgery(self, name: str, canary: str = "") -> Change:
        """The change that a signature vector stands for; `canary` names the address at which nothing may arrive."""
        return forged(signature_vector(name).recipe, self.kit, self.party.canary_url + (canary or "nobody"))

    async def offered(self, version: Version, suites: Sequence[int]) -> Offer:
        """What the webhooks' server says to a ClientHello; Blocked where no connection comes about."""
        return await self._handshake(lambda host, port: offer(host, port, version, suites, self._patience))

    async def certificate(self) -> bytes:
        """The certificate (DER) of the webhooks' server; Blocked where it shows none."""
        return await self._handshake(lambda host, port: certificate(host, port, self.kit.paynet, self._patience))

    @property
    def _patience(self) -> float:
        return self.profile.bounds.connect_seconds + self.profile.bounds.answer_seconds

    async def _handshake(self, probe: Callable[[str, int], T]) -> T:
        parts = urlsplit(self.profile.target.rs_url)
        try:
            return await asyncio.to_thread(probe, parts.hostname or "", parts.port or 443)
        except OSError as problem:
            raise Blocked("connect to the webhooks", str(problem)) from None

    async def event(self, kind: EventType, consent: Consent, *changes: Change) -> Answer:
        """D1: one consent event."""
        return await self.send(self.event_call(kind, consent), *changes)

    async def authorize(self, consent: Consent, *changes: Change) -> Answer:
        """D2: ask where the customer logs in."""
        return await self.send(self.authorize_call(consent), *changes)

    async def userinfo(self, consent: Consent, *changes: Change) -> Answer:
        """D3: who the customer is."""
        path = self.profile.paths.userinfo
        return await self.send(self._signed_get(Operation.USERINFO, path, consent), *changes)

    async def balances(self, consent: Consent, account: AccountRef, *changes: Change) -> Answer:
        """D4: an account's balance, sealed for the consent's Data Consumer."""
        return await self.send(self.balances_call(consent, account), *changes)

    async def account(self, consent: Consent, account: AccountRef, *changes: Change) -> Answer:
        """D5: an account's details."""
        return await self.send(self._data_call(Operation.ACCOUNT, consent, account, ""), *changes)

    async def transactions(self, consent: Consent, account: AccountRef, *changes: Change, **parameters: str) -> Answer:
        """D6: an account's transactions; `parameters` are page_size, next_page_params, from_date and to_date."""
        call = self._data_call(Operation.TRANSACTIONS, consent, account, "/transactions")
        return await self.send(replace(call, query=(*call.query, *parameters.items())), *changes)

    def event_call(self, kind: EventType, consent: Consent) -> Call:
        """A healthy D1."""
        shape = self.profile.reading("event_accounts_shape")
        return self.document_call(event_json(kind, consent, shape))

    def document_call(self, document: Mapping[str, object]) -> Call:
        """D1 with any JSON object as its body."""
        body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        return Call(
            operation=Operation.EVENT,
            method="POST",
            base=self.profile.target.rs_url,
            path="/v1/consents/events",
            query=(),
            headers=(("content-type", "application/json"), *_interaction()),
            body=body,
            payload=body,
            signing=self._signing(),
            identity=self.kit.paynet,
            seconds=self.profile.bounds.answer_seconds,
            good=_ACKNOWLEDGING[self.profile.reading("event_success_status")],
        )

    def authorize_call(self, consent: Consent) -> Call:
        """A healthy D2; R:authorize_channel settles whether PayNet or the customer's browser makes it."""
        front = self.profile.reading("authorize_channel") == "front"
        return Call(
            operation=Operation.AUTHORIZE,
            method="GET",
            base=self.profile.target.as_url,
            path="/v1/oauth/authorize",
            query=(("consent_id", consent.consent_id), ("redirect_uri", self.party.redirect_uri)),
            headers=(),
            body=b"",
            payload=consent.consent_id.encode(),
            signing=self._signing(attached=self.profile.reading("authorize_signature_form") == "attached"),
            identity=self.kit.pages if front else self.kit.paynet,
            seconds=self.profile.bounds.answer_seconds,
        )

    def authorize_signature(self, consent: Consent) -> str:
        """A signature over a consent_id, to be sent more than once."""
        call = self.authorize_call(consent)
        return call.signing.sign(call.payload or b"")

    def balances_call(self, consent: Consent, account: AccountRef) -> Call:
        """A healthy D4; R:balances_method settles the method."""
        call = self._data_call(Operation.BALANCES, consent, account, "/balances")
        return replace(call, method=self.profile.reading("balances_method"))

    def _data_call(self, operation: Operation, consent: Consent, account: AccountRef, tail: str) -> Call:
        path = f"/v1/accounts/{quote(account.account_id, safe='')}{tail}"
        call = self._signed_get(operation, path, consent)
        kid = self.kit.consumer(consent.dc_id).encryption.kid
        return replace(call, base=self.profile.target.rs_url, headers=(*call.headers, (KID_HEADER, kid)))

    def _signed_get(self, operation: Operation, path: str, consent: Consent) -> Call:
        payloads = {"consent_id": consent.consent_id.encode(), "empty": b"", "request_target": None}
        return Call(
            operation=operation,
            method="GET",
            base=self.profile.target.as_url,
            path=path,
            query=(("consent_id", consent.consent_id),),
            headers=_interaction(),
            body=b"",
            payload=payloads[self.profile.reading("get_signature_payload")],
            signing=self._signing(),
            identity=self.kit.paynet,
            seconds=self.profile.bounds.answer_seconds,
        )

    def _signing(self, *, attached: bool = False) -> Signing:
        named = self.profile.reading("jws_header_claims") == "on"
        return Signing(
            key=self.kit.signing,
            issuer=self.profile.paynet.issuer if named else None,
            attached=attached,
            b64=self.profile.reading("jws_b64") == "true",
        )

    def _seal(self, call: Call, body: bytes) -> Seal | None:
        if call.operation not in _SEALED:
            return None
        kid = next((value for name, value in call.headers if name.lower() == KID_HEADER), "")
        owners = [each for each in self.kit.consumers if each.encryption.kid == kid] or list(self.kit.consumers)
        forms = Forms(self.profile.reading("response_envelope"), self.profile.reading("data_wrapper"))
        return open_seal(body, self.party.provider_keys, owners[0].encryption, forms)


def _interaction() -> tuple[tuple[str, str], ...]:
    return ((INTERACTION_HEADER, str(uuid.uuid4())),)
