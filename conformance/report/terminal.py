"""A run in the terminal: what failed and why, then the Definition of Done, then the one line that counts."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.model import Blame, Exchange, Requirement, Result, Verdict
from conformance.report.duties import duties
from conformance.report.record import Record
from conformance.report.text import fold, ranges
from conformance.report.transcript import evidence_name

_COLOURS = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "bold magenta",
    Verdict.ERROR: "bold red",
}
_TOLD = (Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.WARN)
_LOOK_AT = {
    Blame.PROVIDER: "the Data Provider's code",
    Blame.CONFIGURATION: "configuration: the profile, keys or addresses",
    Blame.HARNESS: "the suite itself",
    Blame.UNKNOWN: "configuration or code; not clear from outside",
}
_ALIKE = 3

Repeat = Callable[[Result], str]


def lines(record: Record, *, width: int, colour: bool, folder: Path, repeat: Repeat) -> str:
    """The whole summary; `repeat` gives the command that asks a check again."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, color_system="standard" if colour else None, highlight=False
    )
    _heading(console, record)
    _findings(console, record, folder, repeat)
    _first(console, record)
    _definition_of_done(console, record)
    _not_asked(console, record)
    _last(console, record, folder)
    return out.getvalue()


def first_failure(result: Result, requirement: Requirement) -> str:
    """One line for the first red check, as soon as it is known."""
    return f"{result.verdict} {requirement.id}: expected {fold(result.expected, 160)}; got {fold(result.actual, 160)}"


def _heading(console: Console, record: Record) -> None:
    changed = [f"{each.name}={each.choice}" for each in record.readings if each.choice != each.default]
    console.print()
    _line(console, f"{fold(record.digests.profile_name)} at {fold(record.target.rs_url)}", style="bold")
    spec = f"spec {fold(record.digests.spec_name)} {fold(record.digests.spec_version)}"
    overlap = f"{record.run.workers} processes" if record.run.workers else f"{record.run.concurrency} checks at once"
    _line(console, f"suite {record.digests.suite_version}, {spec}, {overlap}")
    _line(console, f"readings: {', '.join(changed) if changed else 'all at their defaults'}")
    for each in record.diagnosis:
        _line(console, f"before the first check: {fold(each)}", style="yellow")


def _findings(console: Console, record: Record, folder: Path, repeat: Repeat) -> None:
    requirements = {each.id: each for each in record.requirements}
    found = sorted(
        (each for each in record.results if each.verdict in _TOLD),
        key=lambda each: (-each.verdict.gravity, each.requirement, each.check),
    )
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for each in found:
        own = each.check if each.verdict is not Verdict.INCONCLUSIVE else ""
        groups.setdefault((own, each.expected, each.actual), []).append(each)
    for group in groups.values():
        shown = group if len(group) <= _ALIKE else group[:1]
        for each in shown:
            _finding(console, each, requirements[each.requirement], folder, repeat)
        rest = group[len(shown) :]
        if rest:
            ids = ", ".join(sorted({each.requirement for each in rest}))
            _wrapped(console, f"the same kept {len(rest)} more checks from their answer:", ids)


def _finding(console: Console, result: Result, duty: Requirement, folder: Path, repeat: Repeat) -> None:
    console.print()
    head = Text(f"{result.verdict} ", style=_COLOURS[result.verdict])
    waived = f", waived until {result.waived_until}" if result.waived_until else ""
    head.append(f"{duty.id} ({duty.level}, source {duty.source}{_reading(duty)}){waived}", style="bold")
    console.print(head)
    _wrapped(console, "duty", duty.text)
    shown = next((each for each in result.exchanges if each.id == result.exchange), None)
    if shown:
        _wrapped(console, "sent", _sent(shown))
        _wrapped(console, "came", _came(shown))
    _wrapped(console, "expected" if result.verdict is not Verdict.INCONCLUSIVE else "wanted", fold(result.expected))
    _wrapped(console, "actual", fold(result.actual, 1200))
    _wrapped(console, "look at", _LOOK_AT[result.blame])
    if result.hint:
        _wrapped(console, "likely", fold(result.hint))
    _wrapped(console, "evidence", str(folder / "evidence" / evidence_name(result.check)))
    _wrapped(console, "again", repeat(result))


