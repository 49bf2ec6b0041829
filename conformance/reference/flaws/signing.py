"""Flaws about the signatures on PayNet's calls."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("refuses-unknown-header-members", "takes a JWS header member it does not know for a fault", ("JWS-01",)),
    Flaw("accepts-unsigned-events", "verifies a signature only where there is one", ("JWS-02",)),
    Flaw("verifies-reserialised-json", "verifies the body as its own JSON writer would spell it", ("JWS-03", "JWS-21")),
    Flaw("trusts-the-kid", "takes a registered kid for a valid signature", ("JWS-04",)),
    Flaw("tries-every-key", "verifies with any registered key when it does not know the kid", ("JWS-05",)),
    Flaw("applies-event-before-verifying", "refuses a badly signed event after it has applied it", ("JWS-22",)),
)
