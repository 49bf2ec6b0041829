"""Customers' visits: one login request for one consent, and in each browser a session of its own."""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.reference.store import Clock


class Outcome(StrEnum):
    """How a visit ended."""

    APPROVED = "approved"
    REJECTED = "rejected"
    NOT_ACCEPTED = "not accepted by PayNet"
    ENDED = "ended by something else"


@dataclass(frozen=True, slots=True)
class Request:
    """A login that PayNet asked for; `handle` is what its address carries instead of the consent_id.

    `path` is where its pages begin.
    """

    handle: str
    consent_id: str
    redirect_uri: str
    asked_at: float
    path: str


@dataclass(slots=True)
class Session:
    """One browser's way through a request. `username` is empty until the login; `reviewed` is the revision it saw."""

    token: str
    request: Request
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    username: str = ""
    logged_in_at: float = 0.0
    accounts: tuple[str, ...] = ()
    reviewed: int = -1
    outcome: Outcome | None = None


class Visits:
    """Requests by handle and sessions by cookie, forgotten after a while."""

    def __init__(self, clock: Clock, keep_seconds: float) -> None:
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._requests: dict[str, Request] = {}
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def ask(self, consent_id: str, redirect_uri: str) -> Request:
        """A new request."""
        handle = secrets.token_urlsafe(24)
        request = Request(handle, consent_id, redirect_uri, self._clock(), f"/requests/{handle}")
        with self._lock:
            self._forget()
            self._requests[request.handle] = request
        return request

    def standing(self) -> Request:
        """A request of the bank's own, for customers who come by themselves; it is never forgotten."""
        return Request("", "", "", self._clock(), "/consents")

    def request(self, handle: str) -> Request | None:
        """The request of that handle, while it is remembered."""
        with self._lock:
            self._forget()
            return self._requests.get(handle)

    def begin(self, request: Request) -> Session:
        """A browser's first session."""
        return self._keep(Session(secrets.token_urlsafe(24), request))

    def log_in(self, session: Session, username: str) -> Session:
        """The session that follows a login; the one before it ends (no session fixation)."""
        with self._lock:
            self._sessions.pop(session.token, None)
        fresh = Session(secrets.token_urlsafe(24), session.request, username=username, logged_in_at=self._clock())
        return self._keep(fresh)

    def session(self, token: str, request: Request, *, any_request: bool = False) -> Session | None:
        """The session of a cookie, if it belongs to the request, or to any one (a flaw)."""
        with self._lock:
            found = self._sessions.get(token)
        return found if found and (any_request or found.request is request) else None

    def last(self, request: Request) -> Session | None:
        """The newest session of a request in which somebody has logged in."""
        with self._lock:
            found = [each for each in self._sessions.values() if each.request is request and each.username]
        return found[-1] if found else None

    def _keep(self, session: Session) -> Session:
        with self._lock:
            self._sessions[session.token] = session
        return session

    def _forget(self) -> None:
        oldest = self._clock() - self._keep_seconds
        while self._requests:
            first = next(iter(self._requests.values()))
            if first.asked_at >= oldest:
                return
            del self._requests[first.handle]
            for token in [token for token, each in self._sessions.items() if each.request is first]:
                del self._sessions[token]


def genuine(session: Session, token: str) -> bool:
    """Whether a form was given out in this session (protection against cross-site requests)."""
    return hmac.compare_digest(session.csrf.encode(), token.encode("utf-8", "replace"))
