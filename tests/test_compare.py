"""Two runs compared: what is new, fixed, still failing, failing otherwise, slower, no longer asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.model import Verdict
from conformance.report.compare import Change, circumstances, compare
from conformance.report.record import FILE, Record
from tests.test_run import record, run

CHECKS = ("-k", "check_balance_is_served or check_unsigned or check_reject")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = {}
    for name, arguments in {
        "good": (),
        "again": (),
        "bad": ("--reference-flaw", "rejects-with-accounts"),
        "bad again": ("--reference-flaw", "rejects-with-accounts"),
    }.items():
        folder = tmp_path_factory.mktemp("run")
        run(folder, *CHECKS, *arguments)
        found[name] = next(folder.glob("*/record.json")).parent
    return found


def changes(old: Record, new: Record) -> set[Change]:
    return {each.change for each in compare(old, new)}


def test_two_runs_on_one_target_do_not_differ(runs: dict[str, Path]) -> None:
    assert compare(Record.read(runs["good"]), Record.read(runs["again"])) == ()
    assert main(["diff", str(runs["good"]), str(runs["again"])]) == 0


def test_fresh_ids_are_no_other_reason(runs: dict[str, Path]) -> None:
    assert changes(Record.read(runs["bad"]), Record.read(runs["bad again"])) == {Change.STILL}


def test_new_and_fixed(runs: dict[str, Path]) -> None:
    good, bad = Record.read(runs["good"]), Record.read(runs["bad"])

    assert changes(good, bad) == {Change.NEW}
    assert changes(bad, good) == {Change.FIXED}
    assert main(["diff", str(runs["good"]), str(runs["bad"])]) == 1
    assert main(["diff", str(runs["bad"]), str(runs["good"])]) == 0


def edited(found: Record, **members: object) -> Record:
    first, *others = found.results
    return replace(found, results=(replace(first, **members), *others))  # type: ignore[arg-type]


def test_another_reason_slower_and_no_longer_asked(runs: dict[str, Path]) -> None:
    good = Record.read(runs["good"])
    failing = edited(good, verdict=Verdict.FAIL, expected="a 4xx", actual="HTTP 200")

    assert changes(failing, edited(good, verdict=Verdict.FAIL, expected="a 4xx", actual="a timeout")) == {Change.REASON}
    assert changes(failing, edited(good, verdict=Verdict.INCONCLUSIVE)) == {Change.REASON}
    assert changes(edited(good, seconds=0.4), edited(good, seconds=1.5)) == {Change.SLOWER}
    assert changes(edited(good, seconds=4.0), edited(good, seconds=5.5)) == set()
    assert changes(good, edited(good, verdict=Verdict.NOT_APPLICABLE)) == {Change.NOT_ASKED}
    assert changes(good, replace(good, results=good.results[1:])) == {Change.NOT_ASKED}
    assert changes(replace(good, results=good.results[1:]), good) == {Change.ASKED}


def test_what_else_differs_is_said(runs: dict[str, Path]) -> None:
    good = Record.read(runs["good"])
    other = replace(good, digests=replace(good.digests, spec="0" * 64), target=replace(good.target, rs_url="https://b"))

    assert circumstances(good, good) == ()
    # The embedded provider has new keys in every run.
    again = circumstances(good, Record.read(runs["again"]))
    assert {each.partition(":")[0] for each in again} == {"profile", "signing keys"}
    assert [each.partition(":")[0] for each in circumstances(good, other)] == ["OpenAPI document", "target"]


def test_a_baseline_forgives_what_it_knows_and_nothing_else(runs: dict[str, Path], tmp_path: Path) -> None:
    flaws = ("--reference-flaw", "rejects-with-accounts")
    known = run(tmp_path, *CHECKS, *flaws, "--baseline", str(runs["bad"] / FILE))

    assert known.returncode == 0, known.stdout + known.stderr
    assert "nothing is worse than in the baseline" in known.stdout
    assert not record(tmp_path).conclusion.conformant, "the record tells the truth all the same"
    more = tmp_path / "more"
    more.mkdir()
    worse = run(more, *CHECKS, *flaws, "--reference-flaw", "accepts-unsigned-events", "--baseline", str(runs["bad"]))
    assert worse.returncode == 1
    assert "new: JWS-02" in worse.stdout


def test_what_is_no_run_is_a_clear_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(tmp_path), str(tmp_path)]) == 4
    assert "Name a run" in capsys.readouterr().err
    done = run(tmp_path, "--baseline", str(tmp_path / "nowhere"))
    assert done.returncode == 4
    assert "Name a run" in done.stderr + done.stdout
