"""The checklist: what it says, and that nothing of a Data Provider's gets to act in it."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conformance.model import Verdict
from conformance.report import checklist, checklist_page, markdown
from conformance.report.record import Record
from tests.test_run import record, run

_HEADLESS = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=500,900")
EVIL = "<script>alert(1)</script>\x1b[2J\u202e\"'><img src=x onerror=alert(2)> javascript:x {{7*7}} |a|`b`"


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("failed")
    run(
        folder,
        *("-k", "check_unsigned or check_balance_is_served or check_suspended_consent_yields"),
        *("--reference-flaw", "accepts-unsigned-events", "--reference-flaw", "suspended-still-serves"),
        *("--summary", str(folder / "summary.md"), "--junitxml", str(folder / "junit.xml")),
    )
    return next(folder.glob("*/record.json")).parent


def test_it_says_what_failed_and_who_must_act(failed: Path) -> None:
    found = json.loads((failed / "checklist.json").read_text())
    rows = {each["id"]: each for each in found["requirements"]}

    assert found["headline"] == "NOT CONFORMANT"
    assert found["kind"] == "rehearsal"
    assert rows["JWS-02"]["word"] == "failed"
    assert rows["BAL-01"]["word"] == "passed"
    assert rows["TLS-05"]["word"] == "not asked"
    (duty,) = found["duties"]
    assert duty["who"] == "The Data Provider's developers"
    assert {each["requirement"] for each in duty["deeds"]} >= {"JWS-02"}
    assert all(each["cause"] for each in duty["deeds"])
    assert {each["name"] for each in found["items"]} == {"1", "2", "3", "4"}
    assert found["rows"][0]["name"] == "1-4"
    assert {each["title"]: each["word"] for each in found["transitions"]}["LCM-03"] == "failed"
    assert any("TLS-05" in ids for ids, _ in found["not_tested"])
    for row in rows.values():
        assert all((failed / each).is_file() for each in row["evidence"])


def test_the_summary_and_junit_carry_the_requirements(failed: Path) -> None:
    summary = (failed.parent / "summary.md").read_text()
    junit = (failed.parent / "junit.xml").read_text()

    assert summary.startswith("# NOT CONFORMANT")
    assert "JWS-02" in summary
    assert '<property name="requirement" value="JWS-02"' in junit
    assert '<property name="verdict" value="FAIL"' in junit


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def evil(found: Record) -> Record:
    results = tuple(
        replace(each, verdict=Verdict.FAIL, expected=EVIL, actual=EVIL, hint=EVIL, title=EVIL) for each in found.results
    )
    return replace(
        found,
        results=results,
        target=replace(found.target, rs_url=EVIL),
        digests=replace(found.digests, profile_name=EVIL, spec_name=EVIL),
        rehearsal=(EVIL,),
        conclusion=replace(found.conclusion, reasons=(EVIL,)),
    )


def test_nothing_of_a_providers_acts_in_the_page(failed: Path) -> None:
    page = checklist_page.html(checklist.build(evil(Record.read(failed))))
    seen = Seen()
    seen.feed(page)

    assert {tag for tag, _ in seen.tags} & {"script", "img", "iframe", "object", "embed", "link", "base"} == set()
    assert [name for _, attrs in seen.tags for name in attrs if name.startswith("on")] == []
    for tag, attrs in seen.tags:
        if tag == "a":
            assert re.fullmatch(r"evidence/[\w.-]+\.html|#[A-Z]+-\d\d", attrs["href"] or "")
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "{{7*7}}" in page, "it is shown as text"


def test_nothing_of_a_providers_acts_in_markdown(failed: Path) -> None:
    text = markdown.markdown(checklist.build(evil(Record.read(failed))))

    assert "<script>" not in text.replace("\\<", "")
    assert "\x1b" not in text


def test_the_policy_allows_its_own_style_and_nothing_else(failed: Path) -> None:
    page = (failed / "checklist.html").read_text()
    style = page.partition("<style>")[2].partition("</style>")[0]

    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in page
    assert "default-src 'none'" in page
    assert re.findall(r"https?://(?!localhost|127)[\w.]+", page) == []
    assert "style=" not in page


def test_waivers_stand_on_the_first_page_with_their_days(tmp_path: Path) -> None:
    waiver = "[{requirement: JWS-02, reason: in the next release, owner: operations, ticket: OPS-1, until: 2999-01-01}]"
    done = run(
        tmp_path, "-k", "check_unsigned", "--reference-flaw", "accepts-unsigned-events", "--set", f"waivers={waiver}"
    )
    found = checklist.build(record(tmp_path))

    assert done.returncode == 0, done.stdout + done.stderr
    assert found.headline == "PASSED WITH WAIVERS: no certificate"
    assert not found.certificate
    assert found.waivers[0].days_left > 300_000
    assert "used" in found.waivers[0].state
    assert "waived until 2999-01-01" in checklist_page.html(found)


def test_a_browser_shows_it_without_complaint(failed: Path, tmp_path: Path) -> None:
    import shutil

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium, which is not installed here")
    shot = tmp_path / "shot.png"
    done = subprocess.run(
        [program, *_HEADLESS, f"--screenshot={shot}", (failed / "checklist.html").as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert shot.stat().st_size > 10_000
    assert "Content Security Policy" not in done.stderr
    assert "Uncaught" not in done.stderr
