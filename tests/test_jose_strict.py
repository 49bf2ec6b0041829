"""What the strict first reading refuses although the signature over it is good: only that reading can have noticed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import jose

KEY = jose.PrivateKey.generate(kid="k1")
STRANGER = jose.PrivateKey.generate(kid="k1")
KEYS = jose.KeySet((KEY.public(),))
PAYLOAD = b'{"status":"authorized"}'


def signed(first: str, middle: str = jose.b64url(PAYLOAD), *, key: jose.PrivateKey = KEY) -> str:
    """An attached token over parts as they are spelled."""
    return f"{first}.{middle}.{jose.b64url(jose.raw_sign(key, f'{first}.{middle}'.encode(), 'PS256'))}"


def headed(header: bytes | str, *, key: jose.PrivateKey = KEY) -> str:
    """An attached token with this text as its header."""
    return signed(jose.b64url(header if isinstance(header, bytes) else header.encode()), key=key)


def code(token: str) -> str:
    with pytest.raises(jose.JoseError) as caught:
        jose.verify_attached(token, KEYS)
    assert str(caught.value).isprintable(), "one line of text, whatever the token holds"
    assert len(str(caught.value)) < 300
    first, last = token.partition(".")[0], token.rpartition(".")[2]
    with pytest.raises(jose.JoseError):
        jose.verify_detached(f"{first}..{last}", PAYLOAD, KEYS)
    return caught.value.code


GOOD = '{"alg":"PS256","kid":"k1"}'


def test_the_healthy_control_verifies() -> None:
    assert jose.verify_attached(headed(GOOD), KEYS).payload == PAYLOAD


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('{"alg":"PS256","alg":"PS256","kid":"k1"}', "duplicate"),
        ('{"alg":"none","kid":"k1","alg":"PS256"}', "duplicate"),
        ('{"alg":"PS256","kid":"k1","kid":"k1"}', "duplicate"),
        ('{"alg":"PS256","kid":"k1","x":{"a":1,"a":1}}', "duplicate"),
        ('{"alg":"PS256","kid":"k1","\\u0061lg":"PS256"}', "duplicate"),
        ('{"alg":"ps256","kid":"k1"}', "alg"),
        ('{"alg":"PS256 ","kid":"k1"}', "alg"),
        ('{"alg":["PS256"],"kid":"k1"}', "alg"),
        ('{"alg":null,"kid":"k1"}', "alg"),
        ('{"alg":"none","kid":"k1"}', "alg"),
        ('{"alg":"NONE","kid":"k1"}', "alg"),
        ('{"alg":"RS256","kid":"k1"}', "alg"),
        ('{"alg":"PS384","kid":"k1"}', "alg"),
        ('{"alg":"HS256","kid":"k1"}', "alg"),
        ('{"ALG":"PS256","kid":"k1"}', "alg"),
        ('{"kid":"k1"}', "alg"),
        ("{}", "alg"),
        ('{"alg":"PS256"}', "kid"),
        ('{"alg":"PS256","kid":""}', "kid"),
        ('{"alg":"PS256","kid":1}', "kid"),
        ('{"alg":"PS256","kid":["k1"]}', "kid"),
        ('{"alg":"PS256","kid":"K1"}', "kid"),
        ('{"alg":"PS256","kid":"k1 "}', "kid"),
        ('{"alg":"PS256","kid":"k\\u00001"}', "kid"),
        ('{"alg":"PS256","kid":"\\ud800\\n"}', "kid"),
        ('{"alg":"PS256","kid":"k1","zip":"DEF"}', "zip"),
        ('{"alg":"PS256","kid":"k1","zip":null}', "zip"),
        ('{"alg":"PS256","kid":"k1","crit":[]}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":null}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":"exp","exp":1}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":["exp"],"exp":1}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":["exp"]}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":["alg"]}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":[1]}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":["b64"],"b64":true}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":["b64"],"b64":false}', "crit"),
        ('{"alg":"PS256","kid":"k1","b64":true}', "crit"),
        ('{"alg":"PS256","kid":"k1","b64":false}', "crit"),
        ("[]", "malformed"),
        ('"PS256"', "malformed"),
        ("null", "malformed"),
        ("", "malformed"),
        ('{"alg":"PS256","kid":"k1"', "malformed"),
        ('{"alg":"PS256","kid":"k1"}}', "malformed"),
        ("{'alg':'PS256','kid':'k1'}", "malformed"),
        ('{"alg":"PS256","kid":"k1","x":NaN}', "malformed"),
        ('{"alg":"PS256","kid":"k1","x":-Infinity}', "malformed"),
        ('{"alg":"PS256","kid":"k1","x":1e999}', "malformed"),
        ('{"alg":"PS256","kid":"k1","x":' + "9" * 5000 + "}", "malformed"),
        (b"\xef\xbb\xbf" + GOOD.encode(), "malformed"),
        (GOOD.encode("utf-16"), "malformed"),
        (b'{"alg":"PS256","kid":"k1","x":"\xff"}', "malformed"),
        (b"\xff", "malformed"),
    ],
)
def test_a_header_that_is_not_quite_right_is_refused(header: str | bytes, expected: str) -> None:
    assert code(headed(header)) == expected


@pytest.mark.parametrize("levels", [17, 100, 400, 600, 900, 1500, 2000])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
def test_a_deeply_nested_header_is_refused_and_exhausts_nothing(levels: int, opening: str, closing: str) -> None:
    nested = opening * (levels - 1) + "0" + closing * (levels - 1)
    assert code(headed(f'{{"alg":"PS256","kid":"k1","x":{nested}}}')) == "malformed"


def test_a_header_of_sixteen_levels_is_accepted() -> None:
    nested = "[" * 15 + "]" * 15
    assert jose.verify_attached(headed(f'{{"alg":"PS256","kid":"k1","x":{nested}}}'), KEYS)


def test_sizes_are_bounded() -> None:
    assert code(headed(json.dumps({"alg": "PS256", "kid": "k1", "x": "y" * 20_000}))) == "oversized"
    assert code(headed(json.dumps({"alg": "PS256", "kid": "k1", "x": "y" * 200_000}))) == "oversized"
    assert code(headed(GOOD) + "A" * (4 << 20)) == "oversized"
    with pytest.raises(jose.JoseError, match="header"):
        jose.protected_header("A" * 40_000 + "..")
    with pytest.raises(jose.JoseError, match="characters"):
        jose.decrypt("A" * (5 << 20), KEY)


def test_a_healthy_large_payload_is_accepted() -> None:
    assert len(jose.verify_attached(jose.sign_attached(KEY, b"x" * (2 << 20)), KEYS).payload) == 2 << 20


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda token: f"{token}=", id="padded signature"),
        pytest.param(lambda token: f"{token}\n", id="trailing newline"),
        pytest.param(lambda token: f" {token}", id="leading space"),
        pytest.param(lambda token: f"{token}.", id="four parts"),
        pytest.param(lambda token: f".{token}", id="leading dot"),
        pytest.param(lambda token: f"{token}..", id="five parts"),
        pytest.param(lambda token: token.rpartition(".")[0], id="two parts"),
        pytest.param(lambda token: token.replace(".", ""), id="one part"),
        pytest.param(lambda _: "..", id="nothing but dots"),
        pytest.param(lambda _: "", id="nothing"),
        pytest.param(lambda token: token.replace(".", "\N{FULLWIDTH FULL STOP}"), id="other dots"),
        pytest.param(lambda token: token[:10] + "\n" + token[10:], id="folded"),
        pytest.param(lambda token: f"{token[:-1]}а", id="a letter of another script"),
        pytest.param(
            lambda token: json.dumps(dict(zip(("protected", "payload", "signature"), token.split("."), strict=True))),
            id="JSON",
        ),
    ],
)
def test_another_shape_is_malformed(change: Callable[[str], str]) -> None:
    assert code(change(headed(GOOD))) == "malformed"


def test_the_unused_bits_of_every_last_character_are_zero() -> None:
    """256 bytes leave four unused bits, a header of 26 bytes leaves two; a lax reader ignores them."""
    first, middle, last = headed(GOOD).split(".")
    assert code(f"{first}.{middle}.{_with_unused_bit(last)}") == "malformed"
    header = jose.b64url(GOOD.encode() if len(GOOD) % 3 else f"{GOOD} ".encode())
    assert code(signed(_with_unused_bit(header))) == "malformed"
    assert code(signed(first, _with_unused_bit(jose.b64url(b"four")))) == "malformed"


@pytest.mark.parametrize("spelling", ["eyJh=", "eyJhbGciOiJQUzI1NiIsImtpZCI6ImsxIn0=", "ab+/", "ab cd", "abcde", "a"])
def test_a_part_in_another_spelling_is_malformed_though_it_is_signed(spelling: str) -> None:
    assert code(signed(spelling)) == "malformed"
    assert code(signed(jose.b64url(GOOD.encode()), spelling)) == "malformed"


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c", "x5t#S256"])
def test_a_key_that_the_header_brings_is_never_used(member: str) -> None:
    values = {
        "jwk": STRANGER.public().to_jwk("sig"),
        "jku": "https://attacker.example/keys",
        "x5u": "https://attacker.example/certificate",
        "x5c": ["AAAA"],
        "x5t#S256": "AAAA",
    }
    header = json.dumps({"alg": "PS256", "kid": "k1", member: values[member]})
    assert code(headed(header, key=STRANGER)) == "signature"


def test_members_without_a_meaning_here_are_ignored() -> None:
    header = json.dumps({"alg": "PS256", "kid": "k1", "typ": "JOSE", "iss": "x", "iat": 1, "jti": "y", "é": [None]})
    assert jose.verify_attached(headed(header), KEYS)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('{"alg":"PS256","kid":"k1"}', "crit"),
        ('{"alg":"PS256","kid":"k1","b64":false}', "crit"),
        ('{"alg":"PS256","kid":"k1","b64":true,"crit":["b64"]}', "crit"),
        ('{"alg":"PS256","kid":"k1","b64":0,"crit":["b64"]}', "crit"),
        ('{"alg":"PS256","kid":"k1","b64":"false","crit":["b64"]}', "crit"),
        ('{"alg":"PS256","kid":"k1","crit":["b64"]}', "crit"),
        ('{"alg":"PS256","kid":"k1","b64":false,"crit":["b64","b64"]}', "crit"),
        ('{"alg":"PS256","kid":"k1","b64":false,"crit":["b64","exp"],"exp":1}', "crit"),
    ],
)
def test_the_unencoded_reading_asks_for_b64_in_crit(header: str, expected: str) -> None:
    first = jose.b64url(header.encode())
    for signing_input in (first.encode() + b"." + PAYLOAD, f"{first}.{jose.b64url(PAYLOAD)}".encode()):
        token = f"{first}..{jose.b64url(jose.raw_sign(KEY, signing_input, 'PS256'))}"
        with pytest.raises(jose.JoseError) as caught:
            jose.verify_detached(token, PAYLOAD, KEYS, b64=False)
        assert caught.value.code == expected


@pytest.mark.parametrize("alg", ["PS256;salt=0", "PS256;salt=20", "PS256;salt=64", "PS384", "RS256"])
def test_a_signature_of_another_make_under_the_name_ps256_is_refused(alg: str) -> None:
    first, middle = jose.b64url(GOOD.encode()), jose.b64url(PAYLOAD)
    signature = jose.raw_sign(KEY, f"{first}.{middle}".encode(), alg)
    assert code(f"{first}.{middle}.{jose.b64url(signature)}") == "signature"


@given(data=st.binary(max_size=64))
@settings(derandomize=True, deadline=None, database=None)
def test_base64url_has_one_spelling(data: bytes) -> None:
    text = jose.b64url(data)
    assert jose.unb64url(text) == data
    for other in (f"{text}=", f"{text}A", f"{text}\n", text.translate({ord("-"): "+", ord("_"): "/"})):
        with contextlib.suppress(jose.JoseError):
            assert other == text or jose.unb64url(other) != data


@given(text=st.text(max_size=200) | st.binary(max_size=100).map(lambda data: f"{jose.b64url(data)}.a.b"))
@settings(derandomize=True, deadline=None, database=None, max_examples=300)
def test_describing_a_token_never_raises_and_is_one_line(text: str) -> None:
    assert jose.describe(text).isprintable()
    with contextlib.suppress(jose.JoseError):
        jose.protected_header(text)


def test_a_description_shows_the_header_and_the_lengths() -> None:
    assert jose.describe(jose.sign_detached(KEY, b"x")) == '{"alg":"PS256","kid":"k1"} + parts of 0, 342 characters'
    assert "no header" in jose.describe("nonsense")
    assert len(jose.describe("." * 100_000)) < 300


def _with_unused_bit(text: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(text) % 4 in (2, 3)
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]
