"""From what happened to what it means: verdicts, the run's conclusion, the certificate rule. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import TypeVar

from conformance.model import Blame, Level, Requirement, Result, Verdict, Waiver

K = TypeVar("K", int, str)


class Outcome(StrEnum):
    """How one check ended, before anybody judges it."""

    HELD = "held"
    BROKEN = "broken"
    BLOCKED = "blocked"
    CRASHED = "crashed"
    NOT_ASKED = "not asked"


class Exit(IntEnum):
    """The process's exit status, by name."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    INTERRUPTED = 2
    OUR_ERROR = 3
    CONFIGURATION = 4
    NOTHING_RAN = 5


class WaiverState(StrEnum):
    """What became of a waiver in a run: only `USED` and `NOT_ASKED` leave the run as it is."""

    USED = "used"
    UNUSED = "unused"
    EXPIRED = "expired"
    REASONLESS = "without reason"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a run says of the provider. A standing of None means that nobody asked.

    `certificate` is the certificate rule's answer; `reasons` says, one sentence each, what stands against it.
    """

    conformant: bool
    certificate: bool
    exit: Exit
    headline: str
    reasons: tuple[str, ...]
    requirements: Mapping[str, Verdict | None]
    dod: Mapping[int, Verdict | None]
    steps: Mapping[str, Verdict | None]
    waivers: Mapping[str, WaiverState]


_BY_OUTCOME = {
    Outcome.HELD: Verdict.PASS,
    Outcome.BLOCKED: Verdict.INCONCLUSIVE,
    Outcome.CRASHED: Verdict.ERROR,
    Outcome.NOT_ASKED: Verdict.NOT_APPLICABLE,
}


def verdict(outcome: Outcome, level: Level) -> Verdict:
    """The verdict on one check: a broken MUST is FAIL, a broken SHOULD is WARN."""
    if outcome is Outcome.BROKEN:
        return Verdict.FAIL if level is Level.MUST else Verdict.WARN
    return _BY_OUTCOME[outcome]


def gravest(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The gravest of some verdicts, or None of none."""
    return max(verdicts, key=lambda each: each.gravity, default=None)


def waiver_state(waiver: Waiver, standing: Verdict | None, today: date) -> WaiverState:
    """What a waiver came to, given its requirement's standing."""
    if not (waiver.reason.strip() and waiver.owner.strip()):
        return WaiverState.REASONLESS
    if date.fromisoformat(waiver.until) < today:
        return WaiverState.EXPIRED
    if standing is None:
        return WaiverState.NOT_ASKED
    return WaiverState.USED if standing in (Verdict.FAIL, Verdict.WARN) else WaiverState.UNUSED


def conclude(
    requirements: Sequence[Requirement],
    results: Sequence[Result],
    *,
    waivers: Sequence[Waiver] = (),
    rehearsal: Sequence[str] = (),
    today: date,
) -> Conclusion:
    """The whole run's conclusion; `rehearsal` holds the reasons why it is not a sign-off, if any."""
    found: dict[str, list[Verdict]] = {each.id: [] for each in requirements}
    for result in results:
        found[result.requirement].append(result.verdict)
    standing = {id_: gravest(verdicts) for id_, verdicts in found.items()}
    states = {each.requirement: waiver_state(each, standing.get(each.requirement), today) for each in waivers}
    reasons = _against_certificate(requirements, standing, states, rehearsal)
    code = _exit(results, states)
    conformant = code == Exit.CONFORMANT
    return Conclusion(
        conformant=conformant,
        certificate=conformant and not reasons,
        exit=code,
        headline=_headline(code, rehearsal, states, reasons),
        reasons=tuple(reasons),
        requirements=standing,
        dod=_grouped(((number, each.id) for each in requirements for number in each.dod), standing),
        steps=_grouped(((step, each.id) for each in requirements for step in each.steps), standing),
        waivers=states,
    )


def _grouped(pairs: Iterable[tuple[K, str]], standing: Mapping[str, Verdict | None]) -> dict[K, Verdict | None]:
    groups: dict[K, list[Verdict | None]] = {}
    for key, id_ in pairs:
        groups.setdefault(key, []).append(standing[id_])
    return {key: _common_standing(found) for key, found in sorted(groups.items(), key=lambda item: str(item[0]))}


