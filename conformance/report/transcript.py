"""A check's evidence: every exchange on a page that a person can read, and as an archive that tools can."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from conformance.model import Exchange, Fault, Message, Requirement, Result, Verdict
from conformance.report import har, page
from conformance.report.record import Record
from conformance.report.text import fold, harmless

_TONES = {Verdict.PASS: "good", Verdict.WARN: "fair"}


@dataclass(frozen=True, slots=True)
class _Shown:
    """An exchange as the page shows it: all of it harmless text."""

    part: str
    operation: str
    caller: str
    outcome: str
    shows: bool
    facts: tuple[tuple[str, str], ...]
    request: str
    response: str


def transcript(result: Result, requirement: Requirement, run: str) -> str:
    """Duty, finding and every exchange of a check of a run, as a page of HTML."""
    again = f"ofp-conformance replay {run} {shlex.quote(result.check.rpartition('::')[2])}"
    told = (
        ("expected", result.expected),
        ("got", result.actual),
        ("likely cause", result.hint),
        ("see it again", "" if result.verdict is Verdict.PASS else again),
    )
    return page.render(
        "transcript",
        result=result,
        title=fold(result.title),
        duty=requirement,
        tone=_TONES.get(result.verdict, "bad"),
        told=[(name, harmless(text, 4000)) for name, text in told if text],
        exchanges=[_shown(each, shows=each.id == result.exchange) for each in result.exchanges],
        har=f"{evidence_stem(result.check)}.har",
    )


def evidence_name(check: str) -> str:
    """The file name of a check's transcript."""
    return f"{evidence_stem(check)}.html"


def evidence_stem(check: str) -> str:
    """What the names of a check's files begin with: readable, and another one for every check."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", check.split("checks/")[-1]).strip("-")[:150]
    return f"{plain}-{sha256(check.encode()).hexdigest()[:6]}"


def write_evidence(record: Record, folder: Path) -> None:
    """Write `evidence/<check>.html` and `evidence/<check>.har` for every check that ran."""
    place = folder / "evidence"
    place.mkdir(parents=True, exist_ok=True)
    requirements = {each.id: each for each in record.requirements}
    for result in record.results:
        if result.verdict is not Verdict.NOT_APPLICABLE:
            text = transcript(result, requirements[result.requirement], record.run.id)
            (place / evidence_name(result.check)).write_text(text, encoding="utf-8")
            (place / f"{evidence_stem(result.check)}.har").write_text(har.archive(result), encoding="utf-8")


def _shown(exchange: Exchange, *, shows: bool) -> _Shown:
    came = fold(exchange.response.start, 100) if exchange.response else ""
    fault = _told(exchange.fault) if exchange.fault else ""
    return _Shown(
        part=exchange.part.value,
        operation=exchange.operation.value,
        caller=exchange.caller,
        outcome=f"{fault or came or 'no answer'}, {exchange.total_seconds:.3f} s",
        shows=shows,
        facts=tuple(facts(exchange)),
        request=message_text(exchange.request),
        response=message_text(exchange.response) if exchange.response else "",
    )


def facts(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """When, how long, where to, over what TLS, under which JOSE headers: pairs of a name and harmless text."""
    yield "began", datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds")
    yield (
        "times",
        f"connected after {exchange.connect_seconds:.3f} s, first byte after {exchange.first_byte_seconds:.3f} s,"
        f" ended after {exchange.total_seconds:.3f} s",
    )
    yield "address", fold(exchange.url, 2000)
    if exchange.tls:
        yield "TLS", f"{exchange.tls.version}, {exchange.tls.cipher}, peer {fold(exchange.tls.peer_subject)}"
    for where, header in exchange.jose:
        yield fold(where), fold(header, 2000)
    if exchange.note:
        yield "note", fold(exchange.note)
    if exchange.fault:
        yield "fault", _told(exchange.fault)


def _told(fault: Fault) -> str:
    return f"{fault.kind}: {fold(fault.detail)}"


def message_text(message: Message) -> str:
    """A message as harmless text: its first line, its headers, its body and what there is to say of it."""
    lines = [fold(message.start, 4000), *(f"{fold(name)}: {fold(value, 4000)}" for name, value in message.headers)]
    if message.body:
        lines += ["", harmless(message.body)]
    if message.body_note:
        lines += ["", f"[{fold(message.body_note)}]"]
    return "\n".join(lines)
