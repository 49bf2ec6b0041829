"""JOSE keys: from PEM, certificate, JWK and JWKS, with kid, thumbprints and what each is for."""

from __future__ import annotations

import base64
import json
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import jose
from tests.support.pki import pki

KEY = jose.PrivateKey.generate()
JWK = KEY.public().to_jwk("sig")
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def public_pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def refused(jwk: dict[str, object]) -> str:
    with pytest.raises(jose.JoseError) as caught:
        jose.PublicKey.from_jwk(jwk)
    return caught.value.code


def uint(number: int) -> str:
    return jose.b64url(number.to_bytes((number.bit_length() + 7) // 8))


def test_a_certified_key_has_its_certificates_thumbprint_as_kid() -> None:
    certificate = pki().certificate("dc-1-enc").read_bytes()
    der = x509.load_pem_x509_certificate(certificate).public_bytes(serialization.Encoding.DER)
    thumbprint = base64.urlsafe_b64encode(sha256(der).digest()).decode().rstrip("=")

    public = jose.PublicKey.from_certificate(certificate)
    private = jose.PrivateKey.from_pem(pki().key("dc-1-enc").read_bytes(), certificate=certificate)

    assert public.kid == public.x5t_s256 == private.kid == jose.x5t_s256(der) == thumbprint
    assert private.public() == public
    assert jose.PublicKey.from_certificate(certificate, kid="named").kid == "named"
    assert (
        jose.PrivateKey.from_pem(pki().key("dc-1-enc").read_bytes(), kid="named", certificate=certificate).kid
        == "named"
    )


def test_a_bare_key_has_its_rfc_7638_thumbprint_as_kid() -> None:
    public = jose.PublicKey.from_pem(public_pem_of(KEY.rsa))
    assert public.kid == public.thumbprint == KEY.kid == KEY.public().kid
    assert public.x5t_s256 == ""
    assert jose.PublicKey.from_pem(public_pem_of(KEY.rsa), kid="named").kid == "named"
    assert jose.PrivateKey.from_pem(pem_of(KEY.rsa)).kid == KEY.kid
    assert jose.PublicKey.from_jwk({name: JWK[name] for name in ("kty", "n", "e")}).kid == KEY.kid


def test_a_jwk_goes_there_and_back() -> None:
    certificate = pki().certificate("paynet-sig").read_bytes()
    public = jose.PublicKey.from_certificate(certificate)
    for use, alg in (("sig", "PS256"), ("enc", "RSA-OAEP-256")):
        jwk = public.to_jwk(use)
        back = jose.PublicKey.from_jwk(json.loads(json.dumps(jwk)))
        assert (jwk["use"], jwk["alg"], jwk["kid"], jwk["x5t#S256"]) == (use, alg, public.kid, public.kid)
        assert back == public
        assert back.certificate == public.certificate
        assert back.uses == {use}
    assert "x5c" not in KEY.public().to_jwk("sig")
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(KEY.public().to_jwk("sig"))


def test_a_private_key_does_not_print_itself() -> None:
    secret = uint(KEY.rsa.private_numbers().d)
    assert secret not in repr(KEY)
    assert repr(KEY) == f"PrivateKey(kid='{KEY.kid}')"


@pytest.mark.parametrize(
    ("pem", "password", "words"),
    [
        (b"", None, "no PEM private key"),
        (b"nonsense", None, "no PEM private key"),
        (public_pem_of(KEY.rsa), None, "no PEM private key"),
        (pem_of(KEY.rsa, b"right"), None, "encrypted"),
        (pem_of(KEY.rsa, b"right"), b"wrong", "wrong password"),
        (pem_of(KEY.rsa), b"needless", "not encrypted"),
        (pem_of(EC_KEY), None, "no RSA key"),
        (pem_of(rsa.generate_private_key(65537, 1024)), None, "1024 bits"),
    ],
)
def test_a_private_key_that_cannot_be_used_is_refused_in_words(pem: bytes, password: bytes | None, words: str) -> None:
    with pytest.raises(jose.JoseError, match=words) as caught:
        jose.PrivateKey.from_pem(pem, password=password)
    assert caught.value.code == "key"


def test_an_encrypted_private_key_opens_with_its_password() -> None:
    assert jose.PrivateKey.from_pem(pem_of(KEY.rsa, b"right"), password=b"right").kid == KEY.kid


def test_a_private_key_of_another_certificate_is_refused() -> None:
    with pytest.raises(jose.JoseError, match="does not belong"):
        jose.PrivateKey.from_pem(pem_of(KEY.rsa), certificate=pki().certificate("paynet-sig").read_bytes())


@pytest.mark.parametrize(
    "pem", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", pem_of(KEY.rsa)]
)
def test_what_is_no_certificate_or_public_key_is_refused(pem: bytes) -> None:
    for read in (jose.PublicKey.from_certificate, jose.PublicKey.from_pem):
        with pytest.raises(jose.JoseError) as caught:
            read(pem)
        assert caught.value.code == "key"


def test_an_ec_key_or_certificate_is_refused() -> None:
    with pytest.raises(jose.JoseError, match="no RSA key"):
        jose.PublicKey.from_certificate(pki().certificate("paynet-tls").read_bytes())
    with pytest.raises(jose.JoseError, match="no RSA key"):
        jose.PublicKey.from_pem(public_pem_of(EC_KEY))


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"kty": "rsa"},
        {"kty": None},
        {"n": None},
        {"n": 5},
        {"n": ""},
        {"n": f"{JWK['n']}="},
        {"n": uint(2**2047)},
        {"n": uint(2**1023 + 1)},
        {"n": uint(2**9000 + 1)},
        {"e": None},
        {"e": ""},
        {"e": uint(1)},
        {"e": uint(2)},
        {"e": uint(65536)},
        {"e": uint(2**3000 + 1)},
        {"kid": 5},
        {"kid": ["k"]},
    ],
)
def test_a_jwk_that_makes_no_sound_rsa_key_is_refused(change: dict[str, object]) -> None:
    assert refused({**JWK, **change}) in ("key", "malformed")


