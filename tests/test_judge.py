from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import judge
from conformance.judge import Exit, Outcome, WaiverState
from conformance.model import Blame, Capability, Level, Requirement, Result, Verdict, Waiver

TODAY = date(2026, 11, 20)
MUST = Requirement("AAA-01", "g", Level.MUST, "G", "a must", dod=(1,), steps=("5",))
OTHER = Requirement("AAA-02", "g", Level.MUST, "G", "another must", dod=(1,))
SHOULD = Requirement("AAA-03", "g", Level.SHOULD, "N", "a should")
OPTIONAL = Requirement("USR-01", "g", Level.MUST, "G", "optional", capability=Capability.USERINFO)


def result(requirement: Requirement, verdict: Verdict, blame: Blame = Blame.UNKNOWN) -> Result:
    return Result(f"check of {requirement.id}", requirement.id, verdict, "t", "f", 0.1, blame=blame)


def waiver(requirement: str, *, until: str = "2026-12-31", reason: str = "known") -> Waiver:
    return Waiver(requirement, reason, "team", "T-1", until)


@pytest.mark.parametrize(
    ("outcome", "level", "expected"),
    [
        (Outcome.HELD, Level.MUST, Verdict.PASS),
        (Outcome.BROKEN, Level.MUST, Verdict.FAIL),
        (Outcome.BROKEN, Level.SHOULD, Verdict.WARN),
        (Outcome.BLOCKED, Level.SHOULD, Verdict.INCONCLUSIVE),
        (Outcome.CRASHED, Level.SHOULD, Verdict.ERROR),
        (Outcome.NOT_ASKED, Level.MUST, Verdict.NOT_APPLICABLE),
    ],
)
def test_one_verdict(outcome: Outcome, level: Level, expected: Verdict) -> None:
    assert judge.verdict(outcome, level) is expected


def test_everything_passed_is_a_certificate() -> None:
    found = judge.conclude([MUST, SHOULD], [result(MUST, Verdict.PASS), result(SHOULD, Verdict.WARN)], today=TODAY)

    assert found.certificate
    assert found.exit == Exit.CONFORMANT
    assert found.headline == "CONFORMANT"
    assert found.dod == {1: Verdict.PASS}
    assert found.steps == {"5": Verdict.PASS}


def test_a_must_that_nobody_asked_is_no_certificate_and_no_proven_item() -> None:
    found = judge.conclude([MUST, OTHER], [result(MUST, Verdict.PASS)], today=TODAY)

    assert not found.certificate
    assert found.exit == Exit.CONFORMANT
    assert found.dod == {1: None}
    assert "AAA-02" in " ".join(found.reasons)


@pytest.mark.parametrize(
    ("verdict", "blame", "code"),
    [
        (Verdict.FAIL, Blame.PROVIDER, Exit.NOT_CONFORMANT),
        (Verdict.INCONCLUSIVE, Blame.UNKNOWN, Exit.NOT_CONFORMANT),
        (Verdict.INCONCLUSIVE, Blame.CONFIGURATION, Exit.CONFIGURATION),
        (Verdict.ERROR, Blame.HARNESS, Exit.OUR_ERROR),
        (Verdict.NOT_APPLICABLE, Blame.UNKNOWN, Exit.NOTHING_RAN),
    ],
)
def test_exit_codes(verdict: Verdict, blame: Blame, code: Exit) -> None:
    assert judge.conclude([MUST], [result(MUST, verdict, blame)], today=TODAY).exit == code


def test_nothing_at_all_is_exit_five() -> None:
    assert judge.conclude([MUST], [], today=TODAY).exit == Exit.NOTHING_RAN


def test_one_blocked_check_that_is_not_configuration_makes_the_run_the_providers() -> None:
    mixed = [result(MUST, Verdict.INCONCLUSIVE, Blame.CONFIGURATION), result(OTHER, Verdict.INCONCLUSIVE)]

    assert judge.conclude([MUST, OTHER], mixed, today=TODAY).exit == Exit.NOT_CONFORMANT


def test_a_used_waiver_lets_the_run_pass_and_never_certifies() -> None:
    found = judge.conclude([MUST], [result(MUST, Verdict.FAIL)], waivers=[waiver("AAA-01")], today=TODAY)

    assert found.exit == Exit.CONFORMANT
    assert not found.certificate
    assert found.waivers == {"AAA-01": WaiverState.USED}
    assert "WAIVERS" in found.headline


@pytest.mark.parametrize(
    ("given_waiver", "verdict", "state"),
    [
        (waiver("AAA-01", until="2026-11-19"), Verdict.FAIL, WaiverState.EXPIRED),
        (waiver("AAA-01"), Verdict.PASS, WaiverState.UNUSED),
        (waiver("AAA-01", reason=" "), Verdict.FAIL, WaiverState.REASONLESS),
    ],
)
def test_a_bad_waiver_fails_the_run(given_waiver: Waiver, verdict: Verdict, state: WaiverState) -> None:
    found = judge.conclude([MUST], [result(MUST, verdict)], waivers=[given_waiver], today=TODAY)

    assert found.waivers == {"AAA-01": state}
    assert found.exit == Exit.NOT_CONFORMANT


def test_a_waiver_does_not_cover_another_requirement() -> None:
    found = judge.conclude(
        [MUST, OTHER],
        [result(MUST, Verdict.FAIL), result(OTHER, Verdict.FAIL)],
        waivers=[waiver("AAA-01")],
        today=TODAY,
    )

    assert found.exit == Exit.NOT_CONFORMANT


def test_a_rehearsal_is_no_certificate() -> None:
    found = judge.conclude([MUST], [result(MUST, Verdict.PASS)], rehearsal=["-k x"], today=TODAY)

    assert not found.certificate
    assert "REHEARSAL" in found.headline


