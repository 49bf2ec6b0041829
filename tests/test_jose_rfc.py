"""The RFCs' own examples: known answers where they have them, refusals where they use what we do not accept."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from conformance import jose

# RFC 7515 appendix A.1 and A.2, and RFC 7797 section 4, share a payload, a secret and a key
CLAIMS = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
SECRET = jose.unb64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
A1 = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)
A2_MODULUS = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS"
    "-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2"
    "CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9"
    "gb54h4FRWyuXpoQ"
)
A2 = (
    "eyJhbGciOiJSUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU"
    "Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO"
    "--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN"
    "_IoypGlUPQGe77Rw"
)
A5_UNSECURED = (
    "eyJhbGciOiJub25lIn0"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
)
E_CRITICAL = (
    "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTk"
    "RFRklORUQiOnRydWUNCn0.RkFJTA."
)
RFC_7797 = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"
RFC_7516_A1 = (
    "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ"
    ".OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb2"
    "3nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo"
    "_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIM"
    "fIjf7iGdXKHzg"
    ".48V1_ALb6US04U3b"
    ".5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A"
    ".XFBoMYUZodetZdvTiFvSkQ"
)
RFC_7520_MODULUS = (
    "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqV"
    "wGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJl"
    "sde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQk"
    "qgc5gHdrNP5zw"
)
RFC_7520_PS384 = (
    "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9"
    ".SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgY"
    "W5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZi"
    "B0by4"
    ".cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLP"
    "pcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2"
    "lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4"
    "ifKo8DYM-X72Eaw"
)
KEY = jose.PrivateKey.generate()


def public(modulus: str, kid: str) -> jose.PublicKey:
    return jose.PublicKey.from_jwk({"kty": "RSA", "n": modulus, "e": "AQAB", "kid": kid})


def test_rfc_7638_thumbprint() -> None:
    """RFC 7638 section 3.1."""
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3o"
        "knjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZH"
        "zu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEg"
        "U8awapJzKnqDKgw"
    )
    jwk = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    key = jose.PublicKey.from_jwk(jwk)
    assert key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert key.kid == "2011-04-29"
    assert jose.PublicKey.from_jwk({"kty": "RSA", "n": modulus, "e": "AQAB"}).kid == key.thumbprint


def test_rfc_7515_base64url() -> None:
    """RFC 7515 appendix C."""
    assert jose.b64url(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"
    assert jose.unb64url("A-z_4ME") == bytes([3, 236, 255, 224, 193])


def test_rfc_7515_a1_hmac_is_the_known_answer_and_not_accepted() -> None:
    first, middle, last = A1.split(".")
    signature = jose.hmac_sign(SECRET, f"{first}.{middle}".encode(), "HS256")
    assert jose.b64url(signature) == last
    assert jose.assemble(b'{"typ":"JWT",\r\n "alg":"HS256"}', CLAIMS, signature, detached=False) == A1
    assert jose.protected_header(A1) == {"typ": "JWT", "alg": "HS256"}
    assert refused(A1, jose.KeySet((KEY.public(),))) == "alg"


def test_rfc_7515_a2_rs256_is_sound_and_not_accepted() -> None:
    signed, _, last = A2.rpartition(".")
    key = public(A2_MODULUS, "a2")
    key.for_library().get_op_key("verify").verify(
        jose.unb64url(last), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    assert refused(A2, jose.KeySet((key,))) == "alg"


@pytest.mark.parametrize("token", [A5_UNSECURED, E_CRITICAL])
def test_rfc_7515_a5_unsecured_and_appendix_e_critical_are_refused(token: str) -> None:
    assert jose.protected_header(token)["alg"] == "none"
    assert refused(token, jose.KeySet((KEY.public(),))) == "alg"


def test_rfc_7515_appendix_e_critical_is_refused_under_a_good_signature_too() -> None:
    header = json.dumps({**jose.protected_header(E_CRITICAL), "alg": "PS256", "kid": KEY.kid}).encode()
    signed = f"{jose.b64url(header)}.{jose.b64url(b'FAIL')}".encode()
    token = jose.assemble(header, b"FAIL", jose.raw_sign(KEY, signed, "PS256"), detached=False)
    assert refused(token, jose.KeySet((KEY.public(),))) == "crit"


def test_rfc_7515_appendix_f_detaches_by_emptying_the_second_part() -> None:
    keys = jose.KeySet((KEY.public(),))
    first, middle, last = jose.sign_attached(KEY, CLAIMS).split(".")
    assert middle == A1.split(".")[1]
    assert jose.verify_detached(f"{first}..{last}", CLAIMS, keys).payload == CLAIMS
    first, _, last = jose.sign_detached(KEY, CLAIMS).split(".")
    assert jose.verify_attached(f"{first}.{middle}.{last}", keys).payload == CLAIMS


def test_rfc_7797_section_4_is_the_known_answer_and_not_accepted() -> None:
    first, _, last = RFC_7797.split(".")
    header = b'{"alg":"HS256","b64":false,"crit":["b64"]}'
    signature = jose.hmac_sign(SECRET, f"{first}.$.02".encode(), "HS256")
    assert jose.b64url(signature) == last
    assert jose.assemble(header, b"$.02", signature, detached=True) == RFC_7797
    with pytest.raises(jose.JoseError) as caught:
        jose.verify_detached(RFC_7797, b"$.02", jose.KeySet((KEY.public(),)), b64=False)
    assert caught.value.code == "alg"


def test_rfc_7797_section_4_in_ps256_is_accepted_by_reading_only() -> None:
    keys = jose.KeySet((KEY.public(),))
    header = json.dumps({"alg": "PS256", "kid": KEY.kid, "b64": False, "crit": ["b64"]}).encode()
    signature = jose.raw_sign(KEY, jose.b64url(header).encode() + b".$.02", "PS256")
    token = jose.assemble(header, b"", signature, detached=True)
    assert jose.verify_detached(token, b"$.02", keys, b64=False).payload == b"$.02"
    with pytest.raises(jose.JoseError) as caught:
        jose.verify_detached(token, b"$.02", keys)
    assert caught.value.code == "crit"


def test_rfc_7516_a1_rsa_oaep_with_sha_1_is_not_accepted() -> None:
    assert jose.protected_header(RFC_7516_A1) == {"alg": "RSA-OAEP", "enc": "A256GCM"}
    with pytest.raises(jose.JoseError) as caught:
        jose.decrypt(RFC_7516_A1, KEY)
    assert caught.value.code == "alg"


def test_rfc_7520_4_2_ps384_is_sound_and_not_accepted() -> None:
    signed, _, last = RFC_7520_PS384.rpartition(".")
    key = public(RFC_7520_MODULUS, "bilbo.baggins@hobbiton.example")
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    key.for_library().get_op_key("verify").verify(jose.unb64url(last), signed.encode(), pss, hashes.SHA384())
    assert refused(RFC_7520_PS384, jose.KeySet((key,))) == "alg"


def refused(token: str, keys: jose.KeySet) -> str:
    """The code with which it is refused, attached or with its payload taken out."""
    first, middle, last = token.split(".")
    with pytest.raises(jose.JoseError) as attached:
        jose.verify_attached(token, keys)
    with pytest.raises(jose.JoseError) as detached:
        jose.verify_detached(f"{first}..{last}", jose.unb64url(middle), keys)
    assert attached.value.code == detached.value.code
    return attached.value.code
