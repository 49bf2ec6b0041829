"""What a handler is given and what it gives back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from conformance.model import Tls


class Drop(Exception):
    """Raised by a handler: close the connection without an answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one connection: sizes in bytes, times in seconds and in total, however the bytes drip in."""

    body_bytes: int = 1 << 20
    header_bytes: int = 64 << 10
    header_count: int = 200
    header_seconds: float = 10.0
    body_seconds: float = 10.0
    idle_seconds: float = 30.0
    connections: int = 256


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request as it came: header text is ISO 8859-1, the peer's certificate is DER (b"" if none).

    `received_at` is when its last byte had come, in seconds since the epoch.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer_certificate: bytes
    tls: Tls
    received_at: float

    @property
    def raw_path(self) -> str:
        """The path as sent, without the query (of an absolute target, RFC 9112 3.2.2, what follows the authority)."""
        path = self.target.partition("?")[0]
        if path.lower().startswith(("http://", "https://")):
            rest = path.partition("://")[2]
            return "/" + rest.partition("/")[2]
        return path

    @property
    def path(self) -> str:
        """The path, percent-decoded once; bytes that are not UTF-8 become U+FFFD."""
        return unquote(self.raw_path)

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query's fields, decoded, in order, repeats kept."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def form(self) -> list[tuple[str, str]]:
        """The body read as application/x-www-form-urlencoded, in order, repeats kept."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer; the server itself adds Date, Content-Length and, at the end of a connection, Connection.

    An answer whose headers say `Transfer-Encoding: chunked` or `Connection: close` is sent that way.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def chunked(self) -> bool:
        """Whether the body goes in chunks."""
        return self._says("transfer-encoding", "chunked")

    @property
    def closes(self) -> bool:
        """Whether the connection ends with this answer."""
        return self._says("connection", "close")

    def _says(self, name: str, value: str) -> bool:
        return any(key.lower() == name and said.lower() == value for key, said in self.headers)


Handler = Callable[[HttpRequest], HttpResponse]


def error(status: int, code: str, description: str) -> HttpResponse:
    """An error answer in the contract's form: `{"error": ..., "error_description": ...}` (G)."""
    body = json.dumps({"error": code, "error_description": description}).encode()
    return HttpResponse(status, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), body)
