"""Two readings of the OpenAPI document agree: what schemathesis draws from it, our contract takes or objects to."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance import resources
from conformance.contract import Contract
from conformance.model import Operation

CONTRACT = Contract.load()


def bodies(mode: str) -> Any:
    """A strategy of D1 bodies, as schemathesis reads the document: `positive` ones fit it, `negative` ones do not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis
        from schemathesis import GenerationMode

    schema = schemathesis.openapi.from_path(resources.path("specs") / "openapi" / "ofp-dp-1.2.1.yaml")
    operation = schema["/v1/consents/events"]["POST"]
    return operation.as_strategy(generation_mode=GenerationMode(mode)).map(lambda case: case.body)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.deferred(lambda: bodies("positive")))
def test_what_fits_the_document_is_taken(body: object) -> None:
    assert CONTRACT.problems_in_request(Operation.EVENT, body) == ()


def test_what_does_not_fit_is_objected_to() -> None:
    seen = []

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(bodies("negative"))
    def collect(body: object) -> None:
        if isinstance(body, dict | list | str | int | float | bool | None):
            seen.append(bool(CONTRACT.problems_in_request(Operation.EVENT, body)))

    collect()
    # A negative case may be so by its headers alone, and how many are is schemathesis' choice.
    assert any(seen)


@pytest.mark.parametrize("body", [{}, [], None, {"event_type": "consent_created"}])
def test_what_is_no_event_is_objected_to(body: object) -> None:
    assert CONTRACT.problems_in_request(Operation.EVENT, body)
