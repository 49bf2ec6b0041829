"""Data calls (D3-D6): who may read what, and where each refusal stands in the order of questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance import jose
from conformance.httpd import HttpRequest, HttpResponse
from conformance.lifecycle import Status
from conformance.reference import records
from conformance.reference.answers import (
    Refusal,
    bad_request,
    consent_invalid,
    json_answer,
    one_header,
    one_parameter,
)
from conformance.reference.bank import Account, Bank, Customer
from conformance.reference.caller import Caller
from conformance.reference.events import Permission
from conformance.reference.keyring import Keys
from conformance.reference.paging import Pager
from conformance.reference.seal import Sealer
from conformance.reference.settings import Settings
from conformance.reference.signatures import Signatures
from conformance.reference.store import Clock, Grant, Pace, Store

_MAX_KID = 300
_UNPERMITTED = {
    Permission.READ_BALANCES: "balances-without-permission",
    Permission.READ_ACCOUNTS: "account-without-permission",
    Permission.READ_TRANSACTIONS: "transactions-without-permission",
}
_UNCHOSEN = {
    Permission.READ_BALANCES: "serves-any-account",
    Permission.READ_ACCOUNTS: "account-beyond-the-choice",
    Permission.READ_TRANSACTIONS: "transactions-beyond-the-choice",
}
_ENDED: dict[Permission | None, str] = {
    Permission.READ_BALANCES: "balances-after-the-end",
    Permission.READ_ACCOUNTS: "account-after-the-end",
    Permission.READ_TRANSACTIONS: "transactions-after-the-end",
}
_TIMELESS: dict[Permission | None, str] = {
    Permission.READ_ACCOUNTS: "account-ignores-the-clock",
    Permission.READ_TRANSACTIONS: "transactions-ignore-the-clock",
}


@dataclass(frozen=True, slots=True)
class _Access:
    """A data call that is allowed."""

    grant: Grant
    customer: Customer
    account: Account
    reader: jose.PublicKey | None


class Data:
    """Answers data calls; what it raises are Refusals."""

    def __init__(
        self,
        settings: Settings,
        bank: Bank,
        store: Store,
        signatures: Signatures,
        sealer: Sealer,
        readers: Mapping[str, Keys],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`readers` are the Data Consumers' encryption keys by dc_id."""
        self._settings = settings
        self._bank = bank
        self._store = store
        self._caller = Caller(settings, store, signatures)
        self._sealer = sealer
        self._readers = readers
        self._clock = clock
        self._sleep = sleep
        self._pager = Pager(settings.flaws)
        self._served = 0
        self._cached: dict[tuple[str, str], HttpResponse] = {}
        self._pace = Pace(settings.rate_limit_per_minute)

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def userinfo(self, request: HttpRequest) -> HttpResponse:
        """D3: who the customer is."""
        grant = self._open(self._caller.consent_id(request))
        customer = self._bank.customers[0] if self.flawed("userinfo-of-the-first") else self._customer(grant)
        person = records.person(customer, self._settings.issuer)
        if self.flawed("userinfo-without-hash"):
            del person["hashed_id_number"]
        if self.flawed("userinfo-email-verified-as-text"):
            person["email_verified"] = "yes"
        return json_answer(person)

    def balances(self, request: HttpRequest, account_id: str, read: str = "") -> HttpResponse:
        """D4: an account's balance; `read` is the account that is read, where a flaw makes it another one."""
        self._served += 1
        if self.flawed("tires-after-a-hundred") and self._served > 100:
            raise Refusal(500, "server_error", "Too tired")
        if self.flawed("caches-balances") and (kept := self._cached.get((account_id, request.target))):
            return kept
        access = self._access(request, account_id, Permission.READ_BALANCES)
        data = records.balance(
            self._read(request, read) or access.account,
            count_pending=self.flawed("counts-pending"),
            plain_numbers=self.flawed("amounts-as-numbers"),
        )
        if self.flawed("balance-names-account-number"):
            data["account_id"] = access.account.account_number
        answer = json_answer(data) if access.reader is None else self._sealed(access, {"data": data})
        if self.flawed("caches-balances"):
            self._cached[account_id, request.target] = answer
        return answer

    def _read(self, request: HttpRequest, read: str) -> Account | None:
        if self.flawed("takes-account-from-query"):
            read = one_parameter(request, "account_id") or read
        return self._bank.account(read)

    def account(self, request: HttpRequest, account_id: str) -> HttpResponse:
        """D5: an account's details."""
        access = self._access(request, account_id, Permission.READ_ACCOUNTS)
        data = records.account(access.account, access.customer)
        if self.flawed("account-of-unknown-type"):
            data["type"] = "savings"
        if self.flawed("shows-card-number"):
            data["account_number"] = access.account.account_number
        if self.flawed("seals-balances-only"):
            return json_answer({"data": data})
        return self._sealed(access, {"data": data})

    def transactions(self, request: HttpRequest, account_id: str) -> HttpResponse:
        """D6: a page of an account's transactions."""
        access = self._access(request, account_id, Permission.READ_TRANSACTIONS)
        items = self._bank.transactions(access.account)
        if self.flawed("oldest-first"):
            items = items[::-1]
        page = self._pager.page(request, access.grant.consent_id, account_id, items, self._bank)
        found = [records.transaction(each, access.account) for each in page.items]
        if self.flawed("signs-amounts"):
            found = [{**each, "amount": {"amount": f"-{access.account.balance}", "currency": "MYR"}} for each in found]
        if self.flawed("empty-window-is-404") and not found:
            raise Refusal(404, "invalid_request", "There are no transactions")
        if self.flawed("seals-balances-only"):
            return json_answer({"data": found, "meta": {"next_page_params": page.next_page_params}})
        return self._sealed(access, {"data": found, "meta": {"next_page_params": page.next_page_params}})

    def _access(self, request: HttpRequest, account_id: str, permission: Permission) -> _Access:
        consent_id = self._caller.consent_id(request)
        kid = one_header(request, "x-enc-kid")
        lax = self.flawed("clear-without-reader") or self.flawed("first-reader-without-kid")
        if (not kid and not lax) or len(kid or "") > _MAX_KID:
            raise bad_request("x-enc-kid must name the key to encrypt for")
        grant = self._open(consent_id, permission)
        if self.flawed("last-consent-wins"):
            consent_id = [value for name, value in request.query if name == "consent_id"][-1]
            grant = self._store.get(consent_id) or grant
        reader = self._reader(grant.dc_id, kid) if kid or self.flawed("first-reader-without-kid") else None
        with grant.lock:
            permitted, chosen = permission in grant.permissions, grant.accounts
        if not permitted and not self.flawed(_UNPERMITTED[permission]):
            raise Refusal(403, "AccessToken.InvalidScope", "The consent does not have this permission")
        customer = self._customer(grant)
        if self.flawed("serves-any-account") or self.flawed(_UNCHOSEN[permission]):
            chosen = (account_id,)
        if self.flawed("serves-all-of-the-customer"):
            chosen = tuple(each.account_id for each in customer.accounts)
        found = self._bank.account(account_id) if account_id in chosen else None
        if found is None and self.flawed("unknown-account-is-empty") and not self._bank.account(account_id):
            found = customer.accounts[0].model_copy(update={"account_id": account_id, "balance": "0.00"})
        if found is None:
            # The same words for an account that does not exist and for one that the consent leaves out.
            raise consent_invalid("The account is not in the consent", 403)
        return _Access(grant, customer, self._reachable(found), reader)

    def _open(self, consent_id: str, permission: Permission | None = None) -> Grant:
        grant = self._store.get(consent_id)
        if grant is None and self.flawed("serves-unknown-consents"):
            grant = next(filter(None, (self._store.get(each) for each in self._store.ids())), None)
            grant = next(
                (each for each in map(self._store.get, self._store.ids()) if each and each.serves(self._clock())), grant
            )
        if grant is None:
            raise consent_invalid("The consent is not known", 404)
        now = self._clock()
        if not self._pace.allows(grant.dc_id, now):
            raise Refusal(429, "temporarily_unavailable", "Too many requests in this minute", (("Retry-After", "60"),))
        with grant.lock:
            if grant.status is Status.AUTHORIZED and self.flawed(_TIMELESS.get(permission, "")):
                return grant
            status = grant.settle(now, self._settings.awaiting_minutes * 60)
            serves = grant.serves(now)
        if self.flawed("suspended-still-serves") and status is Status.SUSPENDED:
            return grant
        if self.flawed("serves-while-awaiting") and status is Status.AWAITING_AUTHORIZATION:
            return replace(grant, accounts=tuple(each.account_id for each in self._customer(grant).accounts))
        grant.reads += 1
        if self.flawed("login-again-after-five-reads") and grant.reads > 5:
            raise consent_invalid("The customer must log in again", 403)
        lax = _ENDED.get(permission, "userinfo-after-the-end")
        if self.flawed(lax) and status is not Status.AWAITING_AUTHORIZATION:
            return grant
        if permission is None and self.flawed("userinfo-while-awaiting"):
            return grant
        if not serves:
            raise consent_invalid(f"The consent is {status.value}", 403)
        return grant

    def _reader(self, dc_id: str, kid: str | None) -> jose.PublicKey:
        if not kid:
            return self._readers[dc_id].known("").keys[0]
        if self.flawed("encrypts-for-first-consumer"):
            first = self._readers[self._settings.data_consumers[0].id].known("")
            return first.keys[0]
        found = self._readers[dc_id].known(kid).find(kid)
        if found is None and self.flawed("unknown-reader-falls-back"):
            others = [each.known(kid).find(kid) for each in self._readers.values()]
            found = None if any(others) else self._readers[dc_id].known(kid).keys[0]
        if found is None and self.flawed("any-consumers-reader"):
            found = next((key for each in self._readers.values() if (key := each.known(kid).find(kid))), None)
        if found is None:
            raise bad_request("x-enc-kid names no key of the consent's Data Consumer")
        return found

    def _customer(self, grant: Grant) -> Customer:
        with grant.lock:
            username, event = grant.username, grant.event
        found = self._bank.customer(username) or self._bank.owner(event.id_type, event.hashed_id_number)
        if found is None:
            raise consent_invalid("The consent has no customer here", 403)
        return found

    def _reachable(self, account: Account) -> Account:
        """The account, unless the bank's own systems do not give it."""
        hidden = {"blocked": "hides-that-blocked", "closed": "hides-that-closed"}.get(account.state)
        if hidden and self.flawed(hidden):
            raise consent_invalid("The account cannot be read", 403)
        if account.state == "blocked":
            raise Refusal(403, "Consent.AccountTemporarilyBlocked", "The account is blocked for a while")
        if account.state == "closed":
            raise Refusal(403, "Consent.PermanentAccountAccessFailure", "The account is closed")
        if account.state == "slow" and self.flawed("slow-source-in-silence"):
            self._sleep(20.0)
        if account.state == "slow":
            self._sleep(self._settings.source_seconds)
            raise Refusal(503, "Consent.TransientAccountAccessFailure", "The account's source did not answer in time")
        return account

    def _sealed(self, access: _Access, data: object) -> HttpResponse:
        if access.reader is None:
            return json_answer(data)
        return self._sealer.seal(data, access.grant.dc_id, access.reader)
