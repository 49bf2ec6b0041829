"""Whether a record agrees with itself: its conclusion is what its results come to, and nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date

from conformance import judge
from conformance.report.record import Record


def contradictions(record: Record) -> tuple[str, ...]:
    """What in a record does not fit the rest of it, one sentence each; nothing of an honest record."""
    return tuple(_found(record))


def _found(record: Record) -> Iterator[str]:
    names = [each.check for each in record.results]
    listed = {each.check for each in record.inventory if each.selected}
    if len(names) != len(set(names)):
        yield "a check has two results"
    for name in sorted(listed - set(names)):
        yield f"{name} ran by the inventory and has no result"
    for name in sorted(set(names) - listed):
        yield f"{name} has a result and is not in the inventory as one that ran"
    known = {each.id for each in record.requirements}
    for result in record.results:
        if result.requirement not in known:
            yield f"{result.check} asks {result.requirement}, which is no requirement"
            return
    judged = judge.conclude(
        record.requirements,
        record.results,
        waivers=record.waivers,
        rehearsal=record.rehearsal,
        today=date.fromisoformat(record.run.ended[:10]),
    )
    for member in fields(judged):
        if getattr(judged, member.name) != getattr(record.conclusion, member.name):
            yield f"its conclusion's {member.name} is not what its results come to"
