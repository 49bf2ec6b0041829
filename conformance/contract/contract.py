"""What the suite asks of a contract document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance import documents, resources
from conformance.contract import places
from conformance.contract.openapi import Check, OpenApi, Pointer
from conformance.model import Operation

FILE = "ofp-dp-1.2.1.yaml"

_SEALED = frozenset({Operation.BALANCES, Operation.ACCOUNT, Operation.TRANSACTIONS})
_ERROR: Mapping[str, object] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class Contract:
    """One OpenAPI document, its schemas ready. `version` is info.version, `digest` the file's SHA-256 in hex.

    Every `problems_...` gives at most five texts "path: rule" of at most 200 characters, none when all is well, and
    never quotes a value. An operation or a body that the document does not describe has no problems.
    """

    path: Path
    name: str
    version: str
    digest: str
    _requests: Mapping[Operation, Check]
    _answers: Mapping[Operation, Mapping[str, Check | None]]
    _error: Check

    @classmethod
    def load(cls, path: Path | None = None) -> Contract:
        """Read an OpenAPI 3.0 or 3.1 document in one file; the suite's own unless a path is given.

        Operations are found by method and path template, so that names of schemas, parameters and servers are free.

        Raises:
            ConfigurationFault: unreadable, not OpenAPI, invalid, or without an operation that every provider has.
        """
        path = path or resources.path("specs") / "openapi" / FILE
        document = OpenApi(documents.parse(path))
        found = places.find_all(document)
        return cls(
            path=path,
            name=path.name,
            version=str(document.value(("info", "version"))),
            digest=hashlib.sha256(path.read_bytes()).hexdigest(),
            _requests={op: check for op, place in found.items() if (check := _request(document, place))},
            _answers={op: _answers(document, place, sealed=op in _SEALED) for op, place in found.items()},
            _error=_refusal(document, found.values()),
        )

    def problems_in_request(self, operation: Operation, body: object) -> tuple[str, ...]:
        """What the contract objects to in a request's parsed JSON body."""
        check = self._requests.get(operation)
        return check(body) if check else ()

    def problems_in_plaintext(self, operation: Operation, data: object, status: int = 200) -> tuple[str, ...]:
        """What it objects to in an answer's parsed JSON: for D4-D6 the decrypted one, with or without `data` around it.

        A status that the operation does not list, nor its range nor `default`, is a problem of its own.
        """
        answers = self._answers.get(operation)
        if answers is None:
            return ()
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in answers:
                check = answers[key]
                return check(data) if check else ()
        return (f"(status): {status} is no status of {operation.value} in the contract",)

    def problems_in_error(self, body: object) -> tuple[str, ...]:
        """What it objects to in a refusal's parsed JSON body (G: `{error, error_description}`)."""
        return self._error(body)


def _request(document: OpenApi, operation: Pointer) -> Check | None:
    schema = document.json_schema((*operation, "requestBody"))
    return document.check(schema) if schema else None


def _answers(document: OpenApi, operation: Pointer, *, sealed: bool) -> dict[str, Check | None]:
    """The check of each status; None where the document describes no JSON for it."""
    checks: dict[str, Check | None] = {}
    for status in document.value((*operation, "responses")) or {}:
        schema = document.json_schema((*operation, "responses", status))
        unwraps = sealed and status.startswith("2")
        check = None if schema is None else _either(document, schema) if unwraps else document.check(schema)
        checks[status if status == "default" else status.upper()] = check
    return checks


def _either(document: OpenApi, schema: Pointer) -> Check:
    """A check that takes data with and without `data` around it, whichever of the two the schema says."""
    plain = document.check(schema)
    target = document.followed(schema)
    inner_schema = (*target, "properties", "data")
    inner = document.check(inner_schema) if document.value(inner_schema) is not None else None

    def check(data: object) -> tuple[str, ...]:
        problems = plain(data)
        wrapped = isinstance(data, dict) and "data" in data
        if not problems or (inner is not None and wrapped):
            return problems
        if inner is not None:
            # Only the wrapper itself can be taken away, not members that the schema demands beside it.
            return inner(data) if document.value((*target, "required")) in (None, ["data"]) else problems
        return plain(data["data"]) if isinstance(data, dict) and wrapped else problems

    return check


def _refusal(document: OpenApi, operations: Iterable[Pointer]) -> Check:
    """The check of a refusal's body: the first that the operations describe."""
    for operation in operations:
        statuses = [str(status) for status in document.value((*operation, "responses")) or {}]
        for status in sorted(each for each in statuses if each.startswith(("4", "5")) or each == "default"):
            schema = document.json_schema((*operation, "responses", status))
            if schema:
                return document.check(schema)
    return document.compiled(_ERROR)
