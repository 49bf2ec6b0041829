"""Forgeries: exactly the parts that are asked for, in the algorithms that an attacker would use."""

from __future__ import annotations

import hmac

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from conformance import jose

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
