"""Flaws about authorize (D2)."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw("redirects-with-302", "redirects to login with 302 instead of 303", ("AUT-01",)),
    Flaw("authorizes-without-verifying", "does not look at the signature of authorize", ("AUT-02",)),
    Flaw("authorize-trusts-the-kid", "takes any token that names a registered kid at authorize", ("AUT-02",)),
    Flaw("supplies-a-redirect-uri", "puts the registered redirect_uri where there is none", ("AUT-03",)),
    Flaw("authorize-signature-is-optional", "verifies authorize's signature where there is one", ("AUT-03",)),
    Flaw("fills-an-empty-redirect-uri", "puts the registered redirect_uri where it is empty", ("AUT-03",)),
    Flaw("logs-in-for-unknown-consents", "redirects to login for a consent never announced", ("AUT-04",)),
    Flaw("authorizes-decided-consents", "lets the customer log in for consents that are decided", ("AUT-05",)),
    Flaw("authorizes-revoked-consents", "lets the customer log in for a consent that was revoked", ("AUT-05",)),
    Flaw("authorizes-authorized-consents", "lets the customer log in again for what he approved", ("AUT-05",)),
    Flaw("compares-redirects-by-prefix", "takes any redirect_uri that begins as the registered one", ("AUT-06",)),
    Flaw("compares-redirects-by-host", "takes any redirect_uri of the registered host", ("AUT-06",)),
    Flaw("compares-redirects-by-host-prefix", "takes any host that begins as the registered one", ("AUT-06",)),
    Flaw("compares-redirects-by-host-suffix", "takes any host that ends as the registered one", ("AUT-06",)),
    Flaw("compares-redirects-by-path", "takes any host with the registered path", ("AUT-06",)),
    Flaw("ignores-the-redirects-query", "takes the registered redirect_uri with any query", ("AUT-06",)),
    Flaw("ignores-the-redirects-fragment", "takes the registered redirect_uri with any fragment", ("AUT-06",)),
    Flaw("finds-the-redirect-inside", "takes any redirect_uri that holds the registered host", ("AUT-06",)),
    Flaw("compares-redirects-in-lower-case", "takes the registered redirect_uri in any case", ("AUT-06",)),
    Flaw("ignores-the-redirects-last-slash", "takes the registered redirect_uri with a slash behind", ("AUT-06",)),
    Flaw("ignores-the-redirects-scheme", "takes the registered redirect_uri without TLS", ("AUT-06",)),
    Flaw("ignores-the-redirects-user", "takes the registered redirect_uri with any user in it", ("AUT-06",)),
    Flaw("answers-bad-redirects-by-redirect", "tells an unregistered redirect_uri that it is wrong", ("AUT-06",)),
    Flaw("bounces-bad-redirects", "sends an unregistered redirect_uri's customer there from a page", ("AUT-06",)),
    Flaw("checks-one-redirect-and-takes-another", "checks the first redirect_uri, returns to the last", ("AUT-06",)),
    Flaw("takes-long-ids", "looks for a consent_id of any length", ("AUT-07",), _WARN),
    Flaw("authorize-forgets-the-payload", "takes PayNet's signature over any consent_id", ("AUT-08",)),
    Flaw("remembers-good-signatures", "takes a signature that was good once for any consent", ("AUT-08",)),
    Flaw("authorize-by-any-method", "answers authorize whatever the method", ("AUT-09",)),
    Flaw("lets-pages-be-framed", "does not forbid to frame its pages", ("AUT-10",), _WARN),
    Flaw("lets-pages-be-cached", "does not forbid to store its pages", ("AUT-10",), _WARN),
    Flaw("lets-every-site-frame", "allows every https site to frame its pages", ("AUT-10",), _WARN),
    Flaw("cookie-for-every-site", "sets a session cookie with SameSite=None", ("AUT-10",), _WARN),
    Flaw("cookie-without-secure", "sets a session cookie without Secure", ("AUT-10",), _WARN),
    Flaw("cookie-without-samesite", "sets a session cookie without SameSite", ("AUT-10",), _WARN),
    Flaw("cookie-for-scripts", "sets a session cookie that scripts can read", ("AUT-10",), _WARN),
)
