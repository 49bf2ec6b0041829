"""Verifies PayNet's signatures: PS256 by a registered key over exactly the bytes that are used, fresh, and once."""

from __future__ import annotations

import json
from collections.abc import Sequence

from conformance import jose
from conformance.reference import lenient
from conformance.reference.answers import Refusal, bad_request
from conformance.reference.keyring import Fetch, Keys
from conformance.reference.settings import Settings
from conformance.reference.store import Clock, Seen

WINDOW_SECONDS = 300
_MAX_JTI = 200
_MILLISECONDS = 1e11


class Signatures:
    """PayNet's signatures on its calls."""

    def __init__(
        self, settings: Settings, keys: Keys, clock: Clock, *, fetch: Fetch, others: Sequence[Keys] = ()
    ) -> None:
        """`fetch` and `others`, the keys of other parties, are for flaws alone: PayNet's own keys verify."""
        self._settings = settings
        self._keys = keys
        self._clock = clock
        self._fetch = fetch
        self._others = others
        self._weaknesses = sorted(settings.flaws & lenient.WEAKNESSES.keys())
        # A jti may come again once its iat is too old, wherever in the window its clock was.
        self._seen = Seen(2 * WINDOW_SECONDS)

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def body(self, token: str | None, payload: bytes) -> None:
        """Accept a detached signature over a message body (RFC 7515 appendix F).

        Raises:
            Refusal: 401 JWS.InvalidSignature or JWS.InvalidClaim; 503 when the keys cannot be had.
        """
        if token is None and self.flawed("accepts-unsigned-events"):
            return
        if token == "" and self.flawed("takes-empty-signature-for-none"):
            return
        if self.flawed("updates-unverified") and b'"consent_updated"' in payload:
            return
        if self.flawed("verifies-trimmed-body"):
            payload = payload.strip()
        if self.flawed("takes-ascii-alone") and not payload.isascii():
            raise bad_request("The body must be ASCII")
        if self.flawed("reads-four-kilobytes") and len(payload) > 4096:
            raise bad_request("The body is too long")
        self.detached(token, _respelled(payload) if self.flawed("verifies-reserialised-json") else payload)

    def detached(self, token: str | None, payload: bytes, *, weakness: str = "") -> None:
        """Accept a detached signature over any payload (R:get_signature_payload); `weakness` is for flaws alone.

        Raises:
            Refusal: as `body`.
        """
        if not token:
            raise self._invalid("The signature is missing")
        if self.flawed("reads-header-by-its-first-letters") and not token.startswith("eyJhbGciOi"):
            raise self._invalid("The signature's header does not begin with alg")
        header = self._weakly(token, payload, weakness)
        if header is None:
            keys = self._keys_for(token)
            try:
                header = jose.verify_detached(token, payload, keys).header
            except jose.JoseError:
                if not self.flawed("trusts-the-kid"):
                    raise self._invalid("The signature is not valid") from None
                header = jose.protected_header(token)
        self._check_claims(header)

    def fits(self, token: str, payload: bytes) -> bool:
        """Whether a token is a good detached signature over a payload, its claims aside."""
        try:
            jose.verify_detached(token, payload, self._keys_for(token))
        except (jose.JoseError, Refusal):
            return False
        return True

    def says_none(self, token: str) -> bool:
        """Whether a token's alg is none, for flaws to ask."""
        try:
            return jose.protected_header(token).get("alg") == "none"
        except jose.JoseError:
            return False

    def attached(self, token: str, payload: bytes) -> None:
        """Accept a whole JWS whose payload is this one (R:authorize_signature_form=attached).

        Raises:
            Refusal: as `body`.
        """
        if self._takes_carried(token, payload):
            return
        keys = self._keys_for(token)
        try:
            verified = jose.verify_attached(token, keys)
        except jose.JoseError:
            if self.flawed("authorize-trusts-the-kid"):
                return
            raise self._invalid("The signature is not valid") from None
        if verified.payload != payload and not self.flawed("authorize-forgets-the-payload"):
            raise self._invalid("The signature is another message's")
        self._check_claims(verified.header)

    def _takes_carried(self, token: str, payload: bytes) -> bool:
        """Whether a flaw of authorize takes a whole token, whoever signed it."""
        weak = {"authorize-takes-alg-none": "accepts-alg-none", "authorize-trusts-carried-jwk": "trusts-carried-jwk"}
        names = [weakness for name, weakness in weak.items() if self.flawed(name)]
        names += ["fetches-jku"] if self.flawed("authorize-fetches-jku") else []
        carries, keys = token.split(".")[1:2] == [jose.b64url(payload)], self._keys.known("")
        return carries and any(lenient.accepted(each, token, payload, keys, self._fetch) for each in names)

    def _keys_for(self, token: str) -> jose.KeySet:
        try:
            header = jose.protected_header(token)
        except jose.JoseError:
            raise self._invalid("The signature is not a compact JWS") from None
        kid, issuer = header.get("kid"), header.get("iss")
        named = kid if isinstance(kid, str) else ""
        keys = self._keys.known(named)
        if self.flawed("knows-one-key"):
            keys = jose.KeySet(keys.keys[:1])
        if self.flawed("takes-consumers-keys"):
            keys = jose.KeySet((*keys.keys, *(key for each in self._others for key in each.known(named).keys)))
        consumers = [each.id for each in self._settings.data_consumers]
        if self.flawed("takes-the-issuers-keys") and issuer in consumers:
            keys = self._others[consumers.index(issuer)].known(named)
        if not keys.find(named) and self.flawed("tries-every-key"):
            keys = jose.KeySet((jose.PublicKey.from_jwk({**keys.keys[0].to_jwk("sig"), "kid": named}),))
        if not named or not keys.find(named):
            raise self._invalid("The signature's kid is not registered")
        return keys

    def _weakly(self, token: str, payload: bytes, weakness: str) -> dict[str, object] | None:
        """The header of a token that one of the flaws takes, whether it is right or not."""
        for name in (*self._weaknesses, *filter(None, [weakness])):
            found = lenient.accepted(name, token, payload, self._keys.known(""), self._fetch)
            if found is not None:
                return found
        return None

    def _invalid(self, description: str) -> Refusal:
        code = "invalid_request" if self.flawed("names-no-signature-error") else "JWS.InvalidSignature"
        return Refusal(401, code, description)

    def _claim(self, description: str) -> Refusal:
        return Refusal(
            401, "invalid_request" if self.flawed("names-no-claim-error") else "JWS.InvalidClaim", description
        )

    def _check_claims(self, header: dict[str, object]) -> None:
        if self.flawed("refuses-unknown-header-members") and set(header) - {"alg", "kid"}:
            raise self._invalid("The signature's header has members that are not known")
        if self.flawed("refuses-long-headers") and len(json.dumps(header)) > 1000:
            raise self._invalid("The signature's header is too long")
        now = self._clock()
        issued, token_id = header.get("iat"), header.get("jti")
        if "iat" in header:
            if isinstance(issued, str) and issued.isdecimal() and self.flawed("reads-iat-from-text"):
                issued = int(issued)
            if isinstance(issued, bool) or not isinstance(issued, int | float):
                if self.flawed("ignores-odd-iat"):
                    return
                raise self._claim("iat must be a number")
            if issued > _MILLISECONDS and self.flawed("takes-milliseconds"):
                issued /= 1000
            old, ahead = issued < now - WINDOW_SECONDS, issued > now + WINDOW_SECONDS
            if (old and not self.flawed("ignores-old-iat")) or (ahead and not self.flawed("ignores-iat-ahead")):
                raise self._claim("iat is too old, or ahead of time")
        if "jti" in header:
            if not isinstance(token_id, str) or not 0 < len(token_id) <= _MAX_JTI:
                raise self._claim("jti must be a short text")
            if self.flawed("cuts-the-jti"):
                token_id = token_id[:30]
            if not self._seen.first(token_id, now) and not self.flawed("ignores-repeated-jti"):
                raise self._claim("jti was seen before")


def _respelled(payload: bytes) -> bytes:
    try:
        return json.dumps(json.loads(payload), separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return payload
