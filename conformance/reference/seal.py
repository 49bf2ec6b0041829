"""The data response (D4-D6): JSON encrypted for the Data Consumer, inside a JWS of this Data Provider."""

from __future__ import annotations

import json
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

    @property
    def _envelope(self) -> str:
        return self._manners.envelope(self._settings.response_envelope)

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def seal(self, data: object, dc_id: str, reader: jose.PublicKey) -> HttpResponse:
        """The answer that carries JSON data for one reader and shows nothing of it (R:response_envelope)."""
        jwe = jose.encrypt(json.dumps(self._manners.data(data)).encode(), reader, header={"cty": "json"})
        if self.flawed("names-rsa-oaep"):
            jwe = _renamed(jwe)
        payload = self._claims(jwe, dc_id, data) if self._envelope == "claims" else jwe.encode()
        return HttpResponse(200, (("Content-Type", "application/jose"), NO_STORE), self._signed(payload).encode())

    def _claims(self, jwe: str, dc_id: str, data: object) -> bytes:
        now = int(self._clock())
        claims: dict[str, object] = {
            "iss": self._settings.issuer,
            "aud": [dc_id, "ofp"],
            "iat": now,
            "nbf": now,
            "exp": now + _VALID_SECONDS,
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
