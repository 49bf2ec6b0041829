"""Checks ahead of pytest: coroutines on one loop in a thread, a bounded number at once, collected each in its turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """An asyncio loop in a daemon thread, for as long as the run lasts."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="checks", daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin some work; its result comes in the future."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work and wait for it."""
        return self.submit(work).result()

    def close(self) -> None:
        """End the loop, with whatever still runs on it."""
        self.run(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        if not self._thread.is_alive():
            self._loop.close()

    async def _cancel_all(self) -> None:
        others = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.wait(others, timeout=2) if others else None


class Ahead:
    """Runs started before anybody asks for them, at most `limit` at once, in the order given."""

    def __init__(self, thread: LoopThread, limit: int) -> None:
        self._thread = thread
        self._slots = asyncio.Semaphore(limit)
        self._runs: dict[str, Future[Any]] = {}

    def start(self, work: Iterable[tuple[str, Callable[[], Coroutine[Any, Any, T]]]]) -> None:
        """Line up named pieces of work."""
        for name, begin in work:
            self._runs[name] = self._thread.submit(self._in_turn(begin))

    def take(self, name: str) -> Future[Any] | None:
        """The run of that name, handed out once; None where it was not started."""
        return self._runs.pop(name, None)

    async def _in_turn(self, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        async with self._slots:
            return await begin()
