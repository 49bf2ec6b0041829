"""Other parties' public keys: from a file, or fetched from PayNet's JWKS documents (P2, P3) and kept for a while."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from conformance import jose
from conformance.model import ConfigurationFault
from conformance.reference.answers import unavailable
from conformance.reference.settings import KeysAt
from conformance.reference.store import Clock

Fetch = Callable[[str], bytes]
"""The body of an https address; raises OSError."""

_KEEP_SECONDS = 60.0
_PAUSE_SECONDS = 1.0


class Keys(Protocol):
    """A party's keys for one use."""

    def known(self, kid: str) -> jose.KeySet:
        """The keys to look in for a kid; it may be in none of them.

        Raises:
            Refusal: 503, the keys cannot be had just now.
        """


class FixedKeys:
    """Keys that were configured."""

    def __init__(self, keys: jose.KeySet) -> None:
        self._keys = keys

    def known(self, kid: str) -> jose.KeySet:  # noqa: ARG002
        """All of them."""
        return self._keys


class FetchedKeys:
    """Keys behind an address, fetched again after a minute, and for an unknown kid at most once a second."""

    def __init__(self, url: str, use: str, fetch: Fetch, clock: Clock) -> None:
        self._url = url
        self._use = use
        self._fetch = fetch
        self._clock = clock
        self._keys: jose.KeySet | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = threading.Lock()

    def known(self, kid: str) -> jose.KeySet:
        """The keys as of the last minute; those of an older fetch where there is no newer one."""
        with self._lock:
            now = self._clock()
            fresh = self._keys is not None and now - self._fetched_at < _KEEP_SECONDS
            found = self._keys is not None and self._keys.find(kid) is not None
            if not (fresh and found) and now - self._tried_at >= _PAUSE_SECONDS:
                self._tried_at = now
                try:
                    self._keys = usable(self._fetch(self._url), self._use)
                    self._fetched_at = now
                except (OSError, jose.JoseError):
                    pass
            if self._keys is None:
                raise unavailable("A key set cannot be had just now")
            return self._keys


def keys_at(place: KeysAt, use: str, fetch: Fetch, clock: Clock) -> Keys:
    """The keys that settings name, for `sig` or `enc`.

    Raises:
        ConfigurationFault: a file that holds none.
    """
    if place.jwks_url is not None:
        return FetchedKeys(place.jwks_url, use, fetch, clock)
    return FixedKeys(_from_file(place.jwks or Path(), use))


def usable(document: bytes, use: str) -> jose.KeySet:
    """The keys of a JWKS document (RFC 7517) that are for a use, or for any.

    Raises:
        JoseError: it is no JWKS document.
    """
    try:
        value = json.loads(document)
        keys = [each for each in value["keys"] if each.get("use", use) == use]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise jose.JoseError("malformed", "no JWKS document") from None
    return jose.KeySet.from_jwks({"keys": keys})


def _from_file(file: Path, use: str) -> jose.KeySet:
    try:
        keys = usable(file.read_bytes(), use)
    except (OSError, jose.JoseError) as problem:
        raise ConfigurationFault(f"no key set can be read: {problem}", file=file, cure="Name a JWKS file") from None
    if not keys.keys:
        raise ConfigurationFault(f"holds no key for use '{use}'", file=file, cure="Name a JWKS file with such a key")
    return keys
