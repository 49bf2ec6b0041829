"""What the provider's consent update (P1) must be."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Sequence

from conformance.lifecycle import Status
from conformance.model import Blocked, Mismatch
from conformance.update import Token, Update

_LEEWAY = 60.0
_LONGEST_LIFE = 24 * 3600


def one(updates: Sequence[Update]) -> Update:
    """The one update that a decision brings, which is returned."""
    if not updates:
        raise Mismatch(
            "a consent update (P1) at PayNet's resource server",
            "none within bounds.update_seconds",
            hint="The Data Provider may call another address than hub.resource_url, or not trust PayNet's certificate.",
        )
    return updates[0]


def none(updates: Sequence[Update]) -> None:
    """No update was sent."""
    if updates:
        raise _mismatch(updates[0], "no consent update", f"one with status {updates[0].status!r}")


def only_one(further: Sequence[Update]) -> None:
    """No further update came after the one that was known."""
    if further:
        raise _mismatch(further[0], "one update", "a second one")


def without_account(updates: Sequence[Update], account_id: str) -> None:
    """None of these updates names an account."""
    for each in updates:
        if account_id in each.account_ids:
            raise _mismatch(each, "no account of another customer", "another customer's account in the update")


def retried_alike(updates: Sequence[Update]) -> None:
    """A second attempt came, and it says the same as the first."""
    if len(updates) < 2:
        raise Mismatch(
            "a second attempt within bounds.update_seconds",
            "one attempt only" if updates else "no update",
            exchange=updates[0].exchange_id if updates else "",
        )
    first = updates[0]
    for each in updates[1:]:
        for name in ("status", "id_token", "user_identity", "accounts"):
            if each.body.get(name) != first.body.get(name):
                raise _mismatch(each, f"the same {name} in every attempt", "another one")


def own_tokens(updates: Sequence[Update]) -> None:
    """Each of these updates has an id_token of its own, by its text and, where there is one, its jti."""
    tokens = [str(each.body.get("id_token")) for each in updates]
    ids = [each.id_token.claims["jti"] for each in updates if each.id_token and "jti" in each.id_token.claims]
    if len(set(tokens)) < len(tokens) or len(set(map(str, ids))) < len(ids):
        raise _mismatch(updates[-1], "an id_token for each update", "one that was issued before")


def identity(update: Update, id_type: str, hashed: str) -> None:
    """user_identity's hashed_id_number is padded base64 of 32 bytes and, with id_type, equals the consent's."""
    found = update.hashed_id_number
    try:
        size = len(base64.b64decode(found, validate=True))
    except ValueError:
        size = 0
    if len(found) != 44 or size != 32:
        raise _mismatch(update, "a hashed_id_number of 44 characters of padded base64", f"{len(found)} characters")
    person = update.body.get("user_identity")
    named = person.get("id_type") if isinstance(person, dict) else None
    if found != hashed or named != id_type:
        raise _mismatch(update, "the consent's identity in the update", "another one")


def not_authorized(updates: Sequence[Update]) -> None:
    """None of these updates says that the consent was authorized."""
    for each in updates:
        if each.status == Status.AUTHORIZED:
            raise _mismatch(each, "no update that authorizes", "one with status authorized")


def says(updates: Sequence[Update], status: Status) -> None:
    """One of these updates says a status."""
    if not any(each.status == status for each in updates):
        found = ", ".join(each.status or "none" for each in updates) or "no update"
        shown = updates[-1].exchange_id if updates else ""
        raise Mismatch(f"an update with status {status.value}", found, exchange=shown)


def patched(update: Update, consent_id: str) -> None:
    """The update is PATCH /v1/consents/{consent_id}, and nothing else (G)."""
    wanted = f"PATCH /v1/consents/{consent_id}"
    actual = f"{update.arrival.method} {update.arrival.target}"
    if actual.split("?")[0] != wanted:
        raise _mismatch(update, wanted, actual)


def before(update: Update, moment: float) -> None:
    """PayNet had the update before the browser came back; `moment` is in seconds since the epoch."""
    if update.arrival.received_at > moment:
        late = update.arrival.received_at - moment
        raise _mismatch(update, "the update before the browser's return", f"it {late:.2f} s after")


def certificate(update: Update, sha256: str) -> None:
    """It came over mTLS with the registered certificate, or with any of the registered CA where `sha256` is ""."""
    if not update.certificate_sha256:
        raise _mismatch(update, "the Data Provider's client certificate", "a connection without a certificate")
    if sha256 and update.certificate_sha256 != sha256:
        raise _mismatch(
            update,
            "the client certificate of target.client_certificate",
            f"another one, SHA-256 {update.certificate_sha256[:16]}...",
            "If the certificate was renewed, target.client_certificate in the profile is out of date.",
        )


def signed(update: Update) -> None:
    """Its x-fapi-signature verifies over the body with a registered key (RFC 7515 appendix F)."""
    if update.signature_problem:
        raise _mismatch(update, "a PS256 signature over the body by a registered key", update.signature_problem)


def interaction_id(update: Update) -> None:
    """It carries an x-fapi-interaction-id that is a UUID (RFC 9562)."""
    value = update.header("x-fapi-interaction-id")
    try:
        uuid.UUID(value or "")
    except ValueError:
        raise _mismatch(update, "an x-fapi-interaction-id that is a UUID", repr(value)) from None


def fits(update: Update, problems: Sequence[str]) -> None:
    """Its body fits the schema; `problems` are the contract's objections."""
    if problems:
        raise _mismatch(update, "a body that fits the schema of the consent update", "; ".join(problems))


