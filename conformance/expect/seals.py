"""What a data response must be under its HTTP status: signed, sealed for its reader, and nothing in the clear."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from conformance import jose
from conformance.consent import AccountRef
from conformance.expect.answers import refusal, status
from conformance.model import Blocked, Mismatch
from conformance.provider import KID_HEADER, Answer, Seal

_CLOCK = 60.0
_DATA_MEMBERS = frozenset(
    {"account_id", "account_number", "account_name", "current_balance", "available_balance", "amount", "transactions"}
)


def served(answer: Answer) -> None:
    """Data that its reader can use: a 200, sealed, and opened all the way."""
    status(answer, 200)
    sealed(answer)


def opens_exactly(answers: Mapping[AccountRef, Answer], wanted: Sequence[AccountRef]) -> None:
    """Of these accounts the wanted ones give data, and the others a refusal."""
    for account, answer in answers.items():
        if account in wanted:
            served(answer)
        else:
            refusal(answer)


def sealed(answer: Answer) -> None:
    """Something that its reader can open, whatever else is wrong with it; a body in the clear is no answer."""
    seal = _seal(answer)
    if not seal.readable:
        reason = seal.envelope_problem or seal.encryption_problem or seal.plaintext_problem
        raise Mismatch("data that the Data Consumer can open", reason, exchange=answer.exchange_id)


def signed(answer: Answer) -> None:
    """The body is a compact JWS, PS256, that verifies with a registered key of the provider, kid named (G)."""
    seal = _seal(answer)
    if seal.signature_problem:
        raise Mismatch(
            "a compact JWS by the Data Provider's registered key (PS256, kid named)",
            seal.signature_problem,
            exchange=answer.exchange_id,
            hint="If the kid is one that the profile does not know, target.signing_keys may be out of date.",
        )


def enveloped(answer: Answer) -> None:
    """The payload is a compact JWE, or claims whose `data` is one, and shows no data (R:response_envelope)."""
    seal = _seal(answer)
    if seal.envelope_problem:
        raise Mismatch("a compact JWE inside the JWS", seal.envelope_problem, exchange=answer.exchange_id)
    shown = sorted(_DATA_MEMBERS & set(_member_names(seal.claims)))
    if shown:
        raise Mismatch(
            "no field of the data in the clear", f"claims with {', '.join(shown)}", exchange=answer.exchange_id
        )


def hides(answer: Answer, values: Iterable[str]) -> None:
    """None of these values stands in the answer's body, payload or headers in the clear."""
    seal = _seal(answer)
    outside = json.dumps(seal.claims).replace(seal.jwe, "") if seal.claims else ""
    headers = "\n".join(value for _, value in answer.wire.headers)
    clear = f"{outside}\n{headers}\n" + ("" if seal.jwe else seal.payload.decode(errors="replace"))
    for value in values:
        if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", clear):
            raise Mismatch(
                "no value of the data in the clear", "a known value in the clear", exchange=answer.exchange_id
            )


def opened(answer: Answer) -> None:
    """The reader that x-enc-kid names decrypts it (G)."""
    seal = _seal(answer)
    if not seal.jwe:
        raise Mismatch("a JWE for the Data Consumer", seal.envelope_problem, exchange=answer.exchange_id)
    if seal.encryption_problem:
        raise Mismatch(
            f"a JWE that opens with the key named by {KID_HEADER}",
            seal.encryption_problem,
            exchange=answer.exchange_id,
            hint="The key may be another party's, an old one, or not the one that x-enc-kid names.",
        )


def closed_to(answer: Answer, stranger: jose.PrivateKey) -> None:
    """Another party's key does not decrypt it."""
    seal = _seal(answer)
    try:
        jose.decrypt(seal.jwe, stranger)
    except jose.JoseError:
        return
    raise Mismatch("a JWE that only its reader opens", "one that another key opens too", exchange=answer.exchange_id)


