"""A TLS ClientHello of any version and suites, and the certificate that a server shows: what Python's ssl cannot offer.

RFC 5246 section 7.4.1 and RFC 8446 section 4.1. No handshake is finished: the server's first answer says it all.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from conformance.wire.message import Identity

_HANDSHAKE, _ALERT, _CLIENT_HELLO, _SERVER_HELLO = 22, 21, 1, 2
_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x0100)
_SIGNATURES = (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0202)


class Version(IntEnum):
    """A protocol version as it is written on the wire."""

    TLS_1_0 = 0x0301
    TLS_1_1 = 0x0302
    TLS_1_2 = 0x0303


@dataclass(frozen=True, slots=True)
class Offer:
    """What came of a hello: the suite and version that the server took (0: none), or how it refused."""

    version: int
    suite: int
    told: str

    @property
    def taken(self) -> bool:
        """Whether the server answered with a ServerHello."""
        return self.version != 0


def offer(host: str, port: int, version: Version, suites: Sequence[int], seconds: float) -> Offer:
    """Offer these suites at no more than this version; blocks for at most some seconds.

    Raises:
        OSError: no TCP connection came about.
    """
    with socket.create_connection((host, port), seconds) as connection:
        connection.settimeout(seconds)
        try:
            connection.sendall(_record(_hello(host, version, suites)))
            return _read(connection)
        except TimeoutError:
            return Offer(0, 0, "no answer in time")
        except OSError as problem:
            return Offer(0, 0, f"connection reset ({problem.strerror})")


def certificate(host: str, port: int, identity: Identity, seconds: float) -> bytes:
    """The certificate (DER) that a server shows to a caller; blocks for at most some seconds.

    Raises:
        OSError: no connection or no handshake came about, or the certificate is not trusted.
    """
    with socket.create_connection((host, port), seconds) as connection:
        connection.settimeout(seconds)
        with identity.context.wrap_socket(connection, server_hostname=host) as wrapped:
            return wrapped.getpeercert(True) or b""


def _read(connection: socket.socket) -> Offer:
    data = b""
    while len(data) < 48:
        more = connection.recv(4096)
        if not more:
            break
        data += more
        if data[0] == _ALERT and len(data) >= 7:
            return Offer(0, 0, f"alert {data[6]}")
    if len(data) < 44 or data[0] != _HANDSHAKE or data[5] != _SERVER_HELLO:
        return Offer(0, 0, "the connection was closed" if not data else "something other than TLS")
    length = data[43]
    version = struct.unpack(">H", data[9:11])[0]
    suite = struct.unpack(">H", data[44 + length : 46 + length])[0] if len(data) >= 46 + length else 0
    return Offer(version, suite, f"a ServerHello with version 0x{version:04x} and suite 0x{suite:04x}")


def _hello(host: str, version: Version, suites: Sequence[int]) -> bytes:
    extensions = b"".join(
        _extension(kind, content)
        for kind, content in (
            (0, _sized(b"\0" + _sized(host.encode("idna")))),
            (10, _sized(_numbers(_GROUPS))),
            (11, b"\1\0"),
            *([(13, _sized(_numbers(_SIGNATURES)))] if version >= Version.TLS_1_2 else []),
        )
        if kind or not host.replace(".", "").isdigit()
    )
    body = struct.pack(">H", version) + os.urandom(32) + b"\0" + _sized(_numbers(suites)) + b"\1\0" + _sized(extensions)
    return bytes([_CLIENT_HELLO]) + struct.pack(">I", len(body))[1:] + body


def _record(content: bytes) -> bytes:
    return struct.pack(">BHH", _HANDSHAKE, Version.TLS_1_0, len(content)) + content


def _extension(kind: int, content: bytes) -> bytes:
    return struct.pack(">H", kind) + _sized(content)


def _sized(content: bytes) -> bytes:
    return struct.pack(">H", len(content)) + content


def _numbers(values: Sequence[int]) -> bytes:
    return b"".join(struct.pack(">H", each) for each in values)
