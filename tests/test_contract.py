"""The contract document, and what it lets through."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from conformance import consent, resources
from conformance.contract import Contract
from conformance.lifecycle import Status
from conformance.model import ConfigurationFault, Operation

OWN = resources.path("specs") / "openapi" / "ofp-dp-1.2.1.yaml"
HASH = "A" * 43 + "="
Body = dict[str, Any]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load()


def event(shape: str = "accounts") -> Body:
    moment = consent.now()
    given = consent.Consent(
        consent_id=consent.new_id(),
        dc_id="dc-1",
        dp_id="dp-1",
        id_type="nric",
        hashed_id_number=HASH,
        consent_type="account_access_consent",
        purpose=consent.Purpose.PFM,
        permissions=tuple(consent.Permission),
        expiration=moment + timedelta(days=30),
        status=Status.AWAITING_AUTHORIZATION,
        created_at=moment,
        updated_at=moment,
        accounts=(consent.AccountRef("account-1", "1234567890", "Savings"),),
    )
    return consent.event_json(consent.EventType.CREATED, given, shape)


def approval() -> Body:
    return {
        "status": "authorized",
        "consent_id": consent.new_id(),
        "id_token": "aa.bb.cc",
        "user_identity": {"id_type": "nric", "hashed_id_number": HASH, "masked_name": "c***1"},
        "accounts": [{"account_id": "account-1", "account_number": "1234567890", "account_name": "Savings"}],
    }


def flat(amount: object = "12.34", **members: object) -> Body:
    return {"amount": amount, "currency": "MYR", "credit_debit_indicator": "credit", **members}


def nested(amount: object = "12.34") -> Body:
    return {"amount": {"amount": amount, "currency": "MYR"}, "credit_debit_indicator": "debit"}


def balance(current: object) -> Body:
    return {"account_id": "account-1", "current_balance": current}


def transaction() -> Body:
    return {
        "account_id": "account-1",
        "transaction_id": "t-1",
        "transaction_date": "2026-01-02T03:04:05Z",
        "credit_debit_indicator": "debit",
        "amount": {"amount": "1.00", "currency": "MYR"},
        "is_settled": True,
    }


def minimal(version: str = "3.1.0") -> Body:
    """A document of another author: other parameter names, no component names, a server with a path."""
    answer = {"200": {"description": "good"}}
    nullable = {"type": "string", "nullable": True} if version.startswith("3.0") else {"type": ["string", "null"]}
    schema = {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "object", "required": ["x"], "properties": {"x": nullable}}},
    }

    def parameter(name: str) -> list[Body]:
        return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]

    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    good = {"200": {"description": "good", "content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": version,
        "info": {"title": "another", "version": "9.8"},
        "servers": [{"url": "https://provider.example/v1"}],
        "paths": {
            "/consents/events": {"post": {"requestBody": body, "responses": answer}},
            "/oauth/authorize": {"get": {"responses": answer}},
            "/accounts/{id}/balances": {"parameters": parameter("id"), "get": {"responses": good}},
            "/consents/{id}": {"parameters": parameter("id"), "patch": {"requestBody": body, "responses": answer}},
        },
        "components": {
            "schemas": {
                "Thing": {
                    "type": "object",
                    "required": ["note"],
                    "properties": {
                        "note": {**nullable, "maxLength": 3},
                        "next": {"$ref": "#/components/schemas/Thing"},
                    },
                }
            }
        },
    }


def written(folder: Path, document: object, name: str = "openapi.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_own_document_loads_and_names_itself(contract: Contract) -> None:
    assert contract.version == "1.2.1"
    assert contract.path == OWN
    assert contract.name == "ofp-dp-1.2.1.yaml"
    assert contract.digest == sha256(OWN.read_bytes()).hexdigest()


def test_own_document_gives_every_schema_a_source() -> None:
    from conformance import documents

    lacking: list[str] = []

    def walk(schema: Any, where: str) -> None:
        if "$ref" not in schema and "x-source" not in schema:
            lacking.append(where)
        for group in ("properties", "patternProperties"):
            for name, inner in schema.get(group, {}).items():
                walk(inner, f"{where}.{name}")
        for number, inner in enumerate(schema.get("anyOf", [])):
            walk(inner, f"{where}.{number}")
        if "items" in schema:
            walk(schema["items"], f"{where}[]")

    schemas: Any = documents.parse(OWN).value(("components", "schemas"))
    for name, schema in schemas.items():
        walk(schema, name)
    assert len(schemas) > 20
    assert lacking == []


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
        (put("permissions", []), "data.permissions"),
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


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_documents_of_others_load(tmp_path: Path, version: str) -> None:
    found = Contract.load(written(tmp_path, minimal(version)))
    assert found.version == "9.8"
    assert found.problems_in_request(Operation.EVENT, {"note": None, "next": {"note": "abc"}}) == ()
    assert found.problems_in_request(Operation.UPDATE, {"note": "abcd"}) == (
        "note: must have at most 3 character(s), found 4",
    )
    assert found.problems_in_request(Operation.EVENT, {"note": "a", "next": {}}) == ("next: lacks note",)
    for data in ({"data": {"x": None}}, {"x": "bare"}):
        assert found.problems_in_plaintext(Operation.BALANCES, data) == ()
    assert found.problems_in_plaintext(Operation.BALANCES, {"data": {}}) == ("data: lacks x",)
    assert found.problems_in_plaintext(Operation.BALANCES, {"y": 1}) == ("(top): lacks x",)
    assert found.problems_in_plaintext(Operation.USERINFO, 5) == ()
    assert found.problems_in_error({"error": "x"}) == ()
    assert found.problems_in_error({}) == ("(top): lacks error",)


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("post", "/consents/events", "POST /v1/consents/events"),
        ("get", "/oauth/authorize", "GET /v1/oauth/authorize"),
        ("get", "/accounts/{id}/balances", "GET /v1/accounts/{id}/balances"),
        ("patch", "/consents/{id}", "PATCH /v1/consents/{id}"),
    ],
)
def test_a_missing_operation_is_named(tmp_path: Path, method: str, path: str, named: str) -> None:
    document = minimal()
    del document["paths"][path][method]
    with pytest.raises(ConfigurationFault, match=named.replace("{", r"\{")) as fault:
        Contract.load(written(tmp_path, document))
    assert "\n" not in str(fault.value)


def broken(**members: object) -> Body:
    return {**minimal(), **members}


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "text",
        "{",
        json.dumps({"swagger": "2.0"}),
        json.dumps(broken(openapi="3.2.0")),
        json.dumps(broken(openapi=None)),
        json.dumps(broken(info={"title": "no version"})),
        json.dumps(broken(info=None)),
        json.dumps(broken(paths=[])),
        json.dumps(broken(paths={"/x": 5})),
        json.dumps(broken(servers="x")),
        json.dumps(broken(components={"schemas": {"Thing": {"type": "strange"}}})),
        json.dumps(broken(components={"schemas": {"Thing": {"$ref": "other.yaml#/Thing"}}})),
        json.dumps(broken(components={"schemas": {}})),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path, document: str) -> None:
    for name in ("openapi.json", "openapi.yaml"):
        path = written(tmp_path, document, name)
        with pytest.raises(ConfigurationFault) as fault:
            Contract.load(path)
        assert str(fault.value).startswith(str(path))
        assert "\n" not in str(fault.value)


def test_what_has_no_end_is_no_traceback(tmp_path: Path) -> None:
    body: Body = {"note": "a"}
    for _ in range(5000):
        body = {"note": "a", "next": body}
    found = Contract.load(written(tmp_path, minimal()))
    assert found.problems_in_request(Operation.EVENT, body) == ("(top): is nested too deep to be judged",)
    endless = broken(components={"schemas": {"Thing": {"allOf": [{"$ref": "#/components/schemas/Thing"}]}}})
    with pytest.raises(ConfigurationFault):
        Contract.load(written(tmp_path, endless))


def test_no_file_is_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ConfigurationFault) as fault:
            Contract.load(path)
        assert "\n" not in str(fault.value)
