"""What an HTTP answer must be: acknowledged, refused, redirected, in time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from conformance import causes
from conformance.expect import leaks
from conformance.hub import Arrival
from conformance.model import Blame, Blocked, FaultKind, Mismatch
from conformance.provider import INTERACTION_HEADER, Answer

_UNHEARD = (
    FaultKind.REFUSED,
    FaultKind.UNRESOLVED,
    FaultKind.UNREACHABLE,
    FaultKind.NOT_TLS,
    FaultKind.UNTRUSTED,
    FaultKind.LOCAL,
)
_STATUSES = (400, 401, 403, 404, 405, 429, 500, 503)
_CODES = (
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "access_denied",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "Consent.AccountTemporarilyBlocked",
    "Consent.PermanentAccountAccessFailure",
    "Consent.TransientAccountAccessFailure",
    "AccessToken.InvalidScope",
    "Consent.Invalid",
    "Consent.BusinessRuleViolation",
    "JWS.InvalidSignature",
    "JWS.InvalidClaim",
    "JWE.DecryptionError",
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHUT_OUT = (FaultKind.ALERT, FaultKind.EOF, FaultKind.RESET)


def heard(answer: Answer) -> None:
    """The question reached the provider; Blocked where the network or the configuration kept it away."""
    fault = answer.wire.fault
    if fault and fault.kind in _UNHEARD:
        cause = causes.of_fault(fault)
        raise Blocked(
            "reach the Data Provider", answer.told, blame=cause.blame, cure=cause.hint, exchange=answer.exchange_id
        )


def acknowledged(answer: Answer) -> None:
    """An event was taken: one of the statuses, with a JSON object or nothing as its body (R:event_success_status)."""
    status(answer, *answer.call.good)
    if answer.wire.body.strip() and not isinstance(answer.json, dict):
        raise _mismatch(answer, "a JSON object or an empty body", "a body that is neither")


def status(answer: Answer, *statuses: int) -> None:
    """The answer's status is one of these; a correct call that was not served has a likely cause."""
    heard(answer)
    if answer.status not in statuses:
        correct = min(statuses) < 400 and not answer.accepted
        raise _mismatch(answer, _either(statuses), answer.told, causes.of_answer(answer).hint if correct else "")


def answered(answer: Answer) -> None:
    """The message itself was answered, well or badly; Blocked where it was kept away, or only its pace refused."""
    heard(answer)
    if answer.status == 429:
        raise Blocked(
            "put the question",
            "the Data Provider answered 429, so it refused the pace and not the message",
            blame=Blame.CONFIGURATION,
            cure="Lower plan.max_requests_per_second or plan.concurrency",
            exchange=answer.exchange_id,
        )


def refusal(answer: Answer) -> None:
    """A refusal: a 4xx that carries no data. Which 4xx is a weaker claim, asked by ERR-04 (R:error_statuses)."""
    answered(answer)
    if not 400 <= answer.status < 500:
        raise _mismatch(answer, "a refusal (4xx)", answer.told)
    if answer.seal and answer.seal.readable:
        raise _mismatch(answer, "a refusal without data", f"{answer.told} with data that the Data Consumer can open")


def cut_off_or_refused(answer: Answer) -> None:
    """A refusal, or a connection that was cut because the request went beyond all bounds."""
    heard(answer)
    if answer.wire.fault and answer.wire.fault.kind in (FaultKind.EOF, FaultKind.RESET):
        return
    refusal(answer)


def no_server_error(answer: Answer) -> None:
    """Any answer but a 5xx; silence is none."""
    heard(answer)
    if answer.wire.fault or answer.status >= 500:
        raise _mismatch(answer, "an answer that is no 5xx", answer.told)


def unbroken(answer: Answer) -> None:
    """Any answer but a 5xx, or a connection that was cut, which is a refusal of a server in front."""
    heard(answer)
    if not (answer.wire.fault and answer.wire.fault.kind in (FaultKind.EOF, FaultKind.RESET)):
        no_server_error(answer)


def unharmed(answer: Answer) -> None:
    """As `unbroken`, and no data that its reader can open."""
    unbroken(answer)
    if answer.accepted and answer.seal and answer.seal.readable:
        raise _mismatch(answer, "no data", f"{answer.told} with data that the Data Consumer can open")


def interaction_echoed(answer: Answer) -> None:
    """The answer carries the request's x-fapi-interaction-id."""
    status(answer, *answer.call.good)
    sent = next((value for name, value in answer.call.headers if name.lower() == INTERACTION_HEADER), "")
    came = answer.wire.header(INTERACTION_HEADER)
    if (came or "").strip().lower() != sent.lower():
        raise _mismatch(answer, "the request's x-fapi-interaction-id", "another one" if came else "none")


def cut_off(answer: Answer) -> None:
    """A request that never ended was answered with a refusal, or its connection closed, before the bound ran out."""
    heard(answer)
    fault = answer.wire.fault
    if fault and fault.kind in (FaultKind.EOF, FaultKind.RESET):
        return
    if fault or not 400 <= answer.status < 600:
        raise _mismatch(answer, "a closed connection or a refusal within bounds.cut_off_seconds", answer.told)


