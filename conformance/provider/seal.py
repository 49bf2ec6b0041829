"""A data response's other two faces: its signature and its plaintext, read as facts and judged elsewhere."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from conformance import jose


@dataclass(frozen=True, slots=True)
class Seal:
    """What the body of D4-D6 turned out to be; each `*_problem` is "" when that layer is sound.

    The layers are read independently as far as possible: a bad signature does not hide the plaintext, so that each
    fault is told once and by its own name. `claims` is the payload's claims object, if any (R:response_envelope);
    `data` is the decrypted JSON.
    """

    signature_problem: str = ""
    envelope_problem: str = ""
    encryption_problem: str = ""
    plaintext_problem: str = ""
    jws_header: Mapping[str, object] = field(default_factory=dict)
    payload: bytes = b""
    claims: Mapping[str, object] | None = None
    jwe: str = ""
    jwe_header: Mapping[str, object] = field(default_factory=dict)
    content_key_sha256: str = ""
    iv: str = ""
    data: object = None

    @property
    def problem(self) -> str:
        """The first layer's problem, outermost first; "" when everything opened."""
        return self.signature_problem or self.envelope_problem or self.encryption_problem or self.plaintext_problem

    @property
    def readable(self) -> bool:
        """Whether there is a plaintext to judge, whatever the signature."""
        return not (self.envelope_problem or self.encryption_problem or self.plaintext_problem)


@dataclass(frozen=True, slots=True)
class Forms:
    """Which of the published forms a run takes: R:response_envelope and R:data_wrapper, `auto` for either."""

    envelope: str = "auto"
    wrapper: str = "auto"

    def envelope_problem(self, claims: Mapping[str, object] | None) -> str:
        """What is wrong with the JWS payload's form."""
        found = "jwe" if claims is None else "claims"
        return "" if self.envelope in ("auto", found) else f"the JWS payload is of the form {found}"

    def wrapper_problem(self, data: object) -> str:
        """What is wrong with the plaintext's form."""
        found = "wrapped" if isinstance(data, dict) and "data" in data else "bare"
        return "" if self.wrapper in ("auto", found) else f"the decrypted JSON is {found}"


def open_seal(body: bytes, signers: jose.KeySet, reader: jose.PrivateKey, forms: Forms | None = None) -> Seal:
    """Read a body as the JWS around a JWE that the contract asks for (D4-D6), with the reader's private key."""
    forms = forms or Forms()
    try:
        token = body.decode("ascii").strip()
    except UnicodeDecodeError:
        return _unsealed("the body is not ASCII, so it is no compact JWS")
    problem, header, payload = _read_signature(token, signers)
    if payload is None:
        return _unsealed(problem)
    outer = Seal(signature_problem=problem, jws_header=header, payload=payload)
    claims, jwe, envelope_problem = _envelope(payload)
    envelope_problem = envelope_problem or forms.envelope_problem(claims)
    outer = replace(outer, claims=claims, jwe=jwe)
    if envelope_problem:
        return _closed(outer, envelope_problem, "there is no JWE")
    with contextlib.suppress(jose.JoseError):
        outer = replace(outer, jwe_header=jose.protected_header(jwe))
    try:
        opened = jose.decrypt(jwe, reader)
    except jose.JoseError as error:
        return _closed(outer, "", f"the JWE does not open with the Data Consumer's key: {error}")
    data, plaintext_problem = _json(opened.plaintext)
    plaintext_problem = plaintext_problem or forms.wrapper_problem(data)
    return replace(
        outer,
        plaintext_problem=plaintext_problem,
        content_key_sha256=opened.content_key_sha256,
        iv=opened.iv,
        data=data,
    )


def _closed(outer: Seal, envelope_problem: str, encryption_problem: str) -> Seal:
    return replace(
        outer,
        envelope_problem=envelope_problem,
        encryption_problem=encryption_problem,
        plaintext_problem="there is no plaintext",
    )


def unwrapped(data: object) -> object:
    """The plaintext without its optional `data` member (R:data_wrapper)."""
    if isinstance(data, dict) and "data" in data:
        return data["data"]
    return data


def _unsealed(problem: str) -> Seal:
    return _closed(Seal(signature_problem=problem), "there is no JWS payload", "there is no JWE")


def _read_signature(token: str, signers: jose.KeySet) -> tuple[str, Mapping[str, object], bytes | None]:
    try:
        verified = jose.verify_attached(token, signers)
        return "", verified.header, verified.payload
    except jose.JoseError as error:
        problem = f"the JWS does not verify: {error}"
    parts = token.split(".")
    if len(parts) != 3:
        return f"the body is no compact JWS: {len(parts)} part(s) instead of 3", {}, None
    try:
        return problem, jose.protected_header(token), jose.unb64url(parts[1])
    except jose.JoseError:
        return problem, {}, None


def _envelope(payload: bytes) -> tuple[Mapping[str, object] | None, str, str]:
    try:
        text = payload.decode("ascii").strip()
    except UnicodeDecodeError:
        return None, "", "the JWS payload is neither a compact JWE nor a claims object"
    if _is_jwe(text):
        return None, text, ""
    value, problem = _json(payload)
    if isinstance(value, str) and _is_jwe(value):
        return None, value, ""
    if problem or not isinstance(value, dict):
        return None, "", "the JWS payload is neither a compact JWE nor a claims object"
    inner = value.get("data")
    if isinstance(inner, str) and _is_jwe(inner):
        return value, inner, ""
    return value, "", "the JWS payload's member `data` is not a compact JWE"


def _is_jwe(text: str) -> bool:
    return text.count(".") == 4 and not text.startswith("{")


def _json(text: bytes) -> tuple[object, str]:
    try:
        return json.loads(text), ""
    except (ValueError, RecursionError):
        return None, "the decrypted content is not JSON"
