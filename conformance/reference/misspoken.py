"""Refusals as flaws put them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from conformance.httpd import HttpRequest, HttpResponse
from conformance.reference.answers import Refusal

_TRACE = """Traceback (most recent call last):
  File "/srv/bank/consents.py", line 118, in read
    raise ValueError(name)"""

_BREAKING = {
    "odd-ids-break-it": re.compile(r"%[0-9A-F]{2}"),
    "odd-details-break-it": re.compile(r"^/v1/accounts/[^/?]*%"),
    "odd-lists-break-it": re.compile(r"/transactions\?.*page_size=[^0-9&]"),
    "odd-consents-break-userinfo": re.compile(r"/userinfo\?.*%"),
    "odd-redirects-break-authorize": re.compile(r"/authorize\?.*redirect_uri=[^h]"),
}


def misspoken(refusal: Refusal, request: HttpRequest, flaws: frozenset[str], others: Sequence[str]) -> HttpResponse:
    """A refusal's answer as these flaws spell it; the honest one without any."""
    event = request.raw_path.endswith("/events")
    malformed = event and refusal.code == "invalid_request"
    unknown = refusal.status == 404
    if "errors-as-text" in flaws or ("errors-of-bodies-as-text" in flaws and malformed):
        return HttpResponse(refusal.status, (("Content-Type", "text/plain"),), refusal.description.encode())
    if "errors-as-page" in flaws and unknown:
        return HttpResponse(404, (("Content-Type", "text/html"),), b"<html><body><h1>Not found</h1></body></html>")
    answer = refusal.answer()
    members = json.loads(answer.body)
    description, status = members["error_description"], answer.status
    if "errors-without-description" in flaws:
        description = ""
    if "error-as-number" in flaws:
        members["error"] = status
    if "shows-stack-traces" in flaws and malformed:
        description = _TRACE
    if "shows-sql" in flaws and unknown:
        description = "SELECT * FROM consents WHERE id = ? gave no row"
    if "shows-its-files" in flaws and malformed:
        description += " (/srv/bank/app/consents.conf)"
    if "shows-its-version" in flaws:
        description += " - Express/4.18.2"
    if "names-another-consent" in flaws and unknown and others:
        description = f"Did you mean {others[0]}?"
    if "unknown-consent-breaks-it" in flaws and unknown:
        status = 500
    if any(each in flaws and pattern.search(request.target) for each, pattern in _BREAKING.items()):
        status = 500
    if "undocumented-status" in flaws and malformed:
        status = 422
    if "unknown-is-gone" in flaws and unknown:
        status = 410
    if "undocumented-code" in flaws and malformed:
        members["error"] = "bad_request"
    if refusal.code == "AccessToken.InvalidScope":
        status = 400 if "permission-is-a-400" in flaws else status
        members["error"] = "access_denied" if "other-code-for-permissions" in flaws else members["error"]
    if "signature-is-a-403" in flaws and refusal.code == "JWS.InvalidSignature":
        status = 403
    return HttpResponse(status, answer.headers, json.dumps({**members, "error_description": description}).encode())
