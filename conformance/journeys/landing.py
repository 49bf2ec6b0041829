"""Where authorize's answer takes a customer."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.journeys.visit import Stage, Visit
from conformance.provider import Answer


@dataclass(frozen=True, slots=True)
class Landing:
    """Where authorize's answer takes a customer: nowhere (`visit` None), or to a page."""

    answer: Answer
    visit: Visit | None

    @property
    def opens_login(self) -> bool:
        """Whether the customer can log in; a redirect alone says nothing, for it may lead to a page that says no."""
        return self.visit is not None and not self.visit.missing(Stage.LOGIN)
