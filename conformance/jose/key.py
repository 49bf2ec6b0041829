"""RSA keys as JOSE uses them: from PEM, certificate and JWK, with kid and thumbprints."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwcrypto import jwk

from conformance.jose.compact import JoseError, b64url, object_from, unb64url

_SMALLEST = 2048
_MAX_JWKS = 1 << 20


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An RSA public key and its kid; `certificate` is DER, b"" where there is none. Equality is by kid and numbers."""

    kid: str
    numbers: tuple[int, int]
    certificate: bytes = field(default=b"", compare=False)

    @classmethod
    def from_pem(cls, pem: bytes, kid: str | None = None) -> Self:
        """A SubjectPublicKeyInfo in PEM; the default kid is the RFC 7638 thumbprint.

        Raises:
            JoseError: key.
        """
        try:
            key = serialization.load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm):
            raise JoseError("key", "no PEM public key") from None
        return cls._of(key, kid, b"")

    @classmethod
    def from_certificate(cls, pem: bytes, kid: str | None = None) -> Self:
        """A certificate in PEM; the default kid is its base64url SHA-256 (x5t#S256).

        Raises:
            JoseError: key.
        """
        certificate = _certificate(pem)
        der = certificate.public_bytes(serialization.Encoding.DER)
        return cls._of(certificate.public_key(), kid or x5t_s256(der), der)

    @classmethod
    def from_jwk(cls, document: Mapping[str, object]) -> Self:
        """An RSA JWK (RFC 7517); the default kid is the RFC 7638 thumbprint.

        Raises:
            JoseError: key, for another kty, a short modulus or numbers that are none.
        """
        n, e = document.get("n"), document.get("e")
        if document.get("kty") != "RSA" or not isinstance(n, str) or not isinstance(e, str):
            raise JoseError("key", "no RSA JWK")
        kid = document.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise JoseError("key", "kid is not a text")
        numbers = (int.from_bytes(unb64url(n)), int.from_bytes(unb64url(e)))
        if numbers[0].bit_length() < _SMALLEST or numbers[1] < 3 or not numbers[1] & 1:
            raise JoseError("key", f"an RSA key of {numbers[0].bit_length()} bits, or a bad exponent")
        return cls(kid or _thumbprint(numbers), numbers, _first_x5c(document))

    @classmethod
    def _of(cls, key: object, kid: str | None, certificate: bytes) -> Self:
        if not isinstance(key, rsa.RSAPublicKey):
            raise JoseError("key", "no RSA key")
        if key.key_size < _SMALLEST:
            raise JoseError("key", f"an RSA key of {key.key_size} bits; at least {_SMALLEST} are needed")
        found = key.public_numbers()
        numbers = (found.n, found.e)
        return cls(kid or _thumbprint(numbers), numbers, certificate)

    @property
    def x5t_s256(self) -> str:
        """base64url SHA-256 of the certificate (RFC 7515 section 4.1.8), "" without one."""
        return x5t_s256(self.certificate) if self.certificate else ""

    @property
    def thumbprint(self) -> str:
        """base64url SHA-256 JWK thumbprint (RFC 7638)."""
        return _thumbprint(self.numbers)

    def to_jwk(self, use: str) -> dict[str, object]:
        """The JWK, with kid, use (`sig` or `enc`), alg, and x5c and x5t#S256 where there is a certificate."""
        document: dict[str, object] = {
            "kty": "RSA",
            "use": use,
            "alg": "PS256" if use == "sig" else "RSA-OAEP-256",
            "kid": self.kid,
            "n": _uint(self.numbers[0]),
            "e": _uint(self.numbers[1]),
        }
        if self.certificate:
            document |= {"x5c": [base64.b64encode(self.certificate).decode()], "x5t#S256": self.x5t_s256}
        return document

    def for_library(self) -> jwk.JWK:
        """The same key as the library's object."""
        return _library_key(self.numbers)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """An RSA private key and its kid; `certificate` is DER, b"" where there is none."""

    kid: str
    rsa: rsa.RSAPrivateKey = field(repr=False)
    certificate: bytes = field(default=b"", repr=False, compare=False)

    @classmethod
    def from_pem(
        cls, pem: bytes, *, kid: str | None = None, password: bytes | None = None, certificate: bytes | None = None
    ) -> Self:
        """A private key in PEM; the default kid is its PEM certificate's x5t#S256, else the RFC 7638 thumbprint.

        Raises:
            JoseError: key, saying what is wrong with the file, its password or its certificate.
        """
        try:
            key = serialization.load_pem_private_key(pem, password)
        except TypeError:
            hint = "it is encrypted and no password is given" if password is None else "it is not encrypted"
            raise JoseError("key", hint) from None
        except (ValueError, UnsupportedAlgorithm):
            raise JoseError("key", "wrong password, or no PEM private key") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise JoseError("key", "no RSA key")
        if certificate is None:
            return cls(kid or PublicKey._of(key.public_key(), None, b"").kid, key)
        public = PublicKey.from_certificate(certificate, kid)
        if public.numbers != PublicKey._of(key.public_key(), None, b"").numbers:
            raise JoseError("key", "it does not belong to its certificate")
        return cls(public.kid, key, public.certificate)

    @classmethod
    def generate(cls, bits: int = 2048, kid: str | None = None) -> Self:
        """A fresh key."""
        key = rsa.generate_private_key(65537, bits)
        return cls(kid or PublicKey._of(key.public_key(), None, b"").kid, key)

    def public(self) -> PublicKey:
        """Its public half under the same kid."""
        return PublicKey._of(self.rsa.public_key(), self.kid, self.certificate)

    def for_library(self) -> jwk.JWK:
        """The same key as the library's object."""
        return _library_private(self.rsa)


