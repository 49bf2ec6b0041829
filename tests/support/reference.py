"""The reference without sockets: a clock that stands still until told, a PayNet that answers as it is told."""

from __future__ import annotations

import json
import re
import ssl
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from conformance import jose
from conformance.httpd import HttpRequest, HttpResponse
from conformance.model import Tls
from conformance.reference import bank, core
from conformance.reference.paynet import Received, Sent
from conformance.reference.process import settings_for
from conformance.reference.settings import Settings, default_data
from tests.support.pki import pki as layout

PAGES = "https://dp.example"
CALLBACK = "https://paynet.example/v1/oauth/callback"
TLS = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384")
ONE, TWO, THREE = "customer-1", "customer-2", "customer-3"


@cache
def private_key(name: str) -> jose.PrivateKey:
    """A private key of the PKI, under the kid of its certificate."""
    at = layout()
    return jose.PrivateKey.from_pem(at.key(name).read_bytes(), certificate=at.certificate(name).read_bytes())


@cache
def provider_keys() -> jose.KeySet:
    return jose.KeySet.from_jwks(layout().jwks("dp").read_bytes())


@cache
def known_bank() -> bank.Bank:
    return bank.read(default_data())


@cache
def paynet_der() -> bytes:
    return ssl.PEM_cert_to_DER_cert(layout().certificate("paynet-tls").read_text())


def settings(**members: object) -> Settings:
    return settings_for(layout(), hub_resource_url="https://paynet.example", redirect_uri=CALLBACK, **members)


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class PayNet:
    """Takes updates; `answers` are used up one by one, the last one stays. An exception is raised."""

    answers: list[int | Exception] = field(default_factory=lambda: [200])
    sent: list[Sent] = field(default_factory=list)
    while_told: Any = None

    def __call__(self, sent: Sent) -> Received:
        self.sent.append(sent)
        if self.while_told:
            self.while_told()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Received(answer, b"{}")

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(each.body) for each in self.sent]


@dataclass
class Browser:
    """One customer's browser: keeps cookies by path, follows nothing by itself."""

    bench: Bench
    cookies: dict[str, str] = field(default_factory=dict)
    answer: HttpResponse = field(default_factory=lambda: HttpResponse(0))
    at: str = ""

    def open(self, url: str) -> Browser:
        return self._send("GET", url, b"")

    def submit(self, *more: tuple[str, str], csrf: str | None = None) -> Browser:
        given = self.csrf if csrf is None else csrf
        return self._send("POST", self.at, urlencode([("csrf", given), *more]).encode())

    def follow(self) -> Browser:
        assert self.answer.status == 303, (self.answer.status, self.text)
        return self.open(self.header("location"))

    @property
    def text(self) -> str:
        return unescape(re.sub(r"<[^>]*>", " ", self.answer.body.decode()))

    @property
    def csrf(self) -> str:
        return re.search(r'name="csrf" value="([^"]*)"', self.answer.body.decode())[1]  # type: ignore[index]

    def header(self, name: str) -> str:
        return next((value for key, value in self.answer.headers if key.lower() == name.lower()), "")

    def _send(self, method: str, url: str, body: bytes) -> Browser:
        path = urlsplit(url).path
        held = [value for prefix, value in self.cookies.items() if path.startswith(prefix)]
        headers = (("Cookie", "; ".join(held)),) if held else ()
        self.at = path
        self.answer = self.bench.core.pages(self.bench.request(method, path, headers, body, certificate=b""))
        if self.header("set-cookie"):
            value, *attributes = self.header("set-cookie").split("; ")
            self.cookies[next(each[5:] for each in attributes if each.startswith("Path="))] = value
        return self


