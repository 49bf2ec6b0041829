"""The wire contract as an OpenAPI document, and what it objects to. The only home of jsonschema and openapi_*."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from jsonschema import FormatChecker, ValidationError, validators
from openapi_schema_validator import OAS30Validator, OAS31Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from referencing import Registry, Specification
from referencing.jsonschema import DRAFT202012

from conformance import documents, resources
from conformance.model import ConfigurationFault, Operation

FILE = "ofp-dp-1.2.1.yaml"
MOST_PROBLEMS = 5
LONGEST_PROBLEM = 200

_BASE = "urn:contract"
_PLACES: Mapping[Operation, tuple[tuple[str, ...], str]] = {
    Operation.EVENT: (("post",), "/v1/consents/events"),
    Operation.AUTHORIZE: (("get",), "/v1/oauth/authorize"),
    Operation.USERINFO: (("get",), "/v1/oauth/userinfo"),
    Operation.BALANCES: (("get", "post"), "/v1/accounts/{}/balances"),
    Operation.ACCOUNT: (("get",), "/v1/accounts/{}"),
    Operation.TRANSACTIONS: (("get",), "/v1/accounts/{}/transactions"),
    Operation.UPDATE: (("patch", "post"), "/v1/consents/{}"),
    Operation.DC_KEYS: (("get",), "/v1/oauth/jwks/{}"),
    Operation.PAYNET_KEYS: (("get",), "/v1/oauth/jwks/ofp"),
}
_NEEDED = (Operation.EVENT, Operation.AUTHORIZE, Operation.BALANCES, Operation.UPDATE)
_OTHER_PATHS: Mapping[Operation, tuple[str, ...]] = {Operation.USERINFO: ("/v1/userinfo", "/userinfo")}
_WORDS: Mapping[str, object] = {"true": True, "false": False}
_FLAGS = frozenset({"required", "nullable", "uniqueItems", "readOnly", "writeOnly", "additionalProperties", "explode"})
_NUMBERS = frozenset({"maxLength", "minLength", "maxItems", "minItems", "maximum", "minimum"})
_ERROR: Mapping[str, object] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}

Pointer = tuple[str, ...]
Check = Callable[[object], tuple[str, ...]]


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

        Raises:
            ConfigurationFault: unreadable, not OpenAPI, invalid, or without an operation that every provider has.
        """
        path = path or resources.path("specs") / "openapi" / FILE
        reader = _Reader(documents.parse(path))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found = {operation: place for operation in _PLACES if (place := reader.operation(operation))}
        for operation in _NEEDED:
            if operation not in found:
                methods, template = _PLACES[operation]
                raise reader.fault(
                    ("paths",),
                    f"has no {methods[0].upper()} {template.replace('{}', '{id}')} ({operation.value})",
                    "Give the OpenAPI file of the Data Provider API, or leave --spec out",
                )
        return cls(
            path=path,
            name=path.name,
            version=str(reader.value(("info", "version"))),
            digest=digest,
            _requests={op: check for op, place in found.items() if (check := reader.request(place))},
            _answers={op: reader.answers(place) for op, place in found.items()},
            _error=reader.error([found[op] for op in found]),
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


class _Reader:
    """A parsed document that was found valid; places in it are pointers."""

    def __init__(self, source: documents.Source) -> None:
        self._source = source
        data = _typed(source.data)
        version = str(data.get("openapi", "")) if isinstance(data, dict) else ""
        if not isinstance(data, dict) or not re.fullmatch(r"3\.[01](\.\d+)?(-.+)?", version):
            found = f"'{version[:20]}'" if version else "none"
            raise self.fault(
                ("openapi",) if version else (),
                f"is not OpenAPI 3.0 or 3.1 (its openapi member: {found})",
                "Give an OpenAPI 3.0 or 3.1 file",
            )
        self._modern = version.startswith("3.1")
        # Unquoted versions such as 1.0 are numbers in YAML; people mean text.
        info = data.get("info")
        if isinstance(info, dict) and isinstance(info.get("version"), int | float):
            data = {**data, "info": {**info, "version": str(info["version"])}}
        self._data: dict[str, Any] = {**data, "openapi": version if version.count(".") > 1 else f"{version}.0"}
        self._check_references()
        self._check_document()
        specification: Specification[Any] = DRAFT202012 if self._modern else Specification.OPAQUE
        resource = specification.create_resource(self._data)
        self._registry: Registry[Any] = Registry().with_resource(_BASE, resource)
        extend: Any = validators.extend
        self._validator: Any = extend(OAS31Validator if self._modern else OAS30Validator, {"pattern": _pattern})

    def fault(self, path: Iterable[str | int], problem: str, cure: str) -> ConfigurationFault:
        return self._source.fault(tuple(path), problem, cure)

    def value(self, pointer: Pointer) -> Any:
        """What stands at a pointer; None where nothing does."""
        at: Any = self._data
        for part in pointer:
            if isinstance(at, list) and part.isdecimal() and int(part) < len(at):
                at = at[int(part)]
            elif isinstance(at, dict) and part in at:
                at = at[part]
            else:
                return None
        return at

    def operation(self, operation: Operation) -> Pointer | None:
        """Where an operation stands: by method and path, whatever the servers' URLs and the parameters' names hold."""
        methods, template = _PLACES[operation]
        wanted = [template, *_OTHER_PATHS.get(operation, ()), template.removeprefix("/v1")]
        places = [
            (method, rank, whole, ("paths", path, method))
            for path in self.value(("paths",)) or {}
            for method in methods
            if self.value((*self._followed(("paths", path)), method)) is not None
            for whole in self._whole_paths(path)
            for rank, each in enumerate(wanted)
            if whole.endswith(each)
        ]
        # A document may hold both methods of a reading: the default one counts, then the path most like ours.
        places.sort(key=lambda each: (methods.index(each[0]), each[1], len(each[2])))
        if not places:
            return None
        _, path, method = places[0][3]
        return (*self._followed(("paths", path)), method)

    def request(self, operation: Pointer) -> Check | None:
        """The check of a request's JSON body."""
        schema = self._json_schema(self._followed((*operation, "requestBody")))
        return self._check(schema) if schema else None

    def answers(self, operation: Pointer) -> dict[str, Check | None]:
        """The check of each status; None where the document describes no JSON for it."""
        checks: dict[str, Check | None] = {}
        for status in self.value((*operation, "responses")) or {}:
            schema = self._json_schema(self._followed((*operation, "responses", status)))
            checks[status.upper() if status[-2:].lower() == "xx" else status] = (
                self._unwrapping(schema) if schema else None
            )
        return checks

    def error(self, operations: Iterable[Pointer]) -> Check:
        """The check of a refusal's body: the first that the operations describe."""
        for operation in operations:
            statuses = [str(status) for status in self.value((*operation, "responses")) or {}]
            for status in sorted(each for each in statuses if each.startswith(("4", "5")) or each == "default"):
                schema = self._json_schema(self._followed((*operation, "responses", status)))
                if schema:
                    return self._check(schema)
        return self._compiled(_ERROR)

    def _whole_paths(self, path: str) -> set[str]:
        plain = re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
        here = (self.value(("paths", path, "servers")) or []) + (self.value(("servers",)) or [])
        urls = [str(each.get("url", "")) for each in here if isinstance(each, dict)]
        prefixes = {urlsplit(re.sub(r"\{[^}]*\}", "x", url)).path.rstrip("/") for url in urls}
        return {plain, *(prefix + plain for prefix in prefixes)}

    def _followed(self, pointer: Pointer) -> Pointer:
        """The pointer, or the one that its $ref leads to."""
        for _ in range(20):
            value = self.value(pointer)
            target = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(target, str):
                break
            pointer = _pointer(target)
        return pointer

    def _json_schema(self, body: Pointer) -> Pointer | None:
        """The schema of a body's JSON: of the plaintext where that is sealed, else of the first JSON media type."""
        content = self.value((*body, "content"))
        media = (
            sorted(content, key=lambda each: (each != "application/jose", each != "application/json"))
            if isinstance(content, dict)
            else []
        )
        for each in media:
            place = (*body, "content", each)
            if self.value((*place, "x-plaintext-schema")) is not None:
                return (*place, "x-plaintext-schema")
            kind = each.split(";")[0].strip().lower()
            if (kind == "application/json" or kind.endswith("+json")) and self.value((*place, "schema")) is not None:
                return (*place, "schema")
        return None

    def _unwrapping(self, schema: Pointer) -> Check:
        """A check that takes the content of `data` too, where the schema is an object of which only `data` must be."""
        outer = self._check(schema)
        target = self._followed(schema)
        inner_schema = (*target, "properties", "data")
        if self.value((*target, "required")) != ["data"] or self.value(inner_schema) is None:
            return outer
        inner = self._check(inner_schema)

        def either(data: object) -> tuple[str, ...]:
            problems = outer(data)
            return problems if not problems or (isinstance(data, dict) and "data" in data) else inner(data)

        return either

    def _check(self, schema: Pointer) -> Check:
        path = "/".join(quote(part.replace("~", "~0").replace("/", "~1"), safe="") for part in schema)
        return self._compiled({"$ref": f"{_BASE}#/{path}"})

    def _compiled(self, schema: Mapping[str, object]) -> Check:
        validator = self._validator(schema, registry=self._registry, format_checker=FormatChecker())

        def check(instance: object) -> tuple[str, ...]:
            try:
                return _problems(validator.iter_errors(instance))
            except RecursionError:
                return ("(top): is nested too deep to be judged",)

        return check

    def _check_references(self) -> None:
        for path, target in _references(self._data, ()):
            if not target.startswith("#"):
                raise self.fault(
                    path,
                    "leads to another file",
                    "Bundle the document into one file, for example with a bundler of OpenAPI documents",
                )
            if target != "#" and (not target.startswith("#/") or self.value(_pointer(target)) is None):
                raise self.fault(path, f"leads to {target[:80]}, which is not there", "Correct the reference")

    def _check_document(self) -> None:
        check: Any = OpenAPIV31SpecValidator if self._modern else OpenAPIV30SpecValidator
        try:
            error = next(iter(check(self._data).iter_errors()), None)
        except Exception as fault:  # the library raises of its own and of others, by version
            raise self.fault((), f"is no valid OpenAPI document ({_line(fault)})", "Correct it") from None
        if error is not None:
            path = tuple(getattr(error, "absolute_path", ()))
            raise self.fault(path, f"is no valid OpenAPI: {_line(error)}", "Correct the document")


def _typed(data: object) -> Any:
    """The data with numbers and booleans where OpenAPI has them, though the file wrote them as text."""
    if isinstance(data, list):
        return [_typed(each) for each in data]
    if not isinstance(data, dict):
        return data
    members = {key: _typed(value) for key, value in data.items()}
    for key in _FLAGS & members.keys():
        members[key] = _WORDS.get(members[key], members[key]) if isinstance(members[key], str) else members[key]
    for key in _NUMBERS & members.keys():
        if isinstance(members[key], str) and re.fullmatch(r"-?[0-9]+", members[key]):
            members[key] = int(members[key])
    return members


def _references(data: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in members:
        if key == "$ref" and isinstance(value, str):
            yield (*path, key), value
        elif key not in ("example", "examples"):
            yield from _references(value, (*path, key))


def _pointer(reference: str) -> Pointer:
    parts = unquote(reference.removeprefix("#")).split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def _line(error: Exception) -> str:
    message = getattr(error, "message", None)
    text = message if isinstance(message, str) else str(error) or type(error).__name__
    return " ".join((text.strip() or "invalid").splitlines()[0].split())[:LONGEST_PROBLEM].rstrip(".")


def _pattern(validator: Any, pattern: str, instance: object, _: object) -> Iterator[ValidationError]:
    """JSON Schema's patterns are ECMA-262's: digits are ASCII, and $ does not let a line feed follow."""
    if not validator.is_type(instance, "string"):
        return
    try:
        found = re.search(re.sub(r"(?<!\\)((?:\\\\)*)\$(?=\)*$|\))", r"\1\\Z", pattern), str(instance), re.ASCII)
    except re.error:
        return  # a construct that only ECMA-262 has is no fault of the instance
    if not found:
        yield ValidationError("does not match")


def _problems(errors: Iterable[ValidationError]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for error in errors:
        for leaf in _leaves(error):
            found.setdefault(f"{_place(leaf)}: {_rule(leaf)}"[:LONGEST_PROBLEM])
        if len(found) >= MOST_PROBLEMS:
            break
    return tuple(found)[:MOST_PROBLEMS]


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors that say most: of alternatives, those of the one that the instance comes nearest to."""
    if not error.context or error.validator not in ("anyOf", "oneOf"):
        yield error
        return
    branches: dict[object, list[ValidationError]] = {}
    for each in error.context:
        branches.setdefault(each.relative_schema_path[0], []).append(each)
    # An instance of another type than a form's own, or of one of its members', was not meant to have that form.
    nearest = min(_distance(each) for each in branches.values())
    best = [each for each in branches.values() if _distance(each) == nearest]
    if len(best) > 1:
        yield error
        return
    for each in best[0]:
        yield from _leaves(each)


def _distance(errors: list[ValidationError]) -> tuple[bool, int, int]:
    kinds = [error for error in errors if error.validator == "type"]
    return any(not error.path for error in kinds), len(kinds), len(errors)


def _place(error: ValidationError) -> str:
    # A member that is no plain name may be data itself (a number, a hash).
    plain = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,40}[0-9]{0,2}")
    parts = [str(part) if isinstance(part, int) or plain.fullmatch(str(part)) else "*" for part in error.absolute_path]
    return ".".join(parts) or "(top)"


def _rule(error: ValidationError) -> str:
    """The rule in the schema's words only; a library's message would quote the value."""
    rule: Any = error.validator_value
    instance: Any = error.instance
    keyword = str(error.validator)
    match keyword:
        case "required":
            have = instance if isinstance(instance, dict) else {}
            return f"lacks {', '.join(str(name) for name in rule if name not in have)}"
        case "type":
            kinds = rule if isinstance(rule, list) else [rule]
            return f"must be {' or '.join(str(kind) for kind in kinds)}, found {_kind(instance)}"
        case "enum":
            return f"must be one of {', '.join(str(each) for each in rule)}"
        case "const":
            return f"must be {rule}"
        case "format":
            return f"must be a {rule}"
        case "pattern":
            return f"must match {rule}"
        case "maxLength" | "minLength":
            end = "at most" if keyword == "maxLength" else "at least"
            return f"must have {end} {rule} character(s), found {len(str(instance))}"
        case "maxItems" | "minItems":
            end = "at most" if keyword == "maxItems" else "at least"
            return f"must have {end} {rule} item(s), found {len(instance)}"
        case "uniqueItems":
            return "must not hold an item twice"
        case "additionalProperties" | "unevaluatedProperties":
            return "holds members that the schema does not allow"
        case "anyOf" | "oneOf":
            return f"must fit {'exactly one' if keyword == 'oneOf' else 'one'} of {len(rule)} forms"
    simple = rule if isinstance(rule, str | int | float) and not isinstance(rule, bool) else ""
    return f"breaks the rule {keyword} {simple}".rstrip()


def _kind(value: object) -> str:
    names: tuple[tuple[type, str], ...] = (
        (bool, "boolean"),
        (str, "string"),
        (int, "integer"),
        (float, "number"),
        (list, "array"),
        (dict, "object"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "null")
