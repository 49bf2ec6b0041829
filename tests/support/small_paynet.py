"""PayNet and a customer over real TLS, as far as tests of the reference need them."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import ssl
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from conformance import jose
from conformance.httpd import HttpRequest, HttpResponse, HttpServer
from conformance.reference import process
from tests.support.reference import known_bank, layout, private_key

REDIRECT = "https://paynet.example/v1/oauth/callback"


class SmallPayNet:
    """Takes updates over mTLS and publishes keys; remembers every request."""

    def __init__(self, certificate: str = "hub-tls") -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(layout().certificate(certificate), layout().key(certificate))
        context.load_verify_locations(layout().certificate("ca"))
        context.verify_mode = ssl.CERT_OPTIONAL
        self.requests: list[HttpRequest] = []
        self.server = HttpServer(self._answer, context)
        self.url = f"https://localhost:{self.server.port}"

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        if request.path.startswith("/v1/oauth/jwks/"):
            party = {"ofp": "paynet"}.get(request.path.rpartition("/")[2], request.path.rpartition("/")[2])
            return HttpResponse(200, (("Content-Type", "application/json"),), layout().jwks(party).read_bytes())
        return HttpResponse(200, (), b"{}")

    @property
    def updates(self) -> list[HttpRequest]:
        return [each for each in self.requests if each.path.startswith("/v1/consents/")]

    def __enter__(self) -> SmallPayNet:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()


@contextlib.contextmanager
def running(paynet: SmallPayNet, **members: object) -> Iterator[Caller]:
    settings = process.settings_for(
        layout(),
        hub_resource_url=paynet.url,
        hub_browser_url=paynet.url,
        redirect_uri=REDIRECT,
        **members,
    )
    with process.start(settings) as reference:
        yield Caller(reference)


class Caller:
    """PayNet and a customer, as far as a test needs them."""

    def __init__(self, reference: process.RunningReference) -> None:
        self.reference = reference

    def http(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        *,
        certificate: str | None = "paynet-tls",
        context: ssl.SSLContext | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        if context is None:
            context = ssl.create_default_context(cafile=layout().certificate("ca"))
            if certificate:
                context.load_cert_chain(layout().certificate(certificate), layout().key(certificate))
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=10)
        with contextlib.closing(connection):
            connection.request(
                method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers or {}
            )
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def paynet(
        self, method: str, target: str, payload: bytes, body: bytes = b"", **more: str
    ) -> tuple[int, dict[str, str], bytes]:
        claims = {"iat": int(datetime.now(UTC).timestamp()), "jti": str(uuid.uuid4())}
        headers = {
            "x-fapi-interaction-id": str(uuid.uuid4()),
            "x-fapi-signature": jose.sign_detached(private_key("paynet-sig"), payload, header=claims),
            "x-enc-kid": private_key("dc-1-enc").kid,
            **({"Content-Type": "application/json"} if body else {}),
        }
        return self.http(
            method, self.reference.rs_url + target, headers, body, certificate=more.get("certificate", "paynet-tls")
        )

    def event(self, kind: str, consent: dict[str, object]) -> int:
        body = json.dumps({"event_type": kind, "data": consent}).encode()
        return self.paynet("POST", "/v1/consents/events", body, body)[0]

    def announced(self) -> dict[str, object]:
        now = datetime.now(UTC)
        consent: dict[str, object] = {
            "consent_id": str(uuid.uuid4()),
            "dc_id": "dc-1",
            "dp_id": "reference-dp",
            "id_type": "nric",
            "hashed_id_number": known_bank().customers[0].hashed_id_number,
            "consent_type": "account_access_consent",
            "consent_purpose": "pfm",
            "permissions": ["read_balances"],
            "expiration_datetime": now.replace(year=now.year + 1, day=1).isoformat(),
            "status": "awaiting_authorization",
            "created_at": now.isoformat(),
            "updated_at": now.isoformat(),
            "updated_by": "ofp",
        }
        assert self.event("consent_created", consent) == 200
        return consent

    def approved(self, consent: dict[str, object]) -> str:
        """The page after approval."""
        number = str(consent["consent_id"])
        signature = jose.sign_attached(private_key("paynet-sig"), number.encode())
        query = urlencode({"consent_id": number, "redirect_uri": REDIRECT, "signature": signature})
        status, headers, _ = self.http("GET", f"{self.reference.rs_url}/v1/oauth/authorize?{query}")
        assert status == 303
        url, cookie = headers["location"], ""
        for form in (
            {"username": "customer-1", "password": "first-password-1"},
            {"accounts": "acc-102"},
            {"decision": "approve"},
        ):
            _, headers, page = self.http("GET", url, {"Cookie": cookie}, certificate=None)
            cookie = headers.get("set-cookie", cookie).partition(";")[0]
            csrf = re.search(r'name="csrf" value="([^"]*)"', page.decode())[1]  # type: ignore[index]
            body = urlencode({"csrf": csrf, **form}).encode()
            _, headers, page = self.http("POST", url, {"Cookie": cookie}, body, certificate=None)
            cookie = headers.get("set-cookie", cookie).partition(";")[0]
            url = self.reference.pages_url + headers.get("location", "")
        return page.decode()

    def balance(self, consent: dict[str, object], account: str = "acc-102") -> tuple[int, bytes]:
        number = str(consent["consent_id"])
        target = f"/v1/accounts/{account}/balances?consent_id={number}"
        status, _, body = self.paynet("GET", target, number.encode())
        return status, body