@pytest.mark.parametrize(
    ("narrowing", "uses"),
    [
        ({}, {"sig", "enc"}),
        ({"use": "sig"}, {"sig"}),
        ({"use": "enc"}, {"enc"}),
        ({"use": "SIG"}, set()),
        ({"use": ["sig"]}, set()),
        ({"alg": "PS256"}, {"sig"}),
        ({"alg": "RSA-OAEP-256"}, {"enc"}),
        ({"alg": "PS512"}, set()),
        ({"alg": "RS256", "use": "sig"}, set()),
        ({"alg": "RSA-OAEP", "use": "enc"}, set()),
        ({"key_ops": ["verify"]}, {"sig"}),
        ({"key_ops": ["wrapKey"]}, {"enc"}),
        ({"key_ops": ["encrypt", "verify"]}, {"sig", "enc"}),
        ({"key_ops": ["sign"]}, set()),
        ({"key_ops": "verify"}, set()),
        ({"key_ops": ["verify"], "use": "enc"}, set()),
    ],
)
def test_use_alg_and_key_ops_say_what_a_jwk_is_for(narrowing: dict[str, object], uses: set[str]) -> None:
    bare = {name: JWK[name] for name in ("kty", "kid", "n", "e")}
    assert jose.PublicKey.from_jwk({**bare, **narrowing}).uses == uses

    keys = jose.KeySet.from_jwks({"keys": [{**bare, **narrowing}]})
    assert len(keys.keys) == bool(uses)
    token = jose.sign_attached(KEY, b"x")
    if "sig" in uses:
        assert jose.verify_attached(token, keys)
    else:
        with pytest.raises(jose.JoseError) as caught:
            jose.verify_attached(token, keys)
        assert caught.value.code == ("key" if uses else "kid")


