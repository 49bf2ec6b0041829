"""What the decrypted data must say."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.expect.seals import readable
from conformance.model import Mismatch
from conformance.profile import Balance
from conformance.provider import Answer


def fits(answer: Answer, problems: Sequence[str]) -> None:
    """The data fits the schema; `problems` are the contract's objections."""
    if problems:
        raise Mismatch("data that fits the schema", "; ".join(problems), exchange=answer.exchange_id)


def about(answer: Answer, account_id: str) -> None:
    """The data names the account that was asked for."""
    data = readable(answer)
    found = data.get("account_id") if isinstance(data, dict) else None
    if found != account_id:
        raise Mismatch(
            "account_id to be the one asked for",
            "another account's" if found else "no account_id",
            exchange=answer.exchange_id,
        )


def balance(answer: Answer, known: Balance) -> None:
    """current_balance is the known balance, flat or nested (R:amount_shape)."""
    data = readable(answer)
    current = data.get("current_balance") if isinstance(data, dict) else None
    if not isinstance(current, dict):
        raise Mismatch("a current_balance", "none", exchange=answer.exchange_id)
    amount = current.get("amount")
    inner = amount if isinstance(amount, dict) else current
    found = (inner.get("amount"), inner.get("currency"), current.get("credit_debit_indicator"))
    for name, actual, wanted in zip(
        ("amount", "currency", "credit_debit_indicator"),
        found,
        (known.amount, known.currency, known.credit_debit_indicator),
        strict=True,
    ):
        if actual != wanted:
            raise Mismatch(
                f"current_balance's {name} to be the known one",
                "another value" if actual is not None else f"no {name}",
                exchange=answer.exchange_id,
                hint="If the account has moved since, its balance in the profile is out of date.",
            )
