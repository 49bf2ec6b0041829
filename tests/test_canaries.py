"""Secrets planted in keys, passwords, identities and accounts: no file that a run leaves holds one."""

import base64
import hashlib
import html
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from conformance import resources
from conformance.model import Showing
from conformance.package import pack
from conformance.reference.settings import default_data
from tests.support.pki import pki
from tests.support.provider import alone
from tests.test_run import run

# What stands in the test customers' data, and the canary in its place.
SECRET = {
    "first-password-1": "C4nary pass & wört<7>",
    "second-password-2": "An0ther=canary/pass+w",
    "800101140001": "850607145583",
    "A20000002": "K73519268",
}
PERSONAL = {
    "1010000011": "7746102938",
    "1010000029": "7746105523",
    '"1523.45"': '"73519.26"',
    '"88.10"': '"48217.33"',
    "2020000012": "7746108814",
    '"60310.00"': '"91826.41"',
}
FLAWS = (
    "shows-account-beside-jwe",
    "seals-balances-only",
    "accepts-unsigned-events",
    "shows-stack-traces",
    "opens-the-session-anyway",
)
CHECKS = (
    "(check_balances or check_seal or check_accounts or check_userinfo or check_update or check_login"
    " or check_unsigned_event or check_transactions) and not check_time"
)


def _planted(text: str) -> str:
    for usual, canary in (SECRET | PERSONAL).items():
        text = text.replace(usual, canary)
    return text


def _run(folder: Path, showing: Showing) -> Path:
    """The folder of a run on a provider that knows the canaries, with its package beside it."""
    data, profile = folder / "data.yaml", folder / "bank.yaml"
    data.write_text(_planted(default_data().read_text("utf-8")), "utf-8")
    usual = (resources.path("profiles") / "reference.yaml").read_text("utf-8")
    profile.write_text(_planted(usual) + f"\nevidence: {{personal: {showing}}}\n", "utf-8")
    reports = ("--summary", str(folder / "summary.md"), "--junitxml", str(folder / "junit.xml"))
    with alone(*FLAWS, data=str(data)) as options:
        done = run(folder, "--profile", str(profile), *options, "-k", CHECKS, *reports)
    (folder / "terminal.txt").write_text(done.stdout + done.stderr)
    data.unlink()
    profile.unlink()
    (made,) = (each.parent for each in folder.glob("*/record.json"))
    with zipfile.ZipFile(pack(made, pki().key("sign-off"), destination=folder / "run.ofp.zip")) as archive:
        archive.extractall(folder / "unpacked")
    return folder


@pytest.mark.parametrize("showing", Showing)
def test_no_file_of_a_run_or_its_package_holds_a_secret(
    showing: Showing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFP_REFERENCE_KEYS", str(pki().directory))
    folder = _run(tmp_path, showing)

    assert _holders(folder, [*SECRET.values(), *_hashes(), *_private_keys()]) == []
    shown = _holders(folder, [each.strip('"') for each in PERSONAL.values()])
    assert bool(shown) is (showing is Showing.FULL), "account numbers and amounts are shown if the profile says so"
    kinds = {each.suffix for each in folder.rglob("*") if each.is_file()}
    assert {".json", ".html", ".har", ".md", ".py", ".xml", ".txt", ".zip"} <= kinds
    assert "FAIL" in (folder / "terminal.txt").read_text()


def test_a_canary_is_found_in_whatever_form_it_sings(tmp_path: Path) -> None:
    canary = SECRET["first-password-1"]
    inner = base64.urlsafe_b64encode(f'{{"password": "{canary}"}}'.encode()).decode().rstrip("=")
    for number, text in enumerate(
        [canary, quote_plus(canary), f'{{"sub": "x{inner}"}}', f"eyJhbGciOiJub25lIn0.{inner}."]
    ):
        (tmp_path / f"{number}.txt").write_text(text)

    assert len(_holders(tmp_path, [canary])) == 4


def _hashes() -> Iterator[str]:
    """The identity hashes of the planted numbers, as they are sent."""
    for number in (SECRET["800101140001"], SECRET["A20000002"]):
        digest = hashlib.sha256(number.encode()).digest()
        yield base64.b64encode(digest).decode()
        yield base64.urlsafe_b64encode(digest).decode().rstrip("=")
        yield digest.hex()


def _private_keys() -> Iterator[str]:
    """What nobody but its owner has of each key: lines of its PEM file, and the secret number as a JWK has it."""
    for file in pki().directory.rglob("*.key"):
        yield from file.read_text().splitlines()[2:4]
        key = load_pem_private_key(file.read_bytes(), None)
        if isinstance(key, rsa.RSAPrivateKey):
            secret = key.private_numbers().d
            yield base64.urlsafe_b64encode(secret.to_bytes((secret.bit_length() + 7) // 8)).decode().rstrip("=")


def _holders(folder: Path, canaries: list[str]) -> list[str]:
    """The files that hold a canary, plain or in a spelling of HTML, JSON, forms or base64."""
    forms = {form.encode() for canary in canaries for form in _forms(canary)}
    files = (each for each in folder.rglob("*") if each.is_file() and each.suffix != ".zip")
    found = []
    contents = {each.read_bytes(): each for each in files}
    for content, file in contents.items():
        everything = b"\n".join([content, *_decoded(content)])
        found += [f"{file.relative_to(folder)}: {form!r}" for form in forms if form in everything]
    return found


def _forms(canary: str) -> set[str]:
    told = {canary, html.escape(canary), quote(canary), quote_plus(canary), quote(canary, safe="")}
    return told | {json.dumps(each)[1:-1] for each in told} | {canary.encode().hex()}


def _decoded(content: bytes) -> Iterator[bytes]:
    """What stands in base64 in a file, at whichever of the four places in a group it may begin."""
    for each in re.findall(rb"[A-Za-z0-9+/_-]{12,}", content):
        plain = each.replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            piece = plain[start:]
            piece = piece[: len(piece) - (len(piece) % 4 == 1)]
            yield base64.b64decode(piece + b"=" * (-len(piece) % 4))
