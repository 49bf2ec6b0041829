"""Flaws about consent events (D1)."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("forgets-created-consents", "acknowledges consent_created and stores nothing", ("EVT-01",)),
    Flaw("ignores-consent-updated", "acknowledges consent_updated and changes nothing", ("EVT-02",)),
    Flaw("ignores-status-updates", "acknowledges consent_status_updated and changes nothing", ("EVT-03", "LCM-03")),
)
