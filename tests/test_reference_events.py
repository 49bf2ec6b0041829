"""Consent events: what is refused, and what an accepted one does."""

from __future__ import annotations

import json

import pytest

from tests.support.reference import Bench, later, refused


def whole(bench, **members):
    return {"event_type": "consent_created", "data": bench.consent(), **members}


def changed(bench, name, value):
    document = whole(bench)
    document["data"][name] = value
    return document


REQUIRED = (
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
    "created_at",
    "updated_at",
    "updated_by",
)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_member_is_a_400(name):
    bench = Bench()
    document = whole(bench)
    del document["data"][name]
    refused(bench.send(json.dumps(document).encode()), 400, code="invalid_request")
    assert bench.core.store.get(bench.consent()["consent_id"]) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("consent_id", "x" * 37),
        ("consent_id", ""),
        ("consent_id", 7),
        ("dc_id", None),
        ("dc_id", "dc-9"),
        ("dp_id", "another-dp"),
        ("id_type", "id_type_unspecified"),
        ("id_type", "NRIC"),
        ("hashed_id_number", "A" * 44),
        ("hashed_id_number", "A" * 43),
        ("consent_type", "consent_type_unspecified"),
        ("consent_purpose", ["pfm"]),
        ("permissions", []),
        ("permissions", ["read_accounts", "permission_unspecified"]),
        ("permissions", [["read_accounts"]]),
        ("permissions", "read_accounts"),
        ("expiration_datetime", "2027-02-30T00:00:00Z"),
        ("expiration_datetime", "2027-02-20"),
        ("expiration_datetime", "2027-02-20T00:00:00"),
        ("expiration_datetime", 1_800_000_000),
        ("expiration_datetime", "0001-01-01T00:00:00+08:00"),
        ("status", "consent_status_unspecified"),
        ("status", "AUTHORIZED"),
        ("updated_by", "somebody"),
        ("created_at", "yesterday"),
        ("status_reason", "timeout"),
        ("status_reason", {"reason_code": "reason_code_unspecified"}),
        ("status_reason", {"reason_description": 4}),
        ("accounts", {"account_id": "acc-101"}),
        ("accounts", ["acc-101"]),
        ("accounts", [{"account_number": "1"}]),
        ("accounts", [{"account_id": 5}]),
        ("account_access", []),
        ("account_access", {"accounts": "acc-101"}),
        ("consent_id", "\ud800"),
    ],
)
def test_a_wrong_member_is_a_400(name, value):
    bench = Bench()
    refused(bench.send(json.dumps(changed(bench, name, value)).encode()), 400, code="invalid_request")


@pytest.mark.parametrize("value", ["2027-02-20T00:00:00.5Z", "2027-02-20t00:00:00z", "2027-02-20T23:59:60+08:00"])
def test_every_spelling_of_a_moment_is_read(value):
    bench = Bench()
    assert bench.send(json.dumps(changed(bench, "expiration_datetime", value)).encode()).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"event_type": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b'{"a": "' + b"x" * 300_000 + b'"}',
        b'{"event_type": "consent_created", "data": []}',
    ],
    ids=range(13),
)
def test_what_is_no_event_is_a_400_and_harms_nothing(body):
    bench = Bench()
    refused(bench.send(body), 400, code="invalid_request")
    bench.announced()


@pytest.mark.parametrize("kind", ["consent_deleted", "event_type_unspecified", "", None, 3, ["consent_created"]])
def test_an_unknown_event_type_is_a_400(kind):
    bench = Bench()
    refused(bench.event(kind, bench.consent()), 400, code="invalid_request")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/jose", "application/json; charset=latin-1", "application/x-www-form-urlencoded"],
)
def test_another_content_type_is_refused(content_type):
    bench = Bench()
    body = json.dumps(whole(bench)).encode()
    refused(bench.send(body, headers=(("content-type", content_type),)), 400)
    assert bench.send(body, headers=(("content-type", "Application/JSON;charset=UTF-8"),)).status == 200


@pytest.mark.parametrize("value", ["", "not-a-uuid", "12345678123456781234567812345678", "{}"])
def test_the_interaction_id_must_be_a_uuid(value):
    bench = Bench()
    body = json.dumps(whole(bench)).encode()
    refused(bench.send(body, headers=(("x-fapi-interaction-id", value),)), 400, code="invalid_request")


def test_the_interaction_id_comes_back_on_every_answer():
    bench = Bench()
    number = "6FA459EA-ee8a-3ca4-894e-db77e160355e"
    for body in (json.dumps(whole(bench)).encode(), b"[]"):
        answer = bench.send(body, headers=(("X-FAPI-Interaction-Id", number),))
        assert ("x-fapi-interaction-id", number) in answer.headers


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "post"])
def test_another_method_is_a_405(method):
    bench = Bench()
    answer = bench.call(method, "/v1/consents/events")
    refused(answer, 405)
    assert ("Allow", "POST") in answer.headers


def test_members_nobody_knows_are_ignored():
    bench = Bench()
    document = changed(bench, "colour", {"deep": [1, 2]})
    assert bench.send(json.dumps({**document, "version": 2}).encode()).status == 200


@pytest.mark.parametrize(
    "members",
    [
        {"accounts": [{"account_id": "acc-101", "account_reference": "1", "account_name": "x"}]},
        {"account_access": {"accounts": [{"account_id": "acc-101", "account_number": "1", "account_name": "x"}]}},
    ],
)
def test_both_shapes_of_accounts_are_taken_and_widen_nothing(members):
    bench = Bench()
    consent = bench.authorized("acc-102")
    assert bench.move(consent, "authorized", **members).status == 200
    assert bench.serves(consent, "acc-102")
    assert not bench.serves(consent, "acc-101")


def test_the_same_event_again_is_acknowledged_and_changes_nothing():
    bench = Bench()
    consent = bench.authorized()
    bench.move(consent, "revoked")
    assert bench.event("consent_created", consent).status == 200
    assert not bench.serves(consent)


def test_a_second_consent_of_the_same_id_is_refused():
    bench = Bench()
    consent = bench.announced()
    refused(bench.event("consent_created", consent, dc_id="dc-2"), 400, code="Consent.Invalid")
    assert bench.core.store.get(consent["consent_id"]).dc_id == "dc-1"


def test_a_consent_is_not_born_authorized():
    bench = Bench()
    consent = bench.consent(status="authorized")
    refused(bench.event("consent_created", consent), 400, code="Consent.Invalid")
    refused(bench.balance(consent), 404)


@pytest.mark.parametrize("kind", ["consent_updated", "consent_status_updated"])
def test_an_event_for_an_unknown_consent_is_refused(kind):
    bench = Bench()
    refused(bench.event(kind, bench.consent()), 404, code="Consent.Invalid")


@pytest.mark.parametrize("name", ["dc_id", "id_type", "hashed_id_number", "consent_purpose"])
def test_what_a_consent_keeps_for_its_life_cannot_be_changed(name):
    bench = Bench()
    consent = bench.authorized()
    other = bench.consent("customer-2", dc_id="dc-2", consent_purpose="credit_underwriting")[name]
    event = later(consent, bench, status="authorized", **{name: other})
    refused(bench.event("consent_updated", event), 400, code="Consent.Invalid")
    assert bench.serves(consent)
