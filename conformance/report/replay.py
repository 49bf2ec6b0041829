"""For every check that did not pass, a script that sends the exchange which showed it once more."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from typing import Any

from conformance.model import Exchange, Result, Verdict
from conformance.report.plain import to_plain
from conformance.report.record import Record
from conformance.report.text import fold, word
from conformance.report.transcript import evidence_stem

_SCRIPT = Template((Path(__file__).parent / "replay_script.txt").read_text("utf-8"))
_LED_TO = """
What showed the failure was sent by the browser or by the Data Provider; this is what PayNet sent before it.
"""
_NOT_FAILED = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def write(record: Record, folder: Path) -> None:
    """Write `replay/<check>.py` for every check that failed on an exchange of PayNet's."""
    for result in record.results:
        exchange = shown(result)
        if exchange:
            place = folder / "replay"
            place.mkdir(exist_ok=True)
            (place / script_name(result.check)).write_text(_script(result, exchange), encoding="utf-8")


def script_name(check: str) -> str:
    """The file name of a check's script."""
    return f"{evidence_stem(check)}.py"


def shown(result: Result) -> Exchange | None:
    """The exchange by which a check did not pass, if PayNet sent it, else PayNet's last one before it.

    None where the check passed or PayNet sent nothing over HTTP, so that there is nothing to send again.
    """
    if result.verdict in _NOT_FAILED:
        return None
    last = None
    for each in result.exchanges:
        last = each if each.signed else last
        if each.id == result.exchange:
            break
    return last


def curl(exchange: Exchange) -> str:
    """The exchange as a command of curl, where no signature is needed; else ""."""
    if exchange.signed is None or exchange.signed.token != "":
        return ""
    method, _, _ = exchange.request.start.partition(" ")
    words = ["curl", "--include", "--request", method]
    if exchange.signed.identity == "paynet":
        words += ["--cert", "paynet-tls.pem", "--key", "paynet-tls.key"]
    words += ["--cacert", "ca.pem"]
    for name, value in _headers(exchange):
        words += ["--header", f"{name}: {value}"]
    if exchange.request.body:
        words += ["--data-binary", exchange.request.body]
    return " ".join(map(word, [*words, exchange.url]))


def _headers(exchange: Exchange) -> list[tuple[str, str]]:
    made = ("host", "content-length", "user-agent", "x-fapi-signature")
    return [(name, value) for name, value in exchange.request.headers if name.lower() not in made]


def _script(result: Result, exchange: Exchange) -> str:
    method, _, rest = exchange.request.start.partition(" ")
    signed: Any = to_plain(exchange.signed)
    request = {
        "method": method,
        "target": rest.rpartition(" ")[0],
        "url": exchange.url,
        "headers": _headers(exchange),
        "body": exchange.request.body,
        "cut": exchange.request.body_note,
        "signed": {**signed, "header": json.loads(signed["header"])},
    }
    command = curl(exchange)
    return _SCRIPT.substitute(
        requirement=result.requirement,
        title=fold(result.title).replace('"', "'").replace("\\", "/"),
        recorded=json.dumps(exchange.response.start if exchange.response else "no answer"),
        request=json.dumps(json.dumps(request)),
        led_to="" if exchange.id == result.exchange else _LED_TO,
        curl="".join(f"# {line}\n" for line in ("", "As a command of curl:", command) if line) if command else "",
    )
