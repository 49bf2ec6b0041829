"""Takes an address apart without touching its request target, and writes a request's bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.model import FaultKind
from conformance.wire.faults import Failed
from conformance.wire.message import Outgoing

_URL = re.compile(
    r"https://(?:[^/?#@]*@)?(\[[0-9A-Fa-f:.]+\]|[^/?#@:\[\]\s\x00]+)(?::([0-9]{0,5}))?([/?#].*)?", re.I | re.S
)
_BREAKS = re.compile(r"[\r\n\x00]")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_AGENT = "ofp-conformance"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: host (no brackets), port, the Host header's value, and the request target as given."""

    host: str
    port: int
    authority: str
    target: str


def parse(url: str) -> Target:
    """An absolute https address.

    Raises:
        Failed: it is none.
    """
    match = _URL.fullmatch(url)
    port = int((match and match[2]) or 443)
    if not match or not 0 < port < 65536:
        raise Failed(FaultKind.LOCAL, f"not an absolute https address: {url[:200]!r}")
    target = (match[3] or "/").partition("#")[0] or "/"
    host = match[1].strip("[]")
    return Target(
        host, port, match[1] + (f":{port}" if port != 443 else ""), target if target[0] == "/" else "/" + target
    )


def completed_headers(outgoing: Outgoing, target: Target) -> tuple[tuple[str, str], ...]:
    """The given headers, after those that are missing: Host, User-Agent, Accept, Accept-Encoding, Content-Length."""
    given = {name.lower() for name, _ in outgoing.headers}
    added = [("Host", target.authority), ("User-Agent", _AGENT), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    if (outgoing.body or outgoing.method.upper() in _WITH_BODY) and "transfer-encoding" not in given:
        added.append(("Content-Length", str(len(outgoing.body))))
    return (*(pair for pair in added if pair[0].lower() not in given), *outgoing.headers)


def serialized(outgoing: Outgoing, target: Target, headers: tuple[tuple[str, str], ...]) -> bytes:
    """The request's bytes (RFC 9112 3).

    Raises:
        Failed: the method, target or a header holds a line break, which would make it another request.
    """
    lines = [f"{outgoing.method} {target.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if any(_BREAKS.search(line) for line in lines):
        raise Failed(FaultKind.LOCAL, "a request line or header holds a line break or NUL")
    return b"\r\n".join([*map(_encoded, lines), b"", b""]) + outgoing.body


def _encoded(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "surrogatepass")
