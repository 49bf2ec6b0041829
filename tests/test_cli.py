"""The command: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from conformance import __version__, cli
from conformance.catalogue import Catalogue
from conformance.cli import running
from tests.support.bank import ENVIRONMENT, settled
from tests.support.pki import pki

PACKAGE = Path(cli.__file__).resolve().parents[1]


class Command:
    """Carries out command lines in this process; `out` and `err` are of the last one."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        status = cli.main(arguments)
        self.out, self.err = self._capsys.readouterr()
        return status


@pytest.fixture
def command(capsys, monkeypatch) -> Command:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Command(capsys)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return settled(tmp_path)


def in_a_process(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; from conformance.cli import main; sys.exit(main())"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "command line: No such command 'nonsense'."),
        (["profile", "check"], "command line: Missing argument 'FILE'."),
        (["profile", "check", "gone.yaml"], "command line: profile: there is no file 'gone.yaml'"),
        (["profile", "check", "bank.yaml", "--set", "x"], "command line: 'x' is not KEY=VALUE."),
        (
            ["profile", "check", "bank.yaml", "--set", "plan.sede=1"],
            "command line: plan.sede: unknown key. Did you mean",
        ),
        (
            ["profile", "check", "bank.yaml", "--dp-url", "http://x"],
            "command line: target.rs_url: must be an https URL",
        ),
        (["profile", "new", "bank.yaml"], "bank.yaml: there is such a file already."),
        (["profile", "new", "no/such/folder.yaml"], "no/such/folder.yaml: cannot be written"),
        (["explain", "EVT-99"], "there is no requirement 'EVT-99'."),
        (["keys", "init", "."], ".: the folder is not empty, and keys are never overwritten."),
        (["keys", "init", "new", "--days", "0"], "command line: Invalid value for '--days'"),
        (["reference", "serve"], "command line: Missing option '--keys'."),
        (["reference", "serve", "--keys", "gone"], "command line: --keys: the folder gone holds no keys."),
        (["reference", "serve", "--keys", "keys", "--flaw", "forgets-loginz"], "Did you mean 'forgets-logins'?"),
        (["reference", "serve", "--keys", "keys", "--data", "gone.yaml"], "there is no file"),
    ],
)
def test_a_mistake_is_one_line_and_ends_with_4(command, arguments, told):
    assert command(*arguments) == 4
    assert told in command.err
    assert len(command.err.splitlines()) == 1
    assert command.out == ""


def test_a_mistake_leaves_no_traceback_behind(folder):
    wrong = ["--set", "target.rs_ulr=x", "--set", "customers.0.password=x"]
    ended = in_a_process("profile", "check", "bank.yaml", *wrong, cwd=folder)
    assert ended.returncode == 4
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines() == ["command line: target.rs_ulr: unknown key. Did you mean 'rs_url'?"]


def test_our_own_fault_ends_with_3(command, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(Catalogue, "load", broken)
    assert command("explain", "EVT-01") == 3
    assert "boom" in command.err


def test_help_needs_no_heavy_library(tmp_path):
    code = (
        "import sys; from conformance.cli import main; status = main(['--help'])\n"
        "heavy = {'pytest', 'pydantic', 'yaml', 'httpx', 'jwcrypto', 'schemathesis', 'lxml', 'hypothesis'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(status)"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr.strip()) == (0, "[]")
    for name in ("keys", "profile", "reference", "catalogue", "run", "explain"):
        assert name in ended.stdout


def test_keys_are_made_and_the_handover_printed(command, tmp_path):
    assert command("keys", "init", str(tmp_path / "keys"), "--host", "dp.example", "--host", "10.0.0.1") == 0
    assert (tmp_path / "keys" / "paynet-tls.key").stat().st_mode & 0o777 == 0o600
    assert "paynet-tls.pem" in command.out
    assert "dp.example" in _names(tmp_path / "keys" / "hub-tls.pem")


def _names(certificate: Path) -> str:
    from cryptography import x509

    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    return repr(found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


def test_a_new_profile_is_the_starter_and_never_overwrites(command, folder):
    assert command("profile", "new", "mine.yaml") == 0
    assert "profile check mine.yaml" in command.out
    text = (folder / "mine.yaml").read_text()
    assert text.startswith("# A profile")
    (folder / "mine.yaml").write_text("kept")
    assert command("profile", "new", "mine.yaml") == 4
    assert (folder / "mine.yaml").read_text() == "kept"


@pytest.mark.usefixtures("folder")
def test_a_checked_profile_says_what_would_be_asked(command):
    chosen = ["--set", "plan.requirements=[BAL-*, ACC-01]", "--set", "readings.balances_method=POST"]
    assert command("profile", "check", "bank.yaml", *chosen, "--dp-url", "https://elsewhere:1") == 0
    known = Catalogue.load().requirements
    count = sum(id_.startswith("BAL-") for id_ in known) + 1
    assert f"{count} of {len(known)} requirements" in command.out
    assert "not applicable 1 of them" in command.out
    assert "https://elsewhere:1" in command.out
    assert "A Bank (bank.yaml < sign-off)" in command.out
    assert any(line.split() == ["balances_method", "POST", "(default:", "GET)"] for line in command.out.splitlines())
    assert ENVIRONMENT["BANK_PASSWORD"] not in command.out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("keys.paynet_client.password=wrong", "bank.yaml:10: keys.paynet_client.key: "),
        ("keys.paynet_client={certificate: keys/odd/expired.pem, key: keys/odd/expired.key}", "expired"),
        ("keys.paynet_client={certificate: keys/hub-tls.pem, key: keys/paynet-tls.key}", "belong"),
        ("target.signing_keys.jwks=keys/ca.pem", "command line: target.signing_keys.jwks: "),
        ("target.server_ca=keys/ca.key", "keys/ca.key"),
    ],
)
def test_a_checked_profile_has_its_files_opened(command, setting, told):
    assert command("profile", "check", "bank.yaml", "--set", setting) == 4
    assert told in command.err
    assert len(command.err.splitlines()) == 1


