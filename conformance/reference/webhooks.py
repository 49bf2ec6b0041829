"""The webhooks (D1-D6) as a function from request to answer: who calls, what for, and which refusal comes first."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote_to_bytes

from cryptography import x509

from conformance.httpd import HttpRequest, HttpResponse
from conformance.reference.answers import (
    UUID,
    Refusal,
    bad_request,
    check_interaction_id,
    json_answer,
    method_not_allowed,
    one_header,
)
from conformance.reference.authorize import Authorize
from conformance.reference.careless import broken_by, mended
from conformance.reference.changes import Changes
from conformance.reference.data import Data
from conformance.reference.events import MAX_BYTES, Event, read_event
from conformance.reference.misspoken import misspoken
from conformance.reference.settings import Settings
from conformance.reference.signatures import Signatures
from conformance.reference.store import Clock

_ACCOUNT_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,64}", re.ASCII)
_JSON = re.compile(r'application/json\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE | re.ASCII)

_Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    handler: _Handler


class Webhooks:
    """PayNet's side door."""

    def __init__(
        self,
        settings: Settings,
        *,
        paynet_sha256: str,
        changes: Changes,
        authorize: Authorize,
        data: Data,
        signatures: Signatures,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`paynet_sha256` is the hex SHA-256 of the one DER certificate that is served."""
        self._settings = settings
        self._paynet_sha256 = paynet_sha256
        self._changes = changes
        self._authorize = authorize
        self._data = data
        self._signatures = signatures
        self._clock = clock
        self._sleep = sleep
        self._one_by_one = threading.Lock()
        self._fixed: Mapping[str, _Route] = {
            "/v1/consents/events": _Route("POST", self._event),
            "/v1/oauth/authorize": _Route("GET", self._login),
            "/v1/oauth/userinfo": _Route("GET", self._userinfo),
        }

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The answer to one request; a refusal is an answer too. Echoes a well-formed x-fapi-interaction-id."""
        try:
            self._identify(request)
            route = self._route(request)
            lax = self._takes_any_method(request.raw_path)
            if request.method != route.method and not lax:
                raise method_not_allowed([route.method])
            answer = route.handler(request)
        except Refusal as refusal:
            answer = misspoken(refusal, request, self._settings.flaws, self._others())
        interaction = request.header("x-fapi-interaction-id")
        if interaction and not self.flawed("forgets-the-interaction-id") and UUID.fullmatch(interaction.strip()):
            answer = HttpResponse(
                answer.status, (*answer.headers, ("x-fapi-interaction-id", interaction.strip())), answer.body
            )
        return answer

    def _identify(self, request: HttpRequest) -> None:
        """Serve nobody but PayNet's own registered certificate (RFC 8705 2.1): its CA alone proves nothing."""
        if self.flawed("asks-for-no-certificate"):
            return
        if self.flawed("serves-without-certificate") and not request.peer_certificate:
            return
        if self.flawed("trusts-certificate-headers") and request.header("x-ssl-client-verify") == "SUCCESS":
            return
        if self.flawed("serves-any-client-of-the-ca") and request.peer_certificate:
            return
        if self.flawed("ignores-certificate-dates") and request.peer_certificate:
            subject = x509.load_der_x509_certificate(request.peer_certificate).subject.rfc4514_string()
            if "PayNet" in subject:
                return
        if self.flawed("identifies-callers-of-events-alone") and not request.raw_path.endswith("/events"):
            return
        if not hmac.compare_digest(hashlib.sha256(request.peer_certificate).hexdigest(), self._paynet_sha256):
            raise Refusal(401, "invalid_client", "The client certificate is not the registered one")

    def _route(self, request: HttpRequest) -> _Route:
        """The path's route. A path is taken as it is sent: nothing is normalised, no part decodes to a separator."""
        path = request.raw_path
        if path in self._fixed:
            return self._fixed[path]
        parts = path.split("/")
        if parts[:3] == ["", "v1", "accounts"] and len(parts) in (4, 5):
            account_id = unquote_to_bytes(parts[3]).decode("ascii", "replace")
            account_id, read = self._careless(account_id)
            calls: dict[tuple[str, ...], Callable[[HttpRequest, str], HttpResponse]] = {
                (): self._data.account,
                ("balances",): lambda request, asked: self._balances(request, asked, read),
                ("transactions",): self._data.transactions,
            }
            call = calls.get(tuple(parts[4:]))
            if call and _ACCOUNT_ID.fullmatch(account_id):
                return _Route("GET", lambda request: self._data_call(request, call, account_id))
        raise Refusal(404, "invalid_request", "There is nothing here")

    def _takes_any_method(self, path: str) -> bool:
        flaws = {
            "/balances": "balances-take-any-method",
            "/events": "events-by-any-method",
            "/authorize": "authorize-by-any-method",
        }
        return any(path.endswith(end) and self.flawed(name) for end, name in flaws.items())

    def _careless(self, account_id: str) -> tuple[str, str]:
        """Which account a part of a path is asked about, and which one is read: flaws take it apart differently."""
        if self.flawed("normalises-after-routing") and "/" in account_id:
            return account_id.partition("/")[0], account_id.rpartition("/")[2]
        if self.flawed("cuts-paths-at-nul") and "\0" in account_id:
            return account_id.partition("\0")[2], account_id.partition("\0")[0]
        if self.flawed("reads-matrix-parameters") and "=" in account_id:
            return account_id.partition("=")[2], account_id.partition(";")[0]
        if self.flawed("splits-at-commas") and "," in account_id:
            return account_id.partition(",")[0], account_id.partition(",")[2]
        return account_id, account_id

    def _others(self) -> Sequence[str]:
        return self._changes.known_ids() if self.flawed("names-another-consent") else ()

    def _event(self, request: HttpRequest) -> HttpResponse:
        if not _JSON.fullmatch(one_header(request, "content-type") or "") and not self.flawed("takes-any-content-type"):
            raise bad_request("The content type must be application/json")
        unsecured = self._signatures.says_none(one_header(request, "x-fapi-signature") or "")
        if self.flawed("applies-event-before-verifying") or (unsecured and self.flawed("applies-unsecured-events")):
            with contextlib.suppress(Refusal):
                self._changes.apply(read_event(request.body, self._now()))
        self._signatures.body(one_header(request, "x-fapi-signature"), request.body)
        self._check_interaction_id(request)
        if self.flawed("acknowledges-what-is-no-object") and not request.body.strip().startswith(b"{"):
            return json_answer({})
        if self.flawed("slow-events"):
            self._sleep(6.0)
        if broken_by(request.body, self._settings.flaws):
            return json_answer({"error": "server_error", "error_description": "Unexpected"}, 500)
        if self.flawed("nested-body-is-a-500") and request.body.count(b"[") > 1000:
            return json_answer({"error": "server_error", "error_description": "Unexpected"}, 500)
        try:
            self._changes.apply(self._read(request.body))
        except Refusal:
            if self.flawed("stores-before-reading"):
                self._changes.store_early(request.body)
            raise
        return json_answer({})

    def _read(self, body: bytes) -> Event:
        if self.flawed("takes-bodies-of-any-size") and len(body) > MAX_BYTES:
            body = body.partition(b',"x_long"')[0] + b"}"
        event = read_event(mended(body, self._settings.flaws), self._now())
        if self.flawed("refuses-unknown-members") and b'"x_' in body:
            raise bad_request("There is a member that is not known")
        if self.flawed("knows-accounts-alone") and b'"account_access"' in body:
            raise bad_request("account_access is not known")
        if self.flawed("knows-account-access-alone") and b'"accounts":[{' in body and b'"account_access"' not in body:
            raise bad_request("accounts is not known")
        if self.flawed("mixes-events-at-once"):
            self._event_at_hand = event
            self._sleep(0.2)
            return self._event_at_hand
        return event

    def _check_interaction_id(self, request: HttpRequest) -> None:
        value = one_header(request, "x-fapi-interaction-id")
        if value is None and self.flawed("needs-no-interaction-id"):
            return
        if value is not None and self.flawed("takes-any-interaction-id"):
            return
        check_interaction_id(request)

    def _login(self, request: HttpRequest) -> HttpResponse:
        if self.flawed("slow-authorize"):
            self._sleep(6.0)
        return self._authorize.handle(request)

    def _balances(self, request: HttpRequest, account_id: str, read: str) -> HttpResponse:
        if self.flawed("slow-balances"):
            self._sleep(6.0)
        return self._data.balances(request, account_id, read)

    def _userinfo(self, request: HttpRequest) -> HttpResponse:
        if self.flawed("slow-userinfo"):
            self._sleep(6.0)
        return self._data.userinfo(request)

    def _delayed(self, request: HttpRequest) -> None:
        path = request.raw_path
        if self.flawed("slow-transactions") and path.endswith("/transactions"):
            self._sleep(6.0)
        if self.flawed("slow-account") and path.count("/") == 3:
            self._sleep(6.0)
        if self.flawed("balances-one-by-one") and path.endswith("/balances"):
            with self._one_by_one:
                self._sleep(0.4)

    def _data_call(
        self, request: HttpRequest, call: Callable[[HttpRequest, str], HttpResponse], account_id: str
    ) -> HttpResponse:
        self._delayed(request)
        if self.flawed("demands-access-token") and request.header("authorization") is None:
            raise Refusal(401, "invalid_client", "An access token is needed")
        return call(request, account_id)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
