"""What the suite's own contract document lets through, and what it objects to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from hashlib import sha256

import pytest

from conformance import resources
from conformance.contract import FILE, Contract
from conformance.model import Operation
from tests.support.bodies import HASH, Body, approval, balance, event, flat, nested, transaction

OWN = resources.path("specs") / "openapi" / FILE


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load()


def test_own_document_loads_and_names_itself(contract: Contract) -> None:
    assert contract.version == "1.2.1"
    assert contract.path == OWN
    assert contract.name == "ofp-dp-1.2.1.yaml"
    assert contract.digest == sha256(OWN.read_bytes()).hexdigest()


@pytest.mark.parametrize("shape", ["accounts", "account_access"])
def test_the_suites_own_event_fits(contract: Contract, shape: str) -> None:
    assert contract.problems_in_request(Operation.EVENT, event(shape)) == ()


def put(name: str, value: object) -> Callable[[Body], None]:
    return lambda body: body["data"].__setitem__(name, value)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda body: body.pop("event_type"), "(top)"),
        (lambda body: body.__setitem__("event_type", "event_type_unspecified"), "event_type"),
        (put("consent_id", "x" * 37), "data.consent_id"),
        (put("consent_id", 5), "data.consent_id"),
        (put("id_type", "id_type_unspecified"), "data.id_type"),
        (put("hashed_id_number", "A" * 44), "data.hashed_id_number"),
        (put("hashed_id_number", HASH[1:]), "data.hashed_id_number"),
        (put("consent_type", "consent_type_unspecified"), "data.consent_type"),
        (put("consent_purpose", "marketing"), "data.consent_purpose"),
        (put("permissions", ["permission_unspecified"]), "data.permissions.0"),
        (put("permissions", "read_accounts"), "data.permissions"),
        (put("expiration_datetime", "tomorrow"), "data.expiration_datetime"),
        (put("expiration_datetime", "2026-01-02 03:04:05"), "data.expiration_datetime"),
        (put("status", "status_unspecified"), "data.status"),
        (put("status", "AUTHORIZED"), "data.status"),
        (put("updated_by", "updated_by_unspecified"), "data.updated_by"),
        (put("accounts", [{"account_name": "Savings"}]), "data.accounts.0"),
        (put("status_reason", {"reason_code": "reason_code_unspecified"}), "data.status_reason.reason_code"),
    ],
)
def test_a_broken_event_is_named(contract: Contract, change: Callable[[Body], object], place: str) -> None:
    body = event()
    change(body)
    assert {each.split(":")[0] for each in contract.problems_in_request(Operation.EVENT, body)} == {place}


@pytest.mark.parametrize(
    "name",
    [
        "consent_id",
        "dc_id",
        "dp_id",
        "id_type",
        "hashed_id_number",
        "consent_type",
        "consent_purpose",
        "permissions",
        "expiration_datetime",
        "status",
    ],
)
def test_an_event_needs_each_required_member(contract: Contract, name: str) -> None:
    body = event()
    del body["data"][name]
    assert contract.problems_in_request(Operation.EVENT, body) == (f"data: lacks {name}",)


@pytest.mark.parametrize("name", ["created_at", "updated_at", "updated_by", "accounts"])
def test_an_event_may_leave_out_the_rest(contract: Contract, name: str) -> None:
    body = event()
    del body["data"][name]
    assert contract.problems_in_request(Operation.EVENT, body) == ()


def test_updates_of_both_kinds_fit(contract: Contract) -> None:
    assert contract.problems_in_request(Operation.UPDATE, approval()) == ()
    assert contract.problems_in_request(Operation.UPDATE, {"status": "rejected"}) == ()


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("status", "status_unspecified", "status"),
        ("id_token", "aa.bb." + "c" * 2995, "id_token"),
        ("id_token", "no token", "id_token"),
        ("user_identity", {"id_type": "nric"}, "user_identity"),
        ("user_identity", {"id_type": "nric", "hashed_id_number": "1"}, "user_identity.hashed_id_number"),
        (
            "user_identity",
            {"id_type": "nric", "hashed_id_number": HASH, "masked_name": 1},
            "user_identity.masked_name",
        ),
        ("accounts", [{"account_id": "a", "account_number": 12, "account_name": "n"}], "accounts.0.account_number"),
        ("consent_id", "", "consent_id"),
    ],
)
def test_a_broken_update_is_named(contract: Contract, name: str, value: object, place: str) -> None:
    problems = contract.problems_in_request(Operation.UPDATE, {**approval(), name: value})
    assert {each.split(":")[0] for each in problems} == {place}


def test_a_body_that_is_no_object_is_a_problem(contract: Contract) -> None:
    bodies: tuple[object, ...] = (None, [], "text", 1)
    for body in bodies:
        assert contract.problems_in_request(Operation.UPDATE, body)
        assert contract.problems_in_plaintext(Operation.BALANCES, body)
        assert contract.problems_in_error(body)


@pytest.mark.parametrize("current", [flat(), nested(), flat("0.00"), flat("1234567890123.00"), flat(more={"x": 1})])
def test_both_shapes_of_an_amount_fit(contract: Contract, current: Body) -> None:
    assert contract.problems_in_plaintext(Operation.BALANCES, {**balance(current), "unknown": [1]}) == ()


@pytest.mark.parametrize("shape", [flat, nested])
@pytest.mark.parametrize("amount", ["12.3", "-1.00", "+1.00", "1", "12345678901234.00", "1.00\n", "١.٠٠", 1.5, None])
def test_other_amounts_do_not(contract: Contract, shape: Callable[[object], Body], amount: object) -> None:
    problems = contract.problems_in_plaintext(Operation.BALANCES, balance(shape(amount)))
    assert any(each.startswith("current_balance.amount") for each in problems)


def test_a_balance_needs_its_members(contract: Contract) -> None:
    assert contract.problems_in_plaintext(Operation.BALANCES, {}) == ("(top): lacks account_id, current_balance",)
    problems = contract.problems_in_plaintext(Operation.BALANCES, balance({"amount": "1.00", "currency": "MYR"}))
    assert problems == ("current_balance: lacks credit_debit_indicator",)
    indicator = flat(credit_debit_indicator="credit_debit_indicator_unspecified")
    assert contract.problems_in_plaintext(Operation.BALANCES, balance(indicator))


def test_no_members_that_only_a_neighbouring_build_knows_are_judged_in_a_balance(contract: Contract) -> None:
    odd = {"available_balance": "1", "credit_lines_included": "no", "statement_balance": [], "statement_date": 20260102}
    assert contract.problems_in_plaintext(Operation.BALANCES, {**balance(flat()), **odd}) == ()


@pytest.mark.parametrize(
    ("operation", "data"),
    [
        (Operation.BALANCES, balance(flat())),
        (Operation.ACCOUNT, {"account_id": "account-1"}),
        (Operation.TRANSACTIONS, [transaction()]),
    ],
)
def test_sealed_data_may_be_wrapped(contract: Contract, operation: Operation, data: object) -> None:
    assert contract.problems_in_plaintext(operation, data) == ()
    assert contract.problems_in_plaintext(operation, {"data": data, "meta": {}}) == ()
    assert contract.problems_in_plaintext(operation, {"data": {"data": data}})
    assert contract.problems_in_plaintext(operation, {"data": {}})
    assert contract.problems_in_plaintext(operation, {"data": data}, 403)


def test_only_sealed_data_may_be_wrapped(contract: Contract) -> None:
    person = {"sub": "customer-1", "id_type": "nric", "hashed_id_number": HASH}
    assert contract.problems_in_plaintext(Operation.USERINFO, person) == ()
    assert contract.problems_in_plaintext(Operation.USERINFO, {"data": person})


def test_accounts_transactions_and_userinfo(contract: Contract) -> None:
    assert contract.problems_in_plaintext(Operation.ACCOUNT, {"account_id": "account-1", "category": "retail"}) == ()
    assert contract.problems_in_plaintext(Operation.ACCOUNT, {"account_id": "account-1", "category": "other"})
    page: Body = {"data": [transaction()], "meta": {"next_page_params": None}}
    assert contract.problems_in_plaintext(Operation.TRANSACTIONS, page) == ()
    assert contract.problems_in_plaintext(Operation.TRANSACTIONS, page["data"]) == ()
    bad = copy.deepcopy(page)
    bad["data"][0]["amount"] = "1.0"
    assert contract.problems_in_plaintext(Operation.TRANSACTIONS, bad)
    person = {"sub": "customer-1", "id_type": "passport", "hashed_id_number": HASH, "email_verified": False}
    assert contract.problems_in_plaintext(Operation.USERINFO, person) == ()
    assert contract.problems_in_plaintext(Operation.USERINFO, {**person, "email_verified": "no"})


def test_statuses(contract: Contract) -> None:
    assert contract.problems_in_plaintext(Operation.EVENT, None, 204) == ()
    assert contract.problems_in_plaintext(Operation.EVENT, {}, 201) == ()
    assert contract.problems_in_plaintext(Operation.BALANCES, {"error": "x", "error_description": ""}, 403) == ()
    assert contract.problems_in_plaintext(Operation.BALANCES, {}, 418)
    assert contract.problems_in_plaintext(Operation.PAGE, {}, 418) == ()


def test_errors(contract: Contract) -> None:
    assert contract.problems_in_error({"error": "Consent.Invalid", "error_description": "no"}) == ()
    assert contract.problems_in_error({"error": "another", "error_description": "no", "more": 1}) == ()
    assert contract.problems_in_error({"error_description": "no"}) == ("(top): lacks error",)
    assert contract.problems_in_error({"error": 5, "error_description": "no"})


def test_problems_are_few_short_and_quote_nothing(contract: Contract) -> None:
    secret = "9876543210" * 50
    account = {"account_id": 9876543210, "account_number": [secret], "account_name": {secret: secret}}
    body = {**approval(), "accounts": [account] * 9, "status": secret, "id_token": secret}
    body["user_identity"] = {"id_type": secret, "hashed_id_number": secret, "hashed_mobile_number": [secret]}
    problems = contract.problems_in_request(Operation.UPDATE, body)
    assert len(problems) == 5
    assert all(len(each) <= 200 and "98765" not in each for each in problems)


def test_a_member_whose_name_may_be_data_is_not_named(contract: Contract) -> None:
    body = approval()
    body["user_identity"]["masked_9876543210"] = 1
    problems = contract.problems_in_request(Operation.UPDATE, body)
    assert problems == ("user_identity.*: must be string, found integer",)
