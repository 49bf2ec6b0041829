"""The checklist as Markdown, for other programs and for a build server's page."""

from __future__ import annotations

from conformance.report.checklist import Checklist
from conformance.report.duties import Deed
from conformance.report.text import fold, ranges


def markdown(found: Checklist, *, short: bool = False) -> str:
    """The checklist as Markdown; `short` leaves out the list of requirements."""
    lines = [
        f"# {found.headline}",
        "",
        f"{_md(found.profile)} at {_md(found.target)}, {found.kind} {found.run}, {found.started} to {found.ended}.",
        f"Certificate: {'earned' if found.certificate else 'not earned'}.",
        "",
    ]
    lines += [f"- {_md(each)}" for each in found.reasons]
    lines += ["", "| Definition of Done | | verdict |", "|---|---|---|"]
    lines += [f"| {each.name} | {_md(each.title)} | {each.word} |" for each in found.items]
    lines += ["", "| journey row | | verdict |", "|---|---|---|"]
    lines += [f"| {each.name} | {_md(each.title)} | {each.word} |" for each in found.rows]
    for duty in found.duties:
        lines += ["", f"**{duty.who}**", ""]
        lines += [f"- {_deed(each)}" for each in duty.deeds]
        lines += [f"- then {len(duty.rest)} more: {ranges(duty.rest)}"] if duty.rest else []
    if found.waivers:
        lines += ["", "| waived | reason | owner | until |", "|---|---|---|---|"]
        lines += [
            f"| {each.requirement} | {_md(each.reason)} | {_md(each.owner)} | {each.until} ({each.state}) |"
            for each in found.waivers
        ]
    if not short:
        lines += ["", "| requirement | level | verdict | checks |", "|---|---|---|---|"]
        lines += [
            f"| {each.id} {_md(each.text)} | {each.level} | {each.word} | {each.checks} |"
            for each in found.requirements
        ]
        lines += ["", "Not tested:", "", *(f"- {name}: {_md(why)}" for name, why in found.not_tested)]
    return "\n".join(lines) + "\n"


def _deed(deed: Deed) -> str:
    waived = f", waived until {deed.waived_until}" if deed.waived_until else ""
    told = f"{deed.requirement} ({deed.verdict}{waived}): {_md(deed.text)} *{_md(deed.cause)}*"
    return f"{told} With it {len(deed.others)} more: {ranges(deed.others)}." if deed.others else told


def _md(text: str) -> str:
    """A text that Markdown leaves as it is."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]<>#|!" else each for each in fold(text, 2000))
