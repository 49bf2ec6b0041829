"""The views of a record beside the checklist: Allure's results, archives, transcripts, scripts; hostile text in all."""

import ast
import json
import re
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.model import Blame, ConfigurationFault, Exchange, Message, Result, Verdict
from conformance.report import allure_page, allure_view, har, replay, terminal, transcript
from conformance.report.record import Record, write
from conformance.report.text import shortened, word
from tests.test_checklist import EVIL, Seen, evil
from tests.test_run import record, run

FLAWS = ("accepts-unsigned-events", "shows-its-version", "suspended-still-serves")
CHECKS = (
    "check_unsigned or check_balance_is_served or check_suspended_consent_yields or check_reject or check_refusals_tell"
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """A run with failures, and one result of each other verdict."""
    folder = tmp_path_factory.mktemp("views")
    run(folder, "-k", CHECKS, *(word for each in FLAWS for word in ("--reference-flaw", each)))
    told = record(folder)
    others = {
        Verdict.WARN: Blame.PROVIDER,
        Verdict.INCONCLUSIVE: Blame.CONFIGURATION,
        Verdict.ERROR: Blame.HARNESS,
        Verdict.NOT_APPLICABLE: Blame.UNKNOWN,
    }
    made = tuple(
        replace(told.results[0], check=f"a::check_{verdict.name}", verdict=verdict, blame=blame, actual="so it was")
        for verdict, blame in others.items()
    )
    return replace(told, results=(*told.results, *made))


@pytest.fixture
def allure(found: Record, tmp_path: Path) -> Path:
    allure_view.write(found, tmp_path)
    return tmp_path / "allure-results"


def results(folder: Path) -> dict[str, dict[str, Any]]:
    read = (json.loads(each.read_text()) for each in folder.glob("*-result.json"))
    return {each["fullName"]: each for each in read}


def labels(result: dict[str, Any]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for each in result["labels"]:
        told.setdefault(each["name"], []).append(each["value"])
    return told


def test_allure_has_every_check_under_its_item_group_and_requirement(found: Record, allure: Path) -> None:
    told = results(allure)

    assert set(told) == {each.check for each in found.results}
    assert len({each["historyId"] for each in told.values()}) == len(found.results), "none is another's retry"
    duties = {each.id: each for each in found.requirements}
    titles = dict(found.dod_titles)
    for result in found.results:
        duty, has = duties[result.requirement], labels(told[result.check])
        assert has["epic"] == ([f"{each} {titles[each]}" for each in duty.dod] or ["Beyond the Definition of Done"])
        assert (has["feature"], has["story"]) == ([duty.group], [f"{duty.id} {duty.text}"])
        assert (has["requirement"], has["level"], has["source"]) == ([duty.id], [duty.level], [duty.source])
        assert has.get("reading", []) == ([duty.reading] if duty.reading else [])
        assert [each["name"].partition(" ")[0] for each in told[result.check]["links"]] == [duty.id, "source"]


def test_allure_has_steps_and_attachments_that_exist(found: Record, allure: Path) -> None:
    told = results(allure)
    named = Counter[str]()
    for result in found.results:
        steps = told[result.check]["steps"]
        parts = [each["name"].partition(":")[0] for each in steps]
        assert parts == [each for each in ("arrange and control", "stimulus", "expectation") if each in parts]
        assert ("expectation" in parts) is (result.verdict is not Verdict.NOT_APPLICABLE)
        for exchange in (inner for each in steps for inner in each.get("steps", [])):
            for each in exchange.get("attachments", []):
                assert (allure / each["source"]).read_text()
                named[each["name"]] += 1
    assert named["request"] == named["facts"] > 5
    assert named["response"]
    assert named["curl"]


def test_allures_categories_tell_verdicts_apart(allure: Path) -> None:
    categories = json.loads((allure / "categories.json").read_text())
    said = {}
    for result in results(allure).values():
        message = result.get("statusDetails", {}).get("message", "")
        matching = (
            each["name"]
            for each in categories
            if result["status"] in each["matchedStatuses"] and re.fullmatch(each.get("messageRegex", ".*"), message)
        )
        said[labels(result)["verdict"][0]] = next(matching, "")

    assert said.pop("PASS") == ""
    assert len(set(said.values())) == len(said) == 5
    assert {name for name, each in said.items() if "Data Provider" in each} == {"FAIL"}
    assert said["INCONCLUSIVE"] == "Could not be told: the configuration"
    names = {labels(each)["verdict"][0]: each["name"] for each in results(allure).values()}
    assert names["WARN"].startswith("[WARN] ")
    assert names["INCONCLUSIVE"].startswith("[INCONCLUSIVE] ")


def test_allure_knows_what_was_asked_of_whom(found: Record, allure: Path) -> None:
    lines = (allure / "environment.properties").read_text().splitlines()
    told = dict(each.split("=", 1) for each in lines)

    assert {"suite", "specification", "profile", "target", "server_certificate", "signing_keys", "seed"} <= set(told)
    assert {each.removeprefix("reading.") for each in told if each.startswith("reading.")} == {
        each.name for each in found.readings
    }
    assert json.loads((allure / "executor.json").read_text())["buildName"] == found.run.id


ALLURE = """#!/bin/sh
printf '%s\\n' "$@" > "$(dirname "$0")/words"
cat allure.json > "$(dirname "$0")/settings"
printf '<html><head><title>x</title></head></html>' > index.html
"""


def test_allures_page_reaches_nothing_and_keeps_its_history(found: Record, tmp_path: Path) -> None:
    program, folder = tmp_path / "allure", tmp_path / "runs" / "one"
    program.write_text(ALLURE)
    program.chmod(0o700)
    write(found, folder)
    allure_view.write(found, folder)

    page = allure_page.render(folder, str(program))

    words = (tmp_path / "words").read_text().splitlines()
    assert words[words.index("--history-path") + 1] == str(tmp_path / "runs" / "allure-history.jsonl")
    assert "--single-file" in words
    assert json.loads((tmp_path / "settings").read_text())["categories"] == allure_view.CATEGORIES
    assert page == folder / "allure.html"
    assert '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'' in page.read_text()
    assert "http:" not in page.read_text()


def test_allure_that_fails_is_a_clear_fault(found: Record, tmp_path: Path) -> None:
    write(found, tmp_path)
    with pytest.raises(ConfigurationFault, match="allure-results"):
        allure_page.render(tmp_path, "/bin/false")
    allure_view.write(found, tmp_path)
    with pytest.raises(ConfigurationFault, match="did not make its report"):
        allure_page.render(tmp_path, "/bin/false")


_REQUEST = {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"}
_RESPONSE = {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "bodySize"}


def test_archives_are_http_archives(found: Record) -> None:
    seen = 0
    for result in found.results:
        log = json.loads(har.archive(result))["log"]
        assert (log["version"], log["creator"]["name"]) == ("1.2", "ofp-conformance")
        assert [each["_id"] for each in log["entries"]] == [each.id for each in result.exchanges]
        for entry, exchange in zip(log["entries"], result.exchanges, strict=True):
            seen += 1
            assert set(entry["request"]) >= _REQUEST
            assert set(entry["response"]) >= _RESPONSE
            assert datetime.fromisoformat(entry["startedDateTime"]).timestamp() == pytest.approx(
                exchange.started, abs=0.001
            )
            spent = (entry["timings"][each] for each in ("connect", "send", "wait", "receive"))
            assert sum(each for each in spent if each >= 0) == pytest.approx(entry["time"], abs=0.01)
            assert len(entry["request"]["headers"]) == len(exchange.request.headers)
            if exchange.response:
                assert str(entry["response"]["status"]) in exchange.response.start
    assert seen > 20


def evil_exchange(exchange: Exchange) -> Exchange:
    message = Message(f"GET /{EVIL} HTTP/1.1", ((EVIL, EVIL), ("content-type", EVIL)), EVIL, 9, EVIL)
    return replace(exchange, url=EVIL, request=message, response=message, note=EVIL, jose=((EVIL, EVIL),))


@pytest.fixture
def hostile(found: Record) -> list[Result]:
    """Results in which all that a Data Provider can choose, and more, is hostile."""
    told = evil(replace(found, results=tuple(each for each in found.results if each.exchanges)))
    return [replace(each, exchanges=tuple(evil_exchange(one) for one in each.exchanges)) for each in told.results]


def test_nothing_of_a_providers_acts_in_a_transcript(found: Record, hostile: list[Result]) -> None:
    duties = {each.id: each for each in found.requirements}
    for result in hostile:
        page = transcript.transcript(result, duties[result.requirement], "run")
        seen = Seen()
        seen.feed(page)
        assert {tag for tag, _ in seen.tags} & {"script", "img", "iframe", "object", "embed", "base"} == set()
        assert [name for _, attrs in seen.tags for name in attrs if name.startswith("on")] == []
        assert all("script" not in (attrs.get("href") or "") for _, attrs in seen.tags)
        assert "default-src 'none'" in page
        assert not set("\x1b\u202e") & set(page)


def test_nothing_of_a_providers_acts_in_archives_allure_or_the_terminal(
    found: Record, hostile: list[Result], tmp_path: Path
) -> None:
    told = replace(evil(found), results=tuple(hostile))
    allure_view.write(told, tmp_path)
    written = [each.read_bytes().decode() for each in tmp_path.rglob("*") if each.is_file()]
    written += [har.archive(each) for each in hostile]
    written.append(terminal.lines(told, width=100, colour=False, folder=tmp_path, repeat=lambda each: each.check))

    assert written
    for text in written:
        assert not set("\x1b\u202e") & set(text)
    for each in results(tmp_path / "allure-results").values():
        assert "descriptionHtml" not in each
        assert "script" not in each["description"]


def test_nothing_of_a_providers_acts_in_a_script(hostile: list[Result], found: Record, tmp_path: Path) -> None:
    replay.write(replace(found, results=tuple(hostile)), tmp_path)
    scripts = [each.read_text() for each in (tmp_path / "replay").iterdir()]

    assert scripts
    for text in scripts:
        calls = {each.func.id for each in ast.walk(ast.parse(text)) if _is_call(each)}  # type: ignore[attr-defined]
        assert "alert" not in calls
        assert not set("\x1b\u202e") & set(text)


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


@pytest.mark.parametrize("text", ["", "plain", "it's", "two\nlines", "a\x1b[2J'\\\\b", "é\u202e\x00"[:-1], EVIL])
def test_a_word_of_a_command_is_the_text(text: str) -> None:
    shown = word(text)
    done = subprocess.run(["bash", "-c", f"printf %s {shown}"], capture_output=True, check=True)

    assert done.stdout.decode() == text
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("BAL-01, BAL-02, BAL-03", "BAL-01, BAL-02, BAL-03"),
        ("ended: BAL-03, BAL-01, BAL-02, TXN-06, BAL-09.", "ended: BAL-01..03+09, TXN-06."),
        ("none", "none"),
    ],
)
def test_long_lists_of_requirements_are_shown_as_ranges(text: str, short: str) -> None:
    assert shortened(text) == short
