"""The bank's test customers, and how they move through its pages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from conformance.customer.steps import Step, parse_step
from conformance.documents import (
    Document,
    Field,
    Name,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    refusal,
)
from conformance.profile.fields import IdentityHash, Words


class Condition(StrEnum):
    """Whether an account can be read."""

    USUAL = "usual"
    BLOCKED = "blocked"
    CLOSED = "closed"
    SLOW = "slow"


class Balance(Document):
    """A balance that the suite may rely on: it does not move during a run."""

    amount: Annotated[str, Field(pattern=r"^\d{1,13}\.\d{2}$")]
    """Digits, a point, two digits, in quotes: never signed"""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "MYR"
    """ISO 4217"""
    credit_debit_indicator: Literal["credit", "debit"] = "credit"
    """debit when the customer owes it"""


class Account(Document):
    """An account of a customer."""

    account_id: Name
    """Its id in the API"""
    account_number: Name
    """Its number, in quotes"""
    account_name: Name
    """Its name, as the DP reports it"""
    choose_by: Name = Field(default="", validate_default=True)
    """How the page for choosing accounts knows it: value or label; default: account_id"""
    type: Literal["deposit", "credit", "loan", "investment", "ewallet"] = "deposit"
    """Its kind"""
    condition: Condition = Condition.USUAL
    """usual; or one that cannot be read: blocked (for a while), closed (for good), slow (its source takes too long)"""
    balance: Balance | None = None
    """Its known current balance, pending transactions excluded; null: not known"""

    @field_validator("choose_by", mode="before")
    @classmethod
    def _choose_by(cls, value: object, info: ValidationInfo) -> object:
        return value or info.data.get("account_id", "unknown")


class Customer(Document):
    """A test customer: how he logs in, who he is, what he owns."""

    name: Name
    """What reports call him"""
    username: Name
    """What he logs in with"""
    password: Name = Field(repr=False)
    """His password; better as ${VARIABLE} than in the file"""
    wrong_password: Name = "not-the-password-0"  # noqa: S105
    """A password that is surely not his"""
    id_type: Literal["nric", "passport"] = "nric"
    """The kind of his identity document"""
    id_number: Name | None = Field(default=None, repr=False)
    """The number on it, in quotes; give this or hashed_id_number"""
    hashed_id_number: IdentityHash = Field(default="", validate_default=True, repr=False)
    """Padded base64 (44 characters) of the SHA-256 of the UTF-8 id_number; give this or id_number"""
    accounts: tuple[Account, ...] = Field(min_length=1)
    """What he can share; two or more let the suite choose some and not others"""

    @field_validator("wrong_password")
    @classmethod
    def _wrong(cls, value: str, info: ValidationInfo) -> str:
        if value == info.data.get("password"):
            raise refusal("is the right password", "Give one that the login refuses")
        return value

    @field_validator("hashed_id_number", mode="before")
    @classmethod
    def _hash(cls, value: object, info: ValidationInfo) -> object:
        number = info.data.get("id_number")
        if value and number is not None:
            raise refusal("stands beside id_number, but exactly one of them is needed", "Remove one")
        if not value and number is None:
            if "id_number" in info.data:
                raise refusal(
                    "needs id_number or hashed_id_number", "Add the number of the customer's identity document"
                )
            number = ""  # a wrong id_number is reported once, under its own name
        return value or base64.b64encode(hashlib.sha256(str(number).encode()).digest()).decode()


def _step(value: object) -> Step:
    try:
        return parse_step(_plain(value))
    except ValueError as error:
        problem, _, cure = str(error).partition("; ")
        raise refusal(problem, cure[:1].upper() + cure[1:]) from None


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, str) else value


_MEMBERS = {"type": "object", "minProperties": 1}
_TEXTS = {"type": ["string", "array"], "items": {"type": "string"}}
_STEP_SCHEMA = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "fill": {
            **_MEMBERS,
            "additionalProperties": {"type": "string"},
            "description": "Type into fields: {field: text}",
        },
        "click": {"type": "string", "description": "Press a button or follow a link"},
        "choose": {**_MEMBERS, "additionalProperties": _TEXTS, "description": "Leave these options chosen, no others"},
        "expect": {**_TEXTS, "description": "Visible text, css=selector or url=part; a list means all of them"},
    },
}
_Steps = tuple[Annotated[Step, PlainValidator(_step), WithJsonSchema(_STEP_SCHEMA)], ...]


class CustomerPages(Document):
    """How a customer moves: for each page, what it shows and what he does there."""

    driver: Literal["scripted"] = "scripted"
    """Who plays the customer: scripted fills in HTML forms"""
    login: _Steps = Field(min_length=1)
    """The login page"""
    login_failed: _Steps = Field(min_length=1)
    """What a wrong password leads to"""
    accounts: _Steps = Field(min_length=1)
    """The page for choosing accounts"""
    no_account: _Steps = ()
    """What going on without an account leads to"""
    review: _Steps = Field(min_length=1)
    """What the review page shows"""
    approve: _Steps = Field(min_length=1)
    """How he approves there"""
    approved: _Steps = ()
    """The success page; empty when the browser goes straight back"""
    reject: _Steps = Field(min_length=1)
    """How he rejects there"""
    rejected: _Steps = ()
    """The page after a rejection; empty when the browser goes straight back"""
    revoke_at: Name | None = None
    """Where a customer revokes a consent at the bank; {pages} is the address of the login page, without its path"""
    revoke: _Steps = ()
    """How he logs in and revokes {consent_id} there"""

    def steps(self, stage: str) -> Sequence[Step]:
        """The steps of a page, by its key."""
        found: tuple[Step, ...] = getattr(self, stage)
        return found


class Wording(Document):
    """The words of the bank's review page: alternatives, upper or lower case."""

    read_accounts: Words = ("account",)
    """For the permission to read account details"""
    read_balances: Words = ("balance",)
    """For the permission to read balances"""
    read_transactions: Words = ("transaction",)
    """For the permission to read transactions"""
    pfm: Words = ("pfm", "personal financ", "financial management")
    """For the purpose pfm"""
    credit_underwriting: Words = ("credit",)
    """For the purpose credit_underwriting"""
