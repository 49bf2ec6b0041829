"""One customer's visit at the provider's pages for one consent, moved by the steps that the profile gives."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum

from conformance.consent import AccountRef, Consent
from conformance.customer import Click, CustomerDriver, Expect, Page, Step, StepFailed, Submission
from conformance.model import Blame, Blocked
from conformance.profile import Customer, Profile


class Stage(StrEnum):
    """A place on the customer's way, by the name of its steps in the profile's `customer_pages`."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    ACCOUNTS = "accounts"
    NO_ACCOUNT = "no_account"
    REVIEW = "review"
    APPROVE = "approve"
    APPROVED = "approved"
    REJECT = "reject"
    REJECTED = "rejected"
    REVOKE = "revoke"


class Visit:
    """A browser session: `page` is what the customer sees now. Steps that cannot be made raise Blocked.

    `seen` are all pages so far, the one of now last; `cookies` all Set-Cookie values that came with them.
    """

    def __init__(
        self, profile: Profile, consent: Consent, customer: Customer, driver: CustomerDriver, dc_name: str
    ) -> None:
        self.profile = profile
        self.consent = consent
        self.customer = customer
        self.driver = driver
        self.location = ""
        self._dc_name = dc_name
        self.returned_at = 0.0
        self.cookies: list[str] = []
        self.seen: list[Page] = []
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        """The page that the customer sees now."""
        if self._page is None:
            raise RuntimeError("the visit has not been opened")
        return self._page

    @property
    def returned_to(self) -> str:
        """The URL with which the browser came back to PayNet; "" while it has not."""
        return self.page.returned_to or ""

    @property
    def hops(self) -> list[str]:
        """All addresses that the browser was at or sent to."""
        return [hop for page in self.seen for hop in (*page.trail, page.url, *(page.refresh or ())[1:])]

    async def open(self, location: str) -> Page:
        """Begin at the Location that authorize gave."""
        self.location = location
        self._page = self._seen(await self.driver.open(location))
        return self._page

    async def go(self, url: str) -> Page:
        """Open another address in the same browser."""
        self._page = self._seen(await self.driver.open(url))
        return self._page

    async def intrude(self, other: Visit) -> None:
        """Open every address that another browser has been at, and go on from each as far as it lets."""
        # A login page may end the session, so the addresses behind it come first.
        for url in dict.fromkeys(page.url for page in reversed(other.seen)):
            await self.go(url)
            await self.attempt(lambda each: each.choose(self._first_account()))
            await self.attempt(Visit.review)
            await self.attempt(Visit.approve)

    async def log_in(self, password: str | None = None) -> Page:
        """Log in, with the customer's password or another."""
        return await self._play(Stage.LOGIN, password=password or self.customer.password)

    async def choose(self, accounts: Sequence[AccountRef]) -> Page:
        """Choose these accounts, none of them if there are none, and go on."""
        by_id = {each.account_id: each.choose_by for each in self.customer.accounts}
        return await self._play(Stage.ACCOUNTS, accounts=[by_id[each.account_id] for each in accounts])

    async def review(self) -> Page:
        """Make the steps that the review page itself asks for, if any."""
        return await self._play(Stage.REVIEW)

    async def approve(self) -> Page:
        """Approve what the review page shows."""
        return await self._play(Stage.APPROVE)

    async def reject(self) -> Page:
        """Reject what the review page shows."""
        return await self._play(Stage.REJECT)

    async def leave(self, stage: Stage) -> Page:
        """Go back to the Data Consumer from the page that follows approval or rejection."""
        return self.page if self.returned_to else await self._play(stage)

    def missing(self, stage: Stage) -> str:
        """What the page lacks of a stage, as a phrase; "" when the customer is there.

        A page is a stage when all that the stage first expects is shown, and its first action can be made.
        """
        if self.page.problem:
            return self.page.problem
        if self.returned_to:
            return f"the browser was sent back to {self.returned_to}"
        for step in self._steps(stage):
            lack = self.page.lacks(step, self._values(accounts=[]))
            if lack:
                return lack
            if not isinstance(step, Expect):
                break
        return ""

    def require(self, stage: Stage) -> None:
        """Raise Blocked unless the customer is at a stage."""
        lack = self.missing(stage)
        if not lack:
            return
        if stage is Stage.ACCOUNTS:
            self.require_login_taken()
        raise Blocked(
            f"reach the {stage.value} page",
            lack,
            blame=Blame.UNKNOWN,
            cure=f"Compare customer_pages.{stage.value} in the profile with the page at {self.page.url}",
            exchange=self.exchange_id,
        )

    def require_login_taken(self) -> None:
        """Raise Blocked where the page says that the login failed: then look at the profile's credentials."""
        if self.missing(Stage.ACCOUNTS) and not self.missing(Stage.LOGIN_FAILED):
            raise Blocked(
                "log in",
                f"the page says that the credentials of {self.customer.name} are wrong",
                blame=Blame.CONFIGURATION,
                cure=f"Check username and password of {self.customer.name} in the profile",
                exchange=self.exchange_id,
            )

    def describes(self, stage: Stage) -> bool:
        """Whether the profile describes a stage at all."""
        return bool(self._steps(stage))

    @property
    def exchange_id(self) -> str:
        """The id of the exchange that brought the page, "" where there was none."""
        return self.page.reply.exchange.id if self.page.reply else ""

    async def attempt(self, act: Callable[[Visit], Awaitable[object]]) -> None:
        """Do something that may no longer be possible; the page that comes instead is as good."""
        with contextlib.suppress(Blocked):
            await act(self)

    async def attempt_from(self, page: Page, act: Callable[[Visit], Awaitable[object]]) -> None:
        """Go back to a page that was shown before, as the back button does, and try something there."""
        self._page = page
        await self.attempt(act)

    async def repeat(self) -> None:
        """Send the form that led here again, byte for byte: a double click, or a reload."""
        if self.page.sent is not None:
            await self.driver.resubmit(self.page)

    async def approve_at_once(self, count: int) -> None:
        """Send the approval so many times at the same moment."""
        review = self.page
        request = await self._prepared(review, Stage.APPROVE)
        pages = await asyncio.gather(*(self.driver.submit(request) for _ in range(count)))
        self._page = pages[0]
        rest = self._steps(Stage.APPROVE)
        after = next((number for number, step in enumerate(rest, 1) if isinstance(step, Click)), len(rest))
        if rest[after:]:
            await asyncio.gather(*(self._perform_rest(page, rest[after:]) for page in pages))

    async def choose_forged(self, accounts: Sequence[AccountRef], foreign: AccountRef) -> Page:
        """Choose these accounts, with a foreign one slipped into the form that is sent."""
        own = {each.account_id: each.choose_by for each in self.customer.accounts}[accounts[0].account_id]
        request = await self._prepared(self.page, Stage.ACCOUNTS, accounts=[own])
        forged = request.with_value(own, foreign.account_id)
        if forged is None:
            raise Blocked(
                "forge the form of accounts",
                "no field of it holds the account's choose_by",
                blame=Blame.CONFIGURATION,
                cure="Give customers[].accounts[].choose_by as the value of the account's check box",
            )
        self._page = self._seen(await self.driver.submit(forged))
        return self._page

    async def send_without_session(self, stage: Stage) -> None:
        """Send the form of this page from a browser that has no cookies."""
        accounts = [each.choose_by for each in self.customer.accounts[:1]] if stage is Stage.ACCOUNTS else []
        step = Stage.APPROVE if stage is Stage.REVIEW else stage
        await self.driver.submit(await self._prepared(self.page, step, accounts=accounts), cookies=False)

    def _seen(self, page: Page) -> Page:
        self.cookies += page.set_cookies
        self.seen.append(page)
        return page

    async def _prepared(self, page: Page, stage: Stage, **values: object) -> Submission:
        try:
            return await self.driver.prepare(page, self._steps(stage), self._values(**values))
        except StepFailed as failure:
            raise Blocked(f"prepare customer_pages.{stage.value}", failure.reason, exchange=self.exchange_id) from None

    async def _perform_rest(self, page: Page, steps: Sequence[Step]) -> None:
        with contextlib.suppress(StepFailed):
            await self.driver.perform(page, steps, self._values())

    async def play(self, stage: Stage) -> Page:
        """Make the steps of a stage."""
        return await self._play(stage)

    async def _play(self, stage: Stage, **values: object) -> Page:
        try:
            self._page = self._seen(await self.driver.perform(self.page, self._steps(stage), self._values(**values)))
        except StepFailed as failure:
            self._page = failure.page
            raise Blocked(
                f"play customer_pages.{stage.value}",
                failure.reason,
                cure="Correct the steps in the profile, or the page",
                exchange=self.exchange_id,
            ) from None
        if self.returned_to and not self.returned_at:
            self.returned_at = _return_time(self._page)
        return self._page

    def _first_account(self) -> tuple[AccountRef, ...]:
        first = self.customer.accounts[0]
        return (AccountRef(first.account_id, first.account_number, first.account_name),)

    def _steps(self, stage: Stage) -> Sequence[Step]:
        return self.profile.customer_pages.steps(stage.value)

    def _values(self, **more: object) -> Mapping[str, object]:
        return {
            "username": self.customer.username,
            "password": self.customer.password,
            "accounts": [],
            "dc_name": self._dc_name,
            "dc_id": self.consent.dc_id,
            "purpose": self.consent.purpose.value,
            "expiry": self.consent.expiration.date().isoformat(),
            "consent_id": self.consent.consent_id,
            **more,
        }


def _return_time(page: Page) -> float:
    """When the browser was told to go to redirect_uri (seconds since the epoch): the end of the answer that said so."""
    if page.reply is None:
        return time.time()
    return page.reply.exchange.started + page.reply.exchange.total_seconds
