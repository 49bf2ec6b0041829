"""Flaws about time."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("slow-balances", "takes six seconds for a balance", ("TMO-01",)),
    Flaw("slow-authorize", "takes six seconds for authorize", ("TMO-02",)),
)
