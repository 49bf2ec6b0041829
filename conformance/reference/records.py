"""The bank's data in the API's words."""

from __future__ import annotations

from decimal import Decimal

from conformance.reference.bank import Account, Customer, Transaction

INSTITUTION = "Reference Bank"


def balance(account: Account, *, count_pending: bool = False, plain_numbers: bool = False) -> dict[str, object]:
    """An account's balance: what is booked; pending movements only lower what is available."""
    side = 1 if account.credit_debit_indicator == "credit" else -1
    booked, pending = side * Decimal(account.balance), Decimal(account.pending)
    limit = Decimal(account.limit or "0.00")
    return {
        "account_id": account.account_id,
        "current_balance": _signed(booked - pending if count_pending else booked, account, plain_numbers),
        "available_balance": _signed(booked - pending + limit, account, plain_numbers),
        "credit_lines_included": account.limit is not None,
    }


def account(found: Account, holder: Customer) -> dict[str, object]:
    """An account's details, those of its type included."""
    details: dict[str, object] = {
        "account_id": found.account_id,
        "account_number": found.shown_number,
        "account_name": found.account_name,
        "account_holder_name": holder.name,
        "institution_name": INSTITUTION,
        "category": "retail",
        "type": found.type,
        "subtype": found.subtype,
        "currency": found.currency,
    }
    if found.limit:
        details["limit"] = money(found.limit, found)
    if found.interest_rate:
        details["interest_rate"] = found.interest_rate
    if found.minimum_payment_amount:
        details["minimum_payment_amount"] = money(found.minimum_payment_amount, found)
    if found.payment_due_date:
        details["payment_due_date"] = found.payment_due_date
    return details


def transaction(found: Transaction, owner: Account) -> dict[str, object]:
    """One transaction; what does not apply to it is left out."""
    members: dict[str, object] = {
        "account_id": owner.account_id,
        "transaction_id": found.transaction_id,
        "transaction_date": found.when.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "credit_debit_indicator": found.indicator,
        "amount": money(found.amount, owner),
        "transfer_method": found.method,
        "transfer_submethod": found.submethod,
        "description": found.description,
        "is_settled": found.settled,
    }
    return members | {name: value for name, value in (("merchant_name", found.merchant), ("mcc", found.mcc)) if value}


def person(customer: Customer, issuer: str) -> dict[str, object]:
    """The customer as userinfo tells him (D3)."""
    given, _, family = customer.name.partition(" ")
    return {
        "sub": customer.subject,
        "name": customer.name,
        "given_name": given,
        "family_name": family,
        "preferred_username": customer.username,
        "picture": f"{issuer}/pictures/{customer.subject}.png",
        "email": f"{customer.username}@reference-dp.example",
        "email_verified": True,
        "id_type": customer.id_type,
        "hashed_id_number": customer.hashed_id_number,
    }


def reference(found: Account, *, plain_numbers: bool = False) -> dict[str, object]:
    """An account as the consent update names it (P1)."""
    number: object = found.shown_number
    if plain_numbers and found.account_number.isdecimal():
        number = int(found.account_number)
    return {"account_id": found.account_id, "account_number": number, "account_name": found.account_name}


def money(amount: str, of: Account) -> dict[str, object]:
    """An amount in the account's currency, never signed."""
    return {"amount": amount, "currency": of.currency}


def _signed(value: Decimal, of: Account, plain_numbers: bool) -> dict[str, object]:
    amount: object = float(abs(value)) if plain_numbers else f"{abs(value):.2f}"
    return {
        "amount": amount,
        "currency": of.currency,
        "credit_debit_indicator": "credit" if value >= 0 else "debit",
    }
