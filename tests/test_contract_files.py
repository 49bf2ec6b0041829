"""Contract documents of other authors: OpenAPI 3.0 and 3.1, good and broken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance import documents, resources
from conformance.contract import FILE, Contract
from conformance.model import ConfigurationFault, Operation
from tests.support.bodies import Body, approval, balance, event, flat, nested, transaction

OWN = resources.path("specs") / "openapi" / FILE


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load()


def minimal(version: str = "3.1.0") -> Body:
    """A document of another author: other parameter names, no component names, a server with a path."""
    answer = {"200": {"description": "good"}}
    nullable = {"type": "string", "nullable": True} if version.startswith("3.0") else {"type": ["string", "null"]}
    schema = {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "object", "required": ["x"], "properties": {"x": nullable}}},
    }

    def parameter(name: str) -> list[Body]:
        return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]

    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    good = {"200": {"description": "good", "content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": version,
        "info": {"title": "another", "version": "9.8"},
        "servers": [{"url": "https://provider.example/v1"}],
        "paths": {
            "/consents/events": {"post": {"requestBody": body, "responses": answer}},
            "/oauth/authorize": {"get": {"responses": answer}},
            "/accounts/{id}/balances": {"parameters": parameter("id"), "get": {"responses": good}},
            "/consents/{id}": {"parameters": parameter("id"), "patch": {"requestBody": body, "responses": answer}},
        },
        "components": {
            "schemas": {
                "Thing": {
                    "type": "object",
                    "required": ["note"],
                    "properties": {
                        "note": {**nullable, "maxLength": 3},
                        "next": {"$ref": "#/components/schemas/Thing"},
                    },
                }
            }
        },
    }


def written(folder: Path, document: object, name: str = "openapi.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_documents_of_others_load(tmp_path: Path, version: str) -> None:
    found = Contract.load(written(tmp_path, minimal(version)))
    assert found.version == "9.8"
    assert found.problems_in_request(Operation.EVENT, {"note": None, "next": {"note": "abc"}}) == ()
    assert found.problems_in_request(Operation.UPDATE, {"note": "abcd"}) == (
        "note: must have at most 3 character(s), found 4",
    )
    assert found.problems_in_request(Operation.EVENT, {"note": "a", "next": {}}) == ("next: lacks note",)
    for data in ({"data": {"x": None}}, {"x": "bare"}):
        assert found.problems_in_plaintext(Operation.BALANCES, data) == ()
    assert found.problems_in_plaintext(Operation.BALANCES, {"data": {}}) == ("data: lacks x",)
    assert found.problems_in_plaintext(Operation.BALANCES, {"y": 1}) == ("(top): lacks x",)
    assert found.problems_in_plaintext(Operation.USERINFO, 5) == ()
    assert found.problems_in_error({"error": "x"}) == ()
    assert found.problems_in_error({}) == ("(top): lacks error",)


def lowered(node: Any, *, schema: bool = False) -> Any:
    """The suite's own document said in OpenAPI 3.0."""
    if isinstance(node, list):
        return [lowered(each, schema=schema) for each in node]
    if not isinstance(node, dict):
        return node
    dropped = {"patternProperties", "examples", "identifier", "summary" if "version" in node else ""}
    members = {key: value for key, value in node.items() if key not in dropped}
    if "$ref" in members:
        return {"$ref": members["$ref"]}
    if isinstance(members.get("type"), list):
        kinds = [each for each in members.pop("type") if each != "null"]
        members |= {"type": kinds[0], "nullable": True} if len(kinds) == 1 else {}
    if isinstance(members.get("const"), str):
        members["enum"] = [members.pop("const")]
    return {key: lowered(value) for key, value in members.items()}


def test_own_document_said_in_3_0_judges_alike(tmp_path: Path, contract: Contract) -> None:
    source: Any = documents.parse(OWN).data
    older = {**lowered(source), "openapi": "3.0.4"}
    del older["security"], older["components"]["securitySchemes"]
    found = Contract.load(written(tmp_path, older))
    bodies: list[Body] = [event(), event("account_access"), approval(), {"status": "authorised"}, {}]
    broken_event = event()
    broken_event["data"]["expiration_datetime"] = "tomorrow"
    for body in [*bodies, broken_event]:
        for operation in (Operation.EVENT, Operation.UPDATE):
            assert found.problems_in_request(operation, body) == contract.problems_in_request(operation, body)
    page: Body = {"data": [transaction()], "meta": {"next_page_params": None}}
    for data in (
        balance(flat()),
        balance(nested()),
        balance(flat("-1.00")),
        page,
        {**page, "meta": {"next_page_params": 1}},
    ):
        for operation in (Operation.BALANCES, Operation.TRANSACTIONS):
            expected = bool(contract.problems_in_plaintext(operation, data))
            assert bool(found.problems_in_plaintext(operation, data)) is expected


