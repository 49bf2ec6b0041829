"""The ways in which the reference can be honest otherwise: each is right by the wire contract, none its habit."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from conformance.documents import refusal, suggestion
from conformance.httpd import Handler, HttpRequest, HttpResponse

MANNERS: Mapping[str, str] = MappingProxyType(
    {
        "acknowledges-with-201": "acknowledges events with 201 and an empty object",
        "acknowledges-with-204": "acknowledges events with 204",
        "data-as-jwe": "signs the compact JWE itself, without claims around it",
        "wraps-data": "wraps the decrypted data in a member data",
        "bare-minimum": "tells of a balance nothing but account and current balance",
        "nested-amounts": "puts an object of amount and currency into the member amount",
        "lower-case-headers": "writes header names in lower case",
        "upper-case-headers": "writes header names in upper case",
        "chunked-bodies": "sends bodies in chunks",
        "closes-connections": "closes the connection after every answer",
        "extra-members": "adds members of its own to every JSON object",
        "other-error-texts": "explains errors in another language, with a link",
        "pretty-json": "writes JSON over many lines",
        "other-pages": "has other headings, field names and buttons, and asks for confirmation after the review",
        "tls-1.2-only": "speaks TLS 1.2 and nothing newer",
        "tls-1.3-only": "speaks TLS 1.3 and nothing older",
        "turns-away-on-a-page": "leads the customer of a consent that has been decided to a page that says so",
        "clock-runs-behind": "has a clock that is four seconds slow",
    }
)
"""Every manner by its name."""

_RENAMED = {"username": "uid", "password": "pin", "accounts": "acct[]", "decision": "act", "csrf": "_token"}
_REWORDED = {
    "Log in": "Sign on",
    "User name": "Customer number",
    "Choose your accounts": "Which accounts shall be shared?",
    "Continue": "Next",
    "Review and confirm": "Your agreement",
    "Consent approved": "All done",
    "Back to ": "Return to ",
    "The user name or password is not right.": "Sign on failed, try again.",
    "Choose at least one account.": "Pick something to share.",
    ">Approve<": ">I agree<",
    ">Reject<": ">I do not agree<",
}
_CONFIRMED = "sure"
_SLOW_SECONDS = 4.0


def known(name: str) -> str:
    """The manner of that name.

    Raises:
        PydanticCustomError: there is none; names the nearest.
    """
    if name not in MANNERS:
        raise refusal(f"there is no manner '{name}'", suggestion(name, MANNERS))
    return name


class Manners:
    """Some manners, as they change what goes out."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def clock(self) -> float:
        """The time, as the reference's own clock has it."""
        return time.time() - (_SLOW_SECONDS if "clock-runs-behind" in self._names else 0.0)

    def webhooks(self, handler: Handler, pages_url: str) -> Handler:
        """The webhooks with these manners; `pages_url` is where the customer pages are."""

        def mannered(request: HttpRequest) -> HttpResponse:
            answer = self._json(handler(request))
            if request.raw_path == "/v1/oauth/authorize" and b"Consent.Invalid" in answer.body and answer.status != 404:
                answer = self._turned_away(answer, pages_url)
            if request.raw_path == "/v1/consents/events" and 200 <= answer.status < 300:
                answer = self._acknowledged(answer)
            return self._sent(answer)

        return mannered

    def pages(self, handler: Handler) -> Handler:
        """The customer pages with these manners."""
        other = self._other_pages(handler) if "other-pages" in self._names else handler
        return lambda request: self._sent(other(request))

    def data(self, data: object) -> object:
        """The plaintext of a data response with these manners."""
        if "bare-minimum" in self._names and isinstance(data, dict) and "current_balance" in data:
            data = {name: data[name] for name in ("account_id", "current_balance")}
        if "nested-amounts" in self._names:
            data = _nested(data)
        if "extra-members" in self._names and isinstance(data, dict):
            data = {**data, "x_reference_number": "R-1", "links": [{"rel": "self"}]}
        if "wraps-data" in self._names and not (isinstance(data, dict) and "data" in data):
            data = {"data": data}
        return data

    def envelope(self, usual: str) -> str:
        """What the signed data response holds (R:response_envelope)."""
        return "jwe" if "data-as-jwe" in self._names else usual

    def _turned_away(self, answer: HttpResponse, pages_url: str) -> HttpResponse:
        if "turns-away-on-a-page" not in self._names:
            return answer
        return HttpResponse(303, (("Location", f"{pages_url}/sorry"), ("Cache-Control", "no-store")))

    def _acknowledged(self, answer: HttpResponse) -> HttpResponse:
        if "acknowledges-with-204" in self._names:
            kept = tuple(each for each in answer.headers if each[0].lower() != "content-type")
            return HttpResponse(204, kept)
        return replace(answer, status=201) if "acknowledges-with-201" in self._names else answer

    def _json(self, answer: HttpResponse) -> HttpResponse:
        try:
            members = json.loads(answer.body)
        except ValueError:
            return answer
        if not isinstance(members, dict):
            return answer
        if "other-error-texts" in self._names and "error" in members:
            members["error_description"] = "Permintaan tidak dapat diproses \u2014 sila cuba lagi."
            members["error_uri"] = "https://reference-dp.example/help/errors"
        if "extra-members" in self._names:
            members["x_request_number"] = 17
        if "pretty-json" in self._names:
            return replace(answer, body=json.dumps(members, indent=4).encode() + b"\n")
        return replace(answer, body=json.dumps(members).encode())

    def _sent(self, answer: HttpResponse) -> HttpResponse:
        headers = answer.headers
        if "chunked-bodies" in self._names and answer.body:
            headers = (*headers, ("Transfer-Encoding", "chunked"))
        if "closes-connections" in self._names:
            headers = (*headers, ("Connection", "close"))
        for name, spell in (("lower-case-headers", str.lower), ("upper-case-headers", str.upper)):
            if name in self._names:
                headers = tuple((spell(key), value) for key, value in headers)
        return replace(answer, headers=headers)

    def _other_pages(self, handler: Handler) -> Handler:
        """Pages of another look; a decision is carried out when it comes back from the page that asks once more."""
        back = {new: old for old, new in _RENAMED.items()}

        def other(request: HttpRequest) -> HttpResponse:
            form = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
            renamed = [(back.get(name, name), value) for name, value in form]
            if ("decision", "approve") in renamed and (_CONFIRMED, "yes") not in renamed:
                return _confirmation(form)
            body = urlencode(renamed).encode() if request.method == "POST" else request.body
            return _reworded(handler(replace(request, body=body)))

        return other


