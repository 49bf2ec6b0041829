"""DSSE envelopes (https://github.com/secure-systems-lab/dsse): the only home of securesystemslib."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import SSlibKey

from conformance.model import ConfigurationFault

PAYLOAD_TYPE = "application/vnd.in-toto+json"
"""The type of an in-toto statement in an envelope."""


class Unsigned(Exception):
    """The envelope is none, or the key's owner did not sign it."""


def sign(payload: bytes, key: Path, password: str | None = None) -> bytes:
    """The envelope, as JSON, of an in-toto statement signed with a PEM private key (Ed25519, or ECDSA on P-256).

    Raises:
        ConfigurationFault: the key cannot be used.
    """
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer(key, password))
    return json.dumps(envelope.to_dict(), indent=1, sort_keys=True).encode() + b"\n"


def signer(key: Path, password: str | None = None) -> CryptoSigner:
    """What signs with a PEM private key.

    Raises:
        ConfigurationFault: the key cannot be used.
    """
    try:
        private = load_pem_private_key(_read(key), password.encode() if password else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationFault(
            f"the signing key cannot be used ({error})",
            file=key,
            cure="Give an Ed25519 or P-256 key in PEM, or its password",
        ) from None
    if not isinstance(private, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
        raise ConfigurationFault("is no Ed25519 or ECDSA key", file=key, cure="`keys init` makes one: sign-off.key")
    return CryptoSigner(private)


def opened(envelope: bytes, key: Path) -> bytes:
    """The statement of an envelope that a PEM public key's owner signed.

    Raises:
        Unsigned: the envelope is damaged, of another type, or signed by somebody else.
        ConfigurationFault: the key cannot be used.
    """
    public = _public(key)
    try:
        found = Envelope.from_dict(json.loads(envelope))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unsigned("the envelope is damaged") from None
    except Exception as error:  # the library's own errors have no common root
        raise Unsigned(f"the envelope is damaged ({error})") from None
    if found.payload_type != PAYLOAD_TYPE:
        raise Unsigned(f"the envelope holds {found.payload_type!a} and no in-toto statement")
    if public.keyid not in found.signatures:
        raise Unsigned("it is signed by another key than this one")
    try:
        found.verify([public], 1)
    except (VerificationError, ValueError):
        raise Unsigned("the signature does not fit the statement: one of the two was changed") from None
    return bytes(found.payload)


def key_id(key: Path) -> str:
    """The id of a public key, as envelopes name it.

    Raises:
        ConfigurationFault: the key cannot be used.
    """
    return str(_public(key).keyid)


def _public(key: Path) -> SSlibKey:
    try:
        return SSlibKey.from_crypto(load_pem_public_key(_read(key)))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationFault(
            f"is no public key that can be used ({error})",
            file=key,
            cure="Give the signer's public key in PEM: sign-off.pub",
        ) from None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationFault(f"cannot be read ({error.strerror})", file=file, cure="Correct the path") from None