def status(update: Update, wanted: str) -> None:
    """It reports this status."""
    if update.status != wanted:
        raise _mismatch(update, f"status {wanted}", repr(update.status))


def carries(update: Update, *members: str) -> None:
    """It has these members, and not empty."""
    lacking = [each for each in members if not update.body.get(each)]
    if lacking:
        raise _mismatch(update, f"members {', '.join(members)}", f"no {', '.join(lacking)}")


def carries_none(update: Update, *members: str) -> None:
    """It has none of these members, or has them empty."""
    found = [each for each in members if update.body.get(each)]
    if found:
        raise _mismatch(update, f"no {', '.join(members)}", f"an update with {', '.join(found)}")


def accounts(update: Update, wanted: Iterable[str]) -> None:
    """Its accounts are exactly these, in any order, each once."""
    expected, actual = sorted(wanted), sorted(update.account_ids)
    if expected != actual:
        raise _mismatch(
            update,
            f"the {len(expected)} account(s) that the customer chose",
            f"{len(actual)} account(s), not the same ones",
        )


def id_token(update: Update, *, dc_id: str, issuer: str | None) -> None:
    """The id_token verifies, is for this Data Consumer, in its time, and of the same person as user_identity (G)."""
    token = update.id_token
    if token is None:
        raise Blocked("look at the id_token", "the update carries none", exchange=update.exchange_id)
    if token.problem:
        raise _mismatch(update, "an id_token that verifies with a registered key (PS256)", token.problem)
    _times(update, token)
    claims = token.claims
    audience = claims.get("aud")
    if audience != dc_id and audience != [dc_id]:
        raise _mismatch(update, f"id_token aud {dc_id!r}", repr(audience))
    for claim in ("iss", "sub"):
        if not isinstance(claims.get(claim), str) or not claims[claim]:
            raise _mismatch(update, f"an id_token with a text `{claim}`", repr(claims.get(claim)))
    if issuer and claims["iss"] != issuer:
        raise _mismatch(update, f"id_token iss {issuer!r}", repr(claims["iss"]))
    identity = update.body.get("user_identity")
    for claim in ("id_type", "hashed_id_number"):
        given = identity.get(claim) if isinstance(identity, dict) else None
        if claims.get(claim) is None or claims.get(claim) != given:
            raise _mismatch(update, f"the same {claim} in id_token and user_identity", "two different values, or none")


def _times(update: Update, token: Token) -> None:
    at = update.arrival.received_at
    found = {name: token.claims.get(name) for name in ("iat", "exp", "auth_time")}
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _mismatch(update, f"an id_token with a number `{name}`", repr(value))
    issued, expires, authenticated = (float(value) for value in found.values())  # type: ignore[arg-type]
    if issued > at + _LEEWAY or issued < at - 300:
        raise _mismatch(update, "an id_token issued now", f"iat {issued - at:+.0f} s from its arrival")
    if expires <= at or expires <= issued or expires - issued > _LONGEST_LIFE:
        raise _mismatch(update, "an id_token that lives on, at most a day", f"exp {expires - issued:+.0f} s from iat")
    if authenticated > issued + _LEEWAY or authenticated < issued - 3600:
        raise _mismatch(
            update, "an auth_time at the customer's login", f"auth_time {authenticated - issued:+.0f} s from iat"
        )


def _mismatch(update: Update, expected: str, actual: str, hint: str = "") -> Mismatch:
    return Mismatch(expected, actual, exchange=update.exchange_id, hint=hint)
