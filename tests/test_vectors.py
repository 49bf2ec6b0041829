"""The signature vectors: each differs from the healthy one in what it says, and strict DPs refuse it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conformance import jose, resources
from conformance.catalogue import Catalogue
from conformance.model import ConfigurationFault
from conformance.provider import Call
from conformance.provider.forgery import forged
from conformance.session.bench import Desk
from conformance.session.request import Request
from conformance.session.stage import Stage
from conformance.vectors import Demand, Recipe, SignatureVector, asking, read, signatures, vector
from tests.support.asking import staged

REFUSED, ACCEPTED, EITHER = (signatures(each) for each in (Demand.REFUSED, Demand.ACCEPTED, Demand.EITHER))
ALL = {**REFUSED, **ACCEPTED, **EITHER}
ABOUT_TIME = ("JWS-16", "JWS-17")
# What says another alg, kid or encoding is what it stands for; these keep every other member as it was.
KEPT = ("alg", "kid", "typ", "iss")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(Request(profile=None, overrides={}, embedded=True)) as found:
        yield found


@pytest.fixture(scope="module")
def healthy(stage: Stage) -> Call:
    async def make() -> Call:
        return Desk(stage.bench).provider.document_call({"event_type": "e", "data": {"consent_id": "a"}})

    return stage.loop.run(make())


def made(stage: Stage, healthy: Call, recipe: Recipe) -> tuple[Call, str]:
    call = forged(recipe, stage.bench.kit, "https://canary.example/x")(healthy)
    return call, call.signing.sign(call.body)


def keys(stage: Stage) -> jose.KeySet:
    return jose.KeySet((stage.bench.kit.signing.public(), stage.bench.kit.signing_next.public()))


def header_of(token: str) -> dict[str, object]:
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_they_cover_the_whole_family() -> None:
    assert len(REFUSED) >= 70
    assert len(ALL) == len(REFUSED) + len(ACCEPTED) + len(EITHER), "ids are given once in all files"
    assert {each.asks for each in ALL.values()} <= set(Catalogue.load().requirements)
    for number in (4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 19, 20):
        assert asking(f"JWS-{number:02d}")
    assert {each.asks for each in ACCEPTED.values()} == {"JWS-01", "JWS-21", "JWS-24"}
    assert len(asking(flag="core")) >= 10


@pytest.mark.parametrize("name", ALL)
def test_each_names_its_clause_or_class(name: str) -> None:
    assert any(mark in ALL[name].why for mark in ("RFC ", "CVE-", "iat_window", "jws_header_claims"))


def test_no_two_are_the_same() -> None:
    assert len({str(each.recipe) for each in ALL.values()}) == len(ALL)


@pytest.mark.parametrize("name", REFUSED)
def test_a_strict_verifier_refuses_it(name: str, stage: Stage, healthy: Call) -> None:
    call, token = made(stage, healthy, REFUSED[name].recipe)

    if REFUSED[name].asks in ABOUT_TIME:
        assert jose.verify_detached(token, call.body, keys(stage)), "only its time is wrong"
        return
    with pytest.raises(jose.JoseError):
        jose.verify_detached(token, call.body, keys(stage))


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_strict_verifier_accepts_what_is_honest(name: str, stage: Stage, healthy: Call) -> None:
    call, token = made(stage, healthy, ACCEPTED[name].recipe)

    assert jose.verify_detached(token, call.body, keys(stage))
    assert json.loads(call.body) == json.loads(healthy.body)
    if ACCEPTED[name].asks == "JWS-21":
        assert call.body != healthy.body


@pytest.mark.parametrize("name", ALL)
def test_it_differs_from_the_healthy_one_in_what_it_says(name: str, stage: Stage, healthy: Call) -> None:
    """Random signatures differ anyway; what is compared is the header and the verdict of a strict verifier."""
    recipe = ALL[name].recipe
    _call, token = made(stage, healthy, recipe)
    plain = (
        recipe.header_text is None and "header" not in recipe.shape and recipe.shape not in ("only dots", "one part")
    )
    if not plain or "JSON" in recipe.shape:
        return
    header = header_of(token.split(".")[0].split(",")[0])
    agreed = header_of(healthy.signing.sign(healthy.body))
    for member in KEPT:
        if member not in recipe.header:
            assert header.get(member) == agreed.get(member), "nothing else was changed"
    for member, value in recipe.header.items():
        if value is None:
            assert member not in header
        elif not str(value).startswith("$"):
            assert header[member] == value
        else:
            assert header.get(member) != agreed.get(member, "absent")
            assert "$" not in str(header[member])


def test_what_the_header_carries_is_there(stage: Stage, healthy: Call) -> None:
    def header(name: str) -> dict[str, object]:
        return header_of(made(stage, healthy, REFUSED[name].recipe)[1])

    stranger = stage.bench.kit.stranger.public()
    assert header("jwk-carried")["jwk"] == stranger.to_jwk("sig")
    assert header("x5c-carried")["x5c"] == [base64.b64encode(stranger.certificate).decode()]
    assert header("jku-pointed")["jku"] == header("x5u-pointed")["x5u"] == "https://canary.example/x"
    assert header("alg-null")["alg"] is None
    assert header("kid-nul-behind")["kid"] == f"{stage.bench.kit.signing.kid}\0x"


@pytest.mark.parametrize("name", REFUSED)
def test_it_stays_hostile_where_there_is_nothing_to_sign(name: str, stage: Stage, healthy: Call) -> None:
    """R:get_signature_payload=empty must not make the healthy signature of one."""
    call, token = made(stage, replace(healthy, body=b"", payload=b""), REFUSED[name].recipe)

    if REFUSED[name].asks in ABOUT_TIME:
        return
    with pytest.raises(jose.JoseError):
        jose.verify_detached(token, call.body, keys(stage))


@pytest.mark.parametrize("name", REFUSED)
def test_it_stays_hostile_where_the_payload_is_not_encoded(name: str, stage: Stage, healthy: Call) -> None:
    """R:jws_b64=false must not either."""
    bare = healthy.signed(b64=False)
    assert jose.verify_detached(bare.signing.sign(bare.body), bare.body, keys(stage), b64=False)
    call, token = made(stage, bare, REFUSED[name].recipe)

    if REFUSED[name].asks in ABOUT_TIME:
        assert jose.verify_detached(token, call.body, keys(stage), b64=False)
        return
    with pytest.raises(jose.JoseError):
        jose.verify_detached(token, call.body, keys(stage), b64=False)


def test_a_member_changed_by_a_check_keeps_the_agreed_encoding(stage: Stage, healthy: Call) -> None:
    bare = healthy.signed(b64=False, members={"jti": "a"})

    assert jose.verify_detached(bare.signing.sign(bare.body), bare.body, keys(stage), b64=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("  - {id: a, asks: JWS-06, flags: [x], why: RFC, recipe: {alg: HS257}}", "vectors.0.recipe.alg"),
        ("  - {id: a, asks: JWS-06, flags: [x], why: RFC, recipe: {shape: round}}", "vectors.0.recipe.shape"),
        ("  - {id: a, asks: JWS-06, flags: [x], why: RFC, recipe: {haeder: {}}}", "haeder"),
        ("  - {id: a, asks: JWS-06, flags: [x], why: RFC, recipe: {header: {kid: $kiddo}}}", "'$kiddo' stands for"),
        ("  - {id: a, asks: EVT-01, flags: [x], why: RFC}", "vectors.0.asks"),
        ("  - {id: a, asks: JWS-06, flags: [], why: RFC}", "vectors.0.flags"),
        ("  - {id: a, asks: JWS-06, flags: [x]}", "why"),
    ],
)
def test_a_fault_names_file_line_and_key(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "signatures.yaml"
    file.write_text(f"# a line before\nvectors:\n{text}\n")

    with pytest.raises(ConfigurationFault) as caught:
        read(file)

    assert f"{file.name}:3" in str(caught.value)
    assert told in str(caught.value)


def test_an_id_that_stands_twice_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "signatures.yaml"
    line = "  - {id: a, asks: JWS-06, flags: [x], why: RFC}\n"
    file.write_text(f"vectors:\n{line}{line}")

    with pytest.raises(ConfigurationFault, match=r"signatures\.yaml:3.*'a' stands twice"):
        read(file)


def test_vectors_are_found_in_whichever_file() -> None:
    found = [vector(each) for each in ("alg-none", "next-key", "crit-empty")]

    assert all(isinstance(each, SignatureVector) for each in found)
    with pytest.raises(KeyError):
        vector("no-such-vector")


def test_the_files_are_data_that_travel() -> None:
    folder = resources.path("fixtures") / "vectors"

    assert all((folder / f"signatures-{demand}.yaml").is_file() for demand in Demand)
