"""URLs as a browser resolves them (WHATWG URL, the part that pages on the web need). Standard library only."""

from __future__ import annotations

import re
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit

from conformance.customer.text import excerpt

LONGEST = 16_384
"""Characters; a longer URL is refused."""

_SAFE = "%/:?#[]@!$&'()*+,;=~-._|^`{}\\"
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_DOT, _DOTS = re.compile(r"\.|%2e", re.IGNORECASE), re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}
_SCHEME, _HOSTLESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):"), re.compile(r"https?:[/\\]*(?:[?#]|$)", re.IGNORECASE)
_BLANK = "".join(map(chr, range(33)))


class BadAddress(ValueError):
    """A reference that no browser could follow; `str()` is a clause such as `its target is no web address: ...`."""


def resolve(base: str, reference: str) -> str:
    """The absolute http or https URL, in ASCII, that `reference` means in a document whose base is `base`.

    An empty base takes absolute references only.

    Raises:
        BadAddress: it is no web address, too long, or malformed.
    """
    text = reference.strip(_BLANK).translate({9: None, 10: None, 13: None})
    if len(text) > LONGEST:
        raise BadAddress(f"its target is a URL of {len(text)} characters")
    scheme = _SCHEME.match(text) or _SCHEME.match(base)
    if not scheme or scheme[1].lower() not in _PORTS or _HOSTLESS.match(text):
        raise BadAddress(f"its target is no web address: {text[:80]!r}")
    head: str = re.split(r"[?#]", text, maxsplit=1)[0]
    try:
        parts = urlsplit(urljoin(base, head.replace("\\", "/") + text[len(head) :]))
        if not parts.hostname:
            raise ValueError("no host")
        netloc = _host(parts.hostname) + (f":{parts.port}" if parts.port not in (None, _PORTS[parts.scheme]) else "")
    except ValueError as error:
        raise BadAddress(f"its target is malformed: {text[:80]!r} ({excerpt(str(error), 80)})") from None
    path = quote(_without_dots(parts.path), safe=_SAFE)
    return urlunsplit((parts.scheme, netloc, path, quote(parts.query, safe=_SAFE), quote(parts.fragment, safe=_SAFE)))


def same_place(url: str, other: str) -> bool:
    """Whether two absolute URLs have scheme, host, port and path in common, whatever their query and fragment."""
    try:
        return _place(url) == _place(other)
    except BadAddress:
        return False


def same_origin(url: str, other: str) -> bool:
    """Whether two absolute URLs have scheme, host and port in common."""
    return _place(url)[:2] == _place(other)[:2]


def origin(url: str) -> str:
    """`scheme://host[:port]` of a resolved URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def without_fragment(url: str) -> str:
    """The URL as it goes over the wire."""
    return urldefrag(url).url


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(resolve("", url))
    return parts.scheme, parts.netloc, parts.path


def _host(host: str) -> str:
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if not _HOST.fullmatch(host):
        raise ValueError("host name")
    return f"[{host}]" if ":" in host else host


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4; an encoded dot counts as a dot, as in browsers."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for at, segment in enumerate(segments):
        if _DOTS.fullmatch(segment):
            del kept[-1:]
        elif not _DOT.fullmatch(segment):
            kept.append(segment)
            continue
        if at == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)
