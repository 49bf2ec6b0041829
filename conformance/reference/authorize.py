"""Authorize (D2): from PayNet's signed request to the address where the customer logs in."""

from __future__ import annotations

from collections.abc import Callable

from conformance.httpd import HttpRequest, HttpResponse
from conformance.lifecycle import Status
from conformance.reference.answers import NO_STORE, bad_request, consent_invalid, needed_parameter, one_parameter
from conformance.reference.redirects import Redirects
from conformance.reference.settings import Settings
from conformance.reference.signatures import Signatures
from conformance.reference.store import Clock, Store

_MAX_SIGNATURE = 4000


class Authorize:
    """Opens a login for a consent that awaits its customer."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        signatures: Signatures,
        open_login: Callable[[str, str], str],
        clock: Clock,
    ) -> None:
        """`open_login` takes consent_id and redirect_uri and gives the login's absolute URL."""
        self._settings = settings
        self._store = store
        self._signatures = signatures
        self._open_login = open_login
        self._clock = clock
        self._redirects = Redirects(settings)
        self._taken: set[str] = set()

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def handle(self, request: HttpRequest) -> HttpResponse:
        """303 to the login.

        Raises:
            Refusal: a parameter is missing, repeated or too long; the signature is not PayNet's over this consent_id;
                the consent is unknown or does not await authorization; redirect_uri is not a registered one (RFC 9700).
        """
        consent_id = needed_parameter(request, "consent_id", 9999 if self.flawed("takes-long-ids") else 36)
        redirect_uri = self._redirects.asked(request)
        absent = one_parameter(request, "signature") is None and self.flawed("authorize-signature-is-optional")
        if not absent and not self.flawed("authorizes-without-verifying"):
            self._verify(needed_parameter(request, "signature", _MAX_SIGNATURE), consent_id)
        if not self._redirects.is_registered(redirect_uri):
            misled = self._redirects.misled(redirect_uri, lambda: self._open_login(consent_id, redirect_uri))
            if misled:
                return misled
            raise bad_request("redirect_uri is not a registered one")
        self._check_consent(consent_id)
        status = 302 if self.flawed("redirects-with-302") else 303
        login = self._open_login(consent_id, self._redirects.used(request, redirect_uri))
        return HttpResponse(status, (("Location", login), NO_STORE))

    def _verify(self, signature: str, consent_id: str) -> None:
        if signature in self._taken:
            return
        self._signatures.attached(signature, consent_id.encode())
        if self.flawed("remembers-good-signatures"):
            self._taken.add(signature)

    def _check_consent(self, consent_id: str) -> None:
        grant = self._store.get(consent_id)
        if grant is None:
            if self.flawed("logs-in-for-unknown-consents"):
                return
            raise consent_invalid("The consent is not known", 404)
        with grant.lock:
            status = grant.settle(self._clock(), self._settings.awaiting_minutes * 60)
        if reopened(status, self._settings.flaws):
            return
        if status is not Status.AWAITING_AUTHORIZATION:
            raise consent_invalid(f"The consent is {status.value}")


def reopened(status: Status, flaws: frozenset[str]) -> bool:
    """Whether a flaw lets the customer log in for a consent in this state."""
    name = {
        Status.REJECTED: "rejected-logs-in-again",
        Status.REVOKED: "authorizes-revoked-consents",
        Status.AUTHORIZED: "authorizes-authorized-consents",
        Status.FAILED: "failed-logs-in-again",
    }.get(status)
    return "authorizes-decided-consents" in flaws or name in flaws
