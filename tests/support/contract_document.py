"""The parts of the contract document that comes with the suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance import documents, resources
from conformance.contract import FILE

Node = dict[str, Any]
DOCUMENT: Any = documents.parse(resources.path("specs") / "openapi" / FILE).data
SCHEMAS: Node = DOCUMENT["components"]["schemas"]


def schema(name: str) -> Node:
    component, _, member = name.partition(".")
    found: Node = SCHEMAS[component]["properties"][member] if member else SCHEMAS[component]
    return found


def operations() -> Iterator[tuple[str, str, Node]]:
    for path, item in DOCUMENT["paths"].items():
        for method in item.keys() & {"get", "put", "post", "patch", "delete", "head", "options", "trace"}:
            yield method, path, item[method]


def resolved(node: Node) -> Node:
    """The node that a local reference leads to, or the node."""
    at: Any = DOCUMENT
    for part in node["$ref"].split("/")[1:] if "$ref" in node else []:
        at = at[part]
    return at if "$ref" in node else node


def all_schemas(node: Any, where: str = "") -> Iterator[tuple[str, Node]]:
    """Every schema that is written out below a node, and every parameter, header, answer and operation."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from all_schemas(each, f"{where}/{number}")
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        at = f"{where}/{key}"
        named = key in ("properties", "patternProperties", "schemas", "headers", "responses", "securitySchemes")
        if named or at == "/components/parameters":
            yield from ((f"{at}/{name}", each) for name, each in value.items() if "$ref" not in each)
            yield from (
                (place, each) for name, inner in value.items() for place, each in all_schemas(inner, f"{at}/{name}")
            )
        elif key in ("anyOf", "oneOf", "allOf", "parameters"):
            yield from ((f"{at}/{number}", each) for number, each in enumerate(value) if "$ref" not in each)
            yield from all_schemas(value, at)
        elif key in ("items", "schema", "x-payload-schema", "get", "post", "patch"):
            if "$ref" not in value:
                yield at, value
            yield from all_schemas(value, at)
        elif key not in ("examples", "example"):
            yield from all_schemas(value, at)


def parameters(method: str, path: str) -> list[Node]:
    item = DOCUMENT["paths"][path]
    return [resolved(each) for each in (*item.get("parameters", ()), *item[method].get("parameters", ()))]
