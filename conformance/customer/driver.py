"""What a journey asks of whoever moves a customer: this suite's own script, a browser, a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from conformance.customer.page import Page
from conformance.customer.steps import Step


class CustomerDriver(Protocol):
    """One browser session of one customer."""

    async def open(self, url: str) -> Page:
        """The page at an absolute URL, redirects followed, or the return to redirect_uri."""

    async def perform(self, page: Page, steps: Sequence[Step], values: Mapping[str, object]) -> Page:
        """The page after the steps; raises StepFailed for one that the page does not allow."""
