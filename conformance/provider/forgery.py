"""A vector's signature in the place of the healthy one, over the very message that is sent."""

from __future__ import annotations

import json
import os
import time

from conformance import jose
from conformance.kit import Kit
from conformance.provider.call import Call, Signing
from conformance.provider.change import Change
from conformance.vectors import By, Bytes, Over, Recipe, Shape

_OTHER = b"3f2b1c9a-0000-4000-8000-00000000dead"


def forged(recipe: Recipe, kit: Kit, canary: str = "") -> Change:
    """The call under a signature made after the recipe; `canary` is a URL at which nothing may arrive."""

    def change(call: Call) -> Call:
        payload = call.payload if call.payload is not None else call.target.encode()
        return call.signed(text=_Forger(recipe, kit, canary, call.signing).token(payload))

    return change


class _Forger:
    """Makes one token."""

    def __init__(self, recipe: Recipe, kit: Kit, canary: str, signing: Signing) -> None:
        self._recipe = recipe
        self._kit = kit
        self._canary = canary
        self._signing = signing

    def token(self, payload: bytes) -> str:
        header = self._header()
        raw = (not self._signing.b64) != (self._recipe.over is Over.OTHER_ENCODING)
        covered = self._covered(payload)
        signed = b".".join([jose.b64url(header).encode(), covered if raw else jose.b64url(covered).encode()])
        signature = self._altered(self._sign(signed))
        carried = _OTHER if self._recipe.carries_other else payload if self._signing.attached else b""
        return self._shaped(jose.b64url(header), jose.b64url(carried), jose.b64url(signature))

    def _covered(self, payload: bytes) -> bytes:
        if self._recipe.carries_other or self._recipe.over is Over.OTHER:
            return _OTHER
        return b"" if self._recipe.over is Over.NOTHING else payload

    def _header(self) -> bytes:
        healthy = {"alg": "PS256", "kid": self._signing.key.kid, **self._signing.claims()}
        if not self._signing.b64:
            healthy |= {"b64": False, "crit": ["b64"]}
        if self._recipe.header_text is not None:
            return self._recipe.header_text.replace("$members", json.dumps(healthy)[1:-1]).encode()
        members = {**healthy, **{name: self._value(each) for name, each in self._recipe.header.items()}}
        return json.dumps({name: each for name, each in members.items() if each is not None}).encode()

    def _value(self, value: object) -> object:
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value.startswith("$iat"):
            return int(time.time()) + int(value[4:])
        stranger = self._kit.stranger.public()
        return {
            "$jwk": stranger.to_jwk("sig"),
            "$x5c": stranger.to_jwk("sig").get("x5c"),
            "$canary": self._canary,
            "$consumer": self._kit.consumers[0].signing.kid,
            "$long": "k" * 2000,
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
        return jose.public_bytes(self._kit.signing.public(), form)

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
        return compact


def _flipped(content: bytes, place: int, bit: int) -> bytes:
    altered = bytearray(content)
    altered[place] ^= bit
    return bytes(altered)


def _standard(text: str) -> str:
    """The same in the alphabet of RFC 4648 section 4, which differs in two characters."""
    other = text.replace("-", "+").replace("_", "/")
    return other if other != text else f"{text}="
