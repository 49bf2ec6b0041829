"""Keeps idle connections for the next request to the same place by the same identity."""

from __future__ import annotations

import time

from conformance.wire.channel import Channel
from conformance.wire.message import Identity
from conformance.wire.target import Target

_IDLE_SECONDS = 20.0
_IDLE_EACH = 32
_IDLE_ALL = 256

_Key = tuple[str, int, Identity]


class Pool:
    """Idle connections, the latest first; the oldest are closed beyond 32 to one place, 256 in all, or 20 s."""

    def __init__(self) -> None:
        self._idle: dict[_Key, list[Channel]] = {}

    def take(self, target: Target, identity: Identity) -> Channel | None:
        """An idle connection that is still open, if there is one."""
        idle = self._idle.get((target.host, target.port, identity), [])
        while idle:
            channel = idle.pop()
            if time.monotonic() - channel.idle_since < _IDLE_SECONDS and channel.is_usable():
                return channel
            channel.close()
        return None

    def give(self, target: Target, identity: Identity, channel: Channel) -> None:
        """Put a connection back."""
        channel.idle_since = time.monotonic()
        idle = self._idle.setdefault((target.host, target.port, identity), [])
        idle.append(channel)
        if len(idle) > _IDLE_EACH:
            idle.pop(0).close()
        if sum(map(len, self._idle.values())) > _IDLE_ALL:
            self._close_stalest()

    def close(self) -> None:
        """Close every idle connection."""
        for idle in self._idle.values():
            for channel in idle:
                channel.close()
        self._idle.clear()

    def _close_stalest(self) -> None:
        key = min((key for key, idle in self._idle.items() if idle), key=lambda each: self._idle[each][0].idle_since)
        self._idle[key].pop(0).close()
        if not self._idle[key]:
            del self._idle[key]
