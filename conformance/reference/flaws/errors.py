"""Flaws about refusals and their bodies."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw("errors-as-text", "explains refusals in plain text", ("ERR-01",)),
    Flaw("errors-as-page", "explains unknown consents in HTML", ("ERR-01",)),
    Flaw("errors-without-description", "leaves error_description empty", ("ERR-01",)),
    Flaw("error-as-number", "sends the error code as a number", ("ERR-01",)),
    Flaw("shows-stack-traces", "shows a stack trace for a malformed event", ("ERR-02",)),
    Flaw("shows-sql", "shows the query that found no consent", ("ERR-02",)),
    Flaw("shows-its-files", "shows the path of the file that refused", ("ERR-02",)),
    Flaw("shows-its-version", "signs its refusals with its version", ("ERR-02",)),
    Flaw("names-another-consent", "names the consent that it found instead", ("ERR-02",)),
    Flaw("unknown-consent-breaks-it", "answers 500 for an unknown consent", ("ERR-03",)),
    Flaw("odd-ids-break-it", "answers 500 for ids with unusual characters", ("ERR-03",)),
    Flaw("odd-details-break-it", "answers 500 for account ids with unusual characters", ("ERR-03",)),
    Flaw("odd-lists-break-it", "answers 500 for a page_size that is no number", ("ERR-03",)),
    Flaw("odd-consents-break-userinfo", "answers 500 for userinfo of an odd consent_id", ("ERR-03",)),
    Flaw("odd-redirects-break-authorize", "answers 500 for a redirect_uri that is no URL", ("ERR-03",)),
    Flaw("undocumented-status", "answers 422 to a malformed event", ("ERR-04",), _WARN),
    Flaw("undocumented-code", "calls a malformed event bad_request", ("ERR-04",), _WARN),
    Flaw("unknown-is-gone", "answers 410 for an unknown consent", ("ERR-04",), _WARN),
    Flaw("permission-is-a-400", "answers 400 for a missing permission", ("ERR-04",), _WARN),
    Flaw("other-code-for-permissions", "calls a missing permission access_denied", ("ERR-04",), _WARN),
    Flaw("signature-is-a-403", "answers 403 to a missing signature", ("ERR-04",), _WARN),
)
