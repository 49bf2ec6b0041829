"""Flaws about authorize (D2)."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw("redirects-with-302", "redirects to login with 302 instead of 303", ("AUT-01",)),
    Flaw("authorizes-without-verifying", "does not look at the signature of authorize", ("AUT-02",)),
    Flaw("authorize-trusts-the-kid", "takes any token that names a registered kid at authorize", ("AUT-02",)),
    Flaw("supplies-a-redirect-uri", "puts the registered redirect_uri where there is none", ("AUT-03",)),
    Flaw("logs-in-for-unknown-consents", "redirects to login for a consent never announced", ("AUT-04",)),
    Flaw("authorizes-decided-consents", "lets the customer log in for consents that are decided", ("AUT-05",)),
    Flaw("compares-redirects-by-prefix", "takes any redirect_uri that begins as the registered one", ("AUT-06",)),
    Flaw("compares-redirects-by-host", "takes any redirect_uri of the registered host", ("AUT-06",)),
    Flaw("compares-redirects-by-host-prefix", "takes any host that begins as the registered one", ("AUT-06",)),
    Flaw("compares-redirects-by-host-suffix", "takes any host that ends as the registered one", ("AUT-06",)),
    Flaw("compares-redirects-by-path", "takes any host with the registered path", ("AUT-06",)),
    Flaw("ignores-the-redirects-query", "takes the registered redirect_uri with any query", ("AUT-06",)),
    Flaw("ignores-the-redirects-fragment", "takes the registered redirect_uri with any fragment", ("AUT-06",)),
    Flaw("finds-the-redirect-inside", "takes any redirect_uri that holds the registered host", ("AUT-06",)),
    Flaw("takes-long-ids", "looks for a consent_id of any length", ("AUT-07",), _WARN),
    Flaw("authorize-forgets-the-payload", "takes PayNet's signature over any consent_id", ("AUT-08",)),
    Flaw("authorize-by-any-method", "answers authorize whatever the method", ("AUT-09",)),
    Flaw("lets-pages-be-framed", "does not forbid to frame its pages", ("AUT-10",), _WARN),
    Flaw("lets-pages-be-cached", "does not forbid to store its pages", ("AUT-10",), _WARN),
    Flaw("cookie-without-samesite", "sets a session cookie without SameSite", ("AUT-10",), _WARN),
    Flaw("cookie-for-scripts", "sets a session cookie that scripts can read", ("AUT-10",), _WARN),
)
