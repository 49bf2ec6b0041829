"""Data calls (D3-D6): who may read what, and where each refusal stands in the order of questions."""

from __future__ import annotations

import re
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
    check_interaction_id,
    consent_invalid,
    json_answer,
    needed_parameter,
    one_header,
)
from conformance.reference.bank import Account, Bank, Customer
from conformance.reference.events import Permission
from conformance.reference.keyring import Keys
from conformance.reference.paging import Pager
from conformance.reference.seal import Sealer
from conformance.reference.settings import Settings
from conformance.reference.signatures import Signatures
from conformance.reference.store import Clock, Grant, Pace, Store

_MAX_KID = 300
_UNVERIFIED = {
    "userinfo-unverified": re.compile(r".*/userinfo"),
    "balances-unverified": re.compile(r".*/balances"),
    "account-unverified": re.compile(r"/v1/accounts/[^/]+"),
    "transactions-unverified": re.compile(r".*/transactions"),
}


@dataclass(frozen=True, slots=True)
class _Access:
    """A data call that is allowed."""

    grant: Grant
    customer: Customer
    account: Account
    reader: jose.PublicKey


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
        self._signatures = signatures
        self._sealer = sealer
        self._readers = readers
        self._clock = clock
        self._sleep = sleep
        self._pager = Pager()
        self._pace = Pace(settings.rate_limit_per_minute)

    def flawed(self, name: str) -> bool:
        """Whether the reference has a flaw."""
        return name in self._settings.flaws

    def userinfo(self, request: HttpRequest) -> HttpResponse:
        """D3: who the customer is."""
        grant = self._open(self._signed_consent_id(request))
        return json_answer(records.person(self._customer(grant), self._settings.issuer))

    def balances(self, request: HttpRequest, account_id: str) -> HttpResponse:
        """D4: an account's balance."""
        access = self._access(request, account_id, Permission.READ_BALANCES)
        data = records.balance(
            access.account,
            count_pending=self.flawed("counts-pending"),
            plain_numbers=self.flawed("amounts-as-numbers"),
        )
        if self.flawed("balance-names-account-number"):
            data["account_id"] = access.account.account_number
        return self._sealed(access, {"data": data})

    def account(self, request: HttpRequest, account_id: str) -> HttpResponse:
        """D5: an account's details."""
        access = self._access(request, account_id, Permission.READ_ACCOUNTS)
        return self._sealed(access, {"data": records.account(access.account, access.customer)})

    def transactions(self, request: HttpRequest, account_id: str) -> HttpResponse:
        """D6: a page of an account's transactions."""
        access = self._access(request, account_id, Permission.READ_TRANSACTIONS)
        items = self._bank.transactions(access.account)
        page = self._pager.page(request, access.grant.consent_id, account_id, items)
        found = [records.transaction(each, access.account) for each in page.items]
        return self._sealed(access, {"data": found, "meta": {"next_page_params": page.next_page_params}})

    def _access(self, request: HttpRequest, account_id: str, permission: Permission) -> _Access:
        consent_id = self._signed_consent_id(request)
        kid = one_header(request, "x-enc-kid")
        if not kid or len(kid) > _MAX_KID:
            raise bad_request("x-enc-kid must name the key to encrypt for")
        grant = self._open(consent_id)
        reader = self._reader(grant.dc_id, kid)
        with grant.lock:
            permitted, chosen = permission in grant.permissions, grant.accounts
        if not permitted:
            raise Refusal(403, "AccessToken.InvalidScope", "The consent does not have this permission")
        customer = self._customer(grant)
        if self.flawed("serves-any-account"):
            chosen = (account_id,)
        found = self._bank.account(account_id) if account_id in chosen else None
        if found is None and self.flawed("unknown-account-is-empty") and not self._bank.account(account_id):
            found = customer.accounts[0].model_copy(update={"account_id": account_id, "balance": "0.00"})
        if found is None:
            # The same words for an account that does not exist and for one that the consent leaves out.
            raise consent_invalid("The account is not in the consent", 403)
        return _Access(grant, customer, self._reachable(found), reader)

    def _signed_consent_id(self, request: HttpRequest) -> str:
        consent_id = needed_parameter(request, "consent_id", 36)
        token = one_header(request, "x-fapi-signature")
        if not any(self.flawed(name) and path.fullmatch(request.raw_path) for name, path in _UNVERIFIED.items()):
            self._signatures.detached(token, self._covered(consent_id, token))
        check_interaction_id(request)
        return consent_id

    def _covered(self, consent_id: str, token: str | None) -> bytes:
        """What the signature has to cover (R:get_signature_payload)."""
        if self.flawed("data-takes-any-consents-signature") and token:
            known = (each.encode() for each in self._store.ids())
            return next((each for each in known if self._signatures.fits(token, each)), consent_id.encode())
        return consent_id.encode()

    def _open(self, consent_id: str) -> Grant:
        grant = self._store.get(consent_id)
        if grant is None:
            raise consent_invalid("The consent is not known", 404)
        now = self._clock()
        if not self._pace.allows(grant.dc_id, now):
            raise Refusal(429, "temporarily_unavailable", "Too many requests in this minute", (("Retry-After", "60"),))
        with grant.lock:
            status = grant.settle(now, self._settings.awaiting_minutes * 60)
            serves = grant.serves(now)
        if self.flawed("suspended-still-serves") and status is Status.SUSPENDED:
            return grant
        if self.flawed("serves-while-awaiting") and status is Status.AWAITING_AUTHORIZATION:
            return replace(grant, accounts=tuple(each.account_id for each in self._customer(grant).accounts))
        if not serves:
            raise consent_invalid(f"The consent is {status.value}", 403)
        return grant

    def _reader(self, dc_id: str, kid: str) -> jose.PublicKey:
        if self.flawed("encrypts-for-first-consumer"):
            first = self._readers[self._settings.data_consumers[0].id].known("")
            return first.keys[0]
        found = self._readers[dc_id].known(kid).find(kid)
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
        if account.state == "blocked":
            raise Refusal(403, "Consent.AccountTemporarilyBlocked", "The account is blocked for a while")
        if account.state == "closed":
            raise Refusal(403, "Consent.PermanentAccountAccessFailure", "The account is closed")
        if account.state == "slow":
            self._sleep(self._settings.source_seconds)
            raise Refusal(503, "Consent.TransientAccountAccessFailure", "The account's source did not answer in time")
        return account

    def _sealed(self, access: _Access, data: object) -> HttpResponse:
        return self._sealer.seal(data, access.grant.dc_id, access.reader)
