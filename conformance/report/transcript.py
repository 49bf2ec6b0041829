"""A check's exchanges as text that a person can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from conformance.model import Exchange, Message, Requirement, Result, Verdict
from conformance.report.record import Record
from conformance.report.text import fold, harmless


def transcript(result: Result, requirement: Requirement) -> str:
    """Duty, finding and every exchange of a check."""
    return "\n".join(_lines(result, requirement)) + "\n"


def evidence_name(check: str) -> str:
    """The file name of a check's evidence: readable, and another one for every check."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", check.split("checks/")[-1]).strip("-")[:150]
    return f"{plain}-{sha256(check.encode()).hexdigest()[:6]}.txt"


def write_evidence(record: Record, folder: Path) -> None:
    """Write `evidence/<check>.txt` for every check that ran."""
    place = folder / "evidence"
    place.mkdir(parents=True, exist_ok=True)
    requirements = {each.id: each for each in record.requirements}
    for result in record.results:
        if result.verdict is not Verdict.NOT_APPLICABLE:
            text = transcript(result, requirements[result.requirement])
            (place / evidence_name(result.check)).write_text(text, encoding="utf-8")


def _lines(result: Result, requirement: Requirement) -> Iterator[str]:
    yield f"{requirement.id} ({requirement.level}, {requirement.source}): {requirement.text}"
    yield f"Check:    {result.check}"
    yield f"Claim:    {result.title}"
    yield f"Verdict:  {result.verdict}, after {result.seconds:.3f} s"
    for name, value in (("Expected", result.expected), ("Actual", result.actual), ("Hint", result.hint)):
        if value:
            yield f"{name + ':':<10}{harmless(value, 4000)}"
    for number, exchange in enumerate(result.exchanges, 1):
        yield ""
        yield from _exchange(number, exchange, shown=exchange.id == result.exchange)


def _exchange(number: int, exchange: Exchange, *, shown: bool) -> Iterator[str]:
    mark = "  <== this one shows it" if shown else ""
    moment = datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds")
    yield f"--- {number}. {exchange.operation}, by {exchange.caller}, {moment}{mark}"
    yield f"    {fold(exchange.url, 2000)}"
    yield (
        f"    connected after {exchange.connect_seconds:.3f} s, first byte after {exchange.first_byte_seconds:.3f} s,"
        f" ended after {exchange.total_seconds:.3f} s"
    )
    if exchange.tls:
        yield f"    {exchange.tls.version}, {exchange.tls.cipher}, peer {fold(exchange.tls.peer_subject)}"
    for name, value in exchange.jose:
        yield f"    {name}: {fold(value, 2000)}"
    if exchange.note:
        yield f"    {fold(exchange.note)}"
    yield from _message(">", exchange.request)
    if exchange.response:
        yield from _message("<", exchange.response)
    if exchange.fault:
        yield f"< {exchange.fault.kind}: {fold(exchange.fault.detail)}"


def _message(sign: str, message: Message) -> Iterator[str]:
    yield f"{sign} {fold(message.start, 4000)}"
    for name, value in message.headers:
        yield f"{sign} {fold(name)}: {fold(value, 4000)}"
    if message.body or message.body_note:
        yield sign
        for line in harmless(message.body).splitlines():
            yield f"{sign} {line}"
        if message.body_note:
            yield f"{sign} [{fold(message.body_note)}]"
