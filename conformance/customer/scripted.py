"""A customer without a screen: HTTP, cookies, forms and links, no scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from conformance.customer import acts
from conformance.customer.address import BadAddress, resolve
from conformance.customer.browser import REDIRECTS, Browser
from conformance.customer.find import Lack
from conformance.customer.forms import Submission, post
from conformance.customer.page import Page, StepFailed
from conformance.customer.steps import Click, Expect, Step
from conformance.customer.text import excerpt
from conformance.customer.values import Values
from conformance.evidence import Sender
from conformance.wire import Identity


class ScriptedCustomer:
    """A CustomerDriver over HTTP with a cookie jar of its own; `identity` shows no client certificate.

    A navigation, with all its redirects, takes at most `seconds`. `pause` waits for a delayed refresh.
    """

    def __init__(
        self,
        wire: Sender,
        identity: Identity,
        redirect_uri: str,
        *,
        seconds: float = 15.0,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._browser = Browser(wire, identity, redirect_uri, seconds)
        self._seconds = seconds
        self._pause = pause

    async def open(self, url: str) -> Page:
        """What comes of entering an absolute https URL; follows redirects, stops at redirect_uri."""
        try:
            return await self._browser.navigate(Submission("GET", resolve("", url)))
        except BadAddress as fault:
            return Page(url, problem=f"the address {excerpt(url, 120)!r} cannot be opened: {fault}")

    async def perform(self, page: Page, steps: Sequence[Step], values: Values) -> Page:
        """The page after the steps; what was filled in stays in the page that comes back.

        A step that does not fit a page with a delayed refresh (`please wait`) waits for the refresh.

        Raises:
            StepFailed: a step that the page does not allow.
        """
        for at, step in enumerate(steps):
            page, request = await self._play(page, step, values, _next_click(steps[at:]))
            if request:
                page = await self.submit(request, after=page)
        return page

    async def prepare(self, page: Page, steps: Sequence[Step], values: Values) -> Submission:
        """What the first click of the steps would send; nothing is sent.

        Raises:
            StepFailed: a step that the page does not allow, or no step sends anything.
        """
        for at, step in enumerate(steps):
            page, request = await self._play(page, step, values, _next_click(steps[at:]))
            if request:
                return request
        raise StepFailed(steps[-1] if steps else Expect(()), page, "none of the steps sends anything")

    async def submit(self, request: Submission, *, after: Page | None = None, cookies: bool = True) -> Page:
        """Send a request that a page led to, once; `cookies=False`: as a browser that has none, and keeps none."""
        landed = await self._browser.navigate(request, cookies=cookies)
        if landed.sent is None and after is not None:
            return replace(landed, sent=after.sent)
        return landed

    async def resubmit(self, page: Page) -> Page:
        """Send the form that led to a page again, byte for byte, with the cookies of now: a second click or a reload.

        Raises:
            ValueError: no form has been sent on the way to this page.
        """
        if page.sent is None:
            raise ValueError("no form was sent on the way to this page")
        return await self.submit(page.sent)

    async def post(
        self, url: str, fields: Sequence[tuple[str, str]], *, cookies: bool = True, referer: str = ""
    ) -> Page:
        """A forged form: urlencoded POST of these pairs; `cookies=False`: from a browser without a session."""
        try:
            return await self.submit(post(resolve("", url), fields, referer=referer), cookies=cookies)
        except BadAddress as fault:
            return Page(url, problem=f"the address {excerpt(url, 120)!r} cannot be opened: {fault}")

    async def settle(self, page: Page) -> Page:
        """The page after its delayed refreshes, which are waited for; the page itself when there is none."""
        waited = 0.0
        for _ in range(REDIRECTS):
            if page.refresh is None or waited + page.refresh[0] > self._seconds:
                break
            waited += page.refresh[0]
            page = await self._refreshed(page)
        return page

    async def _refreshed(self, page: Page) -> Page:
        delay, url = page.refresh or (0, page.url)
        await self._pause(delay)
        return await self.submit(Submission("GET", url, referer=page.url), after=page)

    async def _play(
        self, page: Page, step: Step, values: Values, ahead: Click | None
    ) -> tuple[Page, Submission | None]:
        waited = 0.0
        while True:
            reason = page.lacks(step, values)
            if not reason and isinstance(step, Expect):
                return page, None
            if not reason and not isinstance(step, Expect):
                try:
                    outcome = acts.act(page.document, page.url, step, values, ahead)
                except Lack as lack:
                    raise StepFailed(step, page, str(lack)) from None
                if isinstance(outcome, Submission):
                    return page, outcome
                return replace(page, document=outcome), None
            if page.refresh is None or waited + page.refresh[0] > self._seconds:
                raise StepFailed(step, page, reason)
            # A refresh to the same page without a delay must not spin.
            waited += max(page.refresh[0], self._seconds / (2 * REDIRECTS))
            page = await self._refreshed(page)


def _next_click(steps: Sequence[Step]) -> Click | None:
    return next((each for each in steps if isinstance(each, Click)), None)