def test_ranges_and_defaults_of_statuses(tmp_path: Path) -> None:
    document = minimal()
    described = {"description": "x", "content": {"application/json": {"schema": {"type": "object", "required": ["y"]}}}}
    document["paths"]["/consents/events"]["post"]["responses"] = {"2XX": {"description": "good"}, "4XX": described}
    document["paths"]["/oauth/authorize"]["get"]["responses"] = {"303": {"description": "go"}, "default": described}
    found = Contract.load(written(tmp_path, document))
    assert found.problems_in_plaintext(Operation.EVENT, {}, 204) == ()
    assert found.problems_in_plaintext(Operation.EVENT, {}, 422) == ("(top): lacks y",)
    assert found.problems_in_plaintext(Operation.EVENT, {}, 500)[0].startswith("(status): 500 is no status")
    assert found.problems_in_plaintext(Operation.AUTHORIZE, {}, 500) == ("(top): lacks y",)
    assert found.problems_in_error({"error": "x"}) == ("(top): lacks y",)


@pytest.mark.parametrize(
    ("pattern", "fits", "breaks"),
    [
        ("^a$|^b$", ["a", "b"], ["a\n", "b\n", "c"]),
        ("^[$]$", ["$"], ["$\n", ""]),
        (r"^\$\d$", ["$1"], ["$1\n", "$١"]),
        ("^[[]]$", ["[]"], ["[]\n"]),
        (r"^\p{Lu}$", ["a", "A"], []),
    ],
)
def test_patterns_are_those_of_json_schema(tmp_path: Path, pattern: str, fits: list[str], breaks: list[str]) -> None:
    document = minimal()
    document["components"]["schemas"]["Thing"]["properties"]["note"] = {"type": "string", "pattern": pattern}
    found = Contract.load(written(tmp_path, document))
    assert [each for each in fits if found.problems_in_request(Operation.EVENT, {"note": each})] == []
    assert [each for each in breaks if not found.problems_in_request(Operation.EVENT, {"note": each})] == []


def test_the_default_reading_counts_where_a_document_has_both(tmp_path: Path) -> None:
    document = minimal()
    balances = document["paths"]["/accounts/{id}/balances"]
    balances["post"] = {"responses": {"200": {"description": "another"}}}
    found = Contract.load(written(tmp_path, document))
    assert found.problems_in_plaintext(Operation.BALANCES, {"data": {}}) == ("data: lacks x",)
    del balances["get"]
    assert Contract.load(written(tmp_path, document)).problems_in_plaintext(Operation.BALANCES, {"data": {}}) == ()


@pytest.mark.parametrize(
    "server",
    ["https://provider.example", "https://provider.example/open-finance/v1", "/v1", "https://{host}/{stage}/v1"],
)
@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_the_version_may_stand_in_the_server_or_in_the_path(tmp_path: Path, server: str, prefix: str) -> None:
    document = minimal()
    names = re.findall(r"\{(\w+)\}", server)
    document["servers"] = [{"url": server, "variables": {name: {"default": "x"} for name in names}}]
    document["paths"] = {prefix + path: item for path, item in document["paths"].items()}
    assert Contract.load(written(tmp_path, document)).problems_in_request(Operation.EVENT, {}) == ("(top): lacks note",)


def test_a_server_may_hold_part_of_a_path(tmp_path: Path) -> None:
    document = minimal()
    item = document["paths"].pop("/consents/events")
    document["paths"]["/events"] = {**item, "servers": [{"url": "https://provider.example/v1/consents/"}]}
    assert Contract.load(written(tmp_path, document)).problems_in_request(Operation.EVENT, {}) == ("(top): lacks note",)


