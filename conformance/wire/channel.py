"""One TLS connection over a plain non-blocking socket.

OpenSSL works on memory here and this module moves the bytes, so that alerts are delivered and seen in both directions
(asyncio's own TLS loses them) and an early answer is read while the request is still being sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Callable

from conformance.httpd.facts import tls_facts
from conformance.model import FaultKind, Tls
from conformance.wire.faults import Failed, of_connect, of_handshake, of_stream

_CHUNK = 64 << 10
_FILLS_PER_TURN = 16
_FIRST_BYTES = 64


class Channel:
    """A connection with its handshake done. Everything raises `Failed`; nothing waits beyond its deadline."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext, host: str) -> None:
        self._socket = connection
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._ssl = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._unsent = b""
        self._flushing: asyncio.Task[None] | None = None
        self._first = b""
        self._fills = 0
        self._ended = False
        self.tls: Tls | None = None
        self.used = 0
        self.idle_since = 0.0
        self.truncated = False  # the peer closed without a TLS close_notify

    @classmethod
    async def open(cls, host: str, port: int, context: ssl.SSLContext, deadline: float) -> Channel:
        """Resolve, connect and shake hands, until `deadline` (`time.monotonic`)."""
        connection = await _connect(host, port, deadline)
        try:
            channel = cls(connection, context, host)
        except ValueError as problem:  # a host name that no certificate could carry
            connection.close()
            raise Failed(FaultKind.LOCAL, f"host name: {problem}") from problem
        try:
            await channel._shake_hands(deadline)
        except BaseException:
            channel.close()
            raise
        return channel

    def write(self, data: bytes) -> None:
        """Send without waiting: what the socket does not take now is sent while `read` waits."""
        try:
            view = memoryview(data)
            while view:
                view = view[self._ssl.write(view) :]
        except OSError:
            return  # the peer has ended the connection; reading tells how
        self._flush()

    async def drained(self) -> None:
        """Wait until everything written has been handed to the kernel, or cannot be any more."""
        if self._flushing:
            await asyncio.wait({self._flushing})

    async def read(self, deadline: float) -> bytes:
        """Some bytes, b"" at the end of the stream."""
        while True:
            try:
                data = self._ssl.read(_CHUNK)
            except ssl.SSLWantReadError:
                self._flush()  # TLS 1.3 key updates are answered
                await self._fill(deadline)
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLEOFError:
                self.truncated = True
                return b""
            except OSError as problem:
                raise of_stream(problem) from problem
            else:
                return data

    def is_usable(self) -> bool:
        """Whether an idle connection may carry another request: still open, and nothing unasked-for came in."""
        try:
            if self._flushing or self._ended:
                return False
            try:
                data = self._socket.recv(_CHUNK)
            except BlockingIOError:
                data = None
            if data is not None:
                if not data:
                    return False
                self._incoming.write(data)
            self._ssl.read(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            pass
        return False

    def close(self) -> None:
        """Close at once, with our alert or close_notify if the socket takes it."""
        if self._flushing:  # the loop has to let go of the descriptor before it is closed
            self._flushing.add_done_callback(lambda _: self._socket.close())
            self._flushing.cancel()
            return
        with contextlib.suppress(OSError, ValueError):
            self._ssl.unwrap()
        with contextlib.suppress(OSError, ValueError):
            self._socket.send(self._outgoing.read())
        self._socket.close()

    async def _shake_hands(self, deadline: float) -> None:
        try:
            await self._pump(self._ssl.do_handshake, deadline)
        except OSError as problem:
            raise of_handshake(problem, self._first) from problem
        self.tls = tls_facts(self._ssl)

    async def _pump(self, operation: Callable[[], object], deadline: float) -> None:
        while True:
            try:
                operation()
            except ssl.SSLWantReadError:
                self._flush()
                await self._fill(deadline, shaking=True)
            else:
                self._flush()
                return

    async def _fill(self, deadline: float, *, shaking: bool = False) -> None:
        """Move bytes from the socket to OpenSSL. A peer that sends without pause must not keep the loop to itself."""
        self._fills += 1
        if self._fills % _FILLS_PER_TURN == 0:
            await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                data = await loop.sock_recv(self._socket, _CHUNK)
        except TimeoutError as slow:
            if slow.errno:  # the kernel's
                raise of_stream(slow) from slow
            raise Failed(FaultKind.TIMEOUT, "TLS handshake" if shaking else "waiting for the answer") from slow
        except OSError as problem:
            raise of_stream(problem) from problem
        if time.monotonic() > deadline:
            raise Failed(FaultKind.TIMEOUT, "TLS handshake" if shaking else "reading the answer")
        if len(self._first) < _FIRST_BYTES:
            self._first += data[:_FIRST_BYTES]
        if data:
            self._incoming.write(data)
        else:
            self._ended = True
            self._incoming.write_eof()

    def _flush(self) -> None:
        """Hand OpenSSL's output to the socket; a task takes over what does not fit."""
        if self._flushing and not self._flushing.done():
            return
        self._unsent += self._outgoing.read()
        try:
            while self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except BlockingIOError:
            self._flushing = asyncio.get_running_loop().create_task(self._flush_all())
        except OSError:
            self._unsent = b""  # reading tells how the connection ended, and whatever the peer had to say before

    async def _flush_all(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while self._unsent:
                sending, self._unsent = self._unsent, b""
                await loop.sock_sendall(self._socket, sending)
                self._unsent = self._outgoing.read()
        self._unsent = b""
        self._flushing = None


async def _connect(host: str, port: int, deadline: float) -> socket.socket:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as slow:
        raise Failed(FaultKind.TIMEOUT, "resolving the host name") from slow
    except UnicodeError as problem:
        raise Failed(FaultKind.UNRESOLVED, f"no host name: {problem}") from problem
    except OSError as problem:
        raise of_connect(problem) from problem
    failures: list[Failed] = []
    for index, (family, kind, protocol, _, address) in enumerate(found):
        share = (deadline - time.monotonic()) / (len(found) - index)
        try:
            return await _connect_to(family, kind, protocol, address, share)
        except Failed as failure:
            failures.append(failure)
    refused = [each for each in failures if each.fault.kind is FaultKind.REFUSED]
    raise (refused or failures)[-1]


async def _connect_to(
    family: int, kind: int, protocol: int, address: tuple[object, ...], seconds: float
) -> socket.socket:
    try:
        connection = socket.socket(family, kind, protocol)
    except OSError as problem:
        raise of_connect(problem) from problem
    try:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(connection, address)
    except TimeoutError as slow:
        connection.close()
        raise Failed(FaultKind.TIMEOUT, "connecting") from slow
    except OSError as problem:
        connection.close()
        raise of_connect(problem) from problem
    except BaseException:
        connection.close()
        raise
    return connection
