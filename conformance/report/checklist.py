"""The checklist: one run in the words of the Definition of Done, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from conformance.judge import gravest
from conformance.lifecycle import TRANSITIONS, Status
from conformance.model import Level, Requirement, Result, Verdict, Waiver
from conformance.report.duties import Duty, duties
from conformance.report.record import Record
from conformance.report.text import fold
from conformance.report.transcript import evidence_name

BOUND_SECONDS = 5.0
_PROVES = {
    (Status.AWAITING_AUTHORIZATION, Status.AUTHORIZED): "LCM-02",
    (Status.AWAITING_AUTHORIZATION, Status.REJECTED): "LCM-09",
    (Status.AWAITING_AUTHORIZATION, Status.FAILED): "LCM-09",
    (Status.AUTHORIZED, Status.SUSPENDED): "LCM-03",
    (Status.AUTHORIZED, Status.EXPIRED): "LCM-07",
    (Status.AUTHORIZED, Status.REVOKED): "LCM-05",
    (Status.SUSPENDED, Status.AUTHORIZED): "LCM-04",
    (Status.SUSPENDED, Status.REVOKED): "LCM-06",
    (Status.SUSPENDED, Status.EXPIRED): "LCM-07",
}
_WORDS: dict[Verdict | None, str] = {
    Verdict.PASS: "passed",
    Verdict.WARN: "passed with warnings",
    Verdict.FAIL: "failed",
    Verdict.INCONCLUSIVE: "could not be told",
    Verdict.ERROR: "error of the suite",
    Verdict.NOT_APPLICABLE: "not applicable",
    None: "not asked",
}


@dataclass(frozen=True, slots=True)
class Line:
    """Something with a verdict: an item, a row, a transition. `word` is the verdict for a person."""

    name: str
    title: str
    verdict: str
    word: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that did not pass."""

    check: str
    verdict: str
    expected: str
    actual: str
    hint: str
    evidence: str
    waived_until: str


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: what became of it, by how many checks, the longest of which took `seconds`."""

    id: str
    group: str
    level: str
    source: str
    text: str
    dod: tuple[int, ...]
    verdict: str
    word: str
    checks: int
    seconds: float
    evidence: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """How long an operation's answers took, in seconds."""

    operation: str
    count: int
    middle: float
    longest: float


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver as the first page shows it."""

    requirement: str
    reason: str
    owner: str
    ticket: str
    until: str
    days_left: int
    state: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """All that the checklist shows, every text made harmless."""

    headline: str
    certificate: bool
    kind: str
    profile: str
    target: str
    run: str
    started: str
    ended: str
    made_of: tuple[str, ...]
    counts: dict[str, int]
    reasons: tuple[str, ...]
    duties: tuple[Duty, ...]
    items: tuple[Line, ...]
    rows: tuple[Line, ...]
    waivers: tuple[WaiverLine, ...]
    readings: tuple[tuple[str, str, bool], ...]
    not_tested: tuple[tuple[str, str], ...]
    requirements: tuple[Row, ...]
    transitions: tuple[Line, ...]
    timings: tuple[Timing, ...]


def build(record: Record) -> Checklist:
    """The checklist of a run."""
    conclusion = record.conclusion
    by_id: dict[str, list[Result]] = {each.id: [] for each in record.requirements}
    for result in record.results:
        by_id[result.requirement].append(result)
    standing = conclusion.requirements
    return Checklist(
        headline=conclusion.headline,
        certificate=conclusion.certificate,
        kind="rehearsal" if record.rehearsal else "sign-off",
        profile=fold(record.digests.profile_name),
        target=fold(record.target.rs_url),
        run=record.run.id,
        started=record.run.started,
        ended=record.run.ended,
        made_of=(
            f"suite {record.digests.suite_version} ({record.digests.suite[:12]})",
            f"OpenAPI document {fold(record.digests.spec_name)} {fold(record.digests.spec_version)}"
            f" ({record.digests.spec[:12]})",
            f"profile {fold(record.digests.profile_name)} ({record.digests.profile[:12]})",
            f"server certificate {record.target.server_certificate_sha256[:16] or 'none seen'}",
            f"seed {record.run.seed}",
        ),
        counts=dict(Counter(_word(each) for each in standing.values())),
        reasons=tuple(fold(each, 2000) for each in conclusion.reasons),
        duties=duties(record),
        items=tuple(_line(str(number), title, conclusion.dod.get(number)) for number, title in record.dod_titles),
        rows=(
            Line("1-4", "Registration and pre-work", "", "with PayNet", "done beforehand, not asked over the wire"),
            *(_line(name, title, conclusion.steps.get(name)) for name, title in record.step_titles),
        ),
        waivers=tuple(_waiver(each, record) for each in record.waivers),
        readings=tuple((each.name, fold(each.choice), each.choice != each.default) for each in record.readings),
        not_tested=tuple(_not_tested(record, by_id)),
        requirements=tuple(_row(each, by_id[each.id], standing.get(each.id)) for each in record.requirements),
        transitions=tuple(_transitions(standing)),
        timings=tuple(_timings(record.results)),
    )


def _word(verdict: Verdict | None) -> str:
    return _WORDS[verdict]


def _line(name: str, title: str, verdict: Verdict | None) -> Line:
    word = "not asked in full" if verdict is None else _word(verdict)
    return Line(name, title, verdict.value if verdict else "", word)


def _waiver(waiver: Waiver, record: Record) -> WaiverLine:
    left = (date.fromisoformat(waiver.until) - date.fromisoformat(record.run.ended[:10])).days
    state = record.conclusion.waivers.get(waiver.requirement)
    told = f"{left} days left" if left >= 0 else "expired"
    return WaiverLine(
        waiver.requirement,
        fold(waiver.reason),
        fold(waiver.owner),
        fold(waiver.ticket),
        waiver.until,
        left,
        f"{state.value if state else 'not asked'}, {told}",
    )


def _not_tested(record: Record, by_id: dict[str, list[Result]]) -> Iterable[tuple[str, str]]:
    """Ids and reason, those of one reason together."""
    reasons: dict[str, list[str]] = {}
    for id_, why in _untested(record, by_id):
        reasons.setdefault(why, []).append(id_)
    return [(", ".join(ids), why) for why, ids in reasons.items()]


def _untested(record: Record, by_id: dict[str, list[Result]]) -> Iterable[tuple[str, str]]:
    reasons = {each.requirement: each.reason for each in record.inventory if not each.selected}
    for each in record.requirements:
        results = by_id[each.id]
        if each.untestable:
            yield each.id, fold(each.untestable)
        elif not results:
            yield each.id, fold(reasons.get(each.id, "no check asked it"))
        elif all(result.verdict is Verdict.NOT_APPLICABLE for result in results):
            yield each.id, fold(results[0].actual)


def _row(requirement: Requirement, results: Sequence[Result], verdict: Verdict | None) -> Row:
    return Row(
        id=requirement.id,
        group=requirement.group,
        level=requirement.level.value,
        source=requirement.source,
        text=requirement.text,
        dod=requirement.dod,
        verdict=verdict.value if verdict else "NOT_ASKED",
        word=_word(verdict),
        checks=len(results),
        seconds=max((each.seconds for each in results), default=0.0),
        evidence=tuple(f"evidence/{evidence_name(each.check)}" for each in results[:1] if each.exchanges),
        findings=tuple(_finding(each) for each in results if each.verdict.red or each.verdict is Verdict.WARN),
    )


def _finding(result: Result) -> Finding:
    return Finding(
        check=fold(result.check, 300),
        verdict=result.verdict.value,
        expected=fold(result.expected, 600),
        actual=fold(result.actual, 1200),
        hint=fold(result.hint, 600),
        evidence=f"evidence/{evidence_name(result.check)}",
        waived_until=result.waived_until,
    )


def _transitions(standing: object) -> Iterable[Line]:
    known = standing if isinstance(standing, dict) else dict(standing)  # type: ignore[call-overload]
    for current, targets in TRANSITIONS.items():
        for target in sorted(targets):
            id_ = _PROVES[current, target]
            verdict = known.get(id_)
            yield Line(f"{current.value}>{target.value}", id_, verdict.value if verdict else "", _word(verdict))


def _timings(results: Sequence[Result]) -> Iterable[Timing]:
    took: dict[str, list[float]] = {}
    for result in results:
        if gravest([result.verdict]) is Verdict.PASS:
            for each in result.exchanges:
                if each.caller == "paynet" and each.response is not None:
                    took.setdefault(each.operation.value, []).append(each.total_seconds - each.connect_seconds)
    for name in sorted(took):
        yield Timing(name, len(took[name]), round(median(took[name]), 3), round(max(took[name]), 3))


def must_count(found: Checklist) -> tuple[int, int]:
    """How many MUST requirements passed, and how many there are."""
    musts = [each for each in found.requirements if each.level == Level.MUST.value]
    return sum(each.verdict == Verdict.PASS.value for each in musts), len(musts)
