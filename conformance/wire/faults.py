"""Tells the shapes in which an exchange can end without an answer."""

from __future__ import annotations

import errno
import re
import socket
import ssl

from conformance.model import Fault, FaultKind

_ALERT = re.compile(r"(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)")
_ALERTS_NAMED_OTHERWISE = {
    "TLSV1_UNRECOGNIZED_NAME": "unrecognized_name",
    "TLSV1_UNSUPPORTED_EXTENSION": "unsupported_extension",
    "TLSV1_CERTIFICATE_UNOBTAINABLE": "certificate_unobtainable",
    "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE": "bad_certificate_status_response",
    "TLSV1_BAD_CERTIFICATE_HASH_VALUE": "bad_certificate_hash_value",
}
_OURS = re.compile(r"NO_CIPHERS_AVAILABLE|NO_PROTOCOLS_AVAILABLE|INVALID_.*|LIBRARY_BUG|BAD_VALUE|MALLOC_FAILURE")
_WEAK = re.compile(r"UNSUPPORTED_PROTOCOL|WRONG_SSL_VERSION|.*_TOO_SMALL|WRONG_CIPHER_RETURNED|WRONG_CURVE|.*TOO_WEAK")
_UNREACHABLE = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
)
_RESETS = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)


class Failed(Exception):
    """An exchange's end without an answer."""

    def __init__(self, kind: FaultKind, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault(kind, detail)


def of_connect(problem: OSError) -> Failed:
    """Why a TCP connection did not come about."""
    if isinstance(problem, socket.gaierror):
        return Failed(FaultKind.UNRESOLVED, _words(problem))
    if isinstance(problem, ConnectionRefusedError):
        return Failed(FaultKind.REFUSED, _words(problem))
    if isinstance(problem, TimeoutError):  # the kernel's own, ETIMEDOUT
        return Failed(FaultKind.TIMEOUT, _words(problem))
    if isinstance(problem, _RESETS):
        return Failed(FaultKind.RESET, _words(problem))
    kind = FaultKind.UNREACHABLE if problem.errno in _UNREACHABLE else FaultKind.LOCAL
    return Failed(kind, _words(problem))


def of_handshake(problem: OSError, first_bytes: bytes) -> Failed:
    """Why a handshake failed; `first_bytes` is how the peer's side of the connection began."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return Failed(FaultKind.UNTRUSTED, problem.verify_message)
    if first_bytes and not _looks_like_tls(first_bytes):
        return Failed(FaultKind.NOT_TLS, f"it answered the handshake with {first_bytes[:40]!r}")
    if isinstance(problem, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return Failed(FaultKind.EOF, "the peer closed the connection during the handshake")
    if not isinstance(problem, ssl.SSLError):
        return of_stream(problem)
    alert = alert_name(problem)
    if alert:
        return Failed(FaultKind.ALERT, alert)
    reason = problem.reason or str(problem)
    if _WEAK.fullmatch(reason) or _OURS.fullmatch(reason):
        return Failed(FaultKind.LOCAL, f"this side did not accept the handshake: {_spoken(reason)}")
    return Failed(FaultKind.NOT_TLS, f"the handshake is malformed: {_spoken(reason)}")


def of_stream(problem: OSError) -> Failed:
    """Why an established connection failed. Under TLS 1.3 a refused client certificate shows only here."""
    if isinstance(problem, _RESETS):
        return Failed(FaultKind.RESET, _words(problem))
    if isinstance(problem, TimeoutError):
        return Failed(FaultKind.TIMEOUT, _words(problem))
    if not isinstance(problem, ssl.SSLError):
        return Failed(FaultKind.UNREACHABLE if problem.errno in _UNREACHABLE else FaultKind.LOCAL, _words(problem))
    alert = alert_name(problem)
    if alert:
        return Failed(FaultKind.ALERT, alert)
    return Failed(FaultKind.MALFORMED, f"TLS record: {_spoken(problem.reason or str(problem))}")


def alert_name(problem: ssl.SSLError) -> str:
    """The name of the alert that the peer sent (RFC 8446 6, lower case), or "" if that was not it."""
    reason = problem.reason or ""
    alert = _ALERT.fullmatch(reason)
    return alert[1].lower().replace("cancelled", "canceled") if alert else _ALERTS_NAMED_OTHERWISE.get(reason, "")


def _looks_like_tls(data: bytes) -> bool:
    """Whether bytes begin as a handshake or alert record does (RFC 8446 5.1)."""
    return data[0] in (0x15, 0x16) and data[1:2] in (b"", b"\x03")


def _spoken(reason: str) -> str:
    return reason.lower().replace("_", " ")


def _words(problem: OSError) -> str:
    return problem.strerror or str(problem) or type(problem).__name__
