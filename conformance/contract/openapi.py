"""An OpenAPI document: validated, walked by pointers, its schemas made into checks."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from jsonschema import FormatChecker, validators
from openapi_schema_validator import OAS30Validator, OAS31Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from referencing import Registry, Specification
from referencing.jsonschema import DRAFT202012

from conformance import documents
from conformance.contract.problems import expression, one_line, pattern, worded
from conformance.model import ConfigurationFault

Pointer = tuple[str, ...]
Check = Callable[[object], tuple[str, ...]]

_BASE = "urn:contract"
_MOST_HOPS = 20


class OpenApi:
    """A parsed OpenAPI 3.0 or 3.1 document that was found valid; places in it are pointers from the top."""

    def __init__(self, source: documents.Source) -> None:
        """Validate a parsed file.

        Raises:
            ConfigurationFault: not OpenAPI, invalid, or in several files.
        """
        self._source = source
        data: Any = source.data
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
        whole_version = version if version.count(".") > 1 else f"{version}.0"
        self._data: dict[str, Any] = _readable({**data, "openapi": whole_version})
        self._check_references()
        self._check_document()
        specification: Specification[Any] = DRAFT202012 if self._modern else Specification.OPAQUE
        resource = specification.create_resource(self._data)
        self._registry: Registry[Any] = Registry().with_resource(_BASE, resource)
        extend: Any = validators.extend
        self._validator: Any = extend(OAS31Validator if self._modern else OAS30Validator, {"pattern": pattern})

    def fault(self, path: Iterable[str | int], problem: str, cure: str) -> ConfigurationFault:
        """The error to raise about a place: one line with file, line, key, problem and cure."""
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

    def followed(self, pointer: Pointer) -> Pointer:
        """The pointer, or the one that its $ref leads to."""
        for _ in range(_MOST_HOPS):
            value = self.value(pointer)
            target = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(target, str):
                break
            pointer = _pointer(target)
        return pointer

    def json_schema(self, body: Pointer) -> Pointer | None:
        """The schema of a body's JSON: of the plaintext where that is sealed, else of the first JSON media type."""
        body = self.followed(body)
        content = self.value((*body, "content"))
        if not isinstance(content, dict):
            return None
        for media in sorted(content, key=lambda each: (each != "application/jose", each != "application/json")):
            place = (*body, "content", media)
            if self.value((*place, "x-plaintext-schema")) is not None:
                return (*place, "x-plaintext-schema")
            kind = media.split(";")[0].strip().lower()
            if (kind == "application/json" or kind.endswith("+json")) and self.value((*place, "schema")) is not None:
                return (*place, "schema")
        return None

    def check(self, schema: Pointer) -> Check:
        """The check of a value against the schema at a pointer."""
        path = "/".join(quote(part.replace("~", "~0").replace("/", "~1"), safe="") for part in schema)
        return self.compiled({"$ref": f"{_BASE}#/{path}"})

    def compiled(self, schema: Mapping[str, object]) -> Check:
        """The check of a value against a schema that need not stand in the document."""
        validator = self._validator(schema, registry=self._registry, format_checker=FormatChecker())

        def check(instance: object) -> tuple[str, ...]:
            try:
                return worded(validator.iter_errors(instance))
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
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of re, on patterns that are fine
                error = next(iter(check(self._data).iter_errors()), None)
        except Exception as fault:  # the library raises of its own and of others, by version
            raise self.fault((), f"is no valid OpenAPI document ({one_line(fault)})", "Correct it") from None
        if error is not None:
            problem = f"is no valid OpenAPI: {one_line(error)}"
            raise self.fault(self._whole(error), problem, "Correct the document")

    def _whole(self, error: Any) -> tuple[str | int, ...]:
        """Where an error is from the top; the library counts from within a schema, so the value has to tell."""
        path = tuple(getattr(error, "absolute_path", ()))
        wrong = getattr(error, "instance", None)
        places = [each for each in self._source.places if each[len(each) - len(path) :] == path]
        return next((each for each in places if self._source.value(each) == wrong), path)


def _readable(data: Any) -> Any:
    """The data without the patterns that only ECMA-262 has words for: they are no fault of who wrote them."""
    if isinstance(data, list):
        return [_readable(each) for each in data]
    if not isinstance(data, dict):
        return data
    return {
        key: _readable(value)
        for key, value in data.items()
        if key != "pattern" or not isinstance(value, str) or expression(value) is not None
    }


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
