"""Flaws about TLS and the protocol headers."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("serves-without-certificate", "asks for a client certificate and serves who has none", ("TLS-01",)),
    Flaw("asks-for-no-certificate", "serves whoever connects, whatever the certificate", ("TLS-02", "TLS-01")),
)