@pytest.mark.parametrize("x5c", ["text", [], [5], ["?"], ["AAAA"], [None], "ec", "another"])
def test_an_x5c_of_anything_but_the_key_itself_is_as_none(x5c: object) -> None:
    names = {"ec": "paynet-tls", "another": "paynet-sig"}
    if isinstance(x5c, str) and x5c in names:
        certificate = x509.load_pem_x509_certificate(pki().certificate(names[x5c]).read_bytes())
        x5c = [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()]
    key = jose.PublicKey.from_jwk({**JWK, "x5c": x5c})
    assert key.certificate == b""
    assert key.x5t_s256 == ""


def test_a_key_set_passes_over_what_it_cannot_use() -> None:
    members = [
        {"kty": "EC", "kid": "ec", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "oct", "kid": KEY.kid, "k": "AAAA"},
        {"kty": "RSA", "kid": "short", "n": uint(2**1023 + 1), "e": "AQAB"},
        {},
        "text",
        None,
        7,
        [],
        JWK,
    ]
    keys = jose.KeySet.from_jwks({"keys": members})
    assert [key.kid for key in keys.keys] == [KEY.kid]
    assert keys.find(KEY.kid) == KEY.public()
    assert keys.find("ec") is None
    assert keys.find("") is None
    assert keys.to_jwks() == {"keys": [JWK]}


def test_a_key_set_reads_bytes_text_and_objects_alike() -> None:
    text = json.dumps({"keys": [JWK], "else": 1})
    assert (
        jose.KeySet.from_jwks(text) == jose.KeySet.from_jwks(text.encode()) == jose.KeySet.from_jwks(json.loads(text))
    )
    assert jose.KeySet.from_jwks('{"keys":[]}').keys == ()


def test_two_keys_of_one_kid_are_refused_and_one_key_twice_is_one_for_both_uses() -> None:
    other = jose.PrivateKey.generate(kid=KEY.kid).public()
    with pytest.raises(jose.JoseError) as caught:
        jose.KeySet.from_jwks({"keys": [JWK, other.to_jwk("enc")]})
    assert caught.value.code == "duplicate"

    both = jose.KeySet.from_jwks({"keys": [JWK, KEY.public().to_jwk("enc")]})
    assert [key.uses for key in both.keys] == [{"sig", "enc"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "malformed"),
        (b"[]", "malformed"),
        (b"{}", "malformed"),
        (b'{"keys":{}}', "malformed"),
        (b'{"keys":[]', "malformed"),
        (b'{"keys":[],"keys":[]}', "duplicate"),
        (b'{"keys":[{"kid":"a","kid":"b"}]}', "duplicate"),
        (b"\xff", "malformed"),
        ("\ud800", "malformed"),
        (b'{"keys":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "malformed"),
        (b'{"keys":' + b"[" * 500 + b"]" * 500 + b"}", "malformed"),
        (b'{"keys":[]}' + b" " * (1 << 20), "oversized"),
    ],
)
def test_what_is_no_key_set_is_refused(text: bytes | str, expected: str) -> None:
    with pytest.raises(jose.JoseError) as caught:
        jose.KeySet.from_jwks(text)
    assert caught.value.code == expected


_members = st.dictionaries(
    st.sampled_from(["kty", "n", "e", "kid", "use", "alg", "key_ops", "x5c"]),
    st.sampled_from(["RSA", "sig", "AQAB", "AA", str(JWK["n"]), ["verify"], ["AAAA"], {}, None, 1, True, 1.5]),
)


@settings(derandomize=True, deadline=None, database=None, max_examples=200)
@given(members=st.lists(_members, max_size=4))
def test_any_members_at_all_make_a_key_set_or_a_refusal(members: list[dict[str, object]]) -> None:
    try:
        keys = jose.KeySet.from_jwks({"keys": members})
    except jose.JoseError:
        return
    for key in keys.keys:
        assert key.to_jwk("enc")["kid"] == key.kid
        assert jose.encrypt(b"x", key)


def test_generate_makes_the_size_and_kid_that_are_asked_for() -> None:
    key = jose.PrivateKey.generate(3072, kid="named")
    assert (key.rsa.key_size, key.kid, key.public().kid) == (3072, "named", "named")
