"""A failure can be seen again: the whole check, and the one exchange that showed it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.model import Verdict
from conformance.report import replay
from conformance.report.record import Record, write
from tests.support.pki import pki
from tests.support.provider import alone
from tests.test_run import run

FLAWS = ("accepts-unsigned-events", "suspended-still-serves", "authorizes-without-verifying")
CHECKS = (
    "check_unsigned_event_is_refused or check_suspended_consent_yields_no_balance or check_foreign_key_is_refused"
    " or check_bad_signature_leads_to_no_login"
)


@contextmanager
def bank(folder: Path, *flaws: str) -> Iterator[list[str]]:
    """A reference on ports of its own, and the options that name it."""
    profile = folder / "bank.yaml"
    profile.write_text("extends: reference\nname: A bank\n")
    with alone(*flaws) as options:
        yield ["--profile", str(profile), *options]


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a failing run, while its provider still answers."""
    folder = tmp_path_factory.mktemp("replay")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFP_REFERENCE_KEYS", str(pki().directory))
        with bank(folder, *FLAWS) as options:
            run(folder, *options, "-k", CHECKS)
            yield next(folder.glob("*/record.json")).parent


def test_every_failure_has_its_script_and_nothing_else_has(flawed: Path) -> None:
    found = Record.read(flawed)
    red = {replay.script_name(each.check) for each in found.results if each.verdict is Verdict.FAIL}

    assert len(red) >= 3
    assert {each.name for each in (flawed / "replay").iterdir()} == red
    assert any("unsigned" in each.name for each in (flawed / "replay").iterdir())


@pytest.mark.parametrize("check", ["check_unsigned_event_is_refused[missing]", "check_suspended_consent_yields"])
def test_the_whole_check_comes_out_as_it_did(flawed: Path, check: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(flawed), check]) == 1

    told = capsys.readouterr().out
    assert told.count("FAIL") == 2
    assert told.endswith("the same\n")


@pytest.mark.parametrize(
    ("check", "status"),
    [
        ("check_unsigned_event_is_refused[missing]", 200),
        ("check_suspended_consent_yields", 200),
        ("check_bad_signature_leads_to_no_login[foreign key]", 303),
    ],
)
def test_the_one_exchange_is_sent_and_signed_again(
    flawed: Path, check: str, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(flawed), check, "--exchange"]) == 0

    assert f"now:      HTTP/1.1 {status} " in capfd.readouterr().out


def test_a_mended_provider_shows_as_a_difference(
    flawed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OFP_REFERENCE_KEYS", str(pki().directory))
    with bank(tmp_path) as options:
        found = Record.read(flawed)
        again = replace(found, run=replace(found.run, options=tuple(options)))
        status = main(["replay", str(write(again, tmp_path / "run")), "check_unsigned_event_is_refused[missing]"])

    told = capsys.readouterr().out
    assert status == 0
    assert "now   PASS" in told
    assert "differs" in told


def test_the_script_says_what_it_lacks(flawed: Path) -> None:
    script = next((flawed / "replay").glob("*unsigned*"))

    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, env={})

    assert done.returncode == 1
    assert done.stderr.startswith("set OFP_")
    assert "Traceback" not in done.stderr


def test_curl_is_told_where_no_signature_is_needed(flawed: Path) -> None:
    by_name = {each.check: each for each in Record.read(flawed).results}
    commands = {name: replay.curl(shown) for name, each in by_name.items() if (shown := replay.shown(each))}

    unsigned = next(text for name, text in commands.items() if "unsigned" in name and "missing" in name)
    assert unsigned.startswith("curl --include --request POST --cert ")
    assert all(not text for name, text in commands.items() if "suspended" in name)


@pytest.mark.parametrize("name", ["chek_nothing", "check_"])
def test_an_unclear_name_is_a_clear_error(flawed: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(flawed), name]) == 4

    assert "check_" in capsys.readouterr().err


def test_no_script_holds_a_secret(flawed: Path) -> None:
    secrets = [each.read_text().splitlines()[1] for each in pki().directory.rglob("*.key")]
    for script in (flawed / "replay").iterdir():
        text = script.read_text()
        assert "PRIVATE" not in text
        assert not any(each in text for each in secrets)
        assert json.dumps("hashed_id_number")[1:-1] not in text or "[redacted]" in text
