"""PS256 signatures: made and read back, against the bare primitives, and no change that survives."""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import jose

KEY = jose.PrivateKey.generate()
OTHER = jose.PrivateKey.generate()
KEYS = jose.KeySet((KEY.public(), OTHER.public()))
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=60)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
# Members with a meaning of their own would be refused or checked for form.
MEANT = {"alg", "kid", "crit", "b64", "zip", "enc", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty"}
headers = st.dictionaries(st.text(max_size=8).filter(lambda name: name not in MEANT), json_values, max_size=4)


def refused(token: str, payload: bytes | None = None, *, b64: bool = True, keys: jose.KeySet = KEYS) -> str:
    """The code with which an attached token, or one detached from a payload, is refused."""
    with pytest.raises(jose.JoseError) as caught:
        jose.verify_attached(token, keys) if payload is None else jose.verify_detached(token, payload, keys, b64=b64)
    assert "\n" not in str(caught.value)
    return caught.value.code


@quick
@given(payload=st.binary(max_size=300), header=headers, b64=st.booleans())
def test_what_is_signed_detached_verifies_and_carries_no_payload(
    payload: bytes, header: dict[str, object], b64: bool
) -> None:
    token = jose.sign_detached(KEY, payload, header=header, b64=b64)

    assert token.split(".")[1] == ""
    found = jose.verify_detached(token, payload, KEYS, b64=b64)
    assert found.payload == payload
    assert {**header, "alg": "PS256", "kid": KEY.kid} == {
        name: value for name, value in found.header.items() if b64 or name not in ("b64", "crit")
    }
    assert refused(token, payload + b"x", b64=b64) == "signature"
    assert refused(token, payload, b64=not b64) == "crit"


@quick
@given(payload=st.binary(max_size=300), header=headers)
def test_what_is_signed_attached_verifies_and_yields_its_payload(payload: bytes, header: dict[str, object]) -> None:
    token = jose.sign_attached(KEY, payload, header=header)

    found = jose.verify_attached(token, KEYS)

    assert found.payload == payload
    assert found.header == {**header, "alg": "PS256", "kid": KEY.kid}
    assert jose.protected_header(token) == found.header


def test_the_signature_is_pss_over_the_rfc_7515_signing_input() -> None:
    payload = b'{"a": 1}\n'
    first, _, last = jose.sign_detached(KEY, payload).split(".")
    KEY.rsa.public_key().verify(jose.unb64url(last), f"{first}.{jose.b64url(payload)}".encode(), PSS, hashes.SHA256())


def test_the_unencoded_signature_is_over_the_payload_itself() -> None:
    payload = b"\x00raw.bytes\xff"
    first, _, last = jose.sign_detached(KEY, payload, b64=False).split(".")
    KEY.rsa.public_key().verify(jose.unb64url(last), first.encode() + b"." + payload, PSS, hashes.SHA256())
    assert json.loads(jose.unb64url(first)) == {"alg": "PS256", "kid": KEY.kid, "b64": False, "crit": ["b64"]}


def test_a_token_made_by_hand_from_the_primitives_verifies() -> None:
    header, payload = json.dumps({"kid": KEY.kid, "alg": "PS256"}, indent=1).encode(), b"by hand"
    signed = f"{jose.b64url(header)}.{jose.b64url(payload)}".encode()
    signature = KEY.rsa.sign(signed, PSS, hashes.SHA256())

    assert jose.verify_attached(jose.assemble(header, payload, signature, detached=False), KEYS).payload == payload
    assert jose.verify_detached(jose.assemble(header, payload, signature, detached=True), payload, KEYS)


def test_two_signatures_of_one_message_differ() -> None:
    assert jose.sign_detached(KEY, b"same") != jose.sign_detached(KEY, b"same")


@pytest.mark.parametrize("payload", [b"the payload", b"another"])
def test_an_attached_token_never_passes_for_a_detached_one(payload: bytes) -> None:
    assert refused(jose.sign_attached(KEY, b"the payload"), payload) == "malformed"


def test_a_detached_token_does_not_pass_for_an_attached_one() -> None:
    assert refused(jose.sign_detached(KEY, b"payload")) == "signature"
    assert jose.verify_attached(jose.sign_detached(KEY, b""), KEYS).payload == b"", "nothing was left out of this one"


def test_the_key_is_the_one_that_kid_names_and_no_other() -> None:
    assert refused(jose.sign_attached(OTHER, b"x", header={"kid": KEY.kid})) == "signature"
    assert refused(jose.sign_attached(KEY, b"x"), keys=jose.KeySet((OTHER.public(),))) == "kid"
    assert refused(jose.sign_attached(KEY, b"x"), keys=jose.KeySet()) == "kid"


@pytest.mark.parametrize("b64", [True, False])
def test_no_single_bit_of_a_detached_token_or_its_payload_can_change(b64: bool) -> None:
    payload = b'{"status":"authorized"}'
    token = jose.sign_detached(KEY, payload, b64=b64)
    jose.verify_detached(token, payload, KEYS, b64=b64)

    for changed in single_bits(token.encode()):
        refused(changed.decode("latin-1"), payload, b64=b64)
    for changed in single_bits(payload):
        assert refused(token, changed, b64=b64) == "signature"


def test_no_single_bit_of_an_attached_token_can_change() -> None:
    token = jose.sign_attached(KEY, b'{"status":"authorized"}')
    jose.verify_attached(token, KEYS)

    for changed in single_bits(token.encode()):
        refused(changed.decode("latin-1"))


@quick
@given(data=st.data())
def test_no_cut_insertion_or_exchange_in_a_token_verifies(data: st.DataObject) -> None:
    token = jose.sign_attached(KEY, b"some payload")
    start = data.draw(st.integers(0, len(token)))
    end = data.draw(st.integers(start, min(len(token), start + 4)))
    changed = token[:start] + data.draw(st.text("ABab01-_.=+/ \n\x00é", max_size=4)) + token[end:]
    if changed != token:
        refused(changed)


@settings(quick, max_examples=300)
@given(token=st.text(max_size=80) | st.text(".eyJhbGciOiJQUzI1NiJ9{}=", max_size=60))
def test_any_text_at_all_is_only_ever_refused(token: str) -> None:
    refused(token)
    refused(token, b"payload")
    refused(token, b"payload", b64=False)


def test_the_bare_primitive_would_notice_what_these_tests_rely_on() -> None:
    with pytest.raises(InvalidSignature):
        KEY.rsa.public_key().verify(jose.raw_sign(KEY, b"a", "PS256"), b"b", PSS, hashes.SHA256())


def single_bits(data: bytes) -> list[bytes]:
    """Every way to change one bit."""
    return [
        data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
        for place in range(len(data))
        for bit in range(8)
    ]
