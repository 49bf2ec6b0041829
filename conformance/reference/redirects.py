"""Whether a redirect_uri is a registered one, and the ways to be wrong about it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urljoin, urlsplit

from conformance.httpd import HttpRequest, HttpResponse
from conformance.reference.answers import NO_STORE, needed_parameter, one_parameter
from conformance.reference.settings import Settings

BOUNCE = "/sorry"


class Redirects:
    """What authorize makes of the redirect_uri that it is asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def asked(self, request: HttpRequest) -> str:
        """The redirect_uri of a request.

        Raises:
            Refusal: it is missing, repeated, empty or too long.
        """
        given = [value for name, value in request.query if name == "redirect_uri"]
        if self.flawed("checks-one-redirect-and-takes-another") and len(given) > 1 and self.is_registered(given[0]):
            return given[0]
        if self.flawed("supplies-a-redirect-uri") and one_parameter(request, "redirect_uri") is None:
            return self._settings.redirect_uris[0]
        if self.flawed("fills-an-empty-redirect-uri") and one_parameter(request, "redirect_uri") == "":
            return self._settings.redirect_uris[0]
        return needed_parameter(request, "redirect_uri", 300)

    def used(self, request: HttpRequest, checked: str) -> str:
        """Where the browser will be sent in the end: what was checked."""
        given = [value for name, value in request.query if name == "redirect_uri"]
        return given[-1] if self.flawed("checks-one-redirect-and-takes-another") else checked

    def is_registered(self, redirect_uri: str) -> bool:
        """Whether it is a registered one, character for character (RFC 9700 2.1); flaws compare less."""
        registered = self._settings.redirect_uris[0]
        parts, known = urlsplit(redirect_uri), urlsplit(registered)
        loose = {
            "compares-redirects-by-prefix": redirect_uri.startswith(registered),
            "compares-redirects-by-host": parts.hostname == known.hostname and parts.scheme == "https",
            "compares-redirects-by-host-prefix": (parts.hostname or "").startswith(known.hostname or "?"),
            "compares-redirects-by-host-suffix": (parts.hostname or "").endswith(known.hostname or "?"),
            "compares-redirects-by-path": parts.path == known.path,
            "compares-redirects-in-lower-case": redirect_uri.lower() == registered.lower(),
            "ignores-the-redirects-last-slash": redirect_uri.rstrip("/") == registered,
            "ignores-the-redirects-scheme": redirect_uri.partition(":")[2] == registered.partition(":")[2],
            "ignores-the-redirects-user": redirect_uri.replace(f"{parts.username}@", "", 1) == registered,
            "ignores-the-redirects-query": redirect_uri.partition("?")[0] == registered,
            "ignores-the-redirects-fragment": redirect_uri.partition("#")[0] == registered,
            "finds-the-redirect-inside": known.netloc in redirect_uri,
        }
        return redirect_uri in self._settings.redirect_uris or any(
            same and self.flawed(name) for name, same in loose.items()
        )

    def misled(self, redirect_uri: str, open_login: Callable[[], str]) -> HttpResponse | None:
        """The redirect with which a flaw answers an unregistered redirect_uri; None without one."""
        if self.flawed("answers-bad-redirects-by-redirect"):
            return HttpResponse(303, (("Location", f"{redirect_uri}?error=invalid_request"), NO_STORE))
        if self.flawed("bounces-bad-redirects"):
            away = urljoin(open_login(), f"{BOUNCE}?to={quote(redirect_uri, safe='')}")
            return HttpResponse(303, (("Location", away), NO_STORE))
        return None


def bounced(request: HttpRequest) -> str:
    """Where the flawed page sends the browser."""
    return dict(request.query).get("to", "/")