@dataclass(frozen=True, slots=True)
class KeySet:
    """Public keys by kid (RFC 7517 section 5)."""

    keys: tuple[PublicKey, ...] = ()

    @classmethod
    def from_jwks(cls, text: bytes | str | Mapping[str, object]) -> Self:
        """The RSA keys of a JWKS document; keys of other kinds are passed over.

        Raises:
            JoseError: malformed, oversized, or duplicate where a kid stands twice for different keys.
        """
        if isinstance(text, Mapping):
            document: Mapping[str, object] = text
        else:
            data = text.encode() if isinstance(text, str) else text
            if len(data) > _MAX_JWKS:
                raise JoseError("oversized", "the JWKS document is too large")
            document = object_from(data, "JWKS document")
        members = document.get("keys")
        if not isinstance(members, list):
            raise JoseError("malformed", "the JWKS document has no list `keys`")
        found: dict[str, PublicKey] = {}
        for member in members:
            key = _usable(member)
            if key and found.setdefault(key.kid, key) != key:
                raise JoseError("duplicate", f"two keys have the kid {key.kid!r}")
        return cls(tuple(found.values()))

    def find(self, kid: str) -> PublicKey | None:
        """The key of that kid."""
        return next((each for each in self.keys if each.kid == kid), None)

    def to_jwks(self, use: str = "sig") -> dict[str, object]:
        """The JWKS document."""
        return {"keys": [each.to_jwk(use) for each in self.keys]}


def x5t_s256(der: bytes) -> str:
    """base64url SHA-256 of a DER certificate (RFC 7515 section 4.1.8)."""
    return b64url(_sha256(der))


def _usable(member: object) -> PublicKey | None:
    if not isinstance(member, dict) or member.get("kty") != "RSA":
        return None
    try:
        return PublicKey.from_jwk(member)
    except JoseError:
        return None


def _first_x5c(document: Mapping[str, object]) -> bytes:
    chain = document.get("x5c")
    if isinstance(chain, list) and chain and isinstance(chain[0], str):
        try:
            return base64.b64decode(chain[0], validate=True)
        except ValueError:
            return b""
    return b""


def _certificate(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise JoseError("key", "no PEM certificate") from None


def _thumbprint(numbers: tuple[int, int]) -> str:
    members = {"e": _uint(numbers[1]), "kty": "RSA", "n": _uint(numbers[0])}
    return b64url(_sha256(json.dumps(members, separators=(",", ":")).encode()))


def _uint(number: int) -> str:
    return b64url(number.to_bytes((number.bit_length() + 7) // 8))


def _sha256(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize()


@functools.lru_cache(maxsize=256)
def _library_key(numbers: tuple[int, int]) -> jwk.JWK:
    return jwk.JWK.from_pyca(rsa.RSAPublicNumbers(numbers[1], numbers[0]).public_key())


@functools.lru_cache(maxsize=256)
def _library_private(key: rsa.RSAPrivateKey) -> jwk.JWK:
    return jwk.JWK.from_pyca(key)
