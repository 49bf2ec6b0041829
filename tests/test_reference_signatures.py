"""PayNet's signatures and certificate: whom the webhooks believe."""

from __future__ import annotations

import json
import uuid

import pytest

from conformance import jose
from conformance.reference.keyring import FetchedKeys
from tests.support.reference import CALLBACK, Bench, PayNet, layout, paynet_der, private_key, refused


def event(bench):
    return json.dumps({"event_type": "consent_created", "data": bench.consent()}).encode()


def forged(bench, body, header, key="paynet-sig", payload=None):
    members = {"alg": "PS256", "kid": private_key("paynet-sig").kid, **bench.claims(), **header}
    text = json.dumps({name: value for name, value in members.items() if value is not None}).encode()
    signed = f"{jose.b64url(text)}.{jose.b64url(body if payload is None else payload)}".encode()
    return jose.assemble(text, b"", jose.raw_sign(private_key(key), signed, "PS256"), detached=True)


def test_both_of_paynets_keys_are_believed():
    bench = Bench()
    for name in ("paynet-sig", "paynet-sig-next"):
        body = event(bench)
        assert bench.send(body, signature=jose.sign_detached(private_key(name), body)).status == 200


@pytest.mark.parametrize(
    "alter",
    [
        lambda _bench, _body: "",
        lambda _bench, _body: "garbage",
        lambda _bench, body: jose.sign_attached(private_key("paynet-sig"), body),
        lambda _bench, body: jose.sign_detached(private_key("paynet-sig"), body + b" "),
        lambda _bench, body: jose.sign_detached(private_key("stranger-sig"), body),
        lambda _bench, body: jose.sign_detached(private_key("dc-1-sig"), body),
        lambda bench, body: forged(bench, body, {}, key="stranger-sig"),
        lambda bench, body: forged(bench, body, {"kid": None}),
        lambda bench, body: forged(bench, body, {"kid": "another"}),
        lambda bench, body: forged(bench, body, {"kid": 7}),
        lambda bench, body: forged(bench, body, {"alg": "none"}),
        lambda bench, body: forged(bench, body, {"crit": ["exp"]}),
        lambda bench, body: forged(bench, body, {"b64": False}),
        lambda bench, body: forged(bench, body, {})[:-4],
        lambda bench, body: forged(bench, body, {}) + ".x",
    ],
    ids=range(15),
)
def test_a_bad_signature_is_refused_and_changes_nothing(alter):
    bench = Bench()
    body = event(bench)
    refused(bench.send(body, signature=alter(bench, body)), 401, code="JWS.InvalidSignature")
    assert bench.core.store.get(json.loads(body)["data"]["consent_id"]) is None


@pytest.mark.parametrize("name", ["x-fapi-signature", "x-fapi-interaction-id", "content-type"])
def test_a_header_that_comes_twice_is_refused(name):
    bench = Bench()
    headers = tuple((name, str(uuid.uuid4())) for _ in range(2))
    refused(bench.send(event(bench), headers=headers), 400)


def test_the_bytes_are_verified_and_not_their_meaning():
    bench = Bench()
    document = json.loads(event(bench))
    spelled = json.dumps(document, indent=3, sort_keys=True).replace("dc-1", "\\u0064c-1").encode()
    assert bench.send(spelled).status == 200
    compact = json.dumps(document, separators=(",", ":")).encode()
    refused(bench.send(spelled, signature=jose.sign_detached(private_key("paynet-sig"), compact)), 401)


@pytest.mark.parametrize("offset", [-301, 301, -1e9, 10**400])
def test_an_iat_outside_the_window_is_refused(offset):
    bench = Bench()
    body = event(bench)
    answer = bench.send(body, signature=forged(bench, body, {"iat": int(bench.now) + int(offset)}))
    refused(answer, 401, code="JWS.InvalidClaim")


@pytest.mark.parametrize("header", [{"iat": "now"}, {"iat": True}, {"jti": 4}, {"jti": ""}, {"jti": "x" * 201}])
def test_a_claim_of_the_wrong_type_is_refused(header):
    bench = Bench()
    body = event(bench)
    refused(bench.send(body, signature=forged(bench, body, header)), 401, code="JWS.InvalidClaim")


@pytest.mark.parametrize("offset", [-300, 300])
def test_an_iat_at_the_edge_of_the_window_is_taken(offset):
    bench = Bench()
    body = event(bench)
    assert bench.send(body, signature=forged(bench, body, {"iat": int(bench.now) + offset})).status == 200


