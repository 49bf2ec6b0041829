"""Flaws about TLS and who calls."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw("serves-without-certificate", "asks for a client certificate and serves who has none", ("TLS-01",)),
    Flaw("trusts-certificate-headers", "takes a header's word for a verified certificate", ("TLS-01",)),
    Flaw(
        "asks-for-no-certificate",
        "serves whoever connects, whatever the certificate",
        ("TLS-02", "TLS-01", "TLS-03", "TLS-04", "TLS-08"),
    ),
    Flaw("ignores-certificate-dates", "does not look at a client certificate's dates", ("TLS-03",)),
    Flaw("serves-any-client-of-the-ca", "serves every client of the registered CA", ("TLS-04",)),
    Flaw("identifies-callers-of-events-alone", "looks at who calls for events only", ("TLS-04",)),
    Flaw("speaks-old-tls", "speaks TLS 1.0 and 1.1 as well", ("TLS-05",)),
    Flaw("takes-cbc-suites", "takes CBC suites under TLS 1.2", ("TLS-06",), _WARN),
    Flaw("takes-anonymous-suites", "takes suites without a certificate", ("TLS-06",), _WARN),
    Flaw("shows-an-expired-certificate", "shows a server certificate that has expired", ("TLS-07",)),
    Flaw("shows-another-hosts-certificate", "shows a server certificate for another host", ("TLS-07",)),
    Flaw("shows-a-strangers-certificate", "shows a server certificate of another CA", ("TLS-07",)),
    Flaw("shows-an-expiring-certificate", "shows a server certificate for ten more days", ("TLS-09",), _WARN),
)
