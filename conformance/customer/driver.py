"""What a journey asks of whoever moves a customer: this suite's own script, a browser, a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from conformance.customer.forms import Submission
from conformance.customer.page import Page
from conformance.customer.steps import Step


class CustomerDriver(Protocol):
    """One browser session of one customer."""

    async def open(self, url: str) -> Page:
        """The page at an absolute URL, redirects followed, or the return to redirect_uri."""

    async def perform(self, page: Page, steps: Sequence[Step], values: Mapping[str, object]) -> Page:
        """The page after the steps; raises StepFailed for one that the page does not allow."""

    async def prepare(self, page: Page, steps: Sequence[Step], values: Mapping[str, object]) -> Submission:
        """What the first click of the steps would send; nothing is sent."""

    async def submit(self, request: Submission, *, after: Page | None = None, cookies: bool = True) -> Page:
        """Send what a page led to, with the session's cookies or as a browser that has none."""

    async def resubmit(self, page: Page) -> Page:
        """Send the form that led to a page again."""