def _first(console: Console, record: Record) -> None:
    """Where to begin, if more than one thing failed."""
    deeds = [each for duty in duties(record) for each in duty.deeds]
    if sum(1 + len(each.others) for each in deeds) < 2:
        return
    console.print()
    _line(console, "Begin with", style="bold")
    for each in deeds[:3]:
        more = f" ({len(each.others)} more with it)" if each.others else ""
        _wrapped(console, each.requirement, f"{each.cause}{more}")


def _definition_of_done(console: Console, record: Record) -> None:
    table = Table(title="Definition of Done", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("", "", "verdict", "checks"):
        table.add_column(name)
    for number, title in record.dod_titles:
        ids = {each.id for each in record.requirements if number in each.dod}
        table.add_row(str(number), title, _standing(record.conclusion.dod.get(number)), _count(record, ids))
    table.add_section()
    for id_, title in record.step_titles:
        ids = {each.id for each in record.requirements if id_ in each.steps}
        table.add_row(f"row {id_}", title, _standing(record.conclusion.steps.get(id_)), _count(record, ids))
    console.print()
    console.print(table)


def _not_asked(console: Console, record: Record) -> None:
    standing = record.conclusion.requirements
    console.print()
    passed = [id_ for id_, each in standing.items() if each is Verdict.PASS]
    _line(console, f"{len(passed)} of {len(standing)} requirements passed, by {len(record.results)} checks")
    for verdict in _TOLD:
        _wrapped(console, verdict.value, ", ".join(id_ for id_, each in standing.items() if each is verdict))
    inapplicable = [id_ for id_, each in standing.items() if each is Verdict.NOT_APPLICABLE]
    _wrapped(console, "not applicable to this target", ", ".join(inapplicable))
    asked_by_none = {each.id for each in record.requirements} - {each.requirement for each in record.inventory}
    _wrapped(console, "no check yet", ranges([id_ for id_ in standing if id_ in asked_by_none]))
    deselected = [id_ for id_, each in standing.items() if each is None and id_ not in asked_by_none]
    _wrapped(console, "not asked in this run", ", ".join(deselected))
    for each in record.rehearsal:
        _wrapped(console, "rehearsal", fold(each))


def _last(console: Console, record: Record, folder: Path) -> None:
    console.print()
    good = record.conclusion.conformant
    _line(console, record.conclusion.headline, style="bold green" if good else "bold red")
    _line(console, f"record: {folder / 'record.json'}")


def _standing(verdict: Verdict | None) -> Text:
    if verdict is None:
        return Text("not asked in full", style="yellow")
    return Text("passed" if verdict is Verdict.PASS else verdict.value, style=_COLOURS[verdict])


def _count(record: Record, ids: set[str]) -> str:
    found = [each for each in record.results if each.requirement in ids]
    return f"{sum(each.verdict is Verdict.PASS for each in found)} of {len(found)} passed" if found else "none"


def _sent(exchange: Exchange) -> str:
    return fold(f"{exchange.request.start} ({exchange.operation}, by {exchange.caller})", 300)


def _came(exchange: Exchange) -> str:
    if exchange.response is None:
        return fold(f"{exchange.fault.kind}: {exchange.fault.detail}" if exchange.fault else "nothing", 300)
    body = fold(exchange.response.body, 200)
    return f"{fold(exchange.response.start, 100)} after {exchange.total_seconds:.2f} s{f': {body}' if body else ''}"


def _reading(duty: Requirement) -> str:
    return f", reading {duty.reading}" if duty.reading else ""


def _wrapped(console: Console, name: str, text: str) -> None:
    if not text:
        return
    first = f"  {name + ':':<10}"
    for line in textwrap.wrap(
        text, console.width, initial_indent=first + " ", subsequent_indent=" " * 13, break_on_hyphens=False
    ):
        _line(console, line)


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)
