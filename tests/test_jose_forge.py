"""Forgeries: exactly the parts that are asked for, in the algorithms that an attacker would use."""

from __future__ import annotations

import hmac
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate

from conformance import jose
from tests.support.pki import pki

KEY = jose.PrivateKey.generate()
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


@pytest.mark.parametrize("size", HASHES)
def test_raw_signatures_are_of_their_algorithm(size: str) -> None:
    digest = HASHES[size]
    public = KEY.rsa.public_key()
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
    public.verify(jose.raw_sign(KEY, b"input", f"RS{size}"), b"input", padding.PKCS1v15(), digest)
    public.verify(jose.raw_sign(KEY, b"input", f"PS{size}"), b"input", pss, digest)
    with pytest.raises(InvalidSignature):
        public.verify(jose.raw_sign(KEY, b"input", f"RS{size}"), b"input", pss, digest)


@pytest.mark.parametrize("salt", [0, 1, 20, 64, 222])
def test_the_salt_has_the_length_that_is_asked_for(salt: int) -> None:
    made = jose.raw_sign(KEY, b"input", f"PS256;salt={salt}")
    public = KEY.rsa.public_key()
    public.verify(made, b"input", padding.PSS(padding.MGF1(hashes.SHA256()), salt), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(made, b"input", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())


@pytest.mark.parametrize("size", HASHES)
def test_hmacs_are_of_their_algorithm(size: str) -> None:
    assert jose.hmac_sign(b"key", b"input", f"HS{size}") == hmac.digest(b"key", b"input", f"sha{size}")


@pytest.mark.parametrize("alg", ["", "none", "PS", "PS1", "PS224", "ES256", "HS256", "ps256", "PS256;salt=x"])
def test_other_signature_algorithms_are_refused(alg: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        jose.raw_sign(KEY, b"input", alg)


@pytest.mark.parametrize("alg", ["", "none", "HS", "HS1", "HS224", "XX256", "PS256"])
def test_other_hmac_algorithms_are_refused(alg: str) -> None:
    with pytest.raises(ValueError, match="HMAC"):
        jose.hmac_sign(b"key", b"input", alg)


def test_any_parts_are_put_together_unexamined() -> None:
    assert jose.assemble(b"not json", b"\xff", b"", detached=False) == "bm90IGpzb24._w."
    assert jose.assemble(b"", b"payload", b"s", detached=True) == "..cw"


def test_the_public_key_as_hmac_secret_is_refused() -> None:
    """The classical confusion of a verifier that takes alg from the token (RFC 8725 section 2.1)."""
    header = b'{"alg":"HS256","kid":"k"}'
    signed = f"{jose.b64url(header)}.{jose.b64url(b'x')}".encode()
    secret = str(KEY.public().to_jwk("sig")["n"]).encode()
    token = jose.assemble(header, b"x", jose.hmac_sign(secret, signed, "HS256"), detached=False)
    with pytest.raises(jose.JoseError) as caught:
        jose.verify_attached(token, jose.KeySet((KEY.public(),)))
    assert caught.value.code == "alg"


@pytest.mark.parametrize("name", ["512", "384"])
def test_the_mask_may_have_another_hash(name: str) -> None:
    made = jose.raw_sign(KEY, b"input", f"PS256;mgf={name}")
    padded = padding.PSS(padding.MGF1(HASHES[name]), 32)

    KEY.rsa.public_key().verify(made, b"input", padded, hashes.SHA256())


def test_the_longest_salt_is_the_longest() -> None:
    made = jose.raw_sign(KEY, b"input", "PS256;salt=max")

    KEY.rsa.public_key().verify(
        made, b"input", padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH), hashes.SHA256()
    )


@pytest.mark.parametrize(
    ("alg", "words"), [("PS1", "no RSA signature algorithm: PS1"), ("", "no RSA signature algorithm: ")]
)
def test_an_algorithm_that_is_none_is_named(alg: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}$"):
        jose.raw_sign(KEY, b"input", alg)


@pytest.mark.parametrize("attached", [True, False])
def test_a_header_is_signed_as_it_is_given(*, attached: bool) -> None:
    header = {"alg": "PS256", "kid": KEY.kid, "x": "é"}

    token = jose.sign_with(KEY, header, b"payload", attached=attached)

    keys = jose.KeySet((KEY.public(),))
    seen = jose.verify_attached(token, keys) if attached else jose.verify_detached(token, b"payload", keys)
    assert (seen.header, seen.payload) == (header, b"payload")


def test_a_payload_may_be_signed_unencoded() -> None:
    header = {"alg": "PS256", "kid": KEY.kid, "b64": False, "crit": ["b64"]}

    token = jose.sign_with(KEY, header, b"payload", attached=False, b64=False)

    assert jose.verify_detached(token, b"payload", jose.KeySet((KEY.public(),)), b64=False).payload == b"payload"


@pytest.mark.parametrize(("alg", "length"), [("ES256", 64), ("EdDSA", 64)])
def test_signatures_of_unknown_keys_have_their_shape(alg: str, length: int) -> None:
    made = [jose.sign_otherwise(b"input", alg) for _ in range(20)]

    assert {len(each) for each in made} == {length}
    # The last byte is the highest of EdDSA's number below 2^252.. and the lowest of ES256's (RFC 8032 section 5.1.6).
    assert all(each[-1] <= 0x10 for each in made) is (alg == "EdDSA")
    assert len(set(made)) == 20


def test_a_chosen_content_key_and_iv_are_those_of_the_token() -> None:
    content_key, iv = b"k" * 32, b"i" * 12

    token = jose.encrypt_with(b"plain", KEY.public(), content_key, iv)

    opened = jose.decrypt(token, KEY)
    assert (opened.plaintext, opened.iv) == (b"plain", jose.b64url(iv))
    assert opened.content_key_sha256 == hashes_hex(content_key)
    assert opened.header == {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": KEY.kid}


def hashes_hex(data: bytes) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize().hex()


def test_a_public_key_in_every_form_is_that_key() -> None:
    certificate = pki().certificate("paynet-sig").read_bytes()
    key = jose.PublicKey.from_certificate(certificate)
    n, e = key.numbers

    def numbers(form: str) -> tuple[int, int]:
        load = serialization.load_der_public_key if form == "der" else serialization.load_pem_public_key
        found = load(jose.public_bytes(key, form))
        assert isinstance(found, rsa.RSAPublicKey)
        return found.public_numbers().n, found.public_numbers().e

    assert {numbers(each) for each in ("pem", "stripped-pem", "pkcs1-pem", "der")} == {(n, e)}
    assert jose.public_bytes(key, "pem").startswith(b"-----BEGIN PUBLIC KEY-----")
    assert jose.public_bytes(key, "pkcs1-pem").startswith(b"-----BEGIN RSA PUBLIC KEY-----")
    assert jose.public_bytes(key, "pem") == jose.public_bytes(key, "stripped-pem") + b"\n"
    assert json.loads(jose.public_bytes(key, "jwk")) == key.to_jwk("sig")
    assert jose.public_bytes(key, "n").decode() == key.to_jwk("sig")["n"]
    assert jose.public_bytes(key, "n-bytes") == n.to_bytes(256)
    assert jose.public_bytes(key, "empty") == b""
    shown = jose.public_bytes(key, "certificate")
    assert load_pem_x509_certificate(shown) == load_pem_x509_certificate(certificate)
    assert jose.public_bytes(KEY.public(), "certificate") == jose.public_bytes(KEY.public(), "pem")
    with pytest.raises(KeyError):
        jose.public_bytes(key, "xml")


@pytest.mark.parametrize(
    ("token", "line"),
    [
        ("eyJhIjoxfQ.YQ.Yg", '{"a":1} + parts of 2, 2 characters'),
        ("eyJhIjoxfQ", '{"a":1} + parts of none characters'),
        ("!..", "no header (not base64url without padding) + parts of 0, 0 characters"),
        ("eyJhIjoxfQ." + "." * 20, '{"a":1} + parts of 0, 0, 0, 0, 0, 0, 0 characters'),
        (jose.b64url('{"a":"é"}'.encode()), '{"a":"\\u00e9"} + parts of none characters'),
        (jose.b64url(b'{"a":"%s"}' % (b"x" * 992)), '{"a":"' + "x" * 992 + '"} + parts of none characters'),
        (jose.b64url(b'{"a":"%s"}' % (b"x" * 993)), '{"a":"' + "x" * 993 + '"... + parts of none characters'),
        (jose.b64url(b'{"a":"%s"}' % (b"x" * 2000)), '{"a":"' + "x" * 994 + "... + parts of none characters"),
    ],
)
def test_a_token_is_told_in_one_line(token: str, line: str) -> None:
    assert jose.describe(token) == line
