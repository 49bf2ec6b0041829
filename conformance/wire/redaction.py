"""Takes secrets out of messages before anything is recorded; the rest of a message stays as it was."""

from __future__ import annotations

import base64
import hmac
import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote_plus

from conformance.model import Showing
from conformance.wire.jsontext import rewrite

REDACTED = "[redacted]"
_TEXT_LIMIT = 64 << 10
_MARGIN = 1 << 10
_SHORTEST_SECRET = 4
_SIGNATURE_SHOWN = 8
_SENSITIVE = re.compile(
    r".*(password|passwd|passphrase|passcode|pwd|secret).*"
    r"|(id|access|refresh)_?token|hashed_id_number|hashed_mobile_number|id_number|otp|tac|pin",
    re.IGNORECASE,
)
_NUMBERS = frozenset({"account_number", "account_reference"})
_AMOUNT = re.compile(r"(?:.*_)?(?:amount|balance)", re.IGNORECASE)
_FIGURE = re.compile(r"[-+]?[\d.,]+")
_DEEPEST = 3
_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_SIGNATURES = frozenset({"x-fapi-signature", "x-jws-signature"})
_ADDRESSES = frozenset({"location", "content-location", "referer", "refresh"})
# Each pattern takes linear time on any text: a peer chooses what it is matched against.
_FIELD = re.compile(r"(?:^|(?<=[&?#;\s]))([^&=?#;\s]+)=([^&#\s]*)")
_TOKEN = re.compile(r"\b(eyJ[\w-]*)\.([\w-]+)\.([\w-]+)")
_DELIMITER = re.compile(r"(\r?\n--)")
_BLANK_LINE = re.compile(r"(\r?\n\r?\n)")
_PART_NAME = re.compile(r'\bname="?([^";\r\n]*)')


