"""Balances, accounts, transactions and userinfo: what is served, sealed for whom, and what is refused."""

from __future__ import annotations

import json

import pytest

from conformance import jose
from tests.support.reference import ONE, THREE, TWO, Bench, known_bank, opened, private_key, provider_keys, refused

CALLS = {
    "balances": ("/v1/accounts/acc-101/balances", "read_balances"),
    "account": ("/v1/accounts/acc-101", "read_accounts"),
    "transactions": ("/v1/accounts/acc-101/transactions", "read_transactions"),
}
every_call = pytest.mark.parametrize("path", [path for path, _ in CALLS.values()], ids=list(CALLS))


def test_a_balance_is_signed_sealed_and_the_known_one():
    bench = Bench()
    consent = bench.authorized()
    answer = bench.balance(consent)
    assert ("Content-Type", "application/jose") in answer.headers
    assert ("Cache-Control", "no-store") in answer.headers
    verified = jose.verify_attached(answer.body.decode(), provider_keys())
    claims = json.loads(verified.payload)
    assert verified.header["kid"] == private_key("dp/dp-sig").kid
    assert (claims["iss"], claims["aud"]) == ("https://reference-dp.example", ["dc-1", "ofp"])
    assert claims["iat"] <= bench.now < claims["exp"]
    assert jose.protected_header(claims["data"])["kid"] == private_key("dc-1-enc").kid
    assert b"1523.45" not in verified.payload
    data = opened(answer)["data"]
    assert data["account_id"] == "acc-101"
    assert data["current_balance"] == {"amount": "1523.45", "currency": "MYR", "credit_debit_indicator": "credit"}
    assert data["available_balance"]["amount"] == "1423.45"


def test_the_other_envelope_is_the_jwe_alone():
    bench = Bench(response_envelope="jwe")
    payload = jose.verify_attached(bench.balance(bench.authorized()).body.decode(), provider_keys()).payload
    assert b"1523.45" in jose.decrypt(payload.decode(), private_key("dc-1-enc")).plaintext


def test_two_answers_share_no_key_and_no_iv():
    bench = Bench()
    consent = bench.authorized()
    found = [
        jose.decrypt(json.loads(jose.verify_attached(answer.body.decode(), provider_keys()).payload)["data"], reader)
        for answer, reader in ((bench.balance(consent), private_key("dc-1-enc")) for _ in range(2))
    ]
    assert found[0].content_key_sha256 != found[1].content_key_sha256
    assert found[0].iv != found[1].iv


def test_only_the_consents_own_data_consumer_reads():
    bench = Bench()
    consent = bench.authorized(dc_id="dc-2")
    assert opened(bench.balance(consent, kid="dc-2-enc"), "dc-2-enc")
    for kid in ("dc-1-enc", "dc-2-sig", "paynet-sig"):
        refused(bench.balance(consent, kid=kid), 400, code="invalid_request")
    refused(bench.balance(consent, kid=None, headers=(("x-enc-kid", "unknown"),)), 400, code="invalid_request")


@every_call
def test_what_a_data_call_needs(path):
    bench = Bench()
    number = bench.authorized()["consent_id"]
    assert bench.get(path, number).status == 200
    refused(bench.get(path, None, signed=number), 400, code="invalid_request")
    refused(bench.get(path, "", signed=number), 400, code="invalid_request")
    refused(bench.get(path, number, kid=None), 400, code="invalid_request")
    refused(bench.get(path, number, headers=(("x-fapi-interaction-id", ""),)), 400, code="invalid_request")
    refused(bench.get(path, number, headers=(("x-fapi-signature", ""),)), 401, code="JWS.InvalidSignature")
    refused(bench.get(path, bench.consent()["consent_id"]), 404, code="Consent.Invalid")
    for method in ("POST", "PUT", "DELETE", "HEAD"):
        refused(bench.get(path, number, method=method), 405)


@pytest.mark.parametrize("name", CALLS)
def test_a_permission_opens_its_own_call_and_no_other(name):
    bench = Bench()
    number = bench.authorized(permissions=[CALLS[name][1]])["consent_id"]
    for other, (path, _) in CALLS.items():
        answer = bench.get(path, number)
        if other == name:
            assert answer.status == 200
        else:
            refused(answer, 403, code="AccessToken.InvalidScope")