class Bench:
    """A reference, its clock (`now`, seconds since the epoch), and the calls that PayNet makes."""

    def __init__(self, paynet: PayNet | None = None, **members: object) -> None:
        self.now = 1_780_000_000.0
        self.slept: list[float] = []
        self.paynet = paynet or PayNet()
        self.settings = settings(**members)
        self.core = core.build(
            self.settings,
            PAGES,
            self.paynet,
            key=private_key("dp/dp-sig"),
            clock=lambda: self.now,
            sleep=self.slept.append,
        )

    def request(
        self,
        method: str,
        target: str,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        *,
        certificate: bytes | None = None,
    ) -> HttpRequest:
        shown = paynet_der() if certificate is None else certificate
        return HttpRequest(method, target, headers, body, shown, TLS, self.now)

    def call(self, *given: Any, **more: Any) -> HttpResponse:
        return self.core.webhooks(self.request(*given, **more))

    def claims(self, **members: object) -> dict[str, object]:
        return {"typ": "JOSE", "iss": "ofp", "iat": int(self.now), "jti": str(uuid.uuid4()), **members}

    def consent(self, customer: str = ONE, **members: object) -> dict[str, Any]:
        who = known_bank().customer(customer)
        assert who is not None
        return {
            "consent_id": str(uuid.uuid4()),
            "dc_id": "dc-1",
            "dp_id": "reference-dp",
            "id_type": who.id_type,
            "hashed_id_number": who.hashed_id_number,
            "consent_type": "account_access_consent",
            "consent_purpose": "pfm",
            "permissions": ["read_accounts", "read_balances", "read_transactions"],
            "expiration_datetime": moment(self.now + 90 * 86400),
            "status": "awaiting_authorization",
            "created_at": moment(self.now),
            "updated_at": moment(self.now),
            "updated_by": "ofp",
            **members,
        }

    def send(
        self, body: bytes, *, signature: str | None = None, headers: tuple[tuple[str, str], ...] = ()
    ) -> HttpResponse:
        """A correctly signed D1, except for what is given."""
        token = (
            jose.sign_detached(private_key("paynet-sig"), body, header=self.claims())
            if signature is None
            else signature
        )
        usual = [
            ("Content-Type", "application/json"),
            ("x-fapi-interaction-id", str(uuid.uuid4())),
            ("x-fapi-signature", token),
        ]
        named = {name.lower() for name, _ in headers}
        kept = [each for each in usual if each[0].lower() not in named and each[1]]
        return self.call("POST", "/v1/consents/events", (*kept, *(each for each in headers if each[1])), body)

    def event(self, kind: str, consent: dict[str, Any], **members: object) -> HttpResponse:
        return self.send(json.dumps({"event_type": kind, "data": {**consent, **members}}).encode())

    def announced(self, customer: str = ONE, **members: object) -> dict[str, Any]:
        consent = self.consent(customer, **members)
        answer = self.event("consent_created", consent)
        assert answer.status == 200, answer.body
        return consent

    def move(self, consent: dict[str, Any], status: str, **members: object) -> HttpResponse:
        self.now += 1
        return self.event("consent_status_updated", consent, status=status, updated_at=moment(self.now), **members)

    def authorize(self, known: str, /, **members: str | None) -> HttpResponse:
        signature = jose.sign_attached(private_key("paynet-sig"), known.encode(), header=self.claims())
        asked = {"consent_id": known, "redirect_uri": CALLBACK, "signature": signature, **members}
        query = urlencode([(name, value) for name, value in asked.items() if value is not None])
        return self.call("GET", f"/v1/oauth/authorize?{query}")

    def browser(self, consent: dict[str, Any]) -> Browser:
        """A browser at the login page."""
        answer = self.authorize(consent["consent_id"])
        assert answer.status == 303, answer.body
        return Browser(self).open(dict(answer.headers)["Location"])

    def logged_in(self, consent: dict[str, Any], customer: str = ONE) -> Browser:
        who = known_bank().customer(customer)
        assert who is not None
        return self.browser(consent).submit(("username", who.username), ("password", who.password)).follow()

    def reviewing(self, consent: dict[str, Any], *accounts: str, customer: str = ONE) -> Browser:
        chosen = accounts or ("acc-101",)
        return self.logged_in(consent, customer).submit(*(("accounts", each) for each in chosen)).follow()

    def authorized(self, *accounts: str, customer: str = ONE, **members: object) -> dict[str, Any]:
        consent = self.announced(customer, **members)
        browser = self.reviewing(consent, *accounts, customer=customer).submit(("decision", "approve"))
        assert "Consent approved" in browser.text, browser.text
        return consent

    def get(
        self,
        path: str,
        consent_id: str | None,
        *,
        kid: str | None = "dc-1-enc",
        signed: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        method: str = "GET",
        **query: str,
    ) -> HttpResponse:
        """A signed D3-D6; `kid` names a key of the PKI, `signed` another payload than the consent_id."""
        payload = (consent_id if signed is None else signed) or ""
        sent = [
            ("x-fapi-interaction-id", str(uuid.uuid4())),
            ("x-fapi-signature", jose.sign_detached(private_key("paynet-sig"), payload.encode(), header=self.claims())),
        ]
        if kid:
            sent.append(("x-enc-kid", private_key(kid).kid))
        named = {name.lower() for name, _ in headers}
        sent = [*(each for each in sent if each[0].lower() not in named), *(each for each in headers if each[1])]
        asked = {"consent_id": consent_id, **query}
        text = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items() if value is not None)
        return self.call(method, f"{path}?{text}" if text else path, tuple(sent))

    def balance(self, consent: dict[str, Any], account: str = "acc-101", **more: Any) -> HttpResponse:
        return self.get(f"/v1/accounts/{account}/balances", consent["consent_id"], **more)

    def serves(self, consent: dict[str, Any], account: str = "acc-101") -> bool:
        answer = self.balance(consent, account)
        assert answer.status == 200 or 400 <= answer.status < 500, answer.body
        return answer.status == 200


def opened(answer: HttpResponse, reader: str = "dc-1-enc") -> Any:
    """The plaintext of a sealed answer, its signature verified."""
    assert answer.status == 200, answer.body
    claims = json.loads(jose.verify_attached(answer.body.decode(), provider_keys()).payload)
    return json.loads(jose.decrypt(claims["data"], private_key(reader)).plaintext)


def refused(answer: HttpResponse, *statuses: int, code: str = "") -> None:
    """A refusal with one of these statuses and the contract's error body."""
    assert answer.status in statuses, (answer.status, answer.body)
    body = json.loads(answer.body)
    assert set(body) == {"error", "error_description"}
    assert body["error_description"]
    assert not code or body["error"] == code, body


def later(consent: dict[str, Any], bench: Bench, **members: object) -> dict[str, Any]:
    """The consent a second later."""
    bench.now += 1
    return {**consent, "updated_at": moment(bench.now), **members}
