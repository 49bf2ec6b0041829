"""The contract document that comes with the suite: valid, complete, sourced, and true to its own examples."""

from __future__ import annotations

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from conformance import resources
from conformance.catalogue import Catalogue
from conformance.contract import FILE, Contract
from conformance.lifecycle import Status
from conformance.model import Operation
from tests.support.contract_document import DOCUMENT, SCHEMAS, all_schemas, operations, parameters, resolved, schema

SOURCE = re.compile(r"G|F|N|RFC|R:(?P<reading>[a-z0-9_]+)")
PROVIDER = {
    ("post", "/v1/consents/events"),
    ("get", "/v1/oauth/authorize"),
    ("get", "/v1/oauth/userinfo"),
    ("get", "/v1/accounts/{account_id}/balances"),
    ("get", "/v1/accounts/{account_id}"),
    ("get", "/v1/accounts/{account_id}/transactions"),
}
PAYNET = {
    ("patch", "/v1/consents/{consent_id}"),
    ("get", "/v1/oauth/jwks/{dc_id}"),
    ("get", "/v1/oauth/jwks/ofp"),
}
ENUMS = {
    "EventType": "consent_created consent_updated consent_status_updated",
    "Status": "awaiting_authorization authorized rejected suspended revoked expired failed",
    "IdType": "nric passport",
    "Permission": "read_accounts read_balances read_transactions",
    "Indicator": "credit debit",
    "Consent.consent_type": "account_access_consent urn:openfinance-ml:account-access-consent:v1.2",
    "Consent.consent_purpose": "pfm credit_underwriting",
    "Consent.updated_by": "data_consumer data_consumer_user ofp ofp_user data_provider data_provider_user",
    "StatusReason.reason_code": "inactive_account inactive_provider not_allowed internal_error format_error timeout "
    "provider_error duplicate validation_error",
    "Account.category": "retail corporate",
    "Account.type": "deposit credit loan investment ewallet",
    "Key.use": "enc sig",
    "ErrorCode": "invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type "
    "access_denied invalid_scope server_error temporarily_unavailable Consent.AccountTemporarilyBlocked "
    "Consent.PermanentAccountAccessFailure Consent.TransientAccountAccessFailure AccessToken.InvalidScope "
    "Consent.Invalid Consent.BusinessRuleViolation JWS.InvalidSignature JWS.InvalidClaim JWE.DecryptionError",
}
MEMBERS = {
    "ConsentEvent": "event_type data",
    "Consent": "consent_id dc_id dp_id id_type hashed_id_number consent_type consent_purpose permissions "
    "expiration_datetime status status_reason accounts account_access created_at updated_at updated_by",
    "StatusReason": "reason_code reason_description",
    "ConsentAccount": "account_id account_reference account_number account_name",
    "ConsentUpdate": "status consent_id id_token user_identity accounts",
    "UserIdentity": "id_type hashed_id_number hashed_mobile_number",
    "ChosenAccount": "account_id account_number account_name",
    "IdTokenHeader": "alg kid",
    "IdTokenClaims": "iss sub aud iat exp auth_time id_type hashed_id_number",
    "SignatureHeader": "alg kid b64 crit typ iss iat jti",
    "DataClaims": "iss aud iat nbf exp jti data",
    "UserInfo": "sub name given_name family_name preferred_username picture email email_verified id_type "
    "hashed_id_number",
    "Balance": "account_id current_balance available_balance credit_lines_included statement_balance statement_date "
    "custom_data",
    "Account": "account_id account_number account_name account_holder_name institution_name category type subtype "
    "loan_details limit interest_rate minimum_payment_amount payment_due_date custom_data",
    "Transaction": "account_id transaction_id transaction_date credit_debit_indicator amount foreign_currency_amount "
    "transfer_method transfer_submethod description recipient_reference other_payment_description merchant_name mcc "
    "is_settled custom_data",
    "Key": "kty use kid alg n e x5c x5t#S256",
    "Error": "error error_description",
}
JUDGED_BY = {
    "ConsentEvent": (Operation.EVENT, True),
    "ConsentUpdate": (Operation.UPDATE, True),
    "UserInfo": (Operation.USERINFO, False),
    "Balance": (Operation.BALANCES, False),
    "Account": (Operation.ACCOUNT, False),
    "TransactionPage": (Operation.TRANSACTIONS, False),
    "KeySet": (Operation.DC_KEYS, False),
}


