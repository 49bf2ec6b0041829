"""A browser without a screen and without scripts: requests, cookies, redirects, up to the page that is shown."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from conformance.customer.address import BadAddress, origin, resolve, same_origin, same_place, without_fragment
from conformance.customer.cookies import CookieJar
from conformance.customer.decode import decoded, unpacked
from conformance.customer.document import Document, parse, parse_refresh
from conformance.customer.forms import Submission
from conformance.customer.page import Page
from conformance.customer.seen import visible_text
from conformance.customer.text import excerpt, squeeze
from conformance.evidence import Sender
from conformance.model import Operation
from conformance.wire import Identity, Outgoing, Reply

REDIRECTS = 10
"""How many redirects and refreshes in a row are followed."""

_HEADERS = (
    ("user-agent", "Mozilla/5.0 (compatible; ofp-conformance customer)"),
    ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
    ("accept-language", "en"),
    ("accept-encoding", "identity"),
)
_MARKUP = ("text/html", "application/xhtml+xml", "")
_INSTANT = 1


@dataclass(frozen=True, slots=True)
class _Move:
    """The request that an answer sends the browser on to."""

    request: Submission
    what: str


class Browser:
    """One session; a navigation, with all its redirects, takes at most `seconds`."""

    def __init__(self, wire: Sender, identity: Identity, redirect_uri: str, seconds: float) -> None:
        self.cookies = CookieJar()
        self._wire = wire
        self._identity = identity
        self._redirect_uri = redirect_uri
        self._seconds = seconds

    async def navigate(self, request: Submission, *, cookies: bool = True) -> Page:
        """Send a request and follow where it leads; whatever goes wrong is the page's problem.

        `cookies=False`: as a browser that has none, and keeps none.
        """
        until = time.monotonic() + self._seconds
        jar = self.cookies if cookies else CookieJar()
        landed = Page(request.url, sent=request if request.method == "POST" or request.fields else None)
        what = "it leads to"
        for _ in range(REDIRECTS + 1):
            landed = replace(landed, url=request.url, title="", text="", document=Document(), refresh=None)
            if same_place(request.url, self._redirect_uri):
                return await self._arrive(request, landed, jar)
            if not request.url.startswith("https:"):
                return replace(landed, problem=f"{what} {excerpt(request.url, 120)!r}, which is not https")
            reply = await self._send(request, jar, until - time.monotonic())
            set_cookies = tuple(reply.all_headers("set-cookie"))
            jar.store(request.url, set_cookies)
            landed = replace(
                landed,
                status=reply.status,
                headers=reply.headers,
                reply=reply,
                set_cookies=landed.set_cookies + set_cookies,
            )
            if not reply.status:
                fault = f"{reply.fault.kind}: {squeeze(reply.fault.detail)}" if reply.fault else "no answer"
                return replace(landed, problem=f"no page came from {excerpt(request.url, 120)!r}: {fault}")
            try:
                move = _redirect(request, reply)
                if move is None:
                    landed = _seen(landed, reply)
                    move = _instant_refresh(landed)
            except BadAddress as fault:
                return replace(landed, problem=f"a redirect that cannot be followed: {fault}")
            if move is None:
                return landed
            request, what = move.request, move.what
            landed = replace(landed, trail=(*landed.trail, request.url))
        return replace(
            landed, problem=f"more than {REDIRECTS} redirects in a row, the last to {excerpt(request.url, 120)!r}"
        )

    async def _arrive(self, request: Submission, landed: Page, jar: CookieJar) -> Page:
        """The browser is back: PayNet's callback is opened once, so that the hub knows; its answer is not judged."""
        visit = Submission("GET", request.url, referer=request.referer)
        await self._send(visit, jar, self._seconds, Operation.RETURN)
        return replace(landed, returned_to=request.url)

    async def _send(
        self, request: Submission, jar: CookieJar, seconds: float, operation: Operation = Operation.PAGE
    ) -> Reply:
        headers = list(_HEADERS)
        if request.referer:
            near = same_origin(request.referer, request.url)
            headers.append(("referer", without_fragment(request.referer) if near else f"{origin(request.referer)}/"))
        if request.method != "GET":
            headers.append(("origin", origin(request.referer or request.url)))
            headers.append(("content-type", request.content_type))
        cookie = jar.header(request.url)
        if cookie:
            headers.append(("cookie", cookie))
        return await self._wire.send(
            Outgoing(
                operation=operation,
                caller="customer",
                method=request.method,
                url=without_fragment(request.url),
                headers=tuple(headers),
                body=request.body,
                identity=self._identity,
                seconds=max(seconds, 0.001),
            )
        )


def _redirect(request: Submission, reply: Reply) -> _Move | None:
    """Where a 301, 302, 303, 307 or 308 leads (RFC 9110 section 15.4); 307 and 308 keep method and body."""
    location = reply.header("location")
    if reply.status not in (301, 302, 303, 307, 308) or not location:
        return None
    target = resolve(request.url, _as_utf8(location))
    if "#" not in target and "#" in request.url:
        target += "#" + request.url.partition("#")[2]
    if reply.status in (307, 308):
        return _Move(replace(request, url=target), "it redirects to")
    return _Move(Submission("GET", target, referer=request.referer), "it redirects to")


def _instant_refresh(page: Page) -> _Move | None:
    """A refresh without delay is a redirect, unless it leads to the page itself."""
    if page.refresh is None or page.refresh[0] >= _INSTANT or page.refresh[1] == page.url:
        return None
    return _Move(Submission("GET", page.refresh[1], referer=page.url), "it refreshes to")


def _seen(landed: Page, reply: Reply) -> Page:
    content_type = reply.header("content-type") or ""
    media = content_type.partition(";")[0].strip().lower()
    header = reply.header("refresh")
    refresh = parse_refresh(_as_utf8(header), landed.url) if header else None
    if media not in _MARKUP and not media.startswith("text/") and not media.endswith("json"):
        return replace(landed, refresh=refresh)
    text, charset = decoded(unpacked(reply.body, reply.header("content-encoding") or ""), content_type)
    if media not in _MARKUP:
        return replace(landed, text=squeeze(text), refresh=refresh)
    document = parse(text, landed.url, charset)
    return replace(
        landed,
        title=document.title,
        text=visible_text(document.root),
        refresh=refresh or document.refresh(),
        document=document,
    )


def _as_utf8(header: str) -> str:
    """A header that was read as Latin-1, as its sender probably meant it."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
