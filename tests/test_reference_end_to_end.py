"""The reference as a process, over real TLS, against a small PayNet."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance import jose
from conformance.model import ConfigurationFault
from conformance.reference import process
from conformance.reference.server import Reference
from tests.support.reference import layout, private_key, provider_keys
from tests.support.small_paynet import REDIRECT, Caller, SmallPayNet, running

ROOT = Path(__file__).parent.parent
_CUT_OFF = (ssl.SSLError, ConnectionError, http.client.HTTPException)


@pytest.fixture(scope="module")
def paynet() -> Iterator[SmallPayNet]:
    with SmallPayNet() as small:
        yield small


@pytest.fixture(scope="module")
def caller(paynet: SmallPayNet) -> Iterator[Caller]:
    with running(paynet) as found:
        yield found


def test_from_announcement_to_balance(paynet, caller):
    consent = caller.announced()
    assert caller.balance(consent)[0] == 403
    assert "Consent approved" in caller.approved(consent)
    update = next(each for each in paynet.updates if each.path.endswith(str(consent["consent_id"])))
    mine = ssl.PEM_cert_to_DER_cert(layout().certificate("dp/client-tls").read_text())
    assert hashlib.sha256(update.peer_certificate).digest() == hashlib.sha256(mine).digest()
    jose.verify_detached(update.header("x-fapi-signature") or "", update.body, provider_keys())
    assert [each["account_id"] for each in json.loads(update.body)["accounts"]] == ["acc-102"]
    status, body = caller.balance(consent)
    assert status == 200
    claims = json.loads(jose.verify_attached(body.decode(), provider_keys()).payload)
    plain = json.loads(jose.decrypt(claims["data"], private_key("dc-1-enc")).plaintext)
    assert plain["data"]["current_balance"]["amount"] == "88.10"
    moved = {**consent, "status": "revoked", "updated_at": datetime.now(UTC).isoformat()}
    assert caller.event("consent_status_updated", moved) == 200
    assert caller.balance(consent)[0] == 403
    assert {each.path for each in paynet.requests} >= {"/v1/oauth/jwks/ofp", "/v1/oauth/jwks/dc-1"}


def test_many_balances_at_once(caller):
    consent = caller.announced()
    caller.approved(consent)
    with ThreadPoolExecutor(24) as pool:
        assert [status for status, _ in pool.map(lambda _: caller.balance(consent), range(48))] == [200] * 48


@pytest.mark.parametrize(
    "certificate",
    [
        None,
        "odd/expired",
        "odd/not-yet-valid",
        "odd/wrong-purpose",
        "odd/self-signed",
        "odd/foreign",
        "odd/other-client",
    ],
)
def test_other_callers_get_no_service(caller, certificate):
    try:
        status, _, body = caller.http("GET", f"{caller.reference.rs_url}/v1/oauth/userinfo", certificate=certificate)
    except _CUT_OFF:
        assert certificate != "odd/other-client", "that one is refused by name and not by its CA"
        return
    assert (certificate, status) == ("odd/other-client", 401)
    assert json.loads(body)["error"] == "invalid_client"


@pytest.mark.parametrize("listener", ["rs_url", "pages_url"])
@pytest.mark.parametrize(
    ("version", "suites", "served"),
    [
        (ssl.TLSVersion.TLSv1, "ALL:@SECLEVEL=0", False),
        (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", False),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA:AES128-GCM-SHA256", False),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256", True),
        (ssl.TLSVersion.TLSv1_3, "DEFAULT", True),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tls_versions_and_suites(caller, listener, version, suites, served):
    context = ssl.create_default_context(cafile=layout().certificate("ca"))
    context.set_ciphers(suites)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(layout().certificate("paynet-tls"), layout().key("paynet-tls"))
    url = f"{getattr(caller.reference, listener)}/nowhere"
    if served:
        assert caller.http("GET", url, context=context)[0] == 404
    else:
        with pytest.raises(_CUT_OFF):
            caller.http("GET", url, context=context)


def test_an_unverified_paynet_is_told_nothing():
    with SmallPayNet("odd/foreign-server") as impostor:
        settings = process.settings_for(layout(), hub_resource_url=impostor.url, redirect_uri=REDIRECT)
        with process.start(settings) as reference:
            other = Caller(reference)
            consent = other.announced()
            assert "We could not complete your request" in other.approved(consent)
            assert other.balance(consent)[0] == 403
        assert not impostor.requests


def test_a_paynet_that_hangs_does_not_hang_the_customer():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://localhost:{silent.getsockname()[1]}"
        settings = process.settings_for(layout(), hub_resource_url=url, redirect_uri=REDIRECT, update_seconds=0.6)
        with process.start(settings) as reference:
            caller = Caller(reference)
            consent = caller.announced()
            assert "We could not complete your request" in caller.approved(consent)
            assert caller.balance(consent)[0] == 403


@pytest.mark.parametrize(
    ("flaw", "certificate"),
    [
        ("serves-without-certificate", None),
        ("asks-for-no-certificate", "odd/foreign"),
        ("asks-for-no-certificate", None),
    ],
)
def test_flaws_of_the_handshake_show(paynet, flaw, certificate):
    with running(paynet, flaws=[flaw]) as flawed:
        url = f"{flawed.reference.rs_url}/v1/consents/events"
        assert flawed.http("GET", url, certificate=certificate)[0] == 405


def test_the_flaw_of_calling_without_a_certificate_shows():
    with SmallPayNet() as small, running(small, flaws=["updates-without-certificate"]) as flawed:
        flawed.approved(flawed.announced())
        assert [each.peer_certificate for each in small.updates] == [b""]


def test_latency_holds_every_answer_back(paynet):
    slept = []
    settings = process.settings_for(
        layout(), hub_resource_url=paynet.url, redirect_uri=REDIRECT, latency_seconds=0.3, requests_at_once=1
    )
    with Reference(settings, sleep=slept.append) as reference:
        caller = Caller(reference)
        assert caller.http("GET", f"{reference.rs_url}/nowhere")[0] == 404
        assert caller.http("GET", f"{reference.pages_url}/nowhere", certificate=None)[0] == 404
    assert slept == [0.3, 0.3]


def test_overload_is_a_503_and_service_returns(paynet):
    entered, leave = threading.Event(), threading.Event()

    def hold(_seconds: float) -> None:
        entered.set()
        leave.wait(10)

    settings = process.settings_for(
        layout(), hub_resource_url=paynet.url, redirect_uri=REDIRECT, latency_seconds=1, requests_at_once=1
    )
    with Reference(settings, sleep=hold) as reference, ThreadPoolExecutor(1) as pool:
        caller = Caller(reference)
        url = f"{reference.rs_url}/nowhere"
        first = pool.submit(caller.http, "GET", url)
        assert entered.wait(10)
        status, headers, body = caller.http("GET", url)
        leave.set()
        assert (status, headers["retry-after"]) == (503, "1")
        assert json.loads(body)["error"] == "temporarily_unavailable"
        assert first.result()[0] == 404
        assert caller.http("GET", url)[0] == 404


def test_an_oversized_body_gets_the_documented_refusal(caller):
    body = b" " * (2 << 20)
    status, _, answer = caller.paynet("POST", "/v1/consents/events", body, body)
    assert status == 400
    assert json.loads(answer)["error"] == "invalid_request"
    caller.announced()


def test_the_process_can_be_stopped_and_leaves_nothing_behind(paynet):
    settings = process.settings_for(layout(), hub_resource_url=paynet.url, redirect_uri=REDIRECT)
    reference = process.start(settings)
    assert reference.running
    assert reference.log.exists()
    reference.stop()
    reference.stop()
    assert not reference.running
    assert not reference.log.exists()


def test_a_reference_that_cannot_start_says_why():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = process.settings_for(
            layout(), hub_resource_url="https://localhost:1", redirect_uri=REDIRECT, rs_port=port
        )
        with pytest.raises(ConfigurationFault, match=f"did not start: cannot listen on 127.0.0.1 port {port}"):
            process.start(settings)


def test_files_that_cannot_be_used_are_named():
    with pytest.raises(ConfigurationFault, match=r"paynet-tls\.pem: certificate and key cannot be used together"):
        process.start(
            process.settings_for(
                layout(),
                hub_resource_url="https://localhost:1",
                redirect_uri=REDIRECT,
                client_tls={"certificate": layout().certificate("paynet-tls"), "key": layout().key("ca")},
            )
        )


def test_the_process_ends_with_whoever_started_it():
    settings = process.settings_for(layout(), hub_resource_url="https://localhost:1", redirect_uri=REDIRECT)
    command = [sys.executable, "-m", "conformance.reference", "--settings", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(settings.model_dump_json().encode() + b"\n")
        child.stdin.flush()
        assert json.loads(child.stdout.readline())["rs_url"].startswith("https://localhost:")
        child.stdin.close()
        assert child.wait(10) == 0


def test_the_command_line_reads_a_file_and_explains_itself_in_one_line(tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text("hots: 127.0.0.1\n")
    command = [sys.executable, "-m", "conformance.reference", "--settings", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode == 4
    assert "settings.yaml:1: hots: unknown key. Did you mean 'host'?" in ended.stderr
    assert "Traceback" not in ended.stderr
