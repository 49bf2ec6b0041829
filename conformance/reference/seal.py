"""The data response (D4-D6): JSON encrypted for the Data Consumer, inside a JWS of this Data Provider."""

from __future__ import annotations

import json
import os
import uuid

from conformance import jose
from conformance.httpd import HttpResponse
from conformance.reference.answers import NO_STORE
from conformance.reference.manners import Manners
from conformance.reference.settings import Settings
from conformance.reference.store import Clock

_VALID_SECONDS = 300


class Sealer:
    """Signs and encrypts data responses."""

    def __init__(self, settings: Settings, key: jose.PrivateKey, clock: Clock) -> None:
        self._settings = settings
        self._key = key
        self._clock = clock
        self._manners = Manners(settings.manners)
        self._kept: dict[str, tuple[bytes, bytes]] = {}

    @property
    def _envelope(self) -> str:
        return self._manners.envelope(self._settings.response_envelope)

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def seal(self, data: object, dc_id: str, reader: jose.PublicKey) -> HttpResponse:
        """The answer that carries JSON data for one reader and shows nothing of it (R:response_envelope)."""
        plaintext = json.dumps(self._manners.data(data)).encode()
        header: dict[str, object] = {"cty": "json"}
        if self.flawed("names-no-reader"):
            header["kid"] = "data-consumer"
        jwe = self._encrypted_again(plaintext, reader, dc_id) or jose.encrypt(plaintext, reader, header=header)
        if self.flawed("names-rsa-oaep"):
            jwe = _renamed(jwe)
        payload = self._claims(jwe, dc_id, data) if self._envelope == "claims" else jwe.encode()
        kind = "application/json" if self.flawed("calls-it-json") else "application/jose"
        kept = () if self.flawed("lets-data-be-stored") else (NO_STORE,)
        return HttpResponse(200, (("Content-Type", kind), *kept), self._signed(payload).encode())

    def _encrypted_again(self, plaintext: bytes, reader: jose.PublicKey, dc_id: str) -> str | None:
        """With a content key, and perhaps an IV, that was used before: two flaws."""
        if not (self.flawed("keeps-content-key") or self.flawed("keeps-iv")):
            return None
        key, iv = self._kept.setdefault(dc_id, (os.urandom(32), os.urandom(12)))
        return jose.encrypt_with(
            plaintext,
            reader,
            key if self.flawed("keeps-content-key") else os.urandom(32),
            iv if self.flawed("keeps-iv") else os.urandom(12),
        )

    def _claims(self, jwe: str, dc_id: str, data: object) -> bytes:
        now = int(self._clock())
        claims: dict[str, object] = {
            "iss": "" if self.flawed("data-of-nobody") else self._settings.issuer,
            "aud": ["another-consumer"] if self.flawed("data-for-another") else [dc_id, "ofp"],
            "iat": now * 1000 if self.flawed("data-in-milliseconds") else now,
            "nbf": now,
            "exp": now - 3600 if self.flawed("data-expired") else now + _VALID_SECONDS,
            "jti": str(uuid.uuid4()),
            "data": jwe,
        }
        if self.flawed("shows-account-beside-jwe"):
            claims["meta"] = data
        return json.dumps(claims).encode()

    def _signed(self, payload: bytes) -> str:
        if self.flawed("signs-data-with-rs256"):
            return self._signed_otherwise(payload)
        return jose.sign_attached(self._key, payload)

    def _signed_otherwise(self, payload: bytes) -> str:
        header = json.dumps({"alg": "RS256", "kid": self._key.kid}).encode()
        signed = f"{jose.b64url(header)}.{jose.b64url(payload)}".encode()
        return jose.assemble(header, payload, jose.raw_sign(self._key, signed, "RS256"), detached=False)


def _renamed(jwe: str) -> str:
    header = json.dumps({**jose.protected_header(jwe), "alg": "RSA-OAEP"}).encode()
    return ".".join([jose.b64url(header), *jwe.split(".")[1:]])
