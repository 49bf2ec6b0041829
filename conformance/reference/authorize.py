"""Authorize (D2): from PayNet's signed request to the address where the customer logs in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from conformance.httpd import HttpRequest, HttpResponse
from conformance.lifecycle import Status
from conformance.reference.answers import NO_STORE, bad_request, consent_invalid, needed_parameter, one_parameter
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
        redirect_uri = self._redirect_uri(request)
        if not self.flawed("authorizes-without-verifying"):
            signature = needed_parameter(request, "signature", _MAX_SIGNATURE)
            self._signatures.attached(signature, consent_id.encode())
        if not self._is_registered(redirect_uri):
            raise bad_request("redirect_uri is not a registered one")
        self._check_consent(consent_id)
        status = 302 if self.flawed("redirects-with-302") else 303
        return HttpResponse(status, (("Location", self._open_login(consent_id, redirect_uri)), NO_STORE))

    def _is_registered(self, redirect_uri: str) -> bool:
        """Whether it is a registered one, character for character (RFC 9700 2.1); flaws compare less."""
        registered = self._settings.redirect_uris[0]
        parts, known = urlsplit(redirect_uri), urlsplit(registered)
        loose = {
            "compares-redirects-by-prefix": redirect_uri.startswith(registered),
            "compares-redirects-by-host": parts.hostname == known.hostname and parts.scheme == "https",
            "compares-redirects-by-host-prefix": (parts.hostname or "").startswith(known.hostname or "?"),
            "compares-redirects-by-host-suffix": (parts.hostname or "").endswith(known.hostname or "?"),
            "compares-redirects-by-path": parts.path == known.path,
            "ignores-the-redirects-query": redirect_uri.partition("?")[0] == registered,
            "ignores-the-redirects-fragment": redirect_uri.partition("#")[0] == registered,
            "finds-the-redirect-inside": known.netloc in redirect_uri,
        }
        return redirect_uri in self._settings.redirect_uris or any(
            same and self.flawed(name) for name, same in loose.items()
        )

    def _redirect_uri(self, request: HttpRequest) -> str:
        if self.flawed("supplies-a-redirect-uri") and one_parameter(request, "redirect_uri") is None:
            return self._settings.redirect_uris[0]
        return needed_parameter(request, "redirect_uri", 300)

    def _check_consent(self, consent_id: str) -> None:
        grant = self._store.get(consent_id)
        if grant is None:
            if self.flawed("logs-in-for-unknown-consents"):
                return
            raise consent_invalid("The consent is not known", 404)
        with grant.lock:
            status = grant.settle(self._clock(), self._settings.awaiting_minutes * 60)
        if self.flawed("authorizes-decided-consents"):
            return
        if status is Status.REJECTED and self.flawed("rejected-logs-in-again"):
            return
        if status is Status.FAILED and self.flawed("failed-logs-in-again"):
            return
        if status is not Status.AWAITING_AUTHORIZATION:
            raise consent_invalid(f"The consent is {status.value}")