SOURCED = dict(all_schemas(DOCUMENT))


def test_the_document_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_every_operation_is_there_and_no_other() -> None:
    assert {(method, path) for method, path, _ in operations()} == PROVIDER | PAYNET
    assert {(method, path) for method, path, each in operations() if each["tags"] == ["provider"]} == PROVIDER
    assert {(method, path) for method, path, each in operations() if each["tags"] == ["paynet"]} == PAYNET


def test_paynets_operations_have_paynets_servers() -> None:
    for _, path in PAYNET:
        assert "paynet" in DOCUMENT["paths"][path]["servers"][0]["url"]
    for _, path in PROVIDER:
        assert "servers" not in DOCUMENT["paths"][path]


def test_every_part_names_its_source() -> None:
    assert len(SOURCED) > 200
    assert [where for where, each in SOURCED.items() if not SOURCE.fullmatch(str(each.get("x-source", "")))] == []


def test_every_reading_that_is_named_exists() -> None:
    readings = Catalogue.load().readings
    text = (resources.path("specs") / "openapi" / FILE).read_text(encoding="utf-8")
    named = set(re.findall(r"R:([a-z0-9_]+)", text)) - {"name"}
    assert named <= set(readings)
    # The others are about what is done, not about what a message looks like.
    assert set(readings) - named == {"awaiting_timeout", "activation", "async_calls"}


@pytest.mark.parametrize("name", ENUMS)
def test_enums(name: str) -> None:
    assert schema(name)["enum"] == ENUMS[name].split()


def test_no_enum_is_left_out_above_and_none_has_its_default() -> None:
    found = {tuple(each["enum"]) for each in SOURCED.values() if "enum" in each}
    assert found == {tuple(each.split()) for each in ENUMS.values()}
    assert not any(value.endswith("_unspecified") for each in found for value in each)


def test_the_states_are_those_of_the_state_machine() -> None:
    assert set(schema("Status")["enum"]) == set(Status)


@pytest.mark.parametrize("name", MEMBERS)
def test_members(name: str) -> None:
    assert list(SCHEMAS[name]["properties"]) == MEMBERS[name].split()


def test_what_an_event_must_have() -> None:
    assert SCHEMAS["ConsentEvent"]["required"] == ["event_type", "data"]
    optional = set(SCHEMAS["Consent"]["properties"]) - set(SCHEMAS["Consent"]["required"])
    assert optional == {"status_reason", "accounts", "account_access", "created_at", "updated_at", "updated_by"}


def test_no_schema_forbids_members_that_it_does_not_know() -> None:
    closed = {"additionalProperties", "unevaluatedProperties", "maxProperties", "propertyNames"}
    assert [where for where, each in SOURCED.items() if closed & each.keys()] == []


def test_members_that_only_a_neighbouring_build_knows_are_optional_in_what_the_guide_asks_for() -> None:
    for name, each in SCHEMAS.items():
        if each["x-source"] in ("G", "F"):
            needed = {member: resolved(each["properties"][member])["x-source"] for member in each.get("required", [])}
            assert "N" not in needed.values(), name


