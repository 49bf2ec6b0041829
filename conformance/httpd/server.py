"""The listener: one thread accepts, each connection has a thread of its own in which its handshake happens too."""

from __future__ import annotations

import contextlib
import logging
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType

from conformance.httpd.connection import serve
from conformance.httpd.message import Handler, Limits
from conformance.model import ConfigurationFault

_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 5.0


class HttpServer:
    """A TLS server on one address, bound from construction on; it answers from `start()` to `stop()`."""

    def __init__(
        self,
        handler: Handler,
        context: ssl.SSLContext,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        on_refused: Callable[[str], None] | None = None,
    ) -> None:
        """Bind; port 0 takes a free one. `on_refused` is told why each failed handshake failed (OpenSSL's words).

        Raises:
            ConfigurationFault: the address cannot be bound.
        """
        self._handler = handler
        self._context = context
        self._limits = limits or Limits()
        self._on_refused = on_refused
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listener = socket.create_server((host, port), family=family, backlog=128)
        except (OSError, OverflowError) as problem:
            raise ConfigurationFault(
                f"cannot listen on {host} port {port}: {problem}",
                cure="Choose an address of this machine and a free port",
            ) from problem
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._wake, self._waker = socket.socketpair()
        self._lock = threading.Lock()
        self._live: dict[ssl.SSLSocket, threading.Thread] = {}
        self._stopping = False
        self._thread = threading.Thread(target=self._accept, name=f"httpd:{self.port}", daemon=True)

    def __enter__(self) -> HttpServer:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Begin to answer; a server is started once."""
        self._thread.start()

    def stop(self) -> None:
        """Close the listener and every connection and wait, boundedly, for their threads; harmless when repeated."""
        with self._lock:
            if self._stopping:
                return
            self._stopping = True
            live = dict(self._live)
        with contextlib.suppress(OSError):
            self._waker.send(b"x")
        deadline = time.monotonic() + _STOP_SECONDS
        if self._thread.ident:
            self._thread.join(_STOP_SECONDS)
        self._listener.close()
        for connection in live:
            _cut(connection)
        for thread in set(live.values()) - {threading.current_thread()}:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._wake.close()
        self._waker.close()

    def drop_connections(self) -> None:
        """Cut every connection; new ones are taken as before."""
        with self._lock:
            live = list(self._live)
        for connection in live:
            _cut(connection)

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while True:
                selector.select()
                with self._lock:
                    if self._stopping:
                        return
                try:
                    accepted, _ = self._listener.accept()
                except BlockingIOError:
                    continue
                except OSError:  # out of descriptors: the backlog keeps the callers until some are free
                    time.sleep(0.05)
                    continue
                self._admit(accepted)

    def _admit(self, accepted: socket.socket) -> None:
        with self._lock:
            if self._stopping or len(self._live) >= self._limits.connections:
                accepted.close()
                return
            try:
                accepted.setblocking(True)
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection = self._context.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False)
            except (OSError, ValueError):  # the caller has gone before its turn came
                accepted.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name=f"httpd:{self.port}", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the system gives no more threads
                connection.close()
                return
            self._live[connection] = thread

    def _serve(self, connection: ssl.SSLSocket) -> None:
        try:
            serve(connection, self._handler, self._limits, self._on_refused or _ignore)
        except Exception:  # one connection's end, whatever it is, must not be the server's
            _LOG.exception("a connection ended abnormally")
        finally:
            with self._lock:
                self._live.pop(connection, None)
            connection.close()


def _ignore(_reason: str) -> None:
    return


def _cut(connection: ssl.SSLSocket) -> None:
    """Wake the connection's thread; the plain socket's shutdown leaves alone the TLS state that it is using."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
