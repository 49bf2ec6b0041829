"""What the bank knows: customers, their accounts, and transactions that follow from an account's id."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from conformance.documents import Count, Document, Field, Name, load

Money = Annotated[str, Field(pattern=r"^\d{1,13}\.\d{2}$")]
_KINDS = (
    ("debit", "Food Court", "5814", "card", "purchase"),
    ("debit", "Grocery Store", "5411", "card", "purchase"),
    ("debit", "Electricity", "4900", "transfer", "bill_payment"),
    ("credit", "", "", "transfer", "duitnow"),
    ("debit", "Petrol Station", "5541", "card", "purchase"),
)


class Account(Document):
    """An account, as in the data file."""

    account_id: Name
    account_number: Name
    account_name: Name
    type: Literal["deposit", "credit", "loan", "investment", "ewallet"]
    subtype: Name
    currency: Name = "MYR"
    balance: Money
    credit_debit_indicator: Literal["credit", "debit"]
    pending: Money = "0.00"
    limit: Money | None = None
    interest_rate: Money | None = None
    minimum_payment_amount: Money | None = None
    payment_due_date: Name | None = None
    state: Literal["open", "blocked", "closed", "slow"] = "open"
    transactions: Annotated[Count, Field(ge=0, le=5000)] = 0

    @property
    def shown_number(self) -> str:
        """The number as it leaves the bank: of a credit card the first 6 and last 4 digits (N)."""
        number = self.account_number
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}" if self.type == "credit" else number


class Customer(Document):
    """A customer, as in the data file."""

    username: Name
    password: Name = Field(repr=False)
    name: Name
    mobile_number: Name
    id_type: Literal["nric", "passport"]
    id_number: Name = Field(repr=False)
    accounts: tuple[Account, ...] = Field(min_length=1)

    @property
    def subject(self) -> str:
        """His opaque subject identifier (OpenID Connect Core 8)."""
        return hashlib.sha256(f"subject {self.username}".encode()).hexdigest()[:32]

    @property
    def hashed_id_number(self) -> str:
        """Padded base64 of the SHA-256 of the UTF-8 id_number: 44 characters (G)."""
        return base64.b64encode(hashlib.sha256(self.id_number.encode()).digest()).decode()

    def account(self, account_id: str) -> Account | None:
        """His account of that id."""
        return next((each for each in self.accounts if each.account_id == account_id), None)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A booked or pending movement; `when` is aware, UTC."""

    transaction_id: str
    when: datetime
    indicator: str
    amount: str
    description: str
    merchant: str
    mcc: str
    method: str
    submethod: str
    settled: bool


class Bank(Document):
    """Everything the reference knows about people and money."""

    transactions_until: date
    customers: tuple[Customer, ...] = Field(min_length=1)

    def login(self, username: str, password: str) -> Customer | None:
        """The customer whose credentials these are; every comparison takes the same time."""
        found = None
        for each in self.customers:
            name = hmac.compare_digest(each.username.encode(), username.encode("utf-8", "replace"))
            word = hmac.compare_digest(each.password.encode(), password.encode("utf-8", "replace"))
            found = each if name and word else found
        return found

    def customer(self, username: str) -> Customer | None:
        """The customer of that user name."""
        return next((each for each in self.customers if each.username == username), None)

    def owner(self, id_type: str, hashed_id_number: str) -> Customer | None:
        """The customer of that identity."""
        return next(
            (each for each in self.customers if (each.id_type, each.hashed_id_number) == (id_type, hashed_id_number)),
            None,
        )

    def account(self, account_id: str) -> Account | None:
        """Anybody's account of that id."""
        return next((found for each in self.customers if (found := each.account(account_id))), None)

    def transactions(self, account: Account) -> tuple[Transaction, ...]:
        """An account's transactions, newest first; the same on every start."""
        return _transactions(account.account_id, account.transactions, self.transactions_until)

    def profile_customers(self) -> list[dict[str, object]]:
        """The customers in the form of a profile's `customers`; accounts in trouble are left out."""
        return [
            {
                "name": each.username,
                "username": each.username,
                "password": each.password,
                "id_type": each.id_type,
                "id_number": each.id_number,
                "accounts": [
                    {
                        "account_id": account.account_id,
                        "account_number": account.shown_number,
                        "account_name": account.account_name,
                        "type": account.type,
                        "balance": {
                            "amount": account.balance,
                            "currency": account.currency,
                            "credit_debit_indicator": account.credit_debit_indicator,
                        },
                    }
                    for account in each.accounts
                    if account.state == "open"
                ],
            }
            for each in self.customers
        ]


def read(path: Path) -> Bank:
    """The bank of a data file.

    Raises:
        ConfigurationFault: the file cannot be read as one.
    """
    return load(path, Bank, environment={})


@lru_cache(maxsize=256)
def _transactions(account_id: str, count: int, until: date) -> tuple[Transaction, ...]:
    at = datetime.combine(until, time(20, 30), UTC)
    made = []
    for number in range(count):
        digest = hashlib.sha256(f"{account_id} {number}".encode()).digest()
        indicator, merchant, mcc, method, submethod = _KINDS[digest[0] % len(_KINDS)]
        # Every eleventh shares its moment with the one before it: the order must not hang on time alone.
        at -= timedelta(0) if number % 11 == 10 else timedelta(hours=1 + digest[1] % 30, minutes=digest[2] % 60)
        cents = Decimal(int.from_bytes(digest[3:6]) % 50_000 + 100) / 100
        made.append(
            Transaction(
                transaction_id=f"{account_id}-t{count - number:05d}",
                when=at,
                indicator=indicator,
                amount=f"{cents:.2f}",
                description=merchant or "Incoming transfer",
                merchant=merchant,
                mcc=mcc,
                method=method,
                submethod=submethod,
                settled=number > 1,
            )
        )
    return tuple(made)
