"""One declared change to a healthy call: what makes a negative check's message differ from its twins."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from conformance import jose
from conformance.provider.call import SIGNATURE_HEADER, Call
from conformance.wire import Identity

Change = Callable[[Call], Call]


def unsigned(call: Call) -> Call:
    """No signature at all."""
    return call.signed(text="")


def empty_signature(call: Call) -> Call:
    """The signature's header with nothing in it."""
    return header(SIGNATURE_HEADER, "")(unsigned(call))


def signature(text: str) -> Change:
    """This text in the signature's place."""
    return lambda call: call.signed(text=text)


def signed_by(key: jose.PrivateKey, *, kid: str | None = None) -> Change:
    """Signed by another key, under its own kid or under the one given."""
    return lambda call: call.signed(key=key, members=None if kid is None else {"kid": kid})


def kid(value: str | None) -> Change:
    """The right key under another kid; None leaves the member out."""
    return lambda call: call.signed(members={"kid": value})


def member(name: str, value: object) -> Change:
    """One member of the protected header with another value, truly signed."""
    return lambda call: call.signed(members={**(call.signing.members or {}), name: value})


def in_zone(hours: int) -> Change:
    """The consent's expiry spelled in a time zone so many hours ahead of UTC: the same moment, correctly signed."""

    def alter(call: Call) -> Call:
        document = json.loads(call.body)
        moment = datetime.fromisoformat(document["data"]["expiration_datetime"])
        there = moment.astimezone(timezone(timedelta(hours=hours)))
        document["data"]["expiration_datetime"] = there.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return body(json.dumps(document, separators=(",", ":")).encode())(call)

    return alter


def set_member(path: str, value: object) -> Change:
    """A member of the JSON body, by its dotted path, with another value, correctly signed."""

    def alter(document: dict[str, object]) -> None:
        owner, name = _owner(document, path)
        owner[name] = value

    return _document(alter)


def without_member(path: str) -> Change:
    """A member of the JSON body, by its dotted path, left out, correctly signed."""

    def alter(document: dict[str, object]) -> None:
        owner, name = _owner(document, path)
        owner.pop(name, None)

    return _document(alter)


def accounts_as(shape: str) -> Change:
    """The consent's accounts in one of their two published places (R:event_accounts_shape), correctly signed."""

    def alter(document: dict[str, object]) -> None:
        data, _ = _owner(document, "data.accounts")
        access = data.pop("account_access", None)
        accounts = data.pop("accounts", None) or (access.get("accounts") if isinstance(access, dict) else None)
        if shape == "account_access":
            data["account_access"] = {"accounts": accounts}
        else:
            data["accounts"] = accounts

    return _document(alter)


def newcomer(call: Call) -> Call:
    """The same caller on a connection of its own."""
    return replace(call, identity=replace(call.identity, name=f"{call.identity.name}, on a new connection"))


def nested(depth: int) -> Change:
    """A further member of the body that is nested so many levels deep, correctly signed."""
    deep = b"[" * depth + b"]" * depth
    return lambda call: replace(body(call.body[:-1] + b',"x_deep":' + deep + b"}")(call), odd=True)


def padded(size: int) -> Change:
    """A further member of the body that is so many bytes long, correctly signed."""
    return lambda call: replace(body(call.body[:-1] + b',"x_long":"' + b"a" * size + b'"}')(call), odd=True)


def _document(alter: Callable[[dict[str, object]], None]) -> Change:
    def change(call: Call) -> Call:
        document = json.loads(call.body)
        alter(document)
        return body(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())(call)

    return change


def _owner(document: dict[str, object], path: str) -> tuple[dict[str, object], str]:
    *parents, name = path.split(".")
    for each in parents:
        inner = document[each]
        if not isinstance(inner, dict):
            raise TypeError(f"{each} is no object")
        document = inner
    return document, name


def respelled(style: str) -> Change:
    """The same JSON body in another spelling, correctly signed."""

    def alter(call: Call) -> Call:
        document = json.loads(call.body)
        text = _SPELLINGS[style](document)
        return body(text.encode())(call)

    return alter