def told_error(answer: Answer) -> None:
    """An error with its body, whether the provider blames itself (5xx) or the account (4xx)."""
    heard(answer)
    if answer.wire.fault or answer.status < 400:
        raise _mismatch(answer, "an error that says so", answer.told)
    error_body(answer)


def served_or_overloaded(answer: Answer) -> None:
    """Data, or a 429 or 503 with the error body."""
    heard(answer)
    if not answer.served and answer.status not in (429, 503):
        raise _mismatch(answer, "data, or 429 or 503", answer.told)
    if not answer.served:
        error_body(answer)


def no_failures(failures: Sequence[Answer]) -> None:
    """None of the run's answers was a 5xx."""
    if failures:
        first = failures[0]
        raise _mismatch(first, "no 5xx in the whole run", f"{first.told} ({len(failures)} in all)")


def no_leak(answer: Answer) -> None:
    """The refusal's text shows no stack trace, SQL, path, version, and no other consent's id."""
    text = answer.wire.body.decode("utf-8", "replace")
    for what, pattern in leaks.PATTERNS.items():
        if pattern.search(text):
            raise _mismatch(answer, "a refusal that keeps internals to itself", f"{what} in its text")
    named = {each.lower() for each in _UUID.findall(text)}
    own = {each.lower() for each in _UUID.findall(answer.call.target + answer.call.body.decode("utf-8", "replace"))}
    own |= {value.lower() for _, value in answer.call.headers}
    if named & answer.others - own:
        raise _mismatch(answer, "a refusal that names no other consent", "the id of another consent")


def documented(answer: Answer) -> None:
    """The status and the error code are ones that the guide lists (G)."""
    if answer.status not in _STATUSES:
        raise _mismatch(answer, "a documented status", answer.told)
    error_code(answer, *_CODES)


def shut_out(answer: Answer) -> None:
    """No service for this caller: handshake or connection fails, or a 400, 401 or 403 comes (R:error_statuses)."""
    heard(answer)
    fault = answer.wire.fault
    if fault and fault.kind in _SHUT_OUT:
        return
    if fault or answer.status not in (400, 401, 403):
        raise _mismatch(
            answer,
            "a refused handshake, a closed connection, or 401 or 403",
            answer.told,
            "The client certificate may be asked for but not demanded, or only at another listener or path.",
        )
    if answer.seal and answer.seal.readable:
        raise _mismatch(answer, "no data", f"{answer.told} with data that the Data Consumer can open")


def error_body(answer: Answer) -> None:
    """The refusal's body is a JSON object with non-empty texts `error` and `error_description` (G)."""
    body = answer.json
    if not isinstance(body, dict):
        raise _mismatch(answer, "a JSON object {error, error_description}", "a body that is no JSON object")
    for member in ("error", "error_description"):
        value = body.get(member)
        if not isinstance(value, str) or not value.strip():
            raise _mismatch(answer, f"a text `{member}` in the error body", _told_member(body, member))


def error_code(answer: Answer, *codes: str) -> None:
    """The error body's `error` is one of these (R:error_statuses)."""
    heard(answer)
    body = answer.json
    found = body.get("error") if isinstance(body, dict) else None
    if found not in codes:
        raise _mismatch(answer, f"the error {' or '.join(codes)}", f"{answer.told} with {_code(found)}")


def nothing_arrived(arrivals: Sequence[Arrival]) -> None:
    """No request came to an address that nobody may use."""
    if arrivals:
        first = arrivals[0]
        actual = f"{len(arrivals)} request(s), the first {first.method} {first.target}"
        raise Mismatch("no request at that address", actual, exchange=first.exchange.id)


def see_other(answer: Answer) -> str:
    """A 303 with an absolute https Location, which is returned (G, RFC 9110 section 15.4.4)."""
    status(answer, 303)
    location = answer.wire.header("location") or ""
    parts = urlsplit(location)
    if parts.scheme != "https" or not parts.netloc:
        raise _mismatch(answer, "a Location with an absolute https URL", f"Location {location!r}")
    return location


def within(answer: Answer, seconds: float) -> None:
    """The whole answer arrived within a bound, counted from the request's first byte, connecting left out."""
    heard(answer)
    exchange = answer.wire.exchange
    took = exchange.total_seconds - exchange.connect_seconds
    if answer.wire.fault:
        raise _mismatch(answer, f"an answer within {seconds:g} s", answer.told)
    if took > seconds:
        raise _mismatch(answer, f"an answer within {seconds:g} s", f"one after {took:.2f} s")


def _either(statuses: Sequence[int]) -> str:
    return "HTTP " + " or ".join(str(each) for each in statuses)


def _told_member(body: dict[str, object], member: str) -> str:
    return f"`{member}`: {body[member]!r}" if member in body else f"no `{member}`"


def _code(found: object) -> str:
    return f"the error {found!r}" if isinstance(found, str) else "no error code"


def _mismatch(answer: Answer, expected: str, actual: str, hint: str = "") -> Mismatch:
    return Mismatch(expected, actual, exchange=answer.exchange_id, hint=hint)
