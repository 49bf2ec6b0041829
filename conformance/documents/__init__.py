"""YAML and JSON files with positions, and the models that they have to fit. The only home of yaml and pydantic."""

from __future__ import annotations

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    PrivateAttr,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from conformance.documents.model import (
    Count,
    Document,
    ExistingFile,
    ExistingFolder,
    Name,
    Number,
    key_paths,
    load,
    refusal,
    schema,
    validate,
)
from conformance.documents.source import (
    KeyPath,
    Place,
    Source,
    dotted,
    faults,
    nearest,
    parse,
    parse_value,
    read,
    suggestion,
)

__all__ = [
    "AfterValidator",
    "BeforeValidator",
    "Count",
    "Document",
    "ExistingFile",
    "ExistingFolder",
    "Field",
    "KeyPath",
    "Name",
    "Number",
    "Place",
    "PlainValidator",
    "PrivateAttr",
    "Source",
    "ValidationInfo",
    "WithJsonSchema",
    "dotted",
    "faults",
    "field_validator",
    "key_paths",
    "load",
    "model_validator",
    "nearest",
    "parse",
    "parse_value",
    "read",
    "refusal",
    "schema",
    "suggestion",
    "validate",
]
