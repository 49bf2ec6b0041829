"""A browser's cookie jar (RFC 6265bis), without a public suffix list. Standard library only."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LONGEST = 4096
_MOST = 300
_FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class _Cookie:
    name: str
    value: str
    host: str
    host_only: bool
    path: str
    secure: bool
    expires: float


class CookieJar:
    """Cookies by name, domain and path; `clock` gives seconds since the epoch."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._cookies: dict[tuple[str, str, str], _Cookie] = {}

    def store(self, url: str, set_cookies: Iterable[str]) -> None:
        """Take the Set-Cookie values of an answer from `url`; what RFC 6265bis tells a browser to ignore is ignored."""
        for value in set_cookies:
            cookie = self._read(url, value)
            if cookie:
                key = (cookie.name, cookie.host, cookie.path)
                if cookie.expires <= self._clock():
                    self._cookies.pop(key, None)
                elif key in self._cookies or len(self._cookies) < _MOST:
                    self._cookies[key] = cookie

    def header(self, url: str) -> str:
        """The Cookie header's value for a request to `url`; "" when no cookie belongs to it."""
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path or "/"
        now = self._clock()
        fitting = [
            each
            for each in self._cookies.values()
            if each.expires > now
            and (host == each.host or (not each.host_only and _within(host, each.host)))
            and _covers(each.path, path)
            and (parts.scheme == "https" or not each.secure)
        ]
        fitting.sort(key=lambda each: -len(each.path))
        return "; ".join(f"{each.name}={each.value}" for each in fitting)

    def _read(self, url: str, text: str) -> _Cookie | None:
        pair, *rest = text.split(";")
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not name or len(name) + len(value) > _LONGEST or _CONTROL.search(text):
            return None
        given = [tuple(part.strip() for part in attribute.partition("=")[::2]) for attribute in rest]
        attributes = {key.lower(): held for key, held in given}
        parts = urlsplit(url)
        host = parts.hostname or ""
        domain = attributes.get("domain", "").lower().removeprefix(".")
        if domain and domain != host and not ("." in domain and _within(host, domain)):
            return None
        path = attributes.get("path", "")
        if not path.startswith("/"):
            path = (parts.path or "/").rpartition("/")[0] or "/"
        secure = "secure" in attributes
        if secure and parts.scheme != "https":
            return None
        prefix = name.lower()
        if prefix.startswith(("__host-", "__secure-")) and not secure:
            return None
        if prefix.startswith("__host-") and (domain or attributes.get("path") != "/"):
            return None
        return _Cookie(name, value, domain or host, not domain, path, secure, self._expiry(attributes))

    def _expiry(self, attributes: dict[str, str]) -> float:
        age = attributes.get("max-age", "")
        if re.fullmatch(r"-?[0-9]+", age):
            return self._clock() + float(age) if not age.startswith("-") and age.strip("0") else 0.0
        try:
            # Old servers write "Thu, 01-Jan-1970"; with spaces for dashes it is the date that mail headers carry.
            return parsedate_to_datetime(attributes["expires"].replace("-", " ")).timestamp()
        except (KeyError, ValueError, OverflowError):
            return _FOREVER


def _within(host: str, domain: str) -> bool:
    """RFC 6265bis section 5.1.3, for a host that is not the domain itself."""
    if not host.endswith(f".{domain}"):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def _covers(cookie_path: str, path: str) -> bool:
    """RFC 6265bis section 5.1.4."""
    return path == cookie_path or path.startswith(cookie_path if cookie_path.endswith("/") else f"{cookie_path}/")
