"""That a call for data (D3-D6) is PayNet's, and which consent it is about."""

from __future__ import annotations

import re

from conformance.httpd import HttpRequest
from conformance.reference.answers import check_interaction_id, needed_parameter, one_header, one_parameter
from conformance.reference.settings import Settings
from conformance.reference.signatures import Signatures
from conformance.reference.store import Store

_UNVERIFIED = {
    "userinfo-unverified": re.compile(r".*/userinfo"),
    "balances-unverified": re.compile(r".*/balances"),
    "account-unverified": re.compile(r"/v1/accounts/[^/]+"),
    "transactions-unverified": re.compile(r".*/transactions"),
}
_WEAK = {
    "balances-fetch-jku": (re.compile(r".*/balances"), "fetches-jku"),
    "account-trusts-carried-jwk": (re.compile(r"/v1/accounts/[^/]+"), "trusts-carried-jwk"),
    "transactions-take-alg-none": (re.compile(r".*/transactions"), "accepts-alg-none"),
    "userinfo-ignores-crit": (re.compile(r".*/userinfo"), "ignores-crit"),
}
"""Which call verifies less well than the others do."""


class Caller:
    """Reads consent_id off PayNet's calls for data."""

    def __init__(self, settings: Settings, store: Store, signatures: Signatures) -> None:
        self._settings = settings
        self._store = store
        self._signatures = signatures
        self._last = ""

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def consent_id(self, request: HttpRequest) -> str:
        """The consent that a call names and PayNet has signed.

        Raises:
            Refusal: consent_id or x-fapi-interaction-id is missing or odd, or the signature is not over consent_id.
        """
        if self.flawed("last-consent-wins"):
            consent_id = next((value for name, value in request.query if name == "consent_id"), "")
        elif self.flawed("remembers-the-last-consent"):
            consent_id = self._last = one_parameter(request, "consent_id") or self._last
            if one_parameter(request, "consent_id") is None:
                return consent_id
        else:
            consent_id = needed_parameter(request, "consent_id", 36)
        token = one_header(request, "x-fapi-signature")
        if not any(self.flawed(name) and path.fullmatch(request.raw_path) for name, path in _UNVERIFIED.items()):
            weak = (
                each for name, (path, each) in _WEAK.items() if self.flawed(name) and path.fullmatch(request.raw_path)
            )
            self._signatures.detached(token, self._covered(consent_id, token), weakness=next(weak, ""))
        self._check_interaction_id(request)
        return consent_id

    def _check_interaction_id(self, request: HttpRequest) -> None:
        value = one_header(request, "x-fapi-interaction-id")
        lax = "data-needs-no-interaction-id" if value is None else "data-takes-any-interaction-id"
        if not self.flawed(lax):
            check_interaction_id(request)

    def _covered(self, consent_id: str, token: str | None) -> bytes:
        """What the signature has to cover (R:get_signature_payload)."""
        if self.flawed("data-takes-any-consents-signature") and token:
            known = (each.encode() for each in self._store.ids())
            return next((each for each in known if self._signatures.fits(token, each)), consent_id.encode())
        return consent_id.encode()
