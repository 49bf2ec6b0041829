"""What changed between two runs, check by check. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from conformance.model import Result, Verdict
from conformance.report.record import Record

_SLOWER_FACTOR = 2.0
_SLOWER_SECONDS = 1.0
# What differs between two runs although nothing has changed: fresh ids, times, ports, keys.
_FRESH = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\b[A-Za-z0-9_-]{20,}\b"
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?"
    r"|:\d{2,5}\b"
    r"|\d+(\.\d+)?",
    re.ASCII,
)


class Change(StrEnum):
    """How a check's result differs from the earlier one."""

    NEW = "new"
    REASON = "still failing, for another reason"
    NOT_ASKED = "no longer asked"
    SLOWER = "slower"
    STILL = "still failing"
    FIXED = "fixed"
    ASKED = "newly asked"

    @property
    def worse(self) -> bool:
        """Whether it is a change for the worse."""
        return self in (Change.NEW, Change.REASON, Change.NOT_ASKED, Change.SLOWER)


@dataclass(frozen=True, slots=True)
class Difference:
    """One check that differs, and a phrase that says how."""

    change: Change
    check: str
    requirement: str
    told: str


def compare(old: Record, new: Record) -> tuple[Difference, ...]:
    """The checks that differ or still fail, the worse first; what fails as before is `STILL`."""
    order = list(Change)
    return tuple(sorted(_differences(old, new), key=lambda each: (order.index(each.change), each.check)))


def circumstances(old: Record, new: Record) -> tuple[str, ...]:
    """What else than the provider differs between two runs, one phrase each: suite, spec, profile, readings, target."""
    pairs = [
        ("suite", old.digests.suite_version, new.digests.suite_version),
        ("suite's source", old.digests.suite, new.digests.suite),
        ("requirements", old.digests.catalogue, new.digests.catalogue),
        ("OpenAPI document", old.digests.spec, new.digests.spec),
        ("profile", old.digests.profile, new.digests.profile),
        ("target", _target(old), _target(new)),
        ("signing keys", str(old.target.signing_keys), str(new.target.signing_keys)),
    ]
    choices = {each.name: each.choice for each in old.readings}
    pairs += [(f"reading {each.name}", choices.get(each.name, each.choice), each.choice) for each in new.readings]
    return tuple(f"{name}: {_short(before)} -> {_short(after)}" for name, before, after in pairs if before != after)


def reason(result: Result) -> tuple[str, ...]:
    """Why a check did not pass, without what is fresh in every run."""
    return (result.verdict.value, *(_FRESH.sub("*", each) for each in (result.expected, result.actual)))


def _differences(old: Record, new: Record) -> Iterator[Difference]:
    before = {each.check: each for each in old.results}
    after = {each.check: each for each in new.results}
    for name, result in after.items():
        earlier = before.get(name)
        if earlier is None:
            change, told = (Change.NEW if _failing(result) else Change.ASKED), _told(result)
        elif _failing(result):
            change, told = _failure(earlier, result)
        elif _failing(earlier):
            change, told = _success(result), f"was {_told(earlier)}"
        elif result.verdict is Verdict.NOT_APPLICABLE and earlier.verdict is not Verdict.NOT_APPLICABLE:
            change, told = Change.NOT_ASKED, result.actual
        elif _slower(earlier, result):
            change, told = Change.SLOWER, f"{result.seconds:.1f} s, was {earlier.seconds:.1f} s"
        else:
            continue
        yield Difference(change, name, result.requirement, told)
    for name in before.keys() - after.keys():
        yield Difference(Change.NOT_ASKED, name, before[name].requirement, f"was {_told(before[name])}")


def _failing(result: Result) -> bool:
    return result.verdict.red or result.verdict is Verdict.WARN


def _failure(earlier: Result, result: Result) -> tuple[Change, str]:
    if not _failing(earlier):
        return Change.NEW, _told(result)
    if reason(earlier) != reason(result):
        return Change.REASON, f"{_told(result)}; was {_told(earlier)}"
    return Change.STILL, _told(result)


def _success(result: Result) -> Change:
    return Change.NOT_ASKED if result.verdict is Verdict.NOT_APPLICABLE else Change.FIXED


def _slower(earlier: Result, result: Result) -> bool:
    longer = result.seconds - earlier.seconds
    return longer >= _SLOWER_SECONDS and result.seconds >= earlier.seconds * _SLOWER_FACTOR


def _told(result: Result) -> str:
    if result.verdict is Verdict.PASS:
        return "PASS"
    return f"{result.verdict}: expected {result.expected}, got {result.actual}" if result.expected else result.verdict


def _target(record: Record) -> str:
    # An embedded provider and a hub on free ports have others each time.
    return re.sub(r":\d+", "", f"{record.target.rs_url} {record.target.as_url}".replace("localhost", "this machine"))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:12]}..."