def test_one_form_with_many_faults_gives_few_problems(tmp_path: Path) -> None:
    members = [f"member_{letter}" for letter in "abcdefgh"]
    form = {"type": "object", "properties": {name: {"type": "string"} for name in members}}
    document = minimal()
    document["components"]["schemas"]["Thing"] = {"anyOf": [form]}
    found = Contract.load(written(tmp_path, document))
    assert len(found.problems_in_request(Operation.EVENT, dict.fromkeys(members, 1))) == 5


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("post", "/consents/events", "POST /v1/consents/events"),
        ("get", "/oauth/authorize", "GET /v1/oauth/authorize"),
        ("get", "/accounts/{id}/balances", "GET /v1/accounts/{id}/balances"),
        ("patch", "/consents/{id}", "PATCH /v1/consents/{id}"),
    ],
)
def test_a_missing_operation_is_named(tmp_path: Path, method: str, path: str, named: str) -> None:
    document = minimal()
    del document["paths"][path][method]
    with pytest.raises(ConfigurationFault, match=named.replace("{", r"\{")) as fault:
        Contract.load(written(tmp_path, document))
    assert "\n" not in str(fault.value)


def broken(**members: object) -> Body:
    return {**minimal(), **members}


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "text",
        "{",
        json.dumps({"swagger": "2.0"}),
        json.dumps(broken(openapi="3.2.0")),
        json.dumps(broken(openapi=None)),
        json.dumps(broken(info={"title": "no version"})),
        json.dumps(broken(info=None)),
        json.dumps(broken(paths=[])),
        json.dumps(broken(paths={"/x": 5})),
        json.dumps(broken(servers="x")),
        json.dumps(broken(components={"schemas": {"Thing": {"type": "strange"}}})),
        json.dumps(broken(components={"schemas": {"Thing": {"$ref": "other.yaml#/Thing"}}})),
        json.dumps(broken(components={"schemas": {}})),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path, document: str) -> None:
    for name in ("openapi.json", "openapi.yaml"):
        path = written(tmp_path, document, name)
        with pytest.raises(ConfigurationFault) as fault:
            Contract.load(path)
        assert str(fault.value).startswith(str(path))
        assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("openapi: 3.1.0", "openapi: 2.0.0", "openapi: is not OpenAPI 3.0 or 3.1"),
        ('"#/components/schemas/EventType"', '"#/components/schemas/EvenType"', "properties.event_type.$ref: leads to"),
        (
            '"#/components/schemas/EventType"',
            '"common.yaml#/EventType"',
            "properties.event_type.$ref: leads to another",
        ),
        ("tags: [provider]", "tags: provider", "paths./v1/consents/events.post.tags: is no valid OpenAPI"),
        ("  /v1/oauth/authorize:", "  /v1/oauth/authorise:", "paths: has no GET /v1/oauth/authorize (D2 authorize)"),
        ("maxLength: 36", "maxLength: long", "components.schemas.ConsentId.maxLength: is no valid OpenAPI"),
        ("tags:", "tags: [", "is not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = OWN.read_text(encoding="utf-8")
    assert old in text
    path = written(tmp_path, text.replace(old, new, 1), "openapi.yaml")
    with pytest.raises(ConfigurationFault) as fault:
        Contract.load(path)
    message = str(fault.value)
    assert message.startswith(f"{path}:{fault.value.line}: ")
    assert "\n" not in message
    assert says in message
    assert fault.value.line > 0
    if "paths: has no" in message:
        assert fault.value.line == text[: text.index("\npaths:")].count("\n") + 2
    elif "YAML" not in message:
        assert fault.value.line == text[: text.index(old)].count("\n") + 1


def test_what_has_no_end_is_no_traceback(tmp_path: Path) -> None:
    body: Body = {"note": "a"}
    for _ in range(5000):
        body = {"note": "a", "next": body}
    found = Contract.load(written(tmp_path, minimal()))
    assert found.problems_in_request(Operation.EVENT, body) == ("(top): is nested too deep to be judged",)
    endless = broken(components={"schemas": {"Thing": {"allOf": [{"$ref": "#/components/schemas/Thing"}]}}})
    with pytest.raises(ConfigurationFault):
        Contract.load(written(tmp_path, endless))


def test_no_file_is_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ConfigurationFault) as fault:
            Contract.load(path)
        assert "\n" not in str(fault.value)
