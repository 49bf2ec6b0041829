"""JWE compact with RSA-OAEP-256 and A256GCM (RFC 7516, RFC 7518 sections 4.3 and 5.3)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from jwcrypto import jwe  # type: ignore[import-untyped]
from jwcrypto.common import JWException  # type: ignore[import-untyped]

from conformance.jose.compact import JoseError, examined, protected_header, shown, split, unb64url
from conformance.jose.key import PrivateKey, PublicKey

KEY_ALGORITHM = "RSA-OAEP-256"
CONTENT_ALGORITHM = "A256GCM"


@dataclass(frozen=True, slots=True)
class Decrypted:
    """An opened JWE; the content key is given as hex SHA-256, the IV as it stands in the token."""

    header: dict[str, object]
    plaintext: bytes
    content_key_sha256: str
    iv: str


def encrypt(plaintext: bytes, recipient: PublicKey, *, header: Mapping[str, object] | None = None) -> str:
    """A compact JWE for one recipient, whatever its key is registered for; `header` is added to alg, enc and kid."""
    members = {"alg": KEY_ALGORITHM, "enc": CONTENT_ALGORITHM, "kid": recipient.kid, **(header or {})}
    token = jwe.JWE(plaintext, json.dumps(members))
    token.add_recipient(recipient.for_library())
    return str(token.serialize(compact=True))


def decrypt(token: str, key: PrivateKey) -> Decrypted:
    """Open a compact JWE. The header's kid is not judged here: whether it is named at all is another question.

    Raises:
        JoseError: for other algorithms, zip, crit, a bad shape, or content that does not open with the key.
    """
    parts = split(token, 5)
    header = protected_header(token)
    examined({"kid": "-", **header} if "kid" not in header else header, (KEY_ALGORITHM,))
    if header.get("enc") != CONTENT_ALGORITHM:
        raise JoseError("alg", f"enc {shown(header.get('enc'))} is not {CONTENT_ALGORITHM}")
    iv, tag = unb64url(parts[2]), unb64url(parts[4])
    if len(iv) != 12 or len(tag) != 16:
        raise JoseError("malformed", f"an IV of {len(iv)} bytes and a tag of {len(tag)} instead of 12 and 16")
    for part in (parts[1], parts[3]):
        unb64url(part)
    reader = jwe.JWE(algs=[KEY_ALGORITHM, CONTENT_ALGORITHM])
    with contextlib.suppress(JWException, ValueError, TypeError):  # the library also raises at an empty plaintext
        reader.deserialize(token)
        reader.decrypt(key.for_library())
    if reader.plaintext is None:
        raise JoseError("key", f"it does not open with the key {shown(key.kid)}")
    return Decrypted(header, bytes(reader.plaintext), sha256(bytes(reader.cek)).hexdigest(), parts[2])