@pytest.mark.parametrize("account", ["acc-102", "acc-201", "acc-999"])
@pytest.mark.parametrize("call", ["", "/balances", "/transactions"])
def test_an_account_outside_the_consent_is_as_good_as_none(call, account):
    bench = Bench()
    answer = bench.get(f"/v1/accounts/{account}{call}", bench.authorized()["consent_id"])
    refused(answer, 403, code="Consent.Invalid")
    assert json.loads(answer.body)["error_description"] == "The account is not in the consent"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/accounts/acc-102/../acc-101/balances",
        "/v1/accounts/..%2facc-101/balances",
        "/v1/accounts/acc-101%2f/balances",
        "/v1/accounts/acc-101%00/balances",
        "/v1/accounts/acc-101/balances/",
        "/v1/accounts//balances",
        "/v1/accounts/./balances",
        "/v1/accounts/%2e%2e/balances",
        "//v1/accounts/acc-101/balances",
        "/V1/accounts/acc-101/balances",
        "/v1/accounts/acc-101;x=1/balances",
        "/v1/accounts/acc-101%20/balances",
        "/v1/accounts/%ff/balances",
        "/v1/accounts/" + "a" * 5000 + "/balances",
        "/",
        "*",
    ],
)
def test_tricks_with_the_path_lead_nowhere(path):
    bench = Bench()
    refused(bench.get(path, bench.authorized()["consent_id"]), 404)


@pytest.mark.parametrize("tail", ["&consent_id={0}", "&consent_id=x", "%00", "%0a", "%ff", "%20"])
def test_tricks_with_the_consent_id_are_refused(tail):
    bench = Bench()
    number = bench.authorized()["consent_id"]
    target = f"/v1/accounts/acc-101/balances?consent_id={number}{tail.format(number)}"
    refused(bench.get(target, None, signed=number), 400, 401)


def test_accounts_in_trouble_have_their_own_codes():
    bench = Bench()
    consent = bench.authorized("acc-301", "acc-302", "acc-303", "acc-304", customer=THREE)
    assert opened(bench.balance(consent, "acc-301"))
    refused(bench.balance(consent, "acc-302"), 403, code="Consent.AccountTemporarilyBlocked")
    refused(bench.balance(consent, "acc-303"), 403, code="Consent.PermanentAccountAccessFailure")
    refused(bench.balance(consent, "acc-304"), 503, code="Consent.TransientAccountAccessFailure")
    assert bench.slept == [4.0]


def test_an_account_tells_its_details_and_a_card_hides_its_number():
    bench = Bench()
    consent = bench.authorized("acc-101", "acc-103")
    plain = opened(bench.get("/v1/accounts/acc-101", consent["consent_id"]))["data"]
    card = opened(bench.get("/v1/accounts/acc-103", consent["consent_id"]))["data"]
    assert (plain["account_number"], plain["type"], plain["account_holder_name"]) == (
        "1010000011",
        "deposit",
        "Customer One",
    )
    assert (card["account_number"], card["type"]) == ("400000******7899", "credit")
    assert card["limit"] == {"amount": "8000.00", "currency": "MYR"}


def pages(bench, consent, account="acc-101", **query):
    found, cursor = [], {}
    while True:
        answer = opened(bench.get(f"/v1/accounts/{account}/transactions", consent["consent_id"], **query, **cursor))
        found.append(answer["data"])
        if answer["meta"]["next_page_params"] is None:
            return found
        cursor = {"next_page_params": answer["meta"]["next_page_params"]}


@pytest.mark.parametrize(("size", "sizes"), [(10, [10] * 13 + [7]), (137, [137]), (136, [136, 1]), (500, [137])])
def test_pages_visit_every_transaction_once_newest_first(size, sizes):
    bench = Bench()
    found = pages(bench, bench.authorized(), page_size=str(size))
    assert [len(each) for each in found] == sizes
    items = [item for each in found for item in each]
    keys = [(item["transaction_date"], item["transaction_id"]) for item in items]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == 137
    assert all(item["account_id"] == "acc-101" for item in items)
    assert len({date for date, _ in keys}) < 137, "some share their moment"


def test_a_cursor_alone_goes_on_as_it_began():
    bench = Bench()
    consent = bench.authorized()
    path = "/v1/accounts/acc-101/transactions"
    first = opened(bench.get(path, consent["consent_id"], page_size="20", to_date="2026-06-20"))
    cursor = first["meta"]["next_page_params"]
    second = opened(bench.get(path, consent["consent_id"], next_page_params=cursor))
    assert len(second["data"]) == 20
    assert second["data"][0]["transaction_date"] <= first["data"][-1]["transaction_date"]
    refused(bench.get(path, consent["consent_id"], next_page_params=cursor, to_date="2026-06-25"), 400)


