"""The hub as a check sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import ParamSpec, Protocol, TypeVar

from conformance.hub.log import Answer, Arrival, Refusal
from conformance.hub.server import HubServer
from conformance.model import Operation

P = ParamSpec("P")
T = TypeVar("T")
_WAITERS = 64


class Log(Protocol):
    """What is needed of a log, here or in another process; all calls block."""

    def script(self, consent_id: str, answers: Sequence[Answer], repeat: bool = False) -> None:
        """See `HubLog.script`."""

    def wait_for(self, consent_id: str, operation: Operation, count: int, seconds: float) -> tuple[Arrival, ...]:
        """See `HubLog.wait_for`."""

    def arrivals(self, consent_id: str | None = None, operation: Operation | None = None) -> tuple[Arrival, ...]:
        """See `HubLog.arrivals`."""

    def refusals(self, since: float = 0.0) -> tuple[Refusal, ...]:
        """See `HubLog.refusals`."""


class HubView:
    """The log's calls as coroutines: up to 64 waits at a time, none of which holds up the loop."""

    def __init__(self, log: Log, server: HubServer | None = None) -> None:
        """Look at this log, or proxy of one; `server` is the hub itself where it runs in this process."""
        self._log = log
        self._server = server
        self._pool = ThreadPoolExecutor(_WAITERS, thread_name_prefix="hub-view")

    @property
    def is_here(self) -> bool:
        """Whether the hub itself runs in this process."""
        return self._server is not None

    @asynccontextmanager
    async def showing(self, odd: str) -> AsyncIterator[None]:
        """PayNet's resource server under one of the certificates that nobody may trust, for a while."""
        if self._server is None:
            raise RuntimeError("the hub is in another process")
        self._server.show(odd)
        try:
            yield
        finally:
            self._server.show(None)

    async def wait_for(
        self, consent_id: str, operation: Operation = Operation.UPDATE, *, count: int = 1, seconds: float
    ) -> tuple[Arrival, ...]:
        """Wait until that many have arrived for a consent; fewer at the deadline, never an exception for it."""
        return await self._call(self._log.wait_for, consent_id, operation, count, seconds)

    async def updates(self, consent_id: str) -> tuple[Arrival, ...]:
        """The updates of a consent that have arrived so far, in order."""
        return await self._call(self._log.arrivals, consent_id, Operation.UPDATE)

    async def arrivals(self, consent_id: str | None, operation: Operation | None = None) -> tuple[Arrival, ...]:
        """What has arrived so far, in order; None stands for any."""
        return await self._call(self._log.arrivals, consent_id, operation)

    async def script(self, consent_id: str, *answers: Answer, repeat: bool = False) -> None:
        """Set how the consent's next updates are answered; see `HubLog.script`."""
        await self._call(self._log.script, consent_id, answers, repeat)

    def refusals(self, since: float = 0.0) -> tuple[Refusal, ...]:
        """The handshakes that failed at the hub since a time (epoch seconds); quick, so no coroutine."""
        return self._log.refusals(since)

    def close(self) -> None:
        """Give the threads back; calls under way end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: function(*args, **kwargs))
