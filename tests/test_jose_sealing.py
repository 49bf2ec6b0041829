"""JWE: made and read back, against the bare primitives, and everything else refused."""

from __future__ import annotations

import json
import os
import zlib
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import jose

KEY = jose.PrivateKey.generate(kid="dc")
OTHER = jose.PrivateKey.generate(kid="dc")
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
HEADER: dict[str, object] = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "dc"}
PLAINTEXT = b'{"account_id":"1"}'
quick = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def by_hand(
    header: object = HEADER, *, cek: bytes = b"k" * 32, iv: bytes = b"i" * 12, plaintext: bytes = PLAINTEXT
) -> str:
    """A JWE of the bare primitives (RFC 7516 section 5.1) with any header."""
    first = jose.b64url(header if isinstance(header, bytes) else json.dumps(header).encode())
    sealed = AESGCM(cek).encrypt(iv, plaintext, first.encode())
    wrapped = KEY.rsa.public_key().encrypt(cek, OAEP)
    return ".".join([first, *map(jose.b64url, (wrapped, iv, sealed[:-16], sealed[-16:]))])


def refused(token: str, key: jose.PrivateKey = KEY) -> str:
    with pytest.raises(jose.JoseError) as caught:
        jose.decrypt(token, key)
    assert str(caught.value).isprintable()
    return caught.value.code


@quick
@given(plaintext=st.binary(max_size=400))
def test_what_is_encrypted_opens_with_its_key_only(plaintext: bytes) -> None:
    token = jose.encrypt(plaintext, KEY.public(), header={"cty": "json"})

    found = jose.decrypt(token, KEY)

    assert found.plaintext == plaintext
    assert found.header == {**HEADER, "cty": "json"}
    assert refused(token, OTHER) == "key"


def test_the_bare_primitives_open_what_is_encrypted() -> None:
    token = jose.encrypt(PLAINTEXT, KEY.public())
    first, wrapped, iv, sealed, tag = token.split(".")
    cek = KEY.rsa.decrypt(jose.unb64url(wrapped), OAEP)

    assert (
        AESGCM(cek).decrypt(jose.unb64url(iv), jose.unb64url(sealed) + jose.unb64url(tag), first.encode()) == PLAINTEXT
    )
    found = jose.decrypt(token, KEY)
    assert found.content_key_sha256 == sha256(cek).hexdigest()
    assert found.iv == iv


def test_what_the_bare_primitives_encrypt_opens() -> None:
    assert jose.decrypt(by_hand(), KEY).plaintext == PLAINTEXT
    assert jose.decrypt(by_hand(plaintext=b""), KEY).plaintext == b""


def test_each_encryption_has_a_fresh_key_and_iv() -> None:
    found = [jose.decrypt(jose.encrypt(PLAINTEXT, KEY.public()), KEY) for _ in range(4)]
    assert len({each.content_key_sha256 for each in found}) == 4
    assert len({each.iv for each in found}) == 4


@pytest.mark.parametrize("kid", ["another", None])
def test_the_kid_is_reported_and_not_judged(kid: str | None) -> None:
    header = {name: value for name, value in {**HEADER, "kid": kid}.items() if value is not None}
    assert jose.decrypt(by_hand(header), KEY).header.get("kid") == kid


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({**HEADER, "alg": "RSA-OAEP"}, "alg"),
        ({**HEADER, "alg": "RSA1_5"}, "alg"),
        ({**HEADER, "alg": "dir"}, "alg"),
        ({**HEADER, "alg": "rsa-oaep-256"}, "alg"),
        ({**HEADER, "alg": None}, "alg"),
        ({**HEADER, "enc": "A128GCM"}, "alg"),
        ({**HEADER, "enc": "a256gcm"}, "alg"),
        ({**HEADER, "enc": ["A256GCM"]}, "alg"),
        ({"alg": "RSA-OAEP-256", "kid": "dc"}, "alg"),
        ({"enc": "A256GCM", "kid": "dc"}, "alg"),
        ({**HEADER, "kid": 7}, "kid"),
        ({**HEADER, "kid": ""}, "kid"),
        ({**HEADER, "zip": "DEF"}, "zip"),
        ({**HEADER, "zip": ""}, "zip"),
        ({**HEADER, "crit": ["exp"], "exp": 1}, "crit"),
        ({**HEADER, "crit": []}, "crit"),
        ({**HEADER, "crit": ["b64"], "b64": True}, "crit"),
        (b'{"alg":"RSA-OAEP-256","alg":"RSA-OAEP-256","enc":"A256GCM","kid":"dc"}', "duplicate"),
        (b'{"alg":"RSA-OAEP-256","enc":"A256GCM","enc":"A256GCM","kid":"dc"}', "duplicate"),
        (b"[]", "malformed"),
        (b"", "malformed"),
    ],
)
def test_another_header_over_healthy_content_is_refused(header: object, expected: str) -> None:
    assert refused(by_hand(header)) == expected


def test_compressed_content_is_refused_before_it_unfolds() -> None:
    bomb = zlib.compress(b"\0" * 10_000_000)[2:-4]
    assert refused(by_hand({**HEADER, "zip": "DEF"}, plaintext=bomb)) == "zip"


def test_a_content_key_or_iv_of_another_length_is_refused() -> None:
    assert refused(by_hand(cek=b"k" * 16)) == "key"
    assert refused(by_hand(cek=b"k" * 24)) == "key"
    assert refused(by_hand(iv=b"i" * 16)) == "malformed"
    assert refused(by_hand(iv=b"i" * 8)) == "malformed"


@pytest.mark.parametrize("size", [0, 4, 12, 15])
def test_a_shortened_tag_is_refused(size: int) -> None:
    *parts, tag = by_hand().split(".")
    assert refused(".".join([*parts, jose.b64url(jose.unb64url(tag)[:size])])) == "malformed"


@pytest.mark.parametrize("part", range(5))
def test_no_part_can_be_empty_left_out_doubled_or_padded(part: int) -> None:
    parts = by_hand().split(".")
    for changed in (
        [*parts[:part], "", *parts[part + 1 :]],
        [*parts[:part], *parts[part + 1 :]],
        [*parts[:part], parts[part], *parts[part:]],
        [*parts[:part], f"{parts[part]}=", *parts[part + 1 :]],
        [*parts[:part], f"{parts[part]} ", *parts[part + 1 :]],
    ):
        refused(".".join(changed))


def test_a_key_wrapped_to_another_length_is_refused() -> None:
    first, _, *rest = by_hand().split(".")
    for size in (1, 255, 257, 512, 100_000):
        assert refused(".".join([first, jose.b64url(os.urandom(size)), *rest])) == "key"


def test_no_single_bit_can_change() -> None:
    token = by_hand()
    for place, character in enumerate(token):
        for bit in range(8):
            refused(token[:place] + chr(ord(character) ^ 1 << bit) + token[place + 1 :])


@settings(quick, max_examples=200)
@given(token=st.text(max_size=80) | st.text(".AQab_-", max_size=80))
def test_any_text_at_all_is_only_ever_refused(token: str) -> None:
    refused(token)


def test_a_json_serialization_is_refused() -> None:
    names = ("protected", "encrypted_key", "iv", "ciphertext", "tag")
    assert refused(json.dumps(dict(zip(names, by_hand().split("."), strict=True)))) == "malformed"


def test_a_signature_is_no_encryption() -> None:
    assert refused(jose.sign_attached(KEY, PLAINTEXT)) == "malformed"
