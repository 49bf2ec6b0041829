"""The consent update: what PayNet is told, how often, and what its answer means."""

from __future__ import annotations

import base64
import json
import ssl
import uuid

import pytest

from conformance import jose
from tests.support.reference import Bench, PayNet, provider_keys, refused

APPROVE = ("decision", "approve")


def test_the_update_of_an_approval():
    bench = Bench()
    consent = bench.authorized("acc-103", "acc-101")
    sent, body = bench.paynet.sent[0], bench.paynet.bodies[0]
    headers = {name.lower(): value for name, value in sent.headers}
    assert (sent.method, sent.url) == ("PATCH", f"https://paynet.example/v1/consents/{consent['consent_id']}")
    jose.verify_detached(headers["x-fapi-signature"], sent.body, provider_keys())
    uuid.UUID(headers["x-fapi-interaction-id"])
    assert body["status"] == "authorized"
    assert body["accounts"] == [
        {"account_id": "acc-101", "account_number": "1010000011", "account_name": "Savings"},
        {"account_id": "acc-103", "account_number": "400000******7899", "account_name": "Credit Card"},
    ]
    assert body["user_identity"] == {"id_type": "nric", "hashed_id_number": consent["hashed_id_number"]}
    assert len(base64.b64decode(consent["hashed_id_number"])) == 32
    token = jose.verify_attached(body["id_token"], provider_keys())
    claims = json.loads(token.payload)
    assert len(body["id_token"]) <= 3000
    assert (claims["aud"], claims["iss"]) == ("dc-1", bench.settings.issuer)
    assert (claims["iat"], claims["exp"], claims["auth_time"]) == (bench.now, bench.now + 600, bench.now)
    assert {name: claims[name] for name in body["user_identity"]} == body["user_identity"]


def test_no_two_updates_share_an_id_token():
    bench = Bench()
    for _ in range(3):
        bench.authorized()
    assert len({each["id_token"] for each in bench.paynet.bodies}) == 3


@pytest.mark.parametrize("answer", [500, 400, 401, 404, 409, 302, ssl.SSLCertVerificationError("untrusted")])
def test_what_paynet_refuses_is_not_authorized_and_not_repeated(answer):
    bench = Bench(PayNet([answer, 200]))
    consent = bench.announced()
    browser = bench.reviewing(consent).submit(APPROVE)
    assert "We could not complete your request" in browser.text
    assert "approved" not in browser.text
    assert len(bench.paynet.sent) == 1
    assert not bench.serves(consent)
    refused(bench.move(consent, "authorized"), 400, code="Consent.Invalid")
    assert "could not" in browser.open(browser.at).text
    assert browser.open(browser.at.replace("review", "return")).answer.status == 403


@pytest.mark.parametrize("first", [503, 502, TimeoutError(), ConnectionResetError()])
def test_a_transient_failure_is_repeated_once_with_the_same_update(first):
    bench = Bench(PayNet([first, 200]))
    consent = bench.authorized()
    one, two = bench.paynet.sent
    assert (one.method, one.url, one.body) == (two.method, two.url, two.body)
    names = [{name: value for name, value in each.headers if name != "x-fapi-signature"} for each in (one, two)]
    assert names[0] == names[1]
    assert one.seconds + two.seconds <= 2 * bench.settings.update_seconds
    assert bench.serves(consent)


def test_a_paynet_that_stays_silent_ends_in_nothing():
    bench = Bench(PayNet([TimeoutError()]))
    consent = bench.announced()
    assert "could not" in bench.reviewing(consent).submit(APPROVE).text
    assert len(bench.paynet.sent) == 2
    assert not bench.serves(consent)
    # PayNet may ask again: the consent still awaits its customer.
    bench.paynet.answers = [200]
    bench.now += 1
    assert "Consent approved" in bench.reviewing(consent).submit(APPROVE).text
    assert bench.paynet.bodies[-1]["id_token"] != bench.paynet.bodies[0]["id_token"]
