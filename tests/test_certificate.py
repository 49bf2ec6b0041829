"""The certificate rule as code: whatever the verdicts, no unproved MUST ever yields a certificate."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance import judge
from conformance.catalogue import Catalogue
from conformance.judge import Exit, WaiverState
from conformance.model import Blame, Level, Result, Verdict, Waiver

REQUIREMENTS = tuple(Catalogue.load().requirements.values())
MUSTS = [each for each in REQUIREMENTS if each.level is Level.MUST and not each.untestable]
TODAY = date(2026, 11, 21)


def result(requirement: str, verdict: Verdict, number: int = 0, blame: Blame = Blame.PROVIDER) -> Result:
    name = f"conformance/checks/x.py::check_{requirement}[{number}]"
    return Result(name, requirement, verdict, "title", name.partition("[")[0], 0.1, blame=blame)


def possible(requirement: object) -> list[Verdict]:
    """A broken SHOULD is a warning and never a failure; of a MUST anything may be written in a record."""
    level = requirement.level  # type: ignore[attr-defined]
    return [each for each in Verdict if level is Level.MUST or each is not Verdict.FAIL]


BY_ID = {each.id: each for each in REQUIREMENTS}
IDS = st.sampled_from(sorted(BY_ID))
# Mostly proved requirements: only the odd ones are missing, repeated or ended otherwise.
ODD = st.dictionaries(
    IDS, st.lists(st.tuples(st.sampled_from(Verdict), st.sampled_from(Blame)), max_size=3), max_size=6
)
WAIVED = st.dictionaries(IDS, st.tuples(st.integers(-3, 30), st.sampled_from(["why", ""])), max_size=2)


@given(ODD, WAIVED, st.sampled_from([[], [], ["-k something"]]))
@settings(max_examples=400, deadline=None)
def test_no_certificate_without_every_must(
    odd: dict[str, list[tuple[Verdict, Blame]]], waived: dict[str, tuple[int, str]], rehearsal: list[str]
) -> None:
    results = [
        result(each.id, verdict, number, blame)
        for each in REQUIREMENTS
        for number, (verdict, blame) in enumerate(odd.get(each.id, [(Verdict.PASS, Blame.PROVIDER)]))
        if verdict in possible(each)
    ]
    waivers = [
        Waiver(id_, reason, "owner", "T-1", str(TODAY + timedelta(days))) for id_, (days, reason) in waived.items()
    ]
    found = judge.conclude(REQUIREMENTS, results, waivers=waivers, rehearsal=rehearsal, today=TODAY)
    by_id: dict[str, set[Verdict]] = {}
    for each in results:
        by_id.setdefault(each.requirement, set()).add(each.verdict)
    unproved = [
        each.id
        for each in MUSTS
        if not by_id.get(each.id)
        or not by_id[each.id] <= {Verdict.PASS, Verdict.NOT_APPLICABLE}
        or (by_id[each.id] == {Verdict.NOT_APPLICABLE} and not each.capability)
    ]
    graver = [each for each in results if each.verdict.red]

    asked = [id_ for id_, state in found.waivers.items() if state is not WaiverState.NOT_ASKED]
    if unproved or graver or rehearsal or asked:
        assert not found.certificate
    else:
        assert found.certificate
    if found.certificate:
        assert found.exit == Exit.CONFORMANT
    assert found.certificate or found.reasons or not found.conformant


@given(st.sampled_from(MUSTS), st.sampled_from(Verdict))
@settings(max_examples=400, deadline=None)
def test_a_single_must_decides(must: object, verdict: Verdict) -> None:
    id_ = must.id  # type: ignore[attr-defined]
    assume(verdict is not Verdict.PASS and not (verdict is Verdict.NOT_APPLICABLE and must.capability))  # type: ignore[attr-defined]
    results = [result(each.id, verdict if each.id == id_ else Verdict.PASS) for each in REQUIREMENTS]

    assert not judge.conclude(REQUIREMENTS, results, today=TODAY).certificate
    without = [each for each in results if each.requirement != id_]
    assert not judge.conclude(REQUIREMENTS, without, today=TODAY).certificate


def test_all_passed_is_a_certificate() -> None:
    results = [result(each.id, Verdict.PASS) for each in REQUIREMENTS]

    assert judge.conclude(REQUIREMENTS, results, today=TODAY).certificate
    assert not judge.conclude(REQUIREMENTS, results, today=TODAY, rehearsal=["-k x"]).certificate
    assert not judge.conclude(REQUIREMENTS, [], today=TODAY).certificate
