"""Flaws about authorize (D2)."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("redirects-with-302", "redirects to login with 302 instead of 303", ("AUT-01",)),
    Flaw("authorizes-without-verifying", "does not look at the signature of authorize", ("AUT-02",)),
    Flaw("supplies-a-redirect-uri", "puts the registered redirect_uri where there is none", ("AUT-03",)),
    Flaw("logs-in-for-unknown-consents", "redirects to login for a consent never announced", ("AUT-04",)),
)
