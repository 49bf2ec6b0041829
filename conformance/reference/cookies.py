"""The session cookie of the customer's pages."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from conformance.httpd import HttpRequest, HttpResponse
from conformance.reference.visits import Session

_NAMES = ("__Secure-session", "session")


def held(request: HttpRequest) -> str:
    """The session's token that a browser sends; "" where it sends none."""
    try:
        cookies = SimpleCookie(request.header("cookie") or "")
    except CookieError:
        return ""
    return next((cookies[name].value for name in _NAMES if name in cookies), "")


def given(answer: HttpResponse, session: Session, flaws: frozenset[str]) -> HttpResponse:
    """The answer that gives the session to the browser, for the pages of its own request only."""
    path = "/" if "session-opens-every-request" in flaws else session.request.path
    cookie = f"{_NAMES[0]}={session.token}; Path={path}; Secure; HttpOnly; SameSite=Lax"
    if "cookie-without-samesite" in flaws:
        cookie = cookie.removesuffix("; SameSite=Lax")
    if "cookie-for-every-site" in flaws:
        cookie = cookie.replace("SameSite=Lax", "SameSite=None")
    if "cookie-for-scripts" in flaws:
        cookie = cookie.replace("; HttpOnly", "")
    if "cookie-without-secure" in flaws:
        cookie = cookie.replace(_NAMES[0], _NAMES[1]).replace("; Secure", "")
    return HttpResponse(answer.status, (*answer.headers, ("Set-Cookie", cookie)), answer.body)
