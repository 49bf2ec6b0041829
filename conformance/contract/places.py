"""Where the operations of the wire contract stand in an OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from conformance.contract.openapi import OpenApi, Pointer
from conformance.model import Operation

_PLACES: Mapping[Operation, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Operation.EVENT: (("post",), ("/v1/consents/events",)),
    Operation.AUTHORIZE: (("get",), ("/v1/oauth/authorize",)),
    Operation.USERINFO: (("get",), ("/v1/oauth/userinfo", "/v1/userinfo")),
    Operation.BALANCES: (("get", "post"), ("/v1/accounts/{}/balances",)),
    Operation.ACCOUNT: (("get",), ("/v1/accounts/{}",)),
    Operation.TRANSACTIONS: (("get",), ("/v1/accounts/{}/transactions",)),
    Operation.UPDATE: (("patch", "post"), ("/v1/consents/{}",)),
    Operation.DC_KEYS: (("get",), ("/v1/oauth/jwks/{}",)),
    Operation.PAYNET_KEYS: (("get",), ("/v1/oauth/jwks/ofp",)),
}
"""Methods and path templates; the first of each is the default reading's (R:balances_method, R:userinfo_path)."""
_NEEDED = (Operation.EVENT, Operation.AUTHORIZE, Operation.BALANCES, Operation.UPDATE)


def find_all(document: OpenApi) -> dict[Operation, Pointer]:
    """The operations that the document has.

    Raises:
        ConfigurationFault: one is missing without which no provider can be judged.
    """
    found = {operation: place for operation in _PLACES if (place := _find(document, operation))}
    for operation in _NEEDED:
        if operation not in found:
            methods, (template, *_) = _PLACES[operation]
            raise document.fault(
                ("paths",),
                f"has no {methods[0].upper()} {template.replace('{}', '{id}')} ({operation.value})",
                "Give the OpenAPI file of the Data Provider API, or leave --spec out",
            )
    return found


def _find(document: OpenApi, operation: Operation) -> Pointer | None:
    methods, templates = _PLACES[operation]
    wanted = [*templates, *(each.removeprefix("/v1") for each in templates)]
    candidates = [
        (methods.index(method), rank, len(whole), (*document.followed(("paths", path)), method))
        for path in document.value(("paths",)) or {}
        for method in methods
        if document.value((*document.followed(("paths", path)), method)) is not None
        for whole in _whole_paths(document, path)
        for rank, each in enumerate(wanted)
        if whole.endswith(each)
    ]
    # A document may hold both methods of a reading: the default one counts, then the path most like ours.
    return min(candidates)[-1] if candidates else None


def _whole_paths(document: OpenApi, path: str) -> set[str]:
    """A path with its parameters' names left out, with and without the path of each server."""
    plain = re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
    servers = (document.value(("paths", path, "servers")) or []) + (document.value(("servers",)) or [])
    urls = [str(each.get("url", "")) for each in servers if isinstance(each, dict)]
    prefixes = {urlsplit(re.sub(r"\{[^}]*\}", "x", url)).path.rstrip("/") for url in urls}
    return {plain, *(prefix + plain for prefix in prefixes)}
