"""The signature vectors: each is hostile for what it says, and honest DPs that are strict refuse it."""

from collections.abc import Iterator

import pytest

from conformance import jose, resources
from conformance.catalogue import Catalogue
from conformance.provider import Call
from conformance.session.request import Request
from conformance.session.stage import Stage
from conformance.vectors import SignatureVector, asking, signatures
from tests.support.asking import staged

VECTORS = signatures()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(Request(profile=None, overrides={}, embedded=True)) as found:
        yield found


def made(stage: Stage, vector: SignatureVector) -> tuple[Call, str]:
    from conformance.session.bench import Desk

    async def make() -> Desk:
        return Desk(stage.bench)

    desk = stage.loop.run(make())
    call = desk.provider.forgery(vector.id, "canary")(desk.provider.document_call({"a": 1}))
    return call, call.signing.sign(call.body)


def test_there_are_at_least_seventy_over_the_whole_family() -> None:
    requirements = Catalogue.load().requirements

    assert len(VECTORS) >= 70
    assert {each.asks for each in VECTORS.values()} <= set(requirements)
    for number in (4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 19, 20):
        assert asking(f"JWS-{number:02d}")
    assert all(any(mark in each.why for mark in ("RFC", "CVE", "iat_window")) for each in VECTORS.values())
    assert len({(each.asks, str(each.recipe)) for each in VECTORS.values()}) == len(VECTORS)
    assert len(asking(flag="core")) >= 10


@pytest.mark.parametrize("name", VECTORS)
def test_a_strict_verifier_refuses_it(name: str, stage: Stage) -> None:
    vector = VECTORS[name]
    call, token = made(stage, vector)
    keys = jose.KeySet((stage.bench.kit.signing.public(), stage.bench.kit.signing_next.public()))

    if vector.asks in ("JWS-16", "JWS-17"):
        assert jose.verify_detached(token, call.body, keys), "only its time is wrong"
        return
    with pytest.raises(jose.JoseError):
        jose.verify_detached(token, call.body, keys)


def test_the_file_is_data_that_travels() -> None:
    assert (resources.path("fixtures") / "vectors" / "signatures.yaml").is_file()
