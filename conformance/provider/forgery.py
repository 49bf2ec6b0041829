"""A vector's signature in the place of the healthy one, over the very message that is sent."""

from __future__ import annotations

import json
import os
import time

from conformance import jose
from conformance.kit import Kit
from conformance.provider import change
from conformance.provider.call import Call, Signing
from conformance.provider.change import Change
from conformance.vectors import Body, By, Bytes, Carried, Over, Recipe, Shape

_OTHER = b"3f2b1c9a-0000-4000-8000-00000000dead"
_CARRIED_SECRET = bytes(3)
_LONG = 2000


def forged(recipe: Recipe, kit: Kit, canary: str = "") -> Change:
    """The call under a signature made after the recipe; `canary` is a URL at which nothing may arrive."""

    def alter(call: Call) -> Call:
        if recipe.body is not Body.PLAIN:
            call = change.respelled(recipe.body)(call)
        payload = call.payload if call.payload is not None else call.target.encode()
        return call.signed(text=_Forger(recipe, kit, canary, call.signing).token(payload))

    return alter


class _Forger:
    """Makes one token."""

    def __init__(self, recipe: Recipe, kit: Kit, canary: str, signing: Signing) -> None:
        self._recipe = recipe
        self._kit = kit
        self._canary = canary
        self._signing = signing
        self._plain = signing.b64 or signing.attached

    def token(self, payload: bytes) -> str:
        header = self._header()
        other = self._other(payload)
        shown = payload if other is None else other
        covered = self._covered(shown)
        raw = not self._plain
        if self._recipe.over in (Over.OTHER_ENCODING, Over.OTHER_ENCODING_SAID):
            raw = not raw
            # Where there is nothing to encode, both encodings are one, and only another message differs.
            covered = covered or _OTHER
        signed_header = self._without_note(header) if self._recipe.over is Over.OTHER_HEADER else header
        signed = b".".join([jose.b64url(signed_header).encode(), covered if raw else jose.b64url(covered).encode()])
        signature = self._altered(self._sign(signed))
        carries = self._signing.attached or self._recipe.carries is not Carried.AS_AGREED
        return self._shaped(jose.b64url(header), jose.b64url(shown if carries else b""), jose.b64url(signature))

    def _other(self, payload: bytes) -> bytes | None:
        """The other message that the token carries, if it does."""
        if self._recipe.carries is Carried.OTHER_EVENT:
            try:
                return change.another_consent_id(payload)
            except (ValueError, KeyError, TypeError):
                return _OTHER
        return _OTHER if self._recipe.carries is Carried.OTHER else None

    def _covered(self, payload: bytes) -> bytes:
        if self._recipe.over is Over.OTHER or (self._recipe.over is Over.NOTHING and not payload):
            return _OTHER
        return b"" if self._recipe.over is Over.NOTHING else payload

    def _header(self) -> bytes:
        healthy = {**self._signing.header(), **self._signing.claims()}
        if self._recipe.over is Over.OTHER_ENCODING_SAID:
            encoding: dict[str, object] = {"b64": False, "crit": ["b64"]}
            healthy = {**healthy, **(encoding if self._plain else dict.fromkeys(encoding))}
        if self._recipe.header_text is not None:
            return self._spelled(self._recipe.header_text, healthy).encode()
        wanted: dict[str, object] = {**healthy, **self._recipe.header}
        made = {name: self._value(each) for name, each in wanted.items() if each is not None}
        if self._recipe.over is Over.OTHER_HEADER:
            made["ofp-note"] = 1
        return json.dumps(made).encode()

    def _spelled(self, text: str, healthy: dict[str, object]) -> str:
        forms = {
            "$members": json.dumps(healthy)[1:-1],
            "$lines": json.dumps(healthy, indent=4)[1:-1],
            "$backwards": json.dumps(dict(reversed(healthy.items())))[1:-1],
            "$kid": self._signing.key.kid,
        }
        for name, form in forms.items():
            text = text.replace(name, form)
        return text

    @staticmethod
    def _without_note(header: bytes) -> bytes:
        return json.dumps({name: each for name, each in json.loads(header).items() if name != "ofp-note"}).encode()

    def _value(self, value: object) -> object:
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        kid, now = self._signing.key.kid, time.time()
        if value.startswith("$iat"):
            return int(now) + int(value[4:])
        if value.startswith("$kid"):
            return kid + value[4:]
        stranger, consumer = self._kit.stranger.public().to_jwk("sig"), self._kit.consumers[0]
        return {
            "$jwk": stranger,
            "$x5c": stranger.get("x5c"),
            "$canary": self._canary,
            "$consumer": consumer.signing.kid,
            "$consumer_id": consumer.dc_id,
            "$next": self._kit.signing_next.kid,
            "$null": None,
            "$long": "k" * _LONG,
            "$other_case": kid.swapcase() if kid.swapcase() != kid else f"{kid}X",
            "$shortened": kid[: max(1, len(kid) // 2)] if len(kid) > 1 else f"{kid}X",
            "$milliseconds": int(now * 1000),
            "$now_as_text": str(int(now)),
        }[value]

    def _sign(self, signed: bytes) -> bytes:
        alg, _, secret = self._recipe.alg.partition(":")
        if alg == "none":
            return b""
        if alg.startswith("HS"):
            return jose.hmac_sign(self._secret(secret), signed, alg)
        if alg in ("ES256", "EdDSA"):
            return jose.sign_otherwise(signed, alg)
        keys = {
            By.PAYNET: self._kit.signing,
            By.NEXT: self._kit.signing_next,
            By.STRANGER: self._kit.stranger,
            By.CONSUMER: self._kit.consumers[0].signing,
        }
        return jose.raw_sign(keys[self._recipe.by], signed, alg)

    def _secret(self, form: str) -> bytes:
        return _CARRIED_SECRET if form == "carried" else jose.public_bytes(self._kit.signing.public(), form)

    def _altered(self, signature: bytes) -> bytes:
        middle = len(signature) // 2
        match self._recipe.signature:
            case Bytes.NONE:
                return b""
            case Bytes.ZERO:
                return bytes(len(signature))
            case Bytes.RANDOM:
                return os.urandom(len(signature))
            case Bytes.TRUNCATED:
                return signature[:-1]
            case Bytes.HALVED:
                return signature[:middle]
            case Bytes.EXTENDED:
                return signature + b"\0"
            case Bytes.PREFIXED:
                return b"\0" + signature
            case Bytes.FIRST_BIT:
                return _flipped(signature, 0, 0x80)
            case Bytes.MIDDLE_BIT:
                return _flipped(signature, middle, 0x10)
            case Bytes.LAST_BIT:
                return _flipped(signature, len(signature) - 1, 0x01)
            case Bytes.TWO_NUMBERS:
                return bytes(63) + b"\1"
            case Bytes.ZERO_64:
                return bytes(64)
            case Bytes.REVERSED:
                return signature[::-1]
        return signature

    def _shaped(self, header: str, payload: str, signature: str) -> str:
        compact = f"{header}.{payload}.{signature}"
        match self._recipe.shape:
            case Shape.PADDED:
                return f"{header}{'=' * (-len(header) % 4)}.{payload}.{signature}{'=' * (-len(signature) % 4) or '=='}"
            case Shape.SPACED:
                return f"{header}. {payload}.{signature[:20]} {signature[20:]}"
            case Shape.STANDARD:
                return f"{header}.{payload}.{_standard(signature)}"
            case Shape.NO_HEADER:
                return f".{payload}.{signature}"
            case Shape.TWO_PARTS:
                return f"{header}.{signature}"
            case Shape.FOUR_PARTS:
                return f"{compact}."
            case Shape.FIVE_PARTS:
                return f"{compact}.AA.AA"
            case Shape.FLATTENED:
                return json.dumps({"protected": header, "payload": payload, "signature": signature})
            case Shape.GENERAL:
                signatures = [{"protected": header, "signature": signature}]
                return json.dumps({"payload": payload, "signatures": signatures})
            case Shape.TWICE:
                return f"{compact},{compact}"
            case Shape.ONE_PART:
                return f"{header}{payload}{signature}"
            case Shape.ONLY_DOTS:
                return ".."
            case Shape.LEFT_OVER_BITS:
                return f"{header}.{payload}.{_with_left_over_bits(signature)}"
        return compact


def _flipped(content: bytes, place: int, bit: int) -> bytes:
    altered = bytearray(content)
    altered[place] ^= bit
    return bytes(altered)


def _standard(text: str) -> str:
    """The same in the alphabet of RFC 4648 section 4, which differs in two characters."""
    other = text.replace("-", "+").replace("_", "/")
    return other if other != text else f"{text}="


def _with_left_over_bits(text: str) -> str:
    """The same bytes with the last character's unused bits set, which RFC 4648 section 3.5 lets a decoder refuse."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    unused = {2: 0b1111, 3: 0b11}.get(len(text) % 4, 0)
    return text[:-1] + alphabet[alphabet.index(text[-1]) | unused] if text else text
