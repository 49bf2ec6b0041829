"""RSA keys as JOSE uses them: from PEM, certificate and JWK, with kid and thumbprints."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwcrypto import jwk  # type: ignore[import-untyped]

from conformance.jose.compact import JoseError, b64url, unb64url

_SMALLEST = 2048
_LARGEST = 8192
_ALGORITHMS = MappingProxyType({"sig": "PS256", "enc": "RSA-OAEP-256"})
_KEY_OPS = MappingProxyType({"sig": ("verify",), "enc": ("encrypt", "wrapKey")})
_ANY_USE = frozenset(_ALGORITHMS)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An RSA public key and its kid; `numbers` are n and e, `certificate` is DER, b"" where there is none.

    `uses` says whether it verifies PS256 (`sig`), encrypts with RSA-OAEP-256 (`enc`) or both. Equality is by kid and
    numbers.
    """

    kid: str
    numbers: tuple[int, int]
    certificate: bytes = field(default=b"", compare=False)
    uses: frozenset[str] = field(default=_ANY_USE, compare=False)

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
        try:
            certificate = x509.load_pem_x509_certificate(pem)
            key = certificate.public_key()
        except (ValueError, UnsupportedAlgorithm):
            raise JoseError("key", "no PEM certificate of a usable key") from None
        der = certificate.public_bytes(serialization.Encoding.DER)
        return cls._of(key, kid or x5t_s256(der), der)

    @classmethod
    def from_jwk(cls, document: Mapping[str, object]) -> Self:
        """An RSA JWK (RFC 7517); the default kid is the RFC 7638 thumbprint.

        Its use, key_ops and alg narrow what the key is for; a private key's members are not read, and an x5c that
        holds another key is as none.

        Raises:
            JoseError: key or malformed, for another kty, a modulus outside 2048 to 8192 bits or numbers that are none.
        """
        n, e = document.get("n"), document.get("e")
        if document.get("kty") != "RSA" or not isinstance(n, str) or not isinstance(e, str):
            raise JoseError("key", "no RSA JWK")
        kid = document.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise JoseError("key", "kid is not a text")
        numbers = (int.from_bytes(unb64url(n)), int.from_bytes(unb64url(e)))
        _check_size(numbers[0].bit_length())
        if not numbers[0] & 1:
            raise JoseError("key", "the modulus n is even")
        try:
            _library_key(numbers)
        except ValueError:
            raise JoseError("key", "the numbers n and e make no RSA key") from None
        return cls(kid or _thumbprint(numbers), numbers, _first_x5c(document, numbers), _uses(document))

    @classmethod
    def _of(cls, key: object, kid: str | None, certificate: bytes) -> Self:
        if not isinstance(key, rsa.RSAPublicKey):
            raise JoseError("key", "no RSA key")
        _check_size(key.key_size)
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
            "alg": _ALGORITHMS[use],
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
        """A fresh key with the public exponent 65537; the default kid is the RFC 7638 thumbprint."""
        key = rsa.generate_private_key(65537, bits)
        return cls(kid or PublicKey._of(key.public_key(), None, b"").kid, key)

    def public(self) -> PublicKey:
        """Its public half under the same kid."""
        return PublicKey._of(self.rsa.public_key(), self.kid, self.certificate)

    def for_library(self) -> jwk.JWK:
        """The same key as the library's object."""
        return _library_private(self.rsa)


def x5t_s256(der: bytes) -> str:
    """base64url SHA-256 of a DER certificate (RFC 7515 section 4.1.8)."""
    return b64url(_sha256(der))


def _uses(document: Mapping[str, object]) -> frozenset[str]:
    """What use (RFC 7517 section 4.2), key_ops (4.3) and alg (4.4) leave of the two uses."""
    use, operations, alg = (document.get(name) for name in ("use", "key_ops", "alg"))
    return frozenset(
        each
        for each in _ANY_USE
        if use in (None, each)
        and alg in (None, _ALGORITHMS[each])
        and (operations is None or (isinstance(operations, list) and any(one in operations for one in _KEY_OPS[each])))
    )


def _check_size(bits: int) -> None:
    if not _SMALLEST <= bits <= _LARGEST:
        raise JoseError("key", f"an RSA key of {bits} bits; {_SMALLEST} to {_LARGEST} are accepted")


def _first_x5c(document: Mapping[str, object], numbers: tuple[int, int]) -> bytes:
    """The DER certificate of these numbers (RFC 7517 section 4.7), b"" where there is none."""
    chain = document.get("x5c")
    if not isinstance(chain, list) or not chain or not isinstance(chain[0], str):
        return b""
    try:
        der = base64.b64decode(chain[0], validate=True)
        key = x509.load_der_x509_certificate(der).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return b""
    found = key.public_numbers() if isinstance(key, rsa.RSAPublicKey) else None
    return der if found and (found.n, found.e) == numbers else b""


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