def _nested(value: object) -> object:
    if isinstance(value, list):
        return [_nested(each) for each in value]
    if not isinstance(value, dict):
        return value
    if {"amount", "currency", "credit_debit_indicator"} <= value.keys() and isinstance(value["amount"], str):
        rest = {name: each for name, each in value.items() if name not in ("amount", "currency")}
        return {"amount": {"amount": value["amount"], "currency": value["currency"]}, **rest}
    return {name: _nested(each) for name, each in value.items()}


def _reworded(answer: HttpResponse) -> HttpResponse:
    text = answer.body.decode()
    for old, new in _RENAMED.items():
        text = re.sub(rf'name="{old}"', f'name="{new}"', text)
    for old, new in _REWORDED.items():
        text = text.replace(old, new)
    return replace(answer, body=text.encode())


def _confirmation(form: list[tuple[str, str]]) -> HttpResponse:
    hidden = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in form)
    text = (
        '<!doctype html><html lang="en"><head><title>Are you sure?</title></head><body><h2>Are you sure?</h2>'
        f'<form method="post">{hidden}<button name="{_CONFIRMED}" value="yes">Yes, share</button></form></body></html>'
    )
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", "default-src 'none'; form-action https:; frame-ancestors 'none'"),
        ("Cache-Control", "no-store"),
    )
    return HttpResponse(200, headers, text.encode())