@given(st.lists(st.tuples(st.sampled_from([MUST, OTHER, SHOULD, OPTIONAL]), st.sampled_from(list(Verdict)))))
def test_no_certificate_with_an_unproved_must(pairs: list[tuple[Requirement, Verdict]]) -> None:
    results = [result(requirement, verdict) for requirement, verdict in pairs]

    found = judge.conclude([MUST, OTHER, SHOULD, OPTIONAL], results, today=TODAY)

    if found.certificate:
        for must in (MUST, OTHER):
            verdicts = {verdict for requirement, verdict in pairs if requirement is must}
            assert Verdict.PASS in verdicts
            assert max(each.gravity for each in verdicts) == Verdict.PASS.gravity
        assert all(verdict.gravity <= Verdict.WARN.gravity for _, verdict in pairs)


CASES: dict[str, tuple[list[Result], dict[str, list[object]], str, list[str]]] = {
    "proved": ([result(MUST, Verdict.PASS), result(OTHER, Verdict.PASS)], {}, "CONFORMANT", []),
    "rehearsed": (
        [result(MUST, Verdict.PASS), result(OTHER, Verdict.PASS)],
        {"rehearsal": ["-k x"]},
        "REHEARSAL PASSED: no certificate",
        ["this is a rehearsal: -k x"],
    ),
    "nothing": (
        [],
        {},
        "NO VERDICT: nothing was asked",
        ["2 MUST requirements not asked: AAA-01, AAA-02"],
    ),
    "half": (
        [result(MUST, Verdict.PASS)],
        {},
        "NOTHING FAILED, but not everything was asked: no certificate",
        ["1 MUST requirement not asked: AAA-02"],
    ),
    "not to be asked": (
        [result(MUST, Verdict.NOT_APPLICABLE), result(OTHER, Verdict.NOT_APPLICABLE), result(SHOULD, Verdict.PASS)],
        {},
        "NOTHING FAILED, but not everything was asked: no certificate",
        ["2 MUST requirements not to be asked of this target: AAA-01, AAA-02"],
    ),
    "a must that only warns, as no check of ours does": (
        [result(MUST, Verdict.WARN), result(OTHER, Verdict.WARN)],
        {},
        "NOTHING FAILED, but not everything was asked: no certificate",
        ["2 MUST requirements ended WARN: AAA-01, AAA-02"],
    ),
    "failed": (
        [result(MUST, Verdict.FAIL), result(OTHER, Verdict.FAIL)],
        {},
        "NOT CONFORMANT",
        ["2 requirements ended FAIL: AAA-01, AAA-02"],
    ),
    "blocked": (
        [result(MUST, Verdict.INCONCLUSIVE, Blame.CONFIGURATION), result(OTHER, Verdict.PASS)],
        {},
        "NO VERDICT: the configuration kept the suite from asking",
        ["1 requirement ended INCONCLUSIVE: AAA-01"],
    ),
    "crashed": (
        [result(MUST, Verdict.ERROR), result(OTHER, Verdict.PASS)],
        {},
        "NO VERDICT: the suite itself failed",
        ["1 requirement ended ERROR: AAA-01"],
    ),
    "waived": (
        [result(MUST, Verdict.FAIL), result(OTHER, Verdict.FAIL)],
        {"waivers": [waiver("AAA-01"), waiver("AAA-02", until="2026-11-20")]},
        "PASSED WITH WAIVERS: no certificate",
        ["2 requirements ended FAIL: AAA-01, AAA-02", "2 requirements waived: AAA-01, AAA-02"],
    ),
    "waived for nothing": (
        [result(MUST, Verdict.PASS), result(OTHER, Verdict.PASS)],
        {"waivers": [waiver("AAA-01")]},
        "NOT CONFORMANT",
        ["the waiver of AAA-01 is unused"],
    ),
    "waived and not asked": (
        [result(MUST, Verdict.PASS)],
        {"waivers": [waiver("AAA-02")]},
        "NOTHING FAILED, but not everything was asked: no certificate",
        ["1 MUST requirement not asked: AAA-02"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_conclusion_says_what_stands_against_a_certificate(name: str) -> None:
    results, more, headline, reasons = CASES[name]

    found = judge.conclude([MUST, OTHER, SHOULD], results, today=TODAY, **more)  # type: ignore[arg-type]

    assert (found.headline, list(found.reasons)) == (headline, reasons)
    assert found.conformant is (found.exit == Exit.CONFORMANT)
    assert found.certificate is (headline == "CONFORMANT")
    asked = {each.requirement: each.verdict for each in results}
    assert found.requirements == {each.id: asked.get(each.id) for each in (MUST, OTHER, SHOULD)}


def test_a_warning_does_not_hide_a_gap() -> None:
    warned = Requirement("AAA-04", "g", Level.SHOULD, "N", "a should of the item", dod=(1,))

    found = judge.conclude([MUST, warned], [result(warned, Verdict.WARN)], today=TODAY)

    assert found.dod == {1: None}


def test_items_and_rows_are_told_in_order() -> None:
    rows = [Requirement(f"AAA-0{n}", "g", Level.MUST, "G", "t", dod=(n,), steps=(f"{n}a",)) for n in (3, 1, 2)]
    verdicts = {"AAA-01": Verdict.PASS, "AAA-02": Verdict.FAIL, "AAA-03": Verdict.INCONCLUSIVE}

    found = judge.conclude(rows, [result(each, verdicts[each.id]) for each in rows], today=TODAY)

    assert list(found.dod) == [1, 2, 3]
    assert list(found.steps) == ["1a", "2a", "3a"]