def algorithms(answer: Answer, alg: str, enc: str) -> None:
    """The JWE names exactly these algorithms (RFC 7516)."""
    seal = _seal(answer)
    if not seal.jwe:
        raise Blocked("look at the JWE header", seal.envelope_problem, exchange=answer.exchange_id)
    for member, wanted in (("alg", alg), ("enc", enc)):
        if seal.jwe_header.get(member) != wanted:
            raise Mismatch(f"JWE {member} {wanted}", f"{seal.jwe_header.get(member)!r}", exchange=answer.exchange_id)


def claims(answer: Answer, issuer: str | None, readers: Sequence[str]) -> None:
    """Claims, where there are any, are sane and name the caller among their audience (R:response_envelope)."""
    seal = _seal(answer)
    if seal.claims is None:
        return
    for name, wrong in _wrong_claims(seal.claims, issuer, readers, time.time()):
        raise Mismatch(f"a sane {name} in the response's claims", wrong, exchange=answer.exchange_id)


def names_reader(answer: Answer, kid: str) -> None:
    """The JWE header names the key that x-enc-kid named (RFC 7516 section 4.1.6)."""
    found = _seal(answer).jwe_header.get("kid")
    if found != kid:
        raise Mismatch("the kid of x-enc-kid in the JWE header", f"{found!r}", exchange=answer.exchange_id)


def fresh(answers: Sequence[Answer]) -> None:
    """No two answers share a content key or an IV (RFC 7516 section 5.1)."""
    for what, values in (
        ("content keys", [_seal(each).content_key_sha256 for each in answers]),
        ("initialization vectors", [_seal(each).iv for each in answers]),
    ):
        if not all(values):
            raise Blocked("compare the encryptions", "one of the answers does not open")
        if len(set(values)) < len(values):
            shared = len(values) - len(set(values))
            raise Mismatch(f"fresh {what}", f"{shared} used again", exchange=answers[-1].exchange_id)


def not_stored(answer: Answer) -> None:
    """Content type application/jose, and Cache-Control forbids storing (N, RFC 9111 section 5.2.2.5)."""
    status(answer, 200)
    kind = (answer.wire.header("content-type") or "").partition(";")[0].strip().lower()
    if kind != "application/jose":
        raise Mismatch("Content-Type application/jose", kind or "none", exchange=answer.exchange_id)
    kept = (answer.wire.header("cache-control") or "").lower()
    if "no-store" not in kept:
        raise Mismatch("Cache-Control: no-store", kept or "no Cache-Control", exchange=answer.exchange_id)


def _wrong_claims(
    members: Mapping[str, object], issuer: str | None, readers: Sequence[str], now: float
) -> Iterator[tuple[str, str]]:
    iss, aud = members.get("iss"), members.get("aud")
    if not isinstance(iss, str) or not iss or (issuer is not None and iss != issuer):
        yield "iss", f"{iss!r}"
    named = aud if isinstance(aud, list) else [aud]
    if not set(map(str, named)) & set(readers):
        yield "aud", f"{aud!r}"
    for name, low, high in (("iat", now - 3600, now + _CLOCK), ("exp", now - _CLOCK, now + 366 * 86400)):
        value = members.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            yield name, f"{value!r} at {int(now)}"
    start = members.get("nbf")
    if start is not None and (not isinstance(start, int | float) or start > now + _CLOCK):
        yield "nbf", f"{start!r} at {int(now)}"


def readable(answer: Answer) -> object:
    """The decrypted data, unwrapped; Blocked where there is none, because other checks say why."""
    seal = _seal(answer)
    if not seal.readable:
        reason = seal.envelope_problem or seal.encryption_problem or seal.plaintext_problem
        raise Blocked("read the decrypted data", reason, exchange=answer.exchange_id)
    return answer.data


def _seal(answer: Answer) -> Seal:
    if answer.status != 200 or answer.seal is None:
        raise Blocked("look at a data response", f"the answer was {answer.told}", exchange=answer.exchange_id)
    return answer.seal


def _member_names(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _member_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _member_names(inner)
