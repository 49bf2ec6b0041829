"""The wire contract as an OpenAPI document, and what it objects to. The only home of jsonschema and openapi_*."""

from __future__ import annotations

from conformance.contract.contract import FILE, Contract
from conformance.contract.problems import LONGEST_PROBLEM, MOST_PROBLEMS

__all__ = ["FILE", "LONGEST_PROBLEM", "MOST_PROBLEMS", "Contract"]
