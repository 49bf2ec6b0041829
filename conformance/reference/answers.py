"""Answers of the webhooks, and the refusals that become one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from conformance.httpd import HttpRequest, HttpResponse, error

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
NO_STORE = ("Cache-Control", "no-store")


class Refusal(Exception):
    """Ends a request with a status and the error body of the contract (G); changes nothing."""

    def __init__(self, status: int, code: str, description: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description
        self.headers = headers

    def answer(self) -> HttpResponse:
        """The refusal as it goes out."""
        plain = error(self.status, self.code, self.description)
        return HttpResponse(plain.status, (*plain.headers, *self.headers), plain.body)


def bad_request(description: str) -> Refusal:
    """A malformed message or parameter (R:error_statuses)."""
    return Refusal(400, "invalid_request", description)


def consent_invalid(description: str, status: int = 400) -> Refusal:
    """A consent that does not allow what is asked (R:error_statuses)."""
    return Refusal(status, "Consent.Invalid", description)


def unavailable(description: str) -> Refusal:
    """Nobody's fault, and worth another try."""
    return Refusal(503, "temporarily_unavailable", description, (("Retry-After", "1"),))


def method_not_allowed(allowed: Sequence[str]) -> Refusal:
    """Another method than the path has (RFC 9110 15.5.6)."""
    return Refusal(405, "invalid_request", "This method is not allowed here", (("Allow", ", ".join(allowed)),))


def json_answer(body: object, status: int = 200) -> HttpResponse:
    """A JSON answer that nobody may store."""
    return HttpResponse(status, (("Content-Type", "application/json"), NO_STORE), json.dumps(body).encode())


def one_header(request: HttpRequest, name: str) -> str | None:
    """A header's value; None where it is missing.

    Raises:
        Refusal: it is there more than once.
    """
    values = [value for key, value in request.headers if key.lower() == name]
    if len(values) > 1:
        raise bad_request(f"The header {name} is there more than once")
    return values[0].strip() if values else None


def one_parameter(request: HttpRequest, name: str) -> str | None:
    """A query parameter's value; None where it is missing.

    Raises:
        Refusal: it is there more than once.
    """
    values = [value for key, value in request.query if key == name]
    if len(values) > 1:
        raise bad_request(f"The parameter {name} is there more than once")
    return values[0] if values else None


def needed_parameter(request: HttpRequest, name: str, longest: int) -> str:
    """A query parameter that has to be there once, not empty and not too long.

    Raises:
        Refusal: it is not.
    """
    value = one_parameter(request, name)
    if not value:
        raise bad_request(f"The parameter {name} is missing")
    if len(value) > longest or not value.isprintable():
        raise bad_request(f"The parameter {name} must be at most {longest} printable characters")
    return value


def check_interaction_id(request: HttpRequest) -> None:
    """Demand the request's x-fapi-interaction-id (RFC 9562 form).

    Raises:
        Refusal: 400, it is missing or no UUID.
    """
    if not UUID.fullmatch(one_header(request, "x-fapi-interaction-id") or ""):
        raise bad_request("x-fapi-interaction-id must be a UUID")
