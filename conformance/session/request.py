"""What a run is asked to do, and what its first process hands to the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from conformance.hub import RemoteAddress


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for; plain values, so that it can be handed to other processes."""

    profile: str | None
    overrides: Mapping[str, object]
    embedded: bool
    spec: str | None = None
    flaws: tuple[str, ...] = ()
    manners: tuple[str, ...] = ()
    latency: float = 0.0


@dataclass(frozen=True, slots=True)
class Shared:
    """What the first process has set up for all: where the hub's log is, and the values settled meanwhile.

    `salt` (hexadecimal) makes equal values look equal in every process's evidence, and is written nowhere.
    """

    hub: RemoteAddress
    redirect_uri: str
    overrides: Mapping[str, object]
    fetched_keys: str
    salt: str

    def plain(self) -> dict[str, object]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_plain(cls, members: Mapping[str, Any]) -> Shared:
        """What `plain` made plain."""
        return cls(**{**members, "hub": RemoteAddress(**members["hub"])})
