"""No secret reaches a record, whatever the form it comes in; everything else does."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model import Showing
from conformance.wire import Redactor
from conformance.wire.jsontext import rewrite
from conformance.wire.record import message

SECRET = 'p@ss wörd<1>&"x'
REDACTOR = Redactor([SECRET, "", "abc"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (SECRET.encode(), "text/plain"),
        (b"x=p%40ss+w%C3%B6rd%3C1%3E%26%22x&y=1", "application/x-www-form-urlencoded"),
        (b"https://h/p%40ss%20w%C3%B6rd%3C1%3E%26%22x", "text/plain"),
        (json.dumps({"note": SECRET}).encode(), "application/json"),
        (json.dumps({"note": SECRET}, ensure_ascii=False).encode(), "application/json"),
        (b"<p>p@ss w\xc3\xb6rd&lt;1&gt;&amp;&quot;x</p>", "text/html"),
    ],
)
def test_a_literal_secret_is_found_in_every_spelling(body: bytes, kind: str) -> None:
    text, _ = REDACTOR.body(body, kind)
    assert "[redacted]" in text
    assert "rd" not in text.replace("[redacted]", "")


def test_a_short_secret_does_not_tear_other_text() -> None:
    assert REDACTOR.text("abcdef") == "abcdef"


@pytest.mark.parametrize(
    "name",
    [
        "id_token",
        "hashed_id_number",
        "hashed_mobile_number",
        "id_number",
        "password",
        "Password",
        "passw\\u006frd",
        "user_password",
        "client_secret",
        "secretAnswer",
        "access_token",
    ],
)
@pytest.mark.parametrize(
    "value", ['"hide-me"', "123456", '{"a": ["hide-me", {"b": "}"}]}', '["hide-me"]', '"hide\\"-me"']
)
@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", None, "text/html"])
def test_sensitive_members_are_redacted_whatever_they_hold(name: str, value: str, kind: str | None) -> None:
    body = f' {{"first" :1, "{name}"  : {value} , "last":[ "kept" ]}}'
    text, note = REDACTOR.body(body.encode(), kind)
    assert text == f' {{"first" :1, "{name}"  : "[redacted]" , "last":[ "kept" ]}}'
    assert note == ""


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1234567890", "12******90"), ("12345", "12*45"), ("1234", "****"), ("", "")],
)
def test_account_numbers_keep_two_characters_at_each_end(number: str, shown: str) -> None:
    text, _ = REDACTOR.body(json.dumps({"accounts": [{"account_number": number, "account_id": "a"}]}).encode(), None)
    assert json.loads(text) == {"accounts": [{"account_number": shown, "account_id": "a"}]}


@pytest.mark.parametrize(
    "body",
    [
        b'{"password": "hide-me',
        b'{"password": {"deep": "hide-me"',
        b'{"a": [}, "password": "hide-me"]',
        b'{"password": hide-me}',
        b'{"a" "password": "hide-me" "b"',
        b'{"password":\xff"hide-me"}',
    ],
)
def test_broken_json_hides_its_secrets_too(body: bytes) -> None:
    text, _ = REDACTOR.body(body, "application/json")
    assert "hide-me" not in text


def test_form_fields_are_redacted_by_name() -> None:
    form = b"username=customer-1&password=hide-me&PASSWORD=hide-me&pass%77ord=hide-me&otp=hide-me&accounts=a"
    text, _ = REDACTOR.body(form, "application/x-www-form-urlencoded; charset=utf-8")
    assert "hide-me" not in text
    assert text.startswith("username=customer-1&password=[redacted]&")
    assert text.endswith("&accounts=a")


def test_multipart_fields_are_redacted_by_name() -> None:
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = part.format("username", "customer-1") + part.format("password", "hide-me") + "--b--\r\n"
    text, _ = REDACTOR.body(body.encode(), "multipart/form-data; boundary=b")
    assert text == body.replace("hide-me", "[redacted]")


def test_headers_with_credentials_keep_only_names() -> None:
    pairs = (
        ("Authorization", "Bearer hide-me"),
        ("cookie", "a=hide-me; b=hide-me"),
        ("Set-Cookie", "sid=hide-me=; Path=/; Secure"),
        ("Location", "https://user:hide-me@h/x?id_token=hide-me&state=1#access_token=hide-me"),
        ("X-Plain", "kept"),
    )
    assert REDACTOR.headers(pairs) == (
        ("Authorization", "[redacted]"),
        ("cookie", "a=[redacted]; b=[redacted]"),
        ("Set-Cookie", "sid=[redacted]; Path=/; Secure"),
        ("Location", "https://[redacted]@h/x?id_token=[redacted]&state=1#access_token=[redacted]"),
        ("X-Plain", "kept"),
    )


def test_signatures_are_cut_and_what_they_sign_stays() -> None:
    token = f"eyJhbGciOiJQUzI1NiJ9.cGF5bG9hZA.{base64.urlsafe_b64encode(b'x' * 256).decode().rstrip('=')}"
    shown = "eyJhbGciOiJQUzI1NiJ9.cGF5bG9hZA.eHh4eHh4..."
    assert REDACTOR.headers([("X-FAPI-Signature", token)]) == (("X-FAPI-Signature", shown),)
    assert REDACTOR.url(f"/v1/oauth/authorize?signature={token}&consent_id=c") == (
        f"/v1/oauth/authorize?signature={shown}&consent_id=c"
    )


def test_a_body_that_is_no_text_is_not_shown_and_said_so() -> None:
    assert REDACTOR.body(b"\x00\x01\x02", None) == ("", "not text: 3 bytes not shown")
    text, note = REDACTOR.body(b'{"a": "\xff"}', "application/json")
    assert (text, note) == ('{"a": "\\xff"}', "not UTF-8: invalid start byte at byte 7")


def test_a_long_body_is_cut_and_no_secret_stands_at_the_cut() -> None:
    body = b"." * ((64 << 10) - 4) + SECRET.encode() + b"." * 100_000
    text, note = REDACTOR.body(body, "text/plain")
    assert len(text) <= 64 << 10
    assert "p@" not in text
    assert note == f"cut: the first 65536 of {len(body)} bytes"


def test_a_compressed_body_is_not_shown() -> None:
    found = message(REDACTOR, "HTTP/1.1 200 OK", [("Content-Encoding", "br")], b"hide-me")
    assert (found.body, found.body_bytes) == ("", 7)
    assert "br" in found.body_note


@pytest.mark.parametrize(
    "text", ["a" * 60_000, "a=" * 30_000, "=&" * 30_000, '"' * 60_000, "name=" * 12_000, "a." * 30_000]
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_hostile_text_takes_linear_time(text: str, kind: str) -> None:
    """With a quadratic pattern this would take hours."""
    REDACTOR.body(text.encode(), kind)
    REDACTOR.headers([(name, "?" + text * 20) for name in ("x-fapi-signature", "location", "set-cookie", "cookie")])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("password"), inner),
    max_leaves=15,
)


def hide(value: object) -> object:
    if isinstance(value, dict):
        return {name: "[redacted]" if name == "password" else hide(inner) for name, inner in value.items()}
    return [hide(inner) for inner in value] if isinstance(value, list) else value


@given(json_values, st.booleans(), st.sampled_from([None, 1]))
def test_rewriting_text_equals_rewriting_the_value(value: object, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    rewritten = rewrite(text, lambda name, _: "[redacted]" if name == "password" else None)
    assert json.loads(rewritten) == hide(value)
    assert rewrite(text, lambda *_: None) == text


@given(st.text())
def test_rewriting_never_raises_and_leaves_what_is_not_named(text: str) -> None:
    assert rewrite(text, lambda *_: None) == text


NUMBER, AMOUNT = "114512345678", "12345.67"


@pytest.mark.parametrize("showing", Showing)
def test_what_is_personal_stands_as_the_profile_wants_wherever_it_is(showing: Showing) -> None:
    redactor = Redactor(personal=[NUMBER, AMOUNT], showing=showing, salt=b"salt")
    number, amount, grouped = (redactor.text(each) for each in (NUMBER, AMOUNT, "12,345.67"))
    body = {"account_number": NUMBER, "current_balance": AMOUNT, "amount": 98765.4, "account_id": "a-1", "amounts": 2}

    text, _ = redactor.body(json.dumps(body).encode(), None)

    seen = json.loads(text)
    assert (seen["account_number"], seen["current_balance"]) == (number, amount)
    assert (seen["account_id"], seen["amounts"]) == ("a-1", 2)
    assert (seen["amount"] == 98765.4) is (showing is Showing.FULL)
    assert redactor.text(f"<td>{NUMBER}</td> expected 12,345.67") == f"<td>{number}</td> expected {grouped}"
    assert redactor.text(f"9{NUMBER}") == f"9{NUMBER}", "another number"
    if showing is Showing.FULL:
        assert (number, amount) == (NUMBER, AMOUNT)
    else:
        assert NUMBER not in number
        assert AMOUNT not in amount
    if showing is Showing.HASH:
        assert number.startswith("hash:")
        assert amount == grouped, "one amount, however it is written"
        assert number != Redactor(personal=[NUMBER], showing=showing, salt=b"other").text(NUMBER)


def compact(payload: object) -> str:
    segments = (json.dumps(each).encode() for each in ({"alg": "PS256", "kid": "k"}, payload))
    return ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in segments) + ".c2lnbmF0dXJlLWJ5dGVz"


@pytest.mark.parametrize(
    "payload",
    [
        {"hashed_id_number": "x" * 44},
        {"sub": SECRET},
        {"data": {"account_number": "114512345678"}},
        {"note": "of 114512345678"},
        {"inner": compact({"id_token": "abcdef"})},
    ],
)
def test_a_token_with_anything_secret_loses_its_payload(payload: object) -> None:
    token = compact(payload)
    redactor = Redactor([SECRET], personal=[NUMBER])

    text = redactor.text(f"see {token} here")

    head, shown, signature = text.split(" here")[0].removeprefix("see ").split(".", 2)
    assert head == token.split(".")[0]
    assert shown.startswith("[redacted: ")
    assert signature == "c2lnbmF0..."


def test_a_token_without_secrets_stays() -> None:
    token = compact({"iss": "dp", "aud": "dc-1"})

    assert Redactor([SECRET], personal=[NUMBER]).text(token) == token