def signed_over(payload: bytes) -> Change:
    """The right key's signature over something else."""
    return lambda call: replace(call, payload=payload)


def body_after_signing(alter: Callable[[bytes], bytes]) -> Change:
    """The body altered once the signature over the first one was made."""
    return lambda call: replace(call, body=alter(call.body), payload=call.body)


def without_header(name: str) -> Change:
    """One header left out."""
    return lambda call: replace(call, headers=tuple(each for each in call.headers if each[0].lower() != name.lower()))


def header(name: str, value: str) -> Change:
    """One header with another value."""
    return lambda call: replace(call, headers=(*without_header(name)(call).headers, (name, value)))


def without_query(name: str) -> Change:
    """One query parameter left out; what the signature covers stays as it was."""
    return lambda call: replace(call, query=tuple(each for each in call.query if each[0] != name))


def path(alter: Callable[[str], str]) -> Change:
    """Another path, as it is sent; what the signature covers stays as the reading says."""
    return lambda call: replace(call, path=alter(call.path), odd=True)


def more_query(*pairs: tuple[str, str]) -> Change:
    """Further query parameters behind the others, repeats allowed."""
    return lambda call: replace(call, query=(*call.query, *pairs))


def earlier_query(*pairs: tuple[str, str]) -> Change:
    """Further query parameters in front of the others, repeats allowed."""
    return lambda call: replace(call, query=(*pairs, *call.query))


def query(name: str, value: str) -> Change:
    """One query parameter with another value; what the signature covers stays as it was."""
    return lambda call: replace(call, query=(*without_query(name)(call).query, (name, value)))


def odd(call: Call) -> Call:
    """The call as it is, but such that a server or firewall in front may answer it by itself."""
    return replace(call, odd=True)


def method(verb: str) -> Change:
    """Another HTTP method."""
    return lambda call: replace(call, method=verb, odd=True)


def body(content: bytes) -> Change:
    """Another body, correctly signed."""
    return lambda call: replace(call, body=content, payload=content)


def caller(identity: Identity) -> Change:
    """Another client certificate, or none."""
    return lambda call: replace(call, identity=identity, odd=True)


def _reversed(value: object) -> object:
    """The same JSON with the members of every object in reverse order."""
    if isinstance(value, dict):
        return {name: _reversed(each) for name, each in reversed(value.items())}
    return [_reversed(each) for each in value] if isinstance(value, list) else value


def _escaped(document: object) -> str:
    """Every letter of the names and texts as an escape; JSON's own words have none."""
    plain = json.dumps(document)
    return re.sub(
        r'"(?:[^"\\]|\\.)*"', lambda text: re.sub(r"[a-z]", lambda each: f"\\u{ord(each[0]):04x}", text[0]), plain
    )


_SPELLINGS: dict[str, Callable[[object], str]] = {
    "pretty": lambda document: json.dumps(document, indent=4),
    "other order": lambda document: json.dumps(_reversed(document), separators=(",", ":")),
    "escapes": _escaped,
    "white space": lambda document: f"\r\n\t {json.dumps(document)} \n",
    "kilobytes of white space": lambda document: json.dumps(document) + " " * 8000,
}


def one_byte(place: str) -> Callable[[bytes], bytes]:
    """An alteration of a consent event by one byte that leaves it a valid event: white space, or its consent_id."""

    def alter(content: bytes) -> bytes:
        comma = content.index(b",") + 1
        value = content.index(b'"consent_id":"') + len(b'"consent_id":"')
        digit = b"0" if content[value : value + 1] != b"0" else b"1"
        return {
            "leading space": b" " + content,
            "inner space": content[:comma] + b" " + content[comma:],
            "trailing newline": content + b"\n",
            "one digit": content[:value] + digit + content[value + 1 :],
        }[place]

    return alter


def another_consent_id(content: bytes) -> bytes:
    """A consent event's body with a fresh consent_id in the old one's place."""
    document = json.loads(content)
    document["data"]["consent_id"] = str(uuid.uuid4())
    return json.dumps(document, separators=(",", ":")).encode()
