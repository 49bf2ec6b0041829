"""From an answer that was not hoped for to its likely cause: who probably has to act, and on what."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.model import Blame, Fault, FaultKind
from conformance.provider import Answer


@dataclass(frozen=True, slots=True)
class Cause:
    """Who probably has to act, and a sentence that says where to look."""

    blame: Blame
    hint: str


_BY_FAULT = {
    FaultKind.REFUSED: Cause(
        Blame.CONFIGURATION, "Nothing listens there: start the Data Provider, or correct target.rs_url (--dp-url)."
    ),
    FaultKind.UNRESOLVED: Cause(Blame.CONFIGURATION, "The host name of target.rs_url (--dp-url) is not known here."),
    FaultKind.UNREACHABLE: Cause(
        Blame.CONFIGURATION, "No route leads to the host: check the network and target.rs_url."
    ),
    FaultKind.NOT_TLS: Cause(
        Blame.CONFIGURATION, "Something other than TLS answers there: check the port, or put TLS in front."
    ),
    FaultKind.UNTRUSTED: Cause(
        Blame.UNKNOWN, "The server certificate does not pass: either target.server_ca is wrong, or the certificate is."
    ),
    FaultKind.ALERT: Cause(
        Blame.UNKNOWN,
        "The TLS handshake was refused: the Data Provider may not know PayNet's client certificate"
        " (keys.paynet_client) or its CA.",
    ),
    FaultKind.TIMEOUT: Cause(Blame.PROVIDER, "The answer took longer than bounds.answer_seconds."),
    FaultKind.LOCAL: Cause(Blame.HARNESS, "The fault is on the suite's side."),
}
NO_HANDSHAKE = Cause(
    Blame.CONFIGURATION,
    "Something listens there, and no TLS handshake comes about: check the port, or whether the Data Provider knows"
    " PayNet's client certificate (keys.paynet_client).",
)
"""The likely cause where a connection ends, or nothing comes, before the handshake is done."""
_BROKEN_OFF = Cause(Blame.PROVIDER, "The connection ended without a whole HTTP answer.")


def of_fault(fault: Fault) -> Cause:
    """The likely cause of an exchange that brought no HTTP answer."""
    return _BY_FAULT.get(fault.kind, _BROKEN_OFF)


def of_answer(answer: Answer) -> Cause:
    """The likely cause of a healthy call's not being served."""
    if answer.wire.fault:
        return of_fault(answer.wire.fault)
    error = answer.json
    code = error.get("error") if isinstance(error, dict) else None
    if isinstance(code, str) and code.startswith("JWS."):
        return Cause(
            Blame.UNKNOWN,
            f"The Data Provider refused PayNet's signature ({code}): it may lack PayNet's key"
            f" (kid {answer.call.signing.key.kid}), or sign another payload than the readings say.",
        )
    if answer.status in (401, 403):
        return Cause(
            Blame.UNKNOWN,
            "The Data Provider does not take this caller: it may not know PayNet's client certificate"
            " (keys.paynet_client), its key or the Data Consumer.",
        )
    if answer.status in (404, 405):
        return Cause(Blame.UNKNOWN, "There may be no such path: check target.rs_url and target.as_url.")
    if answer.status in (429, 503):
        return Cause(
            Blame.UNKNOWN, "The Data Provider asks for patience: lower plan.max_requests_per_second or concurrency."
        )
    return Cause(Blame.PROVIDER, f"A correct request was answered {answer.told}.")
