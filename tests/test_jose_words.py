"""What a refusal says: its code and its words, which the reports quote."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from conformance import jose
from conformance.jose.compact import (
    MAX_HEADER,
    MAX_TOKEN,
    examined,
    object_from,
    protected_header,
    shown,
    split,
    unb64url,
)
from tests.support.pki import pki

KEY, OTHER = jose.PrivateKey.generate(kid="k1"), jose.PrivateKey.generate(kid="k2")
KEYS = jose.KeySet((KEY.public(),))
BODY = b'{"a":1}'
SHORT = jose.PublicKey.from_pem(
    KEY.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "k1"
).to_jwk("sig")
EC = ec.generate_private_key(ec.SECP256R1())
PLAIN = KEY.rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
LOCKED = KEY.rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"right"))


def attached(header: object) -> str:
    return f"{jose.b64url(json.dumps(header).encode())}.YQ.YQ"


def verified(header: object, *, b64: bool = True) -> Callable[[], object]:
    token = attached(header).replace(".YQ.", "..")
    return lambda: jose.verify_detached(token, b"a", KEYS, b64=b64)


def sealed(**members: object) -> Callable[[], object]:
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "k1", **members}
    return lambda: jose.decrypt(f"{jose.b64url(json.dumps(header).encode())}.YQ.YQ.YQ.YQ", KEY)


GOOD = {"alg": "PS256", "kid": "k1"}
OPENED = jose.encrypt(BODY, KEY.public())
NOT_OPENED = jose.encrypt(BODY, OTHER.public())
REFUSALS: dict[str, tuple[Callable[[], object], str, str]] = {
    "padding": (lambda: unb64url("YQ=="), "malformed", "not base64url without padding"),
    "length": (lambda: unb64url("YWFhY"), "malformed", "not base64url: its length is impossible"),
    "left over": (lambda: unb64url("YR"), "malformed", "not canonical base64url: left-over bits are set"),
    "long": (
        lambda: split("a" * (MAX_TOKEN + 1), 3),
        "oversized",
        f"the token has more than {MAX_TOKEN} characters",
    ),
    "parts": (lambda: split("a.b", 3), "malformed", "a compact serialization of 2 part(s) instead of 3"),
    "no JSON": (lambda: object_from(b"\xff", "thing"), "malformed", "the thing is not JSON in UTF-8"),
    "no object": (lambda: object_from(b"[]", "thing"), "malformed", "the thing is not a JSON object"),
    "deep": (
        lambda: object_from(b'{"a":' * 17 + b"1" + b"}" * 17, "thing"),
        "malformed",
        "the thing is nested too deeply",
    ),
    "twice": (lambda: object_from(b'{"a":1,"a":1}', "thing"), "duplicate", "the member 'a' stands twice"),
    "not a number": (lambda: object_from(b'{"a":NaN}', "thing"), "malformed", "the thing is not JSON in UTF-8"),
    "infinite": (lambda: object_from(b'{"a":1e999}', "thing"), "malformed", "the thing is not JSON in UTF-8"),
    "long header": (
        lambda: protected_header("a" * (MAX_HEADER + 1)),
        "oversized",
        f"the header has more than {MAX_HEADER} characters",
    ),
    "header": (lambda: protected_header("W10.."), "malformed", "the protected header is not a JSON object"),
    "alg": (verified({**GOOD, "alg": "none"}), "alg", "alg 'none' is not PS256"),
    "algs": (lambda: examined({"alg": "C"}, ("A", "B")), "alg", "alg 'C' is not A or B"),
    "zip": (verified({**GOOD, "zip": "DEF"}), "zip", "compressed content is not accepted"),
    "no kid": (verified({"alg": "PS256"}), "kid", "the header names no kid"),
    "crit": (verified({**GOOD, "crit": "b64"}), "crit", "crit is not a list of names"),
    "strange": (verified({**GOOD, "crit": ["x"]}), "crit", "crit names what is not understood here: ['x']"),
    "twice in crit": (
        verified({**GOOD, "b64": False, "crit": ["b64", "b64"]}, b64=False),
        "crit",
        "crit gives a name twice",
    ),
    "b64": (verified({**GOOD, "b64": True}), "crit", "b64 without crit (RFC 7797 section 6)"),
    "encoded": (verified(GOOD, b64=False), "crit", "the payload is to be unencoded, and b64 is not false"),
    "payload": (
        lambda: jose.verify_detached(attached(GOOD), b"a", KEYS),
        "malformed",
        "a detached JWS has an empty second part",
    ),
    "unknown": (verified({**GOOD, "kid": "k9"}), "kid", "no registered signing key has the kid 'k9'"),
    "use": (
        lambda: jose.verify_attached(attached(GOOD), jose.KeySet.from_jwks({"keys": [KEY.public().to_jwk("enc")]})),
        "key",
        "the key 'k1' is registered for another use than PS256",
    ),
    "signature": (verified(GOOD), "signature", "the signature does not verify with the key 'k1'"),
    "enc": (sealed(enc="A128GCM"), "alg", "enc 'A128GCM' is not A256GCM"),
    "key encryption": (sealed(alg="RSA-OAEP"), "alg", "alg 'RSA-OAEP' is not RSA-OAEP-256"),
    "IV": (sealed(), "malformed", "an IV of 1 bytes and a tag of 1 instead of 12 and 16"),
    "ciphertext": (
        lambda: jose.decrypt(".".join([*OPENED.split(".")[:3], "YR", OPENED.split(".")[4]]), KEY),
        "malformed",
        "not canonical base64url: left-over bits are set",
    ),
    "wrapped key": (
        lambda: jose.decrypt(".".join([OPENED.split(".")[0], "YR", *OPENED.split(".")[2:]]), KEY),
        "malformed",
        "not canonical base64url: left-over bits are set",
    ),
    "sealed for another": (lambda: jose.decrypt(NOT_OPENED, KEY), "key", "it does not open with the key 'k1'"),
    "large set": (
        lambda: jose.KeySet.from_jwks(" " * ((1 << 20) + 1)),
        "oversized",
        "the JWKS document is too large",
    ),
    "set": (lambda: jose.KeySet.from_jwks("[]"), "malformed", "the JWKS document is not a JSON object"),
    "no keys": (lambda: jose.KeySet.from_jwks("{}"), "malformed", "the JWKS document has no list `keys`"),
    "two keys": (
        lambda: jose.KeySet.from_jwks({"keys": [SHORT, {**OTHER.public().to_jwk("sig"), "kid": "k1"}]}),
        "duplicate",
        "two keys have the kid 'k1'",
    ),
    "no PEM": (lambda: jose.PublicKey.from_pem(b"x"), "key", "no PEM public key"),
    "no certificate": (
        lambda: jose.PublicKey.from_certificate(b"x"),
        "key",
        "no PEM certificate of a usable key",
    ),
    "EC": (
        lambda: jose.PublicKey.from_pem(EC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
        "key",
        "no RSA key",
    ),
    "no RSA JWK": (lambda: jose.PublicKey.from_jwk({"kty": "EC"}), "key", "no RSA JWK"),
    "kid": (lambda: jose.PublicKey.from_jwk({**SHORT, "kid": 1}), "key", "kid is not a text"),
    "even": (
        lambda: jose.PublicKey.from_jwk({**SHORT, "n": jose.b64url(b"\xff" * 255 + b"\xfe")}),
        "key",
        "the modulus n is even",
    ),
    "exponent": (
        lambda: jose.PublicKey.from_jwk({**SHORT, "e": "AQ"}),
        "key",
        "the numbers n and e make no RSA key",
    ),
    "size": (
        lambda: jose.PublicKey.from_jwk({**SHORT, "n": jose.b64url(b"\xff" * 128)}),
        "key",
        "an RSA key of 1024 bits; 2048 to 8192 are accepted",
    ),
    "locked": (lambda: jose.PrivateKey.from_pem(LOCKED), "key", "it is encrypted and no password is given"),
    "not locked": (lambda: jose.PrivateKey.from_pem(PLAIN, password=b"x"), "key", "it is not encrypted"),
    "password": (
        lambda: jose.PrivateKey.from_pem(LOCKED, password=b"x"),
        "key",
        "wrong password, or no PEM private key",
    ),
    "private EC": (
        lambda: jose.PrivateKey.from_pem(EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())),
        "key",
        "no RSA key",
    ),
    "certificate": (
        lambda: jose.PrivateKey.from_pem(PLAIN, certificate=pki().certificate("paynet-sig").read_bytes()),
        "key",
        "it does not belong to its certificate",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_says_what_is_wrong(name: str) -> None:
    act, code, words = REFUSALS[name]

    with pytest.raises(jose.JoseError) as caught:
        act()

    assert (caught.value.code, str(caught.value)) == (code, words)


@pytest.mark.parametrize(
    ("value", "text"),
    [("é", "'\\xe9'"), ("a" * 78, f"'{'a' * 78}'"), ("a" * 79, f"'{'a' * 76}..."), (None, "None")],
)
def test_a_value_is_quoted_shortly(value: object, text: str) -> None:
    assert shown(value) == text


def test_what_is_just_allowed_is_allowed() -> None:
    assert len(split("a" * (MAX_TOKEN - 2) + "..", 3)) == 3
    spaced = jose.b64url(b'{"a":1}' + b" " * (MAX_HEADER // 4 * 3 - 7))
    assert len(spaced) == MAX_HEADER
    assert protected_header(f"{spaced}..") == {"a": 1}
    assert protected_header(spaced) == {"a": 1}
    assert object_from(b'{"a":' * 16 + b"1" + b"}" * 16, "thing")
    keys = json.dumps({"keys": []})
    assert jose.KeySet.from_jwks(keys + " " * ((1 << 20) - len(keys))).keys == ()
    large = jose.PublicKey.from_jwk({**SHORT, "n": jose.b64url(b"\xff" * 1024)})
    assert large.numbers[0].bit_length() == 8192


def test_a_key_keeps_its_certificate() -> None:
    certificate = pki().certificate("paynet-sig").read_bytes()
    key = jose.PrivateKey.from_pem(pki().key("paynet-sig").read_bytes(), certificate=certificate)

    assert key.public().x5t_s256 == key.kid
    assert key.certificate == key.public().certificate != b""
    assert jose.PublicKey.from_pem(PLAIN_PUBLIC).certificate == b""


PLAIN_PUBLIC = KEY.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_key_without_certificate_has_none() -> None:
    key = jose.PrivateKey.from_pem(PLAIN)

    assert (key.certificate, key.public().certificate, key.rsa.key_size) == (b"", b"", 2048)
    assert key.kid == key.public().thumbprint
    assert jose.PrivateKey.generate().kid != jose.PrivateKey.generate().kid
    assert jose.PrivateKey.generate().rsa.key_size == 2048


def test_an_x5c_with_strange_letters_is_as_none() -> None:
    public = jose.PublicKey.from_certificate(pki().certificate("paynet-sig").read_bytes())
    document = public.to_jwk("sig")
    (chain,) = document["x5c"]  # type: ignore[misc]

    assert jose.PublicKey.from_jwk(document).certificate == public.certificate
    assert jose.PublicKey.from_jwk({**document, "x5c": [f"!{chain}"]}).certificate == b""


def test_an_empty_plaintext_opens_or_is_refused() -> None:
    with contextlib.suppress(jose.JoseError):
        assert jose.decrypt(jose.encrypt(b"", KEY.public()), KEY).plaintext == b""
