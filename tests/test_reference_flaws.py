"""Each flaw is in the code where it says, shows from outside, and nothing else is wrong without one."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

import pytest

from conformance import jose, reference
from conformance.model import ConfigurationFault
from conformance.profile.people import Customer
from conformance.reference.flaws import FLAWS
from tests.support.reference import (
    ONE,
    THREE,
    TWO,
    Bench,
    Browser,
    known_bank,
    later,
    layout,
    moment,
    private_key,
    provider_keys,
    settings,
)

APPROVE = ("decision", "approve")
SOURCE = "\n".join(each.read_text() for each in Path(reference.__file__).parent.glob("*.py"))
IN_TWO_LAYERS = {"serves-without-certificate", "asks-for-no-certificate"}
ON_SOCKETS = {*IN_TWO_LAYERS, "updates-without-certificate"}


def signed(body, **header):
    return jose.sign_detached(private_key("paynet-sig"), body, header=header)


def event(bench, kind="consent_created", **members):
    return json.dumps({"event_type": kind, "data": bench.consent(**members)}, separators=(",", ":")).encode()


def forged(body, kid):
    head = json.dumps({"alg": "PS256", "kid": kid}).encode()
    text = f"{jose.b64url(head)}.{jose.b64url(body)}".encode()
    return jose.assemble(head, b"", jose.raw_sign(private_key("paynet-sig"), text, "PS256"), detached=True)


def on_events(bench):
    known = bench.consent()
    bench.event("consent_created", known)
    yield bench.core.store.get(known["consent_id"]) is not None
    body = event(bench)
    yield bench.send(body).status
    yield bench.call("POST", "/v1/consents/events", plain_headers(None), body).status
    yield bench.send(body.replace(b",", b", ", 1), signature=signed(body)).status
    other = jose.sign_detached(private_key("stranger-sig"), body)
    head = json.dumps({"alg": "PS256", "kid": private_key("paynet-sig").kid}).encode()
    stolen = jose.assemble(head, b"", jose.unb64url(other.split(".")[2]), detached=True)
    yield bench.send(body, signature=stolen).status
    yield bench.send(body, signature=forged(body, "another")).status
    fresh = bench.consent()
    bench.send(json.dumps({"event_type": "consent_created", "data": fresh}).encode(), signature="x.y.z")
    yield bench.core.store.get(fresh["consent_id"]) is not None
    yield bench.send(b"[]").headers[0]


def plain_headers(token):
    usual = (("Content-Type", "application/json"), ("x-fapi-interaction-id", str(uuid.uuid4())))
    return usual if token is None else (*usual, ("x-fapi-signature", token))


def on_authorize(bench):
    number = bench.announced()["consent_id"]
    answer = bench.authorize(number)
    yield answer.status
    path = dict(answer.headers).get("Location", "").removeprefix("https://dp.example")
    yield Browser(bench).open(path).answer.status
    yield bench.authorize(number, signature="x.y.z").status
    yield bench.authorize(number, redirect_uri=None).status
    yield bench.authorize(str(uuid.uuid4())).status
    yield bench.slept


def on_pages(bench):
    browser = bench.browser(bench.announced())
    browser.submit(("username", ONE), ("password", "wrong"))
    yield len(bench.paynet.sent)
    browser = bench.logged_in(bench.announced())
    yield "Choose your accounts" in browser.text
    yield browser.submit().answer.status
    browser = bench.reviewing(bench.announced())
    yield "2026-08" in browser.text
    yield browser.submit(("decision", "reject")).header("location")
    browser = bench.reviewing(bench.announced(), "acc-101").submit(APPROVE)
    yield "Consent approved" in browser.text
    yield browser.open(f"{browser.at.rpartition('/')[0]}/return").header("location")
    rejection, approval = bench.paynet.bodies[-2:]
    yield sorted(rejection)
    yield sorted(approval)
    yield approval["accounts"]
    token = json.loads(jose.verify_attached(approval["id_token"], provider_keys()).payload)
    yield token["aud"]
    sent = bench.paynet.sent[-1]
    yield sent.method
    headers = {name.lower(): value for name, value in sent.headers}
    yield "x-fapi-interaction-id" in headers
    try:
        yield bool(jose.verify_detached(headers["x-fapi-signature"], sent.body, provider_keys()))
    except jose.JoseError as error:
        yield error.code


def on_data(bench):
    consent = bench.announced(dc_id="dc-2")
    yield bench.balance(consent, kid="dc-2-enc").status
    bench.reviewing(consent).submit(APPROVE)
    answer = bench.balance(consent, kid="dc-2-enc")
    yield answer.status
    head = jose.protected_header(answer.body.decode()) if answer.status == 200 else {}
    yield head.get("alg")
    if head.get("alg") == "PS256":
        claims = json.loads(jose.verify_attached(answer.body.decode(), provider_keys()).payload)
        yield sorted(claims)
        yield jose.protected_header(claims["data"])
        try:
            yield jose.decrypt(claims["data"], private_key("dc-2-enc")).plaintext
        except jose.JoseError as error:
            yield error.code
    yield bench.balance(consent, "acc-999", kid="dc-2-enc").status
    yield bench.balance(consent, "acc-102", kid="dc-2-enc").status
    yield bench.slept


def on_lifecycle(bench):
    consent = bench.authorized()
    accounts = [{"account_id": "acc-101", "account_number": "1010000011", "account_name": "Savings"}]
    bench.move(consent, "authorized", accounts=accounts)
    yield bench.serves(consent)
    bench.event("consent_updated", later(consent, bench, status="authorized", permissions=["read_accounts"]))
    yield bench.serves(consent)
    for status in ("suspended", "authorized", "revoked", "authorized"):
        consent = consent if status != "suspended" else bench.authorized()
        bench.move(consent, status)
        yield bench.serves(consent)


def observed(name=None):
    """What shows from outside, in scenes of their own; a scene that breaks off shows where."""
    found = []
    for scene in (on_events, on_authorize, on_pages, on_data, on_lifecycle):
        bench = Bench(flaws=[name] if name else [])
        seen = []
        try:
            for each in scene(bench):
                seen.append(each)
        except (AssertionError, TypeError, LookupError) as broken:
            seen.append(type(broken))
        found.append(seen)
    return found


@pytest.fixture(scope="module")
def honest():
    seen = observed()
    assert seen == observed(), "the scenes repeat exactly"
    assert not any(isinstance(each, type) for scene in seen for each in scene), "and none breaks off"
    return seen


@pytest.mark.parametrize("name", sorted(set(FLAWS) - ON_SOCKETS))
def test_a_flaw_shows(name, honest):
    assert observed(name) != honest


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_is_asked_for_at_one_place(name):
    places = 2 if name in IN_TWO_LAYERS else 1
    assert len(re.findall(rf'"{name}"', SOURCE)) == 1 + places, "once in the dictionary, once in the code"


def test_the_code_asks_for_no_other_flaw():
    asked = set(re.findall(r'flawed\(\s*"([^"]+)"', SOURCE)) | set(
        re.findall(r'"([^"]+)" (?:not )?in settings\.flaws', SOURCE)
    )
    assert asked == set(FLAWS)


def test_every_first_requirement_has_a_flaw():
    wanted = {"JWS-22", "TMO-01", "TMO-02", "TLS-01", "TLS-02", "ERR-01"}
    counts = {"EVT": 3, "JWS": 5, "AUT": 4, "UIX": 8, "UPD": 9, "RSP": 2, "JWE": 2, "BAL": 6, "LCM": 5}
    wanted |= {f"{group}-{number:02d}" for group, count in counts.items() for number in range(1, count + 1)}
    assert wanted <= {each for flaw in FLAWS.values() for each in flaw.requirements}


def test_a_misspelt_flaw_is_refused_with_the_nearest():
    with pytest.raises(
        ConfigurationFault, match=r"flaws: there is no flaw 'update-by-post'. Did you mean 'updates-by-post'"
    ):
        settings(flaws=["update-by-post"])


def test_settings_tell_what_is_wrong():
    with pytest.raises(ConfigurationFault, match="latency_seconds: must be at least 0"):
        settings(latency_seconds=-1)
    with pytest.raises(ConfigurationFault, match="paynet_keys: needs exactly one of jwks and jwks_url"):
        settings(paynet_keys={})
    with pytest.raises(ConfigurationFault, match=r"signing\.key: there is no file"):
        settings(signing={"certificate": str(layout().certificate("ca")), "key": "nowhere.key"})
    assert moment(0) == "1970-01-01T00:00:00.000Z"


def test_the_customers_fit_a_profile():
    customers = [Customer.model_validate(each) for each in known_bank().profile_customers()]
    assert [(each.name, len(each.accounts)) for each in customers] == [(ONE, 4), (TWO, 2), (THREE, 1)]
    assert [each.hashed_id_number for each in customers] == [each.hashed_id_number for each in known_bank().customers]
