"""The customer's front door: login, choice of accounts, review, decision, and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from conformance.httpd import HttpRequest, HttpResponse
from conformance.lifecycle import Status
from conformance.reference import cookies, pages, redirects
from conformance.reference.authorize import reopened
from conformance.reference.bank import Account, Bank, Customer
from conformance.reference.decisions import Decisions
from conformance.reference.settings import Settings
from conformance.reference.shown import Shown
from conformance.reference.store import Clock, Grant, Store
from conformance.reference.update import Updates
from conformance.reference.visits import Outcome, Request, Session, Visits, genuine

_PATH = re.compile(r"/requests/([A-Za-z0-9_-]{20,64})/(login|accounts|review|return)", re.ASCII)
_WRONG = "The user name or password is not right."

_Step = Callable[[HttpRequest, Request], HttpResponse]


class CustomerPages:
    """Answers browsers."""

    def __init__(
        self,
        settings: Settings,
        bank: Bank,
        store: Store,
        visits: Visits,
        decisions: Decisions,
        updates: Updates,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._bank = bank
        self._store = store
        self._visits = visits
        self._decisions = decisions
        self._updates = updates
        self._clock = clock
        self._names = {each.id: each.name for each in settings.data_consumers}
        self._shown = Shown(settings.flaws, bank, self._names)
        self._steps: Mapping[tuple[str, str], _Step] = {
            ("GET", "login"): self._show_login,
            ("POST", "login"): self._log_in,
            ("GET", "accounts"): self._show_accounts,
            ("POST", "accounts"): self._choose,
            ("GET", "review"): self._show_review,
            ("POST", "review"): self._decide,
            ("GET", "return"): self._return,
        }
        self._manage = visits.standing()

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def open_login(self, consent_id: str, redirect_uri: str) -> str:
        """The path of a fresh login."""
        request = self._visits.ask(consent_id, redirect_uri)
        return f"/requests/{consent_id}/login" if self.flawed("loses-login-requests") else _path(request, "login")

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The answer to one browser request."""
        return pages.unguarded(self._answer(request), self._settings.flaws)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.raw_path == "/consents":
            return self._consents(request)
        if request.raw_path == redirects.BOUNCE and self.flawed("bounces-bad-redirects"):
            return pages.see_other(redirects.bounced(request))
        match = _PATH.fullmatch(request.raw_path)
        asked = self._visits.request(match[1]) if match else None
        if not match or asked is None:
            return pages.message("Not found", "There is no such page, or it is too old.", 404)
        step = self._steps.get((request.method, match[2]))
        if step is None:
            answer = pages.message("Not allowed", "This page cannot be used that way.", 405)
            allowed = ", ".join(method for method, stage in self._steps if stage == match[2])
            return HttpResponse(answer.status, (*answer.headers, ("Allow", allowed)), answer.body)
        return step(request, asked)

    def _show_login(self, request: HttpRequest, asked: Request) -> HttpResponse:
        del request
        if self._grant(asked) is None and not self.flawed("logs-in-for-unknown-consents"):
            return _ended()
        session = self._visits.begin(asked)
        return cookies.given(pages.login(session.csrf), session, self._settings.flaws)

    def _log_in(self, request: HttpRequest, asked: Request) -> HttpResponse:
        session, form = self._session(request, asked), _form(request)
        if session is None:
            return pages.see_other(_path(asked, "login"))
        if not genuine(session, form.get("csrf", "")):
            return _forged()
        grant = self._grant(asked)
        if grant is None:
            return _ended()
        customer = self._bank.login(form.get("username", ""), form.get("password", ""))
        if customer is None:
            if self.flawed("reports-wrong-password-to-paynet"):
                self._updates.rejected(grant, ())
            if self.flawed("opens-the-session-anyway"):
                session.username = form.get("username", "")
            problem = "" if self.flawed("says-nothing-of-passwords") else _WRONG
            return pages.login(session.csrf, problem=problem, status=200 if not problem else 401)
        same = (customer.id_type, customer.hashed_id_number) == (grant.event.id_type, grant.event.hashed_id_number)
        if not same and not self.flawed("lets-anybody-approve"):
            return pages.message("Not your request", self._shown.not_yours(grant), 403)
        fresh = self._visits.log_in(session, customer.username)
        lost = self.flawed("forgets-logins") or (self.flawed("knows-nric-alone") and customer.id_type != "nric")
        return cookies.given(
            pages.see_other(_path(asked, "login" if lost else "accounts")), fresh, self._settings.flaws
        )

    def _show_accounts(self, request: HttpRequest, asked: Request) -> HttpResponse:
        found = self._logged_in(request, asked)
        if isinstance(found, HttpResponse):
            return found
        session, _, customer = found
        return pages.accounts(session.csrf, customer.accounts, session.accounts)

    def _choose(self, request: HttpRequest, asked: Request) -> HttpResponse:
        found = self._logged_in(request, asked)
        if isinstance(found, HttpResponse):
            return found
        session, _, customer = found
        if not genuine(session, _form(request).get("csrf", "")):
            return _forged()
        chosen = tuple(dict.fromkeys(value for name, value in request.form() if name == "accounts"))
        if any(customer.account(each) is None for each in chosen) and not self.flawed("trusts-account-ids"):
            return pages.accounts(session.csrf, customer.accounts, (), problem="Choose from your own accounts.")
        if not chosen and self.flawed("takes-none-for-all"):
            chosen = tuple(each.account_id for each in customer.accounts)
        if not chosen:
            return pages.accounts(session.csrf, customer.accounts, (), problem="Choose at least one account.")
        if len(chosen) == len(customer.accounts) and self.flawed("cannot-share-all"):
            return pages.accounts(session.csrf, customer.accounts, (), problem="Choose one account.")
        session.accounts, session.reviewed = chosen, -1
        return pages.see_other(_path(asked, "review"))

    def _show_review(self, request: HttpRequest, asked: Request) -> HttpResponse:
        found = self._logged_in(request, asked)
        if isinstance(found, HttpResponse):
            return found
        session, grant, customer = found
        if not session.accounts:
            return pages.see_other(_path(asked, "accounts"))
        with grant.lock:
            permissions, expiration, session.reviewed = grant.permissions, grant.expiration, grant.revision
        return pages.review(
            session.csrf,
            consumer=self._shown.consumer(grant.dc_id),
            permissions=self._shown.permissions(frozenset(permissions)),
            purpose=self._shown.purpose(grant.event.purpose),
            expiration=self._shown.expiration(expiration, self._clock()),
            chosen=_chosen(session, customer),
            redirect_uri=asked.redirect_uri,
        )

    def _decide(self, request: HttpRequest, asked: Request) -> HttpResponse:
        session, form = self._session(request, asked), _form(request)
        if session and session.username and not genuine(session, form.get("csrf", "")):
            return _forged()
        found = self._logged_in(request, asked, deciding=True)
        if isinstance(found, HttpResponse):
            return found
        known, grant, customer = found
        chosen = _chosen(known, customer)
        if self.flawed("trusts-account-ids"):
            chosen = tuple(account for each in known.accounts if (account := self._bank.account(each)))
        match form.get("decision"):
            case "approve" if chosen:
                outcome = self._decisions.approve(grant, known, customer, chosen)
            case "reject":
                outcome = self._decisions.reject(grant, known, chosen)
            case _:
                return pages.message("Not understood", "Please go back and choose again.", 400)
        return pages.see_other(_path(asked, "review")) if outcome is None else self._ending(known, outcome)

    def _return(self, request: HttpRequest, asked: Request) -> HttpResponse:
        session = self._session(request, asked)
        if session is None or session.outcome not in (Outcome.APPROVED, Outcome.REJECTED):
            return _ended()
        return self._way_back(session, session.outcome)

    def _ending(self, session: Session, outcome: Outcome) -> HttpResponse:
        match outcome:
            case Outcome.APPROVED if not self.flawed("shows-no-success"):
                grant = self._store.get(session.request.consent_id)
                return pages.approved(self._names[grant.dc_id] if grant else "", _path(session.request, "return"))
            case Outcome.REJECTED:
                return self._way_back(session, outcome)
            case Outcome.ENDED:
                return _ended()
        return pages.not_accepted()

    def _way_back(self, session: Session, outcome: Outcome) -> HttpResponse:
        """To redirect_uri and nowhere else; a rejection brings `error=access_denied` (R:return_params)."""
        parts = urlsplit(session.request.redirect_uri)
        if self.flawed("returns-beside-redirect-uri"):
            parts = parts._replace(path="/home")
        if outcome is Outcome.REJECTED and not self.flawed("rejects-without-error"):
            query = "&".join(filter(None, [parts.query, urlencode({"error": "access_denied"})]))
            parts = parts._replace(query=query)
        return pages.see_other(urlunsplit(parts))

    def _consents(self, request: HttpRequest) -> HttpResponse:
        """A customer's consents, and how he revokes them here."""
        if request.method not in ("GET", "POST"):
            return pages.message("Not allowed", "This page cannot be used that way.", 405)
        session, form = self._session(request, self._manage), _form(request)
        if session is None:
            session = self._visits.begin(self._manage)
            return cookies.given(pages.login(session.csrf), session, self._settings.flaws)
        if request.method == "POST" and not genuine(session, form.get("csrf", "")):
            return _forged()
        if not session.username:
            customer = self._bank.login(form.get("username", ""), form.get("password", ""))
            if customer is None:
                failed = request.method == "POST"
                return pages.login(session.csrf, problem=_WRONG if failed else "", status=401 if failed else 200)
            return cookies.given(
                pages.see_other("/consents"), self._visits.log_in(session, customer.username), self._settings.flaws
            )
        if "revoke" in form:
            grant = self._store.get(form["revoke"])
            if grant is None or not self._decisions.revoke(grant, session.username):
                return pages.message("Not found", "There is no such consent to revoke.", 404)
            return pages.see_other("/consents")
        listed = [self._listed(each) for each in self._store.of(session.username)]
        return pages.consents(session.csrf, listed)

    def _listed(self, grant: Grant) -> tuple[str, str, str]:
        with grant.lock:
            status = grant.standing(self._clock(), self._settings.awaiting_minutes * 60)
        return grant.consent_id, self._names[grant.dc_id], status.value

    def _session(self, request: HttpRequest, asked: Request) -> Session | None:
        token = cookies.held(request)
        if not token and self.flawed("remembers-the-last-session"):
            return self._visits.last(asked)
        return self._visits.session(token, asked, any_request=self.flawed("session-opens-every-request"))

    def _grant(self, asked: Request) -> Grant | None:
        """The request's consent while it awaits the customer."""
        grant = self._store.get(asked.consent_id)
        if grant is None:
            return None
        with grant.lock:
            status = grant.settle(self._clock(), self._settings.awaiting_minutes * 60)
        return grant if status is Status.AWAITING_AUTHORIZATION or reopened(status, self._settings.flaws) else None

    def _logged_in(
        self, request: HttpRequest, asked: Request, *, deciding: bool = False
    ) -> HttpResponse | tuple[Session, Grant, Customer]:
        """Who is here for which open consent; else the page that he gets instead."""
        session = self._session(request, asked)
        customer = self._bank.customer(session.username) if session and session.username else None
        if session is None or customer is None:
            return pages.see_other(_path(asked, "login"))
        if session.outcome and not self.flawed("approves-twice"):
            return self._ending(session, session.outcome)
        grant = self._store.get(asked.consent_id) if deciding or self.flawed("approves-late") else self._grant(asked)
        if grant is None:
            return _ended()
        return session, grant, customer


def _chosen(session: Session, customer: Customer) -> tuple[Account, ...]:
    return tuple(each for each in customer.accounts if each.account_id in session.accounts)


def _form(request: HttpRequest) -> dict[str, str]:
    return dict(request.form()) if request.method == "POST" else {}


def _path(asked: Request, stage: str) -> str:
    return f"{asked.path}/{stage}"


def _ended() -> HttpResponse:
    return pages.message("This request has ended", "Please start again from the application that sent you here.", 403)


def _forged() -> HttpResponse:
    return pages.message("Not accepted", "This form was not given out to you. Please start again.", 403)