def test_the_version_is_the_packages(command):
    assert command("version") == 0
    assert command.out.strip() == __version__


def test_the_schema_is_json(command):
    assert command("profile", "schema") == 0
    assert json.loads(command.out)["properties"]["plan"]


def test_the_catalogue_lists_every_requirement_and_reading(command):
    known = Catalogue.load()
    assert command("catalogue") == 0
    lines = command.out.splitlines()
    rows = [line.split()[0] for line in lines if line.startswith("  ") and line.split()[0] in known.requirements]
    assert rows == list(known.requirements)
    assert all(any(line.startswith(f"  {name}: ") for line in lines) for name in known.readings)
    assert "conformance/checks/events/check_events.py::" in command.out


def test_the_catalogue_as_json_names_the_checks(command):
    assert command("catalogue", "--json") == 0
    found = {each["id"]: each for each in json.loads(command.out)["requirements"]}
    assert set(found) == set(Catalogue.load().requirements)
    assert found["EVT-01"]["dod"] == [1]
    assert all(each["location"].startswith("conformance/checks/") for each in found["EVT-01"]["checks"])
    assert found["EVT-01"]["checks"]


def test_explain_says_all_there_is(command):
    assert command("explain", "bal-12") == 0
    for text in (
        "BAL-12 (SHOULD, balances): POST is a 405",
        "integration guide",
        "balances_method",
        "GET (default) | POST",
    ):
        assert text in command.out
    assert command("explain", "EVT-01") == 0
    for text in ("1 Consent events", "5 Redirect to login", "asked by   conformance/checks/events/"):
        assert text in command.out
    assert command("explain", "USR-01") == 0
    assert "capability userinfo" in command.out


@pytest.mark.parametrize("name", ["JWS-05", "check_odd_kids_are_refused", "a/b.py::check_odd_kids_are_refused[x]"])
def test_explain_says_why_it_matters_and_how_it_is_got_wrong(command, name):
    assert command("explain", name) == 0
    for text in (
        "JWS-05 (MUST",
        "why        The signature is what makes an event PayNet's",
        "mistakes   An unknown kid falls back",
        "a Data Provider that finds a kid by SQL's LIKE",
        "look at    the code that verifies x-fapi-signature",
    ):
        assert text in command.out


def test_the_flaws_are_listed(command):
    assert command("reference", "flaws") == 0
    assert any(line.startswith("forgets-logins ") and "UIX-02" in line for line in command.out.splitlines())


def test_the_reference_serves_until_it_is_interrupted(tmp_path):
    # Whoever runs the tests may have it ignore interrupts, and its children with it.
    attentive = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{attentive}; import sys; from conformance.cli import main; sys.exit(main())"
    arguments = ["reference", "serve", "--keys", str(pki().directory), "--rs-port", "0", "--pages-port", "0"]
    running_one = subprocess.Popen(
        [sys.executable, "-P", "-c", code, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running_one.stdout is not None
        webhooks = running_one.stdout.readline().split()
        assert webhooks[0] == "webhooks"
        with socket.create_connection(("127.0.0.1", int(webhooks[1].rpartition(":")[2])), timeout=10):
            pass
        pages = running_one.stdout.readline()
        assert pages.startswith("customer pages https://")
        assert f"--dp-url {webhooks[1]} --hub-resource-port 9443" in running_one.stdout.readline()
        running_one.send_signal(2)
        assert running_one.wait(20) == 0
    finally:
        running_one.kill()
        running_one.wait()
        if running_one.stdout:
            running_one.stdout.close()


def test_run_takes_no_notice_of_the_current_folder(tmp_path):
    (tmp_path / "conftest.py").write_text("raise RuntimeError('a foreign conftest')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "check_mine.py").write_text("def check_mine():\n    assert False\n")
    one = "conformance/checks/events/check_events.py"
    ended = in_a_process("run", "--collect-only", "-q", one, cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{one}::" in ended.stdout
    assert "check_mine" not in ended.stdout
    assert "check_balances" not in ended.stdout
    assert not (tmp_path / "conformance").exists()


def test_run_asks_everything_unless_checks_are_named():
    every = running.arguments(["-k", "x", "--profile", "mine.yaml"])
    assert every[-5:] == ["-k", "x", "--profile", "mine.yaml", str(PACKAGE / "checks")]
    named = f"{PACKAGE}/checks/events/check_events.py"
    for given in (named, f"{named}::check_x[a::b]", f"{named.removeprefix(f'{PACKAGE.parent}/')}::check_x"):
        chosen = running.arguments([given, "--seed", "1"])
        assert chosen[-3].startswith(named)
        assert str(PACKAGE / "checks") not in chosen


def test_run_returns_pytests_status(tmp_path):
    assert in_a_process("run", "--no-such-option", cwd=tmp_path).returncode == 4
    ended = in_a_process("run", "--profile", "smok", "-q", cwd=tmp_path)
    assert ended.returncode == 4
    assert "Did you mean 'smoke'?" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_run_hands_help_to_pytest(tmp_path):
    ended = in_a_process("run", "--help", cwd=tmp_path)
    assert ended.returncode == 0
    assert "--dp-url" in ended.stdout
