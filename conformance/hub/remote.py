"""The hub's log across processes: xdist's workers use the controller's."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from multiprocessing.managers import BaseManager
from typing import cast

from conformance.hub.log import HubLog
from conformance.hub.view import Log

_METHODS = ("record", "script", "answer_for", "wait_for", "arrivals", "refuse", "refusals")


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """Where a log is served, on this machine only; `authkey` (hexadecimal) lets a process in. Plain JSON values."""

    host: str
    port: int
    authkey: str


def serve(log: HubLog) -> RemoteAddress:
    """Serve a log on a free loopback port until this process ends, from a daemon thread."""

    class Manager(BaseManager):
        """Its registry must not be shared with another log's."""

    Manager.register("log", callable=lambda: log, exposed=_METHODS)
    authkey = secrets.token_bytes(32)
    server = Manager(address=("127.0.0.1", 0), authkey=authkey).get_server()
    host, port = cast("tuple[str, int]", server.address)
    threading.Thread(target=server.serve_forever, name="hub-log", daemon=True).start()
    return RemoteAddress(host, port, authkey.hex())


def connect(address: RemoteAddress) -> Log:
    """A proxy with the methods of the log that another process serves; any thread may use it.

    Raises:
        OSError: nobody serves there.
        multiprocessing.AuthenticationError: the key is not the server's.
    """

    class Manager(BaseManager):
        """As in `serve`."""

    Manager.register("log", exposed=_METHODS)
    manager = Manager(address=(address.host, address.port), authkey=bytes.fromhex(address.authkey))
    manager.connect()
    return cast(Log, manager.log())  # type: ignore[attr-defined]
