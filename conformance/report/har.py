"""A check's exchanges as an HTTP Archive, for the tools that engineers have (HAR 1.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance import __version__
from conformance.model import Exchange, Message, Result

_UNKNOWN = -1  # HAR's word for what was not measured


def archive(result: Result) -> str:
    """The log of one check as JSON; fields that HAR does not know begin with an underscore, as it asks."""
    log = {
        "version": "1.2",
        "creator": {"name": "ofp-conformance", "version": __version__},
        "pages": [],
        "entries": [_entry(each) for each in result.exchanges],
        "comment": f"{result.requirement} {result.verdict}: {result.title}",
        "_check": result.check,
    }
    return json.dumps({"log": log}, indent=1) + "\n"


def _entry(exchange: Exchange) -> dict[str, Any]:
    total, first = _milliseconds(exchange.total_seconds), _milliseconds(exchange.first_byte_seconds)
    connected = _milliseconds(exchange.connect_seconds)
    entry: dict[str, Any] = {
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds"),
        "time": total,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {
            "blocked": _UNKNOWN,
            "dns": _UNKNOWN,
            "connect": connected or _UNKNOWN,
            "ssl": _UNKNOWN,
            "send": 0,
            "wait": max(0.0, first - connected),
            "receive": max(0.0, total - max(first, connected)),
        },
        "comment": exchange.note,
        "_id": exchange.id,
        "_operation": exchange.operation.value,
        "_caller": exchange.caller,
        "_jose": [{"where": where, "header": header} for where, header in exchange.jose],
    }
    if exchange.tls:
        entry["_tls"] = {
            "version": exchange.tls.version,
            "cipher": exchange.tls.cipher,
            "peer_subject": exchange.tls.peer_subject,
            "peer_sha256": exchange.tls.peer_sha256,
            "peer_not_after": exchange.tls.peer_not_after,
        }
    if exchange.fault:
        entry["_fault"] = {"kind": exchange.fault.kind.value, "detail": exchange.fault.detail}
    return entry


def _request(exchange: Exchange) -> dict[str, Any]:
    message = exchange.request
    method, _, rest = message.start.partition(" ")
    members: dict[str, Any] = {
        "method": method,
        "url": exchange.url,
        "httpVersion": _version(rest.rpartition(" ")[2]),
        "cookies": _cookies(message, "cookie"),
        "headers": _pairs(message.headers),
        "queryString": _pairs(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)),
        "headersSize": _UNKNOWN,
        "bodySize": message.body_bytes,
        "comment": message.body_note,
    }
    if message.body or message.body_bytes:
        members["postData"] = {"mimeType": _kind(message), "params": [], "text": message.body}
    return members


def _response(exchange: Exchange) -> dict[str, Any]:
    message = exchange.response
    if message is None:  # as browsers write a request that failed
        message = Message("", ())
    version, _, rest = message.start.partition(" ")
    status, _, reason = rest.partition(" ")
    location = next((value for name, value in message.headers if name.lower() == "location"), "")
    return {
        "status": int(status) if re.fullmatch(r"[0-9]{3}", status) else 0,
        "statusText": reason,
        "httpVersion": _version(version),
        "cookies": _cookies(message, "set-cookie"),
        "headers": _pairs(message.headers),
        "content": {"size": message.body_bytes, "mimeType": _kind(message), "text": message.body},
        "redirectURL": location,
        "headersSize": _UNKNOWN,
        "bodySize": message.body_bytes,
        "comment": message.body_note,
    }


def _version(text: str) -> str:
    return text if text.upper().startswith("HTTP/") else "unknown"


def _kind(message: Message) -> str:
    return next((value for name, value in message.headers if name.lower() == "content-type"), "x-unknown")


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(message: Message, header: str) -> list[dict[str, str]]:
    values = [value for name, value in message.headers if name.lower() == header]
    pieces = [each.split(";") if header == "cookie" else each.split(";")[:1] for each in values]
    return _pairs((name.strip(), value) for each in pieces for name, _, value in (one.partition("=") for one in each))


def _milliseconds(seconds: float) -> float:
    return round(max(0.0, seconds) * 1000, 3)
