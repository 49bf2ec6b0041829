"""What a customer sees after a navigation, and why a step could not be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.customer import acts
from conformance.customer.document import Document
from conformance.customer.forms import Submission
from conformance.customer.seen import is_seen
from conformance.customer.steps import Expect, Expectation, Matcher, Step
from conformance.customer.text import excerpt, fold
from conformance.customer.values import Values, expand

if TYPE_CHECKING:
    from conformance.wire import Reply


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or why there is none. It never changes: performing on an earlier page plays the back button.

    `returned_to` is the full URL with which the browser was sent to redirect_uri (then there is no page), `problem` a
    clause that says why there was no page to see, "" otherwise. `status` (0: no answer), `headers` and `reply` belong
    to the provider's last answer; `trail` has the URLs it redirected to and `set_cookies` all Set-Cookie values on the
    way. `refresh` is a delayed refresh (seconds, URL) that has not been followed; `sent` the last form that was sent.
    """

    url: str
    status: int = 0
    title: str = ""
    text: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    returned_to: str | None = None
    trail: tuple[str, ...] = ()
    reply: Reply | None = field(default=None, repr=False)
    set_cookies: tuple[str, ...] = field(default=(), repr=False)
    problem: str = ""
    refresh: tuple[int, str] | None = None
    sent: Submission | None = field(default=None, repr=False)
    document: Document = field(default_factory=Document, repr=False, compare=False)

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def shows(self, expectation: Expectation | str) -> bool:
        """Whether the page meets an expectation (no placeholders in it); a string is visible text.

        Text is compared without regard to case and spacing. A returned browser shows nothing but its URL.

        Raises:
            ValueError: a selector that cannot be understood.
        """
        if isinstance(expectation, str):
            expectation = Expectation(Matcher.TEXT, expectation)
        match expectation.by:
            case Matcher.URL:
                return expectation.value in self.url
            case Matcher.CSS:
                return any(is_seen(each) for each in self.document.matching(expectation.value))
        return fold(expectation.value) in fold(self.text)

    def lacks(self, step: Step, values: Values) -> str:
        """What a step needs and the page has not, as a clause; "" when it could be made here. Nothing is done.

        Of a Choose the group is looked for, not the single choices.
        """
        if isinstance(step, Expect):
            return self._unmet(step, values)
        return self.elsewhere or acts.lack(self.document, step, values)

    @property
    def elsewhere(self) -> str:
        """Why there is no page at all, as a clause; "" when there is one."""
        if self.problem:
            return self.problem
        return f"the browser was sent back to PayNet already ({self.returned_to})" if self.returned_to else ""

    @property
    def glimpse(self) -> str:
        """The page in a few words: status unless it is 200, and how its text begins."""
        status = f"HTTP {self.status}, " if self.status != 200 else ""
        return status + (f"the text {excerpt(self.text, 160)!r}" if self.text else "no text")

    def _unmet(self, step: Expect, values: Mapping[str, object]) -> str:
        try:
            for each in step.all_of:
                for spellings in expand(each.value, values):
                    if not any(self.shows(Expectation(each.by, spelling)) for spelling in spellings):
                        shown = str(Expectation(each.by, spellings[0])) if spellings else str(each)
                        found = self.url if each.by is Matcher.URL else self.glimpse
                        return self.elsewhere or f"the page does not show {shown!r}; it has {found}"
        except ValueError as fault:
            return str(fault)
        return ""


class StepFailed(Exception):
    """A step that the page does not allow; `reason` is a clause that says what was found instead."""

    def __init__(self, step: Step, page: Page, reason: str) -> None:
        super().__init__(f"{step}, on {page.url or 'no page'}: {reason}")
        self.step = step
        self.page = page
        self.reason = reason