def test_claims_may_be_left_out():
    bench = Bench()
    body = event(bench)
    bare = forged(bench, body, dict.fromkeys(("typ", "iss", "iat", "jti")))
    assert [bench.send(body, signature=bare).status for _ in range(2)] == [200, 200]


def test_a_message_is_taken_once_and_its_replay_undoes_nothing():
    bench = Bench()
    body = event(bench)
    signature = forged(bench, body, {})
    assert bench.send(body, signature=signature).status == 200
    refused(bench.send(body, signature=signature), 401, code="JWS.InvalidClaim")
    number = json.loads(body)["data"]["consent_id"]
    assert bench.authorize(number).status == 303
    bench.now += 301
    refused(bench.send(body, signature=signature), 401, code="JWS.InvalidClaim")


def test_the_signature_of_one_call_is_no_good_on_another():
    bench = Bench()
    first, second = bench.authorized(), bench.authorized()
    refused(bench.balance(first, signed=second["consent_id"]), 401, code="JWS.InvalidSignature")
    refused(bench.balance(first, headers=(("x-fapi-signature", ""),)), 401, code="JWS.InvalidSignature")


def test_only_paynets_own_certificate_is_served():
    bench = Bench()
    body = event(bench)
    for certificate in (b"", paynet_der()[:-1], b"another"):
        refused(
            bench.call("POST", "/v1/consents/events", (), body, certificate=certificate), 401, code="invalid_client"
        )


@pytest.mark.parametrize(
    ("alter", "status", "code"),
    [
        ({"consent_id": None}, 400, "invalid_request"),
        ({"consent_id": "x" * 37}, 400, "invalid_request"),
        ({"redirect_uri": None}, 400, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, 400, "invalid_request"),
        ({"redirect_uri": CALLBACK + "/"}, 400, "invalid_request"),
        ({"redirect_uri": CALLBACK + "x" * 300}, 400, "invalid_request"),
        ({"signature": None}, 400, "invalid_request"),
        ({"signature": "x.y.z"}, 401, "JWS.InvalidSignature"),
        ({"consent_id": "another"}, 401, "JWS.InvalidSignature"),
    ],
)
def test_authorize_refuses(alter, status, code):
    bench = Bench()
    refused(bench.authorize(bench.announced()["consent_id"], **alter), status, code=code)


def test_authorize_refuses_a_repeated_parameter_another_method_and_an_unknown_consent():
    bench = Bench()
    known = bench.announced()["consent_id"]
    refused(bench.call("GET", f"/v1/oauth/authorize?consent_id={known}&consent_id={known}"), 400)
    refused(bench.call("POST", "/v1/oauth/authorize"), 405)
    refused(bench.authorize(str(uuid.uuid4())), 404, code="Consent.Invalid")


def test_authorize_leads_to_a_login_whose_address_says_nothing():
    bench = Bench()
    number = bench.announced()["consent_id"]
    answer = bench.authorize(number)
    location = dict(answer.headers)["Location"]
    assert answer.status == 303
    assert location.startswith("https://dp.example/")
    assert number not in location


def test_keys_are_fetched_kept_and_fetched_again_for_a_new_kid():
    now, asked = [0.0], []
    first = layout().jwks("dc-1").read_bytes()
    answers = [first]

    def fetch(url):
        asked.append(url)
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return answers[-1]

    keys = FetchedKeys("https://paynet.example/jwks", "enc", fetch, lambda: now[0])
    kid, other = private_key("dc-1-enc").kid, private_key("dc-2-enc").kid
    assert keys.known(kid).find(kid)
    assert not keys.known(kid).find(private_key("dc-1-sig").kid), "a signing key encrypts nothing"
    keys.known(other)
    assert len(asked) == 1, "at most once a second"
    answers.append(layout().jwks("dc-2").read_bytes())
    now[0] = 1.0
    assert keys.known(other).find(other)
    answers.append(OSError("gone"))
    now[0] = 100.0
    assert keys.known(other).find(other), "an old key set is better than none"
    assert len(asked) == 3


def test_without_paynets_keys_the_answer_is_503():
    bench = Bench(PayNet([OSError("gone")]), paynet_keys={"jwks_url": "https://paynet.example/v1/oauth/jwks/ofp"})
    refused(bench.send(event(bench)), 503, code="temporarily_unavailable")
