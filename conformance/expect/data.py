"""What the decrypted data must say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conformance.expect.answers import answered, heard
from conformance.expect.seals import readable
from conformance.journeys import Observed
from conformance.lifecycle import Status
from conformance.model import FaultKind, Mismatch
from conformance.profile import Balance
from conformance.provider import Answer
from conformance.sequences import Story


def fits(answer: Answer, problems: Sequence[str]) -> None:
    """The data fits the schema; `problems` are the contract's objections."""
    if problems:
        raise Mismatch("data that fits the schema", "; ".join(problems), exchange=answer.exchange_id)


def no_story(story: Story | None) -> None:
    """No sequence was found after which data flows otherwise than the state machine says."""
    if story:
        told = "; ".join(f"{number}. {each}" for number, each in enumerate(story.steps, 1))
        raise Mismatch("data to flow exactly while a consent is authorized", told, exchange=story.exchange)


def state(observed: Observed, wanted: Status) -> None:
    """A consent behaves as one in a state: whether it serves, and whether the customer can still log in for it."""
    answered(observed.balance)
    answered(observed.login.answer)
    if observed.serves != (wanted is Status.AUTHORIZED):
        told = "data is served" if observed.serves else f"data is refused ({observed.balance.told})"
        raise Mismatch(f"a consent that is still {wanted.value}", told, exchange=observed.balance.exchange_id)
    if observed.login.opens_login != (wanted is Status.AWAITING_AUTHORIZATION):
        told = "it can be authorized" if observed.login.opens_login else "it can no longer be authorized"
        raise Mismatch(f"a consent that is still {wanted.value}", told, exchange=observed.login.answer.exchange_id)
    if wanted is Status.SUSPENDED and observed.reinstated and not observed.reinstated.served:
        answered(observed.reinstated)
        raise Mismatch(
            "a suspended consent that can be reinstated",
            f"data stays refused ({observed.reinstated.told})",
            exchange=observed.reinstated.exchange_id,
        )


def own_or_refused(answer: Answer, account_id: str) -> None:
    """A trick in the address brings no data but, at most, that of the account that the consent opens anyway."""
    heard(answer)
    if answer.wire.fault and answer.wire.fault.kind in (FaultKind.EOF, FaultKind.RESET):
        return  # cut off by a server in front, which is a refusal too
    if answer.status >= 500 or answer.wire.fault:
        raise Mismatch("a refusal (4xx)", answer.told, exchange=answer.exchange_id)
    if answer.accepted and answer.seal and answer.seal.readable:
        about(answer, account_id)
    elif answer.accepted:
        raise Mismatch("a refusal (4xx)", f"{answer.told} without readable data", exchange=answer.exchange_id)


def amount_shape(answer: Answer, shape: str) -> None:
    """current_balance has the agreed form, `flat` or `nested`, or either with `auto` (R:amount_shape)."""
    data = readable(answer)
    current = data.get("current_balance") if isinstance(data, dict) else None
    found = "nested" if isinstance(current, dict) and isinstance(current.get("amount"), dict) else "flat"
    if shape not in ("auto", found):
        raise Mismatch(f"a {shape} amount", f"a {found} one", exchange=answer.exchange_id)


def masked(answer: Answer) -> None:
    """The account number shows at most ten digits, and something stands for the others (N: first 6, last 4)."""
    data = readable(answer)
    number = str(data.get("account_number", "")) if isinstance(data, dict) else ""
    if not re.fullmatch(r"\d{6}\D+\d{4}", number):
        raise Mismatch(
            "a card's number masked to its first 6 and last 4 digits",
            "another form" if number else "no account_number",
            exchange=answer.exchange_id,
        )


def identity(answer: Answer, id_type: str, hashed: str) -> None:
    """Userinfo names the same person as the consent update."""
    data = answer.data
    members = data if isinstance(data, dict) else {}
    for name, wanted in (("id_type", id_type), ("hashed_id_number", hashed)):
        if members.get(name) != wanted:
            raise Mismatch(
                f"{name} as in the consent update",
                "another value" if name in members else f"no {name}",
                exchange=answer.exchange_id,
            )


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
