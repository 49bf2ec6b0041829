"""What a data response must be under its HTTP status: signed, sealed for its reader, and nothing in the clear."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from conformance import jose
from conformance.expect.answers import status
from conformance.model import Blocked, Mismatch
from conformance.provider import KID_HEADER, Answer, Seal

_DATA_MEMBERS = frozenset(
    {"account_id", "account_number", "account_name", "current_balance", "available_balance", "amount", "transactions"}
)


def served(answer: Answer) -> None:
    """Data that its reader can use: a 200, sealed, and opened all the way."""
    status(answer, 200)
    sealed(answer)


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
