"""The gate of Project Wycheproof: no invalid token of an algorithm we accept passes, every valid one does."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from conformance import jose

FOLDER = Path(
    os.environ.get("OFP_WYCHEPROOF") or Path(__file__).parents[1].parent / "shared" / "vectors" / "wycheproof"
)
SIGNATURES = ("json_web_signature_test.json", "json_web_key_test.json", "json_web_crypto_test.json")
ENCRYPTIONS = ("json_web_encryption_test.json", "json_web_crypto_test.json")
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the Wycheproof vectors are not in {FOLDER}: set OFP_WYCHEPROOF to their folder"
)


@dataclass(frozen=True)
class Vector:
    """One test of a group, with the group's keys."""

    file: str
    id: int
    comment: str
    token: str
    valid: bool
    keys: Mapping[str, object]
    private: Mapping[str, object]

    def __str__(self) -> str:
        return f"{self.file.removesuffix('_test.json')}-{self.id}-{self.comment}"

    @property
    def strict(self) -> bool:
        """Whether the parts hold nothing outside the alphabet; two `valid` HS256 tokens do."""
        return re.fullmatch(r"[A-Za-z0-9_.-]*", self.token) is not None

    @property
    def header(self) -> dict[str, object]:
        """The header as a lax reader finds it, {} where there is none."""
        first = self.token.split(".")[0]
        try:
            found = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def vectors(files: tuple[str, ...], kind: str) -> list[Vector]:
    return [
        Vector(
            file,
            test["tcId"],
            test["comment"],
            test[kind] if isinstance(test[kind], str) else json.dumps(test[kind]),
            test["result"] == "valid",
            group.get("public") or group["private"],
            group.get("private", {}),
        )
        for file in files
        if FOLDER.is_dir()
        for group in json.loads((FOLDER / file).read_text())["testGroups"]
        for test in group["tests"]
        if kind in test
    ]


def one_or_many(keys: Mapping[str, object]) -> dict[str, object]:
    return {"keys": keys.get("keys") or [keys]}


def private_key(jwk: Mapping[str, object]) -> jose.PrivateKey:
    n, e, d, p, q, dp, dq, qi = (
        int.from_bytes(jose.unb64url(str(jwk[name]))) for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi")
    )
    key = rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, rsa.RSAPublicNumbers(e, n)).private_key()
    return jose.PrivateKey.from_pem(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        kid="recipient",
    )


STRANGER = jose.PrivateKey.generate()
JWS = vectors(SIGNATURES, "jws")
JWE = vectors(ENCRYPTIONS, "jwe")


@pytest.mark.parametrize("vector", JWS, ids=str)
def test_signature(vector: Vector) -> None:
    if vector.valid and vector.header.get("alg") == "PS256":
        keys = jose.KeySet.from_jwks(one_or_many(vector.keys))
        first, middle, last = vector.token.split(".")
        payload = jose.unb64url(middle)
        assert jose.verify_attached(vector.token, keys).payload == payload
        assert jose.verify_detached(f"{first}..{last}", payload, keys).payload == payload
        return
    with pytest.raises(jose.JoseError) as caught:
        jose.verify_attached(vector.token, jose.KeySet.from_jwks(one_or_many(vector.keys)))
    if vector.valid and vector.strict:
        assert caught.value.code == "alg", "healthy, and of an algorithm that is not on the list"


@pytest.mark.parametrize("vector", JWE, ids=str)
def test_encryption(vector: Vector) -> None:
    key = private_key(vector.private) if vector.private.get("kty") == "RSA" else STRANGER
    header = vector.header
    if vector.valid and (header.get("alg"), header.get("enc")) == ("RSA-OAEP-256", "A256GCM"):
        assert jose.decrypt(vector.token, key).header == header
        return
    with pytest.raises(jose.JoseError) as caught:
        jose.decrypt(vector.token, key)
    if vector.valid:
        assert caught.value.code in ("alg", "zip"), "healthy, and of an algorithm that is not on the list"


@pytest.mark.parametrize(
    "vector", [each for each in JWS if each.valid and str(each.header.get("alg"))[:2] == "RS"], ids=str
)
def test_forged_rsa_signature_is_the_known_answer(vector: Vector) -> None:
    keys = one_or_many(vector.private)["keys"]
    assert isinstance(keys, list)
    signed, _, signature = vector.token.rpartition(".")
    made = jose.raw_sign(private_key(keys[0]), signed.encode(), str(vector.header["alg"]))
    assert jose.b64url(made) == signature


@pytest.mark.parametrize(
    "vector", [each for each in JWS if each.valid and each.strict and str(each.header.get("alg"))[:2] == "HS"], ids=str
)
def test_forged_hmac_is_the_known_answer(vector: Vector) -> None:
    keys = one_or_many(vector.private)["keys"]
    assert isinstance(keys, list)
    secret = next(jose.unb64url(key["k"]) for key in keys if key["kty"] == "oct")
    signed, _, signature = vector.token.rpartition(".")
    assert jose.b64url(jose.hmac_sign(secret, signed.encode(), str(vector.header["alg"]))) == signature


@pytest.mark.parametrize("comment", ["keysize_too_small", "exponentOne", "wrong_kty"])
def test_unsound_key_is_in_no_key_set(comment: str) -> None:
    groups = json.loads((FOLDER / "json_web_key_test.json").read_text())["testGroups"]
    found = [group for group in groups if group["comment"] == comment]
    assert found
    for group in found:
        assert jose.KeySet.from_jwks(one_or_many(group["public"])).keys == ()


def test_the_gate_is_not_empty() -> None:
    """The counts are of commit dac1dd4; newer vectors may only add to them."""
    ours = [each for each in JWS if each.header.get("alg") == "PS256"]
    assert sum(each.valid for each in ours) >= 6
    assert sum(not each.valid for each in ours) >= 40
    assert any(each.valid and each.header == {"alg": "RSA-OAEP-256", "enc": "A256GCM"} for each in JWE)
    assert len(JWS) + len(JWE) >= 600
