"""Ports that nobody else takes meanwhile: below the system's own choice, and apart for each worker."""

from __future__ import annotations

import itertools
import os
import socket

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST, _SPAN = 21_000, 500
_next = itertools.cycle(range(_FIRST + _WORKER * _SPAN, _FIRST + (_WORKER + 1) * _SPAN))


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    for port in itertools.islice(_next, _SPAN):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError("no port is free")
