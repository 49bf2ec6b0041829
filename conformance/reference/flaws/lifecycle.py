"""Flaws about the consent's states."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("serves-while-awaiting", "serves the consent's owner's accounts before he decides", ("LCM-01",)),
    Flaw(
        "takes-accounts-by-number",
        "takes the accounts' ids from the numbers in the authorized event",
        ("LCM-02", "BAL-01"),
    ),
    Flaw("suspended-still-serves", "serves a suspended consent", ("LCM-03", "EVT-03")),
    Flaw("suspension-is-final", "acknowledges the return from suspension and stays suspended", ("LCM-04",)),
    Flaw("revoked-can-return", "brings a revoked consent back when an event says authorized", ("LCM-05",)),
)
