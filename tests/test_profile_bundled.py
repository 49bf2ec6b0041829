"""The profiles that come with the suite, the starter, and the schema for editors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance import resources
from conformance.catalogue import Catalogue
from conformance.documents import key_paths, parse
from conformance.profile import Profile, bundled, template
from conformance.profile.editor import editor_schema
from tests.support.pki import pki

REFERENCE = {"OFP_REFERENCE_KEYS": str(pki().directory)}


def starter(folder: Path) -> Path:
    """The starter as a bank has it: with its keys and the files it names beside it."""
    (folder / "keys").symlink_to(pki().directory)
    for name in ("my-bank-ca.pem", "my-bank-jwks.json", "my-bank-client.pem"):
        (folder / name).write_text("x")
    path = folder / "my-bank.yaml"
    path.write_text(template().read_text())
    return path


def test_the_starter_is_a_profile(tmp_path):
    profile = Profile.load(str(starter(tmp_path)), environment={"BANK_PASSWORD": "x"})
    assert profile.chain[1:] == ("sign-off",)
    assert profile.reading("balances_method") == "GET"


def test_the_starters_only_variables_are_passwords():
    assert set(re.findall(r"\$\{(\w+)", template().read_text())) == {"NAME", "BANK_PASSWORD", "PAYNET_KEY_PASSWORD"}


def test_every_key_stands_in_the_starter():
    text = template().read_text()
    keys = {path[-1] for path in key_paths(Profile)}
    assert keys >= {"rs_url", "foreign_server", "max_requests_per_second", "hashed_id_number", "kid"}
    missing = {key for key in keys if not re.search(rf"\b{key}:", text)}
    assert not missing


def test_the_starters_live_values_are_the_defaults(tmp_path):
    """What a bank leaves alone changes nothing."""
    path = starter(tmp_path)
    lean = tmp_path / "lean.yaml"
    data: Any = parse(path).data
    kept = {key: data[key] for key in ("extends", "name", "target", "keys", "data_consumers", "customers")}
    lean.write_text(json.dumps({**kept, "customer_pages": data["customer_pages"]}))
    environment = {"BANK_PASSWORD": "x"}
    whole, small = (Profile.load(str(each), environment=environment) for each in (path, lean))
    for part in ("bounds", "hub", "paths", "plan", "wording", "waivers", "paynet", "capabilities"):
        assert getattr(whole, part) == getattr(small, part), part


def test_the_reference_profile_describes_the_reference():
    profile = Profile.load("reference", environment=REFERENCE)
    known: Any = parse(resources.path("fixtures") / "data" / "reference.yaml").data
    by_name = {each["username"]: each for each in known["customers"]}
    assert len(profile.customers) >= 2
    for customer in profile.customers:
        facts = by_name[customer.username]
        assert (customer.password, customer.id_type, customer.id_number) == (
            facts["password"],
            facts["id_type"],
            facts["id_number"],
        )
        accounts = {each["account_id"]: each for each in facts["accounts"]}
        for account in customer.accounts:
            fact = accounts[account.account_id]
            assert account.account_name == fact["account_name"]
            assert account.condition.value == fact.get("state", "usual")
            if "state" in fact:
                continue
            assert account.type == fact["type"]
            assert account.balance is not None
            assert account.balance.amount == fact["balance"]
            assert account.balance.credit_debit_indicator == fact["credit_debit_indicator"]
    assert len(profile.customers[0].accounts) >= 3


def test_the_reference_profile_takes_its_address_from_the_environment():
    environment = {**REFERENCE, "OFP_REFERENCE_URL": "https://other:1"}
    assert Profile.load("reference", environment=environment).target.rs_url == "https://other:1"


@pytest.mark.parametrize("name", [each for each in bundled() if each != "reference"])
def test_a_bundled_plan_lies_over_any_profile(name):
    profile = Profile.load(name, beneath="reference", environment=REFERENCE)
    assert profile.plan.volume == name
    assert any(profile.selects(each) for each in Catalogue.load().requirements.values())


def test_a_certificate_can_come_of_sign_off_and_not_of_smoke():
    plans = {name: Profile.load(name, beneath="reference", environment=REFERENCE).plan for name in bundled()}
    assert {name for name, plan in plans.items() if plan.sign_off} == {"sign-off", "regression", "load", "reference"}
    assert plans["sign-off"].requirements == ("*",)
    assert plans["regression"].examples > plans["sign-off"].examples > plans["smoke"].examples


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(json.dumps(editor_schema(Catalogue.load().readings)))


def test_the_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", [*bundled(), "TEMPLATE"])
def test_the_schema_takes_what_the_suite_brings(schema, name):
    data = parse(resources.path("profiles") / f"{name}.yaml").data
    assert [each.message for each in jsonschema.Draft202012Validator(schema).iter_errors(data)] == []


def wrong() -> Iterator[Any]:
    yield {"nmae": "x"}
    yield {"target": {"rs_ulr": "x"}}
    yield {"plan": {"volume": "smok"}}
    yield {"plan": {"concurrency": "three"}}
    yield {"readings": {"balance_method": "GET"}}
    yield {"readings": {"balances_method": "PUT"}}
    yield {"customers": [{"name": "x"}]}
    yield {"customer_pages": {"login": [{"clik": "x"}]}}
    yield {"customer_pages": {"login": [{"click": "x", "expect": "y"}]}}


@pytest.mark.parametrize("data", list(wrong()), ids=json.dumps)
def test_the_schema_refuses_what_the_suite_refuses(schema, data):
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(data))


def test_the_schema_takes_variables_and_bare_options(schema):
    data = {
        "plan": {"concurrency": "${N:-4}", "sign_off": "${FINAL}"},
        "readings": {"jws_b64": True, "awaiting_timeout": 5},
    }
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors(data))


def test_every_key_is_described(schema):
    def properties(node: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(node, dict):
            yield from node.get("properties", {}).items()
            for value in node.values():
                yield from properties(value)

    bare = [name for name, each in properties(schema) if name not in ("fill", "click") and "description" not in each]
    assert not bare
