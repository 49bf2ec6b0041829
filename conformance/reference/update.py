"""The consent update (P1): what PayNet is told of a customer's decision, and whether it took it."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import time
import uuid
from collections.abc import Callable, Sequence
from urllib.parse import quote

from conformance import jose
from conformance.lifecycle import Status
from conformance.reference import records
from conformance.reference.bank import Account, Customer
from conformance.reference.paynet import Received, Sent, Transport
from conformance.reference.settings import Settings
from conformance.reference.store import Clock, Grant

_TOKEN_SECONDS = 600
_RETRIED = frozenset({502, 503, 504})
_PAUSE_SECONDS = 0.2


class Updates:
    """Sends updates."""

    def __init__(
        self,
        settings: Settings,
        key: jose.PrivateKey,
        transport: Transport,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._key = key
        self._transport = transport
        self._clock = clock
        self._sleep = sleep
        self._issued: dict[str, str] = {}

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def authorized(self, grant: Grant, customer: Customer, accounts: Sequence[Account], logged_in_at: float) -> bool:
        """Tell of an approval: id_token, user_identity and the chosen accounts (G); whether PayNet took it."""
        named = customer.accounts if self.flawed("shares-all-accounts") else accounts
        if self.flawed("shares-the-first-account"):
            named = accounts[:1]
        hashed = customer.hashed_id_number
        if self.flawed("hash-in-hex"):
            hashed = base64.b64decode(hashed).hex()
        if self.flawed("hash-without-padding"):
            hashed = hashed.rstrip("=")
        if self.flawed("hash-of-the-user-name"):
            hashed = base64.b64encode(hashlib.sha256(customer.username.encode()).digest()).decode()
        body: dict[str, object] = {
            "consent_id": grant.consent_id,
            "status": Status.AUTHORIZED.value,
            "id_token": self._id_token(grant, customer, logged_in_at, hashed),
            "user_identity": {"id_type": customer.id_type, "hashed_id_number": hashed},
            "accounts": [
                records.reference(each, plain_numbers=self.flawed("account-numbers-as-numbers")) for each in named
            ],
        }
        if self.flawed("updates-without-identity"):
            del body["user_identity"]
        if self.flawed("updates-without-token"):
            del body["id_token"]
        return self._send(grant.consent_id, body)

    def rejected(self, grant: Grant, accounts: Sequence[Account]) -> bool:
        """Tell of a rejection; no account and no identity leave the bank."""
        body: dict[str, object] = {"consent_id": grant.consent_id, "status": Status.REJECTED.value}
        if self.flawed("rejects-with-accounts"):
            body["accounts"] = [records.reference(each) for each in accounts]
        return self._send(grant.consent_id, body)

    def revoked(self, grant: Grant) -> bool:
        """Tell of a revocation by the customer at the bank."""
        return self._send(grant.consent_id, {"consent_id": grant.consent_id, "status": Status.REVOKED.value})

    def _id_token(self, grant: Grant, customer: Customer, logged_in_at: float, hashed: str) -> str:
        """A JWT (RFC 7519) of the customer's login for the Data Consumer, never issued twice."""
        now = int(self._clock())
        if self.flawed("issues-a-token-again") and customer.username in self._issued:
            return self._issued[customer.username]
        claims = {
            "iss": self._settings.issuer,
            "sub": customer.subject,
            "aud": "ofp" if self.flawed("token-for-paynet") else grant.dc_id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "auth_time": int(logged_in_at),
            "jti": str(uuid.uuid4()),
            "id_type": customer.id_type,
            "hashed_id_number": hashed,
        }
        if self.flawed("token-in-milliseconds"):
            claims |= {"iat": now * 1000, "exp": (now + _TOKEN_SECONDS) * 1000}
        if self.flawed("token-lives-on"):
            claims["exp"] = now + 10 * 86400
        if self.flawed("token-without-auth-time"):
            del claims["auth_time"]
        if self.flawed("token-of-another"):
            claims["hashed_id_number"] = base64.b64encode(hashlib.sha256(b"another").digest()).decode()
        if self.flawed("token-without-subject"):
            del claims["sub"]
        token = jose.sign_attached(self._key, json.dumps(claims).encode(), header={"typ": "JWT"})
        return self._issued.setdefault(customer.username, token) if self.flawed("issues-a-token-again") else token

    def _send(self, consent_id: str, body: dict[str, object]) -> bool:
        """Send an update; after a transient failure the same once more, in a bounded time altogether."""
        content = json.dumps(body, separators=(",", ":")).encode()
        interaction = str(uuid.uuid4())
        deadline = time.monotonic() + (60.0 if self.flawed("waits-for-paynet") else self._settings.update_seconds)
        if self.flawed("never-retries"):
            return self._once(consent_id, content, interaction, deadline)
        for seconds in (None if self.flawed("waits-for-paynet") else self._settings.update_seconds / 2, None):
            remaining = deadline - time.monotonic()
            try:
                answer = self._attempt(consent_id, content, interaction, min(seconds or remaining, remaining))
            except ssl.SSLCertVerificationError:
                return False
            except OSError:
                answer = None
            if answer and answer.status not in _RETRIED:
                return 200 <= answer.status < 300
            if self.flawed("retries-with-a-new-token") and "id_token" in body:
                body["id_token"] = self._again(str(body["id_token"]))
                content = json.dumps(body, separators=(",", ":")).encode()
            self._sleep(_PAUSE_SECONDS if seconds else 0.0)
        return False

    def _once(self, consent_id: str, content: bytes, interaction: str, deadline: float) -> bool:
        try:
            answer = self._attempt(consent_id, content, interaction, deadline - time.monotonic())
        except OSError:
            return False
        return 200 <= answer.status < 300

    def _again(self, token: str) -> str:
        """The same claims in a token of its own."""
        claims = json.loads(jose.unb64url(token.split(".")[1]))
        return jose.sign_attached(self._key, json.dumps({**claims, "jti": str(uuid.uuid4())}).encode())

    def _attempt(self, consent_id: str, content: bytes, interaction: str, seconds: float) -> Received:
        signed = json.dumps(json.loads(content)).encode() if self.flawed("signs-other-spelling") else content
        claims = {"typ": "JOSE", "iss": self._settings.dp_id, "iat": int(self._clock()), "jti": str(uuid.uuid4())}
        headers = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("x-fapi-signature", jose.sign_detached(self._key, signed, header=claims)),
        ]
        if not self.flawed("updates-without-interaction-id"):
            headers.append(("x-fapi-interaction-id", interaction))
        method = "POST" if self.flawed("updates-by-post") else "PATCH"
        url = f"{self._settings.hub_resource_url.rstrip('/')}/v1/consents/{quote(consent_id, safe='')}"
        return self._transport(Sent(method, url, tuple(headers), content, seconds))