def test_dates_bound_the_items_and_belong_to_them():
    bench = Bench()
    consent = bench.authorized()
    every = [item for each in pages(bench, consent) for item in each]
    days = sorted({item["transaction_date"][:10] for item in every})
    first, last = days[5], days[-5]
    found = [item for each in pages(bench, consent, from_date=first, to_date=last, page_size="10") for item in each]
    assert found == [item for item in every if first <= item["transaction_date"][:10] <= last]
    exact = every[30]["transaction_date"]
    assert every[30] in [item for each in pages(bench, consent, from_date=exact, to_date=exact) for item in each]
    assert pages(bench, consent, from_date="2031-01-01", to_date="2031-01-02") == [[]]
    assert pages(bench, bench.authorized("acc-104"), "acc-104") == [[]]


@pytest.mark.parametrize(
    "query",
    [
        {"page_size": "9"},
        {"page_size": "501"},
        {"page_size": ""},
        {"page_size": "10.0"},
        {"page_size": "-10"},
        {"page_size": "١٢"},
        {"page_size": "9" * 5000},
        {"from_date": ""},
        {"from_date": "2026-02-30"},
        {"to_date": "20260630"},
        {"to_date": "yesterday"},
        {"from_date": "2026-06-02", "to_date": "2026-06-01"},
        {"next_page_params": ""},
        {"next_page_params": "garbage"},
        {"next_page_params": "!!"},
        {"next_page_params": "A" * 100},
        {"next_page_params": "A" * 50_000},
    ],
)
def test_bad_paging_is_a_400(query):
    bench = Bench()
    number = bench.authorized()["consent_id"]
    refused(bench.get("/v1/accounts/acc-101/transactions", number, **query), 400, code="invalid_request")


def test_a_cursor_opens_nothing_of_another_consent_or_account():
    bench = Bench()
    mine, other = bench.authorized("acc-101", "acc-102"), bench.authorized()
    path = "/v1/accounts/{}/transactions"
    cursor = opened(bench.get(path.format("acc-101"), mine["consent_id"], page_size="10"))["meta"]["next_page_params"]
    refused(bench.get(path.format("acc-101"), other["consent_id"], next_page_params=cursor), 400)
    refused(bench.get(path.format("acc-102"), mine["consent_id"], next_page_params=cursor), 400)
    refused(bench.get(path.format("acc-101"), mine["consent_id"], next_page_params=cursor[:-2] + "AA"), 400)
    assert bench.get(path.format("acc-101"), mine["consent_id"], next_page_params=cursor).status == 200


@pytest.mark.parametrize("customer", [ONE, TWO])
def test_userinfo_is_of_the_customer_and_agrees_with_the_update(customer):
    bench = Bench()
    account = known_bank().customer(customer).accounts[0].account_id
    consent = bench.authorized(account, customer=customer)
    answer = bench.get("/v1/oauth/userinfo", consent["consent_id"], kid=None)
    assert answer.status == 200
    found, told = json.loads(answer.body), bench.paynet.bodies[-1]["user_identity"]
    assert {name: found[name] for name in told} == told
    assert set(found) == {
        "sub",
        "name",
        "given_name",
        "family_name",
        "preferred_username",
        "picture",
        "email",
        "email_verified",
        "id_type",
        "hashed_id_number",
    }


def test_userinfo_is_refused_without_a_serving_consent():
    bench = Bench()
    path = "/v1/oauth/userinfo"
    consent = bench.announced()
    refused(bench.get(path, consent["consent_id"]), 403, code="Consent.Invalid")
    refused(bench.get(path, bench.consent()["consent_id"]), 404, code="Consent.Invalid")
    refused(bench.get(path, consent["consent_id"], headers=(("x-fapi-signature", ""),)), 401)


def test_a_data_consumer_beyond_its_pace_gets_429_until_the_minute_is_over():
    bench = Bench(rate_limit_per_minute=3)
    consent, other = bench.authorized(), bench.authorized(dc_id="dc-2")
    assert [bench.balance(consent).status for _ in range(4)] == [200, 200, 200, 429]
    assert bench.balance(other, kid="dc-2-enc").status == 200
    refused(bench.balance(consent), 429, code="temporarily_unavailable")
    bench.now += 60
    assert bench.balance(consent).status == 200