def _common_standing(found: Sequence[Verdict | None]) -> Verdict | None:
    """The gravest verdict, but a gap hides whatever is no graver than a warning: half proved is not proved."""
    worst = gravest(each for each in found if each is not None)
    gap = None in found and (worst is None or worst.gravity <= Verdict.WARN.gravity)
    return None if gap else worst


def _exit(results: Sequence[Result], states: Mapping[str, WaiverState]) -> Exit:
    red = [each for each in results if not _waived(each, states)]
    worst = gravest(each.verdict for each in red) or Verdict.NOT_APPLICABLE
    if worst is Verdict.ERROR:
        return Exit.OUR_ERROR
    if worst is Verdict.FAIL:
        return Exit.NOT_CONFORMANT
    if worst is Verdict.INCONCLUSIVE:
        blocked = {each.blame for each in red if each.verdict is Verdict.INCONCLUSIVE}
        return Exit.CONFIGURATION if blocked == {Blame.CONFIGURATION} else Exit.NOT_CONFORMANT
    if any(state not in (WaiverState.USED, WaiverState.NOT_ASKED) for state in states.values()):
        return Exit.NOT_CONFORMANT
    if all(each.verdict is Verdict.NOT_APPLICABLE for each in results):
        return Exit.NOTHING_RAN
    return Exit.CONFORMANT


def _waived(result: Result, states: Mapping[str, WaiverState]) -> bool:
    return result.verdict is Verdict.FAIL and states.get(result.requirement) is WaiverState.USED


def _against_certificate(
    requirements: Sequence[Requirement],
    standing: Mapping[str, Verdict | None],
    states: Mapping[str, WaiverState],
    rehearsal: Sequence[str],
) -> list[str]:
    reasons = [f"this is a rehearsal: {why}" for why in rehearsal]
    musts = [each for each in requirements if each.level is Level.MUST and not each.untestable]
    unasked = [each.id for each in musts if standing[each.id] is None]
    if unasked:
        reasons.append(f"{_count(unasked, 'MUST requirement')} not asked: {', '.join(unasked)}")
    essential = [each.id for each in musts if standing[each.id] is Verdict.NOT_APPLICABLE and not each.capability]
    if essential:
        reasons.append(
            f"{_count(essential, 'MUST requirement')} not to be asked of this target: {', '.join(essential)}"
        )
    warned = [each.id for each in musts if standing[each.id] is Verdict.WARN]
    if warned:
        reasons.append(f"{_count(warned, 'MUST requirement')} ended WARN: {', '.join(warned)}")
    for kind in (Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE):
        ids = [id_ for id_, each in standing.items() if each is kind]
        if ids:
            reasons.append(f"{_count(ids, 'requirement')} ended {kind}: {', '.join(ids)}")
    used = [id_ for id_, state in states.items() if state is WaiverState.USED]
    if used:
        reasons.append(f"{_count(used, 'requirement')} waived: {', '.join(used)}")
    reasons += [
        f"the waiver of {id_} is {state}"
        for id_, state in states.items()
        if state not in (WaiverState.USED, WaiverState.NOT_ASKED)
    ]
    return reasons


def _count(ids: Sequence[str], what: str) -> str:
    return f"{len(ids)} {what}{'' if len(ids) == 1 else 's'}"


_HEADLINES: Mapping[int, str] = {
    Exit.NOT_CONFORMANT: "NOT CONFORMANT",
    Exit.OUR_ERROR: "NO VERDICT: the suite itself failed",
    Exit.CONFIGURATION: "NO VERDICT: the configuration kept the suite from asking",
    Exit.NOTHING_RAN: "NO VERDICT: nothing was asked",
}


def _headline(code: int, rehearsal: Sequence[str], states: Mapping[str, WaiverState], reasons: Sequence[str]) -> str:
    if code != Exit.CONFORMANT:
        return _HEADLINES[code]
    if WaiverState.USED in states.values():
        return "PASSED WITH WAIVERS: no certificate"
    if rehearsal:
        return "REHEARSAL PASSED: no certificate"
    if reasons:
        return "NOTHING FAILED, but not everything was asked: no certificate"
    return "CONFORMANT"