class Redactor:
    """Knows the run's literal secrets and the members, fields and headers that hold secrets by their nature."""

    def __init__(
        self,
        secrets: Iterable[str] = (),
        *,
        personal: Iterable[str] = (),
        showing: Showing = Showing.MASKED,
        salt: bytes = b"",
    ) -> None:
        """Redact the secrets wherever they stand, also percent-, JSON- and HTML-escaped and in a token's payload.

        A secret of fewer than 4 characters is redacted only where its field's name tells, else any text would be torn.
        What is `personal` (account numbers, amounts) is shown as `showing` says; hashes are keyed with `salt`.
        """
        self._literal = _any_of(form for each in secrets if len(each) >= _SHORTEST_SECRET for form in _spellings(each))
        words = _any_of(form for each in personal if len(each) >= _SHORTEST_SECRET for form in (each, _grouped(each)))
        # As a word of its own: digits within a longer number are another number's.
        self._personal = re.compile(rf"(?<![0-9A-Za-z])(?:{words.pattern})(?![0-9A-Za-z])") if words else None
        self._showing = showing
        self._salt = salt

    def text(self, text: str) -> str:
        """Any text without the literal secrets, and with what is personal as it may be shown."""
        return self._within(text, _DEEPEST)

    def _within(self, text: str, deep: int) -> str:
        if deep and "eyJ" in text:
            text = _TOKEN.sub(lambda token: self._token(token, deep - 1), text)
        if self._literal:
            text = self._literal.sub(REDACTED, text)
        return self._personal.sub(lambda found: self._veiled(found[0]), text) if self._personal else text

    def _token(self, token: re.Match[str], deep: int) -> str:
        """A compact JWS: without its payload if that holds anything to be redacted."""
        try:
            payload = base64.urlsafe_b64decode(token[2] + "=" * (-len(token[2]) % 4)).decode()
        except ValueError:
            return token[0]
        open_text = rewrite(payload, self._replacement) if payload.lstrip()[:1] in ("{", "[") else payload
        if self._within(open_text, deep) == payload:
            return token[0]
        return f"{token[1]}.[redacted: {len(payload)} characters].{token[3][:_SIGNATURE_SHOWN]}..."

    def _veiled(self, value: str) -> str:
        if self._showing is Showing.FULL:
            return value
        if self._showing is Showing.HASH:
            return f"hash:{hmac.new(self._salt, value.replace(',', '').encode(), 'sha256').hexdigest()[:12]}"
        return value[:2] + "*" * (len(value) - 4) + value[-2:] if len(value) > 4 else "*" * len(value)

    def _replacement(self, name: str, value: str) -> str | None:
        """What stands in a member's or field's place, or None if it may be seen."""
        if _SENSITIVE.fullmatch(name):
            return REDACTED
        number = name.lower() in _NUMBERS or (_AMOUNT.fullmatch(name) and _FIGURE.fullmatch(value))
        return self._veiled(value) if number and value and self._showing is not Showing.FULL else None

    def url(self, url: str) -> str:
        """An address, whole or relative: sensitive query and fragment fields redacted, signatures cut."""
        before, mark, after = url.partition("?")
        if not mark:
            before, mark, after = url.partition("#")
        before = re.sub(r"^([a-z][a-z0-9+.-]*://)[^/@]*@", rf"\1{REDACTED}@", before, flags=re.IGNORECASE)
        return self.text(before + mark + self._fields(after))

    def headers(self, pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers: credentials and cookie values redacted (a cookie's name and attributes stay), signatures cut."""
        return tuple((self.text(name), self._header(name.lower(), value)) for name, value in pairs)

    def body(self, body: bytes, content_type: str | None) -> tuple[str, str]:
        """A body as text and a note, "" if the text is the whole body.

        JSON (declared or not), urlencoded and multipart forms are redacted by member or field. At most 64 KiB are kept;
        what is not text is not shown.
        """
        if b"\x00" in body[: _TEXT_LIMIT + _MARGIN]:
            return "", f"not text: {len(body)} bytes not shown"
        notes = []
        try:
            text = body[: _TEXT_LIMIT + _MARGIN].decode()
        except UnicodeDecodeError as problem:
            text = body[: _TEXT_LIMIT + _MARGIN].decode("utf-8", "backslashreplace")
            if problem.end < min(len(body), _TEXT_LIMIT):  # else the cut went through a character
                notes.append(f"not UTF-8: {problem.reason} at byte {problem.start}")
        if len(body) > _TEXT_LIMIT:
            notes.append(f"cut: the first {_TEXT_LIMIT} of {len(body)} bytes")
        kind = (content_type or "").lower()
        redacted = self._typed(text, kind)
        return (redacted if len(body) <= _TEXT_LIMIT else redacted[:_TEXT_LIMIT]), "; ".join(notes)

    def _typed(self, text: str, kind: str) -> str:
        if "json" in kind or text.lstrip()[:1] in ("{", "["):
            text = rewrite(text, self._replacement)
        elif "x-www-form-urlencoded" in kind:
            text = self._fields(text)
        elif "multipart/" in kind:
            text = "".join(self._part(each) for each in _DELIMITER.split(text))
        return self.text(text)

    def _header(self, name: str, value: str) -> str:
        if name in _CREDENTIALS:
            return REDACTED
        if name == "cookie":
            return "; ".join(_cookie(each) for each in value.split(";"))
        if name == "set-cookie":
            cookie, mark, attributes = value.partition(";")
            return self.text(_cookie(cookie) + mark + attributes)
        if name in _SIGNATURES:
            return self.text(_cut_signature(value))
        return self.url(value) if name in _ADDRESSES else self.text(value)

    def _fields(self, text: str) -> str:
        return _FIELD.sub(lambda field: f"{field[1]}={self._field_value(unquote_plus(field[1]), field[2])}", text)

    def _field_value(self, name: str, value: str) -> str:
        if name.lower() == "signature":
            return _cut_signature(value)
        replacement = self._replacement(name, value)
        return value if replacement is None else replacement

    def _part(self, part: str) -> str:
        head, *rest = _BLANK_LINE.split(part, maxsplit=1)
        name = _PART_NAME.search(head)
        return "".join((head, rest[0], self._field_value(name[1], rest[1]))) if rest and name else part


def _spellings(secret: str) -> set[str]:
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret), *escaped}


def _cookie(pair: str) -> str:
    name, mark, _ = pair.strip().partition("=")
    return f"{name}={REDACTED}" if mark else REDACTED


def _cut_signature(value: str) -> str:
    signed, _, signature = value.rpartition(".")
    if value.count(".") != 2 or len(signature) <= _SIGNATURE_SHOWN:
        return value
    return f"{signed}.{signature[:_SIGNATURE_SHOWN]}..."


def _any_of(texts: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern of any of some texts, the longest first; None of none."""
    known = sorted(set(texts), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known))) if known else None


def _grouped(value: str) -> str:
    """An amount as it is written for people, 1,234.50; anything else as it is."""
    return f"{int(value[:-3]):,}{value[-3:]}" if re.fullmatch(r"\d{4,13}\.\d\d", value) else value
