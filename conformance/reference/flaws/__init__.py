"""The ways in which the reference can be made dishonest, each by name; the code asks at the one line that differs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from conformance.documents import refusal, suggestion
from conformance.reference.flaws import (
    authorize,
    data,
    errors,
    events,
    generated,
    journey,
    lifecycle,
    load,
    signing,
    timing,
    transport,
    update,
)
from conformance.reference.flaws.flaw import Flaw

__all__ = ["FLAWS", "Flaw", "known"]

_ROOMS = (transport, signing, events, generated, authorize, journey, update, data, lifecycle, timing, load, errors)

FLAWS: Mapping[str, Flaw] = MappingProxyType(
    {each.name: each for each in chain.from_iterable(room.FLAWS for room in _ROOMS)}
)
"""Every flaw by its name."""


def known(name: str) -> Flaw:
    """The flaw of that name.

    Raises:
        PydanticCustomError: there is none; names the nearest (a ConfigurationFault where settings are read).
    """
    if name not in FLAWS:
        raise refusal(f"there is no flaw '{name}'", suggestion(name, FLAWS))
    return FLAWS[name]