def test_lengths_and_patterns() -> None:
    assert SCHEMAS["ConsentId"]["maxLength"] == 36
    assert SCHEMAS["HashedIdNumber"]["minLength"] == SCHEMAS["HashedIdNumber"]["maxLength"] == 44
    assert SCHEMAS["ConsentUpdate"]["properties"]["id_token"]["maxLength"] == 3000
    assert SCHEMAS["AmountText"]["pattern"] == r"^\d{1,13}\.\d{2}$"
    queries = {each["name"]: each["schema"] for each in parameters("get", "/v1/oauth/authorize")}
    assert queries["redirect_uri"]["maxLength"] == 300
    pages = {each["name"]: each["schema"] for each in parameters("get", "/v1/accounts/{account_id}/transactions")}
    assert (pages["page_size"]["minimum"], pages["page_size"]["maximum"]) == (10, 500)
    assert {"next_page_params", "from_date", "to_date"} <= pages.keys()


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("post", "/v1/consents/events", "x-fapi-interaction-id x-fapi-signature"),
        ("get", "/v1/oauth/authorize", "consent_id redirect_uri signature"),
        ("get", "/v1/oauth/userinfo", "consent_id x-fapi-interaction-id x-fapi-signature"),
        (
            "get",
            "/v1/accounts/{account_id}/balances",
            "account_id consent_id x-fapi-interaction-id x-enc-kid x-fapi-signature",
        ),
        ("get", "/v1/accounts/{account_id}", "account_id consent_id x-fapi-interaction-id x-enc-kid x-fapi-signature"),
        (
            "get",
            "/v1/accounts/{account_id}/transactions",
            "account_id consent_id x-fapi-interaction-id x-enc-kid x-fapi-signature",
        ),
        ("patch", "/v1/consents/{consent_id}", "consent_id x-fapi-interaction-id x-fapi-signature"),
        ("get", "/v1/oauth/jwks/{dc_id}", "dc_id"),
        ("get", "/v1/oauth/jwks/ofp", ""),
    ],
)
def test_required_parameters(method: str, path: str, names: str) -> None:
    assert [each["name"] for each in parameters(method, path) if each.get("required")] == names.split()


def test_statuses() -> None:
    for method, path, operation in operations():
        refusals = {each for each in operation["responses"] if each >= "400"}
        if (method, path) in PROVIDER:
            assert refusals == {"400", "401", "403", "404", "405", "429", "500", "503"}, path
            for status in refusals:
                content = resolved(operation["responses"][status])["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Error"}
    good = {
        (method, path): sorted(set(each["responses"]) & {"200", "201", "204", "303"})
        for method, path, each in operations()
    }
    assert good.pop(("post", "/v1/consents/events")) == ["200", "201", "204"]
    assert good.pop(("get", "/v1/oauth/authorize")) == ["303"]
    assert set(map(tuple, good.values())) == {("200",)}
    assert DOCUMENT["paths"]["/v1/oauth/authorize"]["get"]["responses"]["303"]["headers"]["Location"]["required"]


@pytest.mark.parametrize("end", ["/balances", "", "/transactions"])
def test_data_is_sealed(end: str) -> None:
    content = DOCUMENT["paths"]["/v1/accounts/{account_id}" + end]["get"]["responses"]["200"]["content"]
    assert list(content) == ["application/jose"]
    assert "x-plaintext-schema" in content["application/jose"]


@pytest.mark.parametrize("name", JUDGED_BY)
def test_examples_fit(name: str) -> None:
    contract, (operation, asked) = Contract.load(), JUDGED_BY[name]
    judge = contract.problems_in_request if asked else contract.problems_in_plaintext
    assert SCHEMAS[name]["examples"]
    for example in SCHEMAS[name]["examples"]:
        assert judge(operation, example) == ()


def test_the_examples_of_errors_fit() -> None:
    for example in SCHEMAS["Error"]["examples"]:
        assert Contract.load().problems_in_error(example) == ()
        assert example["error"] in schema("ErrorCode")["enum"]


def test_no_example_is_left_out_above() -> None:
    has = {name for name, each in SCHEMAS.items() if "examples" in each}
    assert has == {*JUDGED_BY, "Error", "IdTokenClaims"}
    for example in SCHEMAS["IdTokenClaims"]["examples"]:
        assert set(example) == set(SCHEMAS["IdTokenClaims"]["properties"])


def test_the_examples_show_every_published_form() -> None:
    events = SCHEMAS["ConsentEvent"]["examples"]
    assert {each["event_type"] for each in events} == set(schema("EventType")["enum"])
    accounts = [account for each in events for account in each["data"].get("accounts", ())]
    nested = [account for each in events for account in each["data"].get("account_access", {}).get("accounts", ())]
    assert any("account_number" in each for each in accounts)
    assert any("account_reference" in each for each in nested)
    assert {each["data"]["consent_type"] for each in events} == set(schema("Consent.consent_type")["enum"])
    amounts = [each["current_balance"]["amount"] for each in SCHEMAS["Balance"]["examples"]]
    assert {type(each) for each in amounts} == {str, dict}
