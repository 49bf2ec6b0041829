import json
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from conformance.httpd import HttpRequest, HttpResponse, HttpServer
from conformance.report.record import Record
from tests.support.pki import pki

CHECKS = ("-k", "test or check_balance_is_served or check_unsigned or check_reject", "--concurrency", "4")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "--pyargs", "conformance", "--report-dir", str(folder), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def record(folder: Path) -> Record:
    (found,) = folder.glob("*/record.json")
    return Record.read(found)


def test_a_whole_run_on_the_reference_passes_every_item_and_row(tmp_path: Path) -> None:
    done = run(tmp_path)
    found = record(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert {each.verdict.value for each in found.results} == {"PASS"}
    assert {number: each.value for number, each in found.conclusion.dod.items() if each} == dict.fromkeys(
        (1, 2, 3, 4), "PASS"
    )
    assert set(found.conclusion.steps) == {"5", "6a", "6b", "7", "8", "9a", "9b", "10", "11a", "11b"}
    assert re.search(r"Balances +passed", done.stdout)
    assert found.conclusion.certificate
    allure = list((next(tmp_path.glob("*/allure-results"))).glob("*-result.json"))
    assert len(allure) == len(found.results)
    assert "first-password-1" not in json.dumps([each.read_text() for each in allure]) + found.to_json()


def test_a_flaw_ends_in_exit_one_and_names_the_requirement(tmp_path: Path) -> None:
    done = run(tmp_path, "--reference-flaw", "accepts-unsigned-events", *CHECKS)

    assert done.returncode == 1
    assert "FAIL JWS-02" in done.stdout
    assert "NOT CONFORMANT" in done.stdout


def test_workers_share_one_hub_and_find_the_same(tmp_path: Path) -> None:
    done = run(tmp_path, "-n", "2", *CHECKS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert record(tmp_path).run.workers == 2
    assert record(tmp_path).rehearsal


@pytest.fixture
def server() -> Iterator[HttpServer]:
    layout = pki()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(layout.certificate("dp/server-tls"), layout.key("dp/server-tls"))

    def always(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (("Content-Type", "application/json"),), b"{}")

    with HttpServer(always, context) as found:
        yield found


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OFP_REFERENCE_KEYS", str(pki().directory))
    file = tmp_path / "bank.yaml"
    file.write_text("extends: reference\nname: A bank\n")
    return file


def test_a_server_that_says_yes_to_everything_passes_nothing(tmp_path: Path, profile: Path, server: HttpServer) -> None:
    done = run(tmp_path, "--profile", str(profile), "--dp-url", f"https://localhost:{server.port}")

    assert done.returncode == 1, done.stdout + done.stderr
    assert {each.verdict.value for each in record(tmp_path).results} <= {"FAIL", "WARN", "INCONCLUSIVE"}


def test_a_port_where_nothing_listens_is_configuration(tmp_path: Path, profile: Path) -> None:
    done = run(tmp_path, "--profile", str(profile), "--dp-url", "https://localhost:1")

    assert done.returncode == 4
    assert "Nothing listens there" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_a_url_without_a_profile_is_refused_with_its_cure(tmp_path: Path) -> None:
    done = run(tmp_path, "--dp-url", "https://localhost:1")

    assert done.returncode == 4
    assert "profile new" in done.stderr + done.stdout


def test_a_misspelt_key_is_one_clear_line(tmp_path: Path, profile: Path) -> None:
    profile.write_text("extends: reference\nname: A bank\ncapabilites: [userinfo]\n")

    done = run(tmp_path, "--profile", str(profile))

    assert done.returncode == 4
    assert re.search(r"bank\.yaml:3: capabilites: .*capabilities", done.stderr + done.stdout)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ("certificate: {d}/paynet-tls.pem, key: {f}/locked.key, password: wrong", "key: .*password does not open"),
        ("certificate: {d}/odd/expired.pem, key: {d}/odd/expired.key", "certificate: .*the certificate expired on"),
        ("certificate: {d}/nowhere.pem, key: {d}/paynet-tls.key", "certificate: there is no file"),
    ],
)
def test_a_faulty_key_file_is_one_line_with_the_profiles_place(
    tmp_path: Path, profile: Path, files: str, told: str
) -> None:
    layout = pki()
    key = serialization.load_pem_private_key(layout.key("paynet-tls").read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"right")
    (tmp_path / "locked.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )
    spelled = files.format(d=layout.directory, f=tmp_path)
    profile.write_text(f"extends: reference\nname: A bank\nkeys:\n  paynet_client: {{{spelled}}}\n")

    done = run(tmp_path, "--profile", str(profile), "--dp-url", "https://localhost:1")

    assert done.returncode == 4
    assert re.search(rf"bank\.yaml:4: keys\.paynet_client\.{told}", done.stderr + done.stdout)
    assert "Traceback" not in done.stderr + done.stdout


def test_wrong_credentials_are_configuration(tmp_path: Path) -> None:
    done = run(tmp_path, "--set", "customers.0.password=not-this-one", "-k", "check_balance_is_served")

    assert done.returncode == 4, done.stdout + done.stderr
    assert "Check username and password" in done.stdout
