"""Peers that misbehave exactly as a test tells them to."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Peer:
    """A listening peer: its address, and how many connections it has had."""

    port: int
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


@contextlib.contextmanager
def peer(script: Callable[[Peer, socket.socket], object], context: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """Run `script(peer, connection)` in a thread for each connection, after the handshake if there is a context."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Peer(listener.getsockname()[1])

        def serve(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                if context is None:
                    script(found, connection)
                else:
                    with context.wrap_socket(connection, server_side=True) as wrapped:
                        script(found, wrapped)

        def accept() -> None:
            while not found.stopping.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connection.settimeout(20)
                found.connections += 1
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield found
        finally:
            found.stopping.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def read_request(connection: socket.socket) -> bytes:
    """A request's head and what came with it; b"" at the end of the stream."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    return data


def answering(*answers: bytes, close: bool = False) -> Callable[[Peer, socket.socket], None]:
    """Read a request, send the bytes, and so on through all answers; then wait for the end, or close."""

    def script(at: Peer, connection: socket.socket) -> None:
        for answer in answers:
            request = read_request(connection)
            if not request:
                return
            at.requests.append(request)
            connection.sendall(answer)
        if not close:
            read_request(connection)

    return script


def reset(connection: socket.socket) -> None:
    """Close with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    plain = socket.socket(fileno=connection.detach())
    plain.close()


def endless(first: bytes, repeated: bytes) -> Callable[[Peer, socket.socket], None]:
    """Answer with `first`, then the same bytes until nobody takes them."""

    def script(at: Peer, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(first)
        while not at.stopping.is_set():
            connection.sendall(repeated)

    return script


def dripping(first: bytes, drop: bytes, seconds: float = 0.05) -> Callable[[Peer, socket.socket], None]:
    """Answer with `first`, then a drop every so often."""

    def script(at: Peer, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(first)
        while not at.stopping.wait(seconds):
            connection.sendall(drop)

    return script


def silent(at: Peer, _: socket.socket) -> None:
    """Say nothing for as long as the test lasts."""
    at.stopping.wait(20)
