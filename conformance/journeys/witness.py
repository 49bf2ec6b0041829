"""The one consent that controls look at: authorized once in a process, never changed by a check."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from conformance.consent import Consent
from conformance.model import Blocked


class Witness:
    """Makes the consent on first demand; a journey that was blocked stays blocked for whoever asks later."""

    def __init__(self, make: Callable[[], Awaitable[Consent]]) -> None:
        self._make = make
        self._lock = asyncio.Lock()
        self._found: Consent | Blocked | None = None

    async def get(self) -> Consent:
        """The consent, or the Blocked with which making it ended."""
        async with self._lock:
            if self._found is None:
                try:
                    self._found = await self._make()
                except Blocked as blocked:
                    self._found = blocked
        if isinstance(self._found, Blocked):
            found = self._found
            raise Blocked(found.step, found.reason, blame=found.blame, cure=found.cure)
        return self._found
