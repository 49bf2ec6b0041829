"""A check's evidence: every exchange on a page that a person can read, and as an archive that tools can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from conformance.model import Exchange, Message, Requirement, Result, Verdict
from conformance.report import har, page
from conformance.report.record import Record
from conformance.report.text import fold, harmless

_TONES = {Verdict.PASS: "good", Verdict.WARN: "fair"}


@dataclass(frozen=True, slots=True)
class _Shown:
    """An exchange as the page shows it: all of it harmless text."""

    operation: str
    caller: str
    outcome: str
    shows: bool
    facts: tuple[tuple[str, str], ...]
    request: str
    response: str


def transcript(result: Result, requirement: Requirement) -> str:
    """Duty, finding and every exchange of a check, as a page of HTML."""
    told = (("expected", result.expected), ("got", result.actual), ("likely cause", result.hint))
    return page.render(
        "transcript",
        result=result,
        duty=requirement,
        tone=_TONES.get(result.verdict, "bad"),
        told=[(name, harmless(text, 4000)) for name, text in told if text],
        exchanges=[_shown(each, shows=each.id == result.exchange) for each in result.exchanges],
        har=_name(result.check, "har"),
    )


def evidence_name(check: str) -> str:
    """The file name of a check's transcript: readable, and another one for every check."""
    return _name(check, "html")


def write_evidence(record: Record, folder: Path) -> None:
    """Write `evidence/<check>.html` and `evidence/<check>.har` for every check that ran."""
    place = folder / "evidence"
    place.mkdir(parents=True, exist_ok=True)
    requirements = {each.id: each for each in record.requirements}
    for result in record.results:
        if result.verdict is not Verdict.NOT_APPLICABLE:
            text = transcript(result, requirements[result.requirement])
            (place / evidence_name(result.check)).write_text(text, encoding="utf-8")
            (place / _name(result.check, "har")).write_text(har.archive(result), encoding="utf-8")


def _name(check: str, ending: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", check.split("checks/")[-1]).strip("-")[:150]
    return f"{plain}-{sha256(check.encode()).hexdigest()[:6]}.{ending}"


def _shown(exchange: Exchange, *, shows: bool) -> _Shown:
    came = fold(exchange.response.start, 100) if exchange.response else ""
    fault = f"{exchange.fault.kind}: {fold(exchange.fault.detail)}" if exchange.fault else ""
    return _Shown(
        operation=exchange.operation.value,
        caller=exchange.caller,
        outcome=f"{fault or came or 'no answer'}, {exchange.total_seconds:.3f} s",
        shows=shows,
        facts=tuple(_facts(exchange, fault)),
        request=_message(exchange.request),
        response=_message(exchange.response) if exchange.response else "",
    )


def _facts(exchange: Exchange, fault: str) -> Iterator[tuple[str, str]]:
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
    if fault:
        yield "fault", fault


def _message(message: Message) -> str:
    lines = [fold(message.start, 4000), *(f"{fold(name)}: {fold(value, 4000)}" for name, value in message.headers)]
    if message.body:
        lines += ["", harmless(message.body)]
    if message.body_note:
        lines += ["", f"[{fold(message.body_note)}]"]
    return "\n".join(lines)
