"""Flaws about generated events."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("breaks-on-other-offsets", "answers 500 to an expiry in another time zone", ("EVT-16",)),
    Flaw("breaks-on-other-scripts", "answers 500 to text that is not ASCII", ("EVT-16",)),
    Flaw("breaks-on-reasons", "answers 500 to a status_reason", ("EVT-16",)),
    Flaw("breaks-on-null", "answers 500 to a member that is null", ("EVT-17",)),
    Flaw("breaks-on-lists", "answers 500 to a list in a text's place", ("EVT-17",)),
    Flaw("stores-before-reading", "stores a consent before it has read the whole event", ("EVT-17",)),
    Flaw("reads-any-permission-as-balances", "takes a permission that it does not know for read_balances", ("EVT-17",)),
    Flaw("errors-of-bodies-as-text", "explains malformed events in plain text", ("EVT-17", "ERR-01")),
)
