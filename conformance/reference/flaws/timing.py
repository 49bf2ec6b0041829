"""Flaws about time."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw("slow-balances", "takes six seconds for a balance", ("TMO-01",)),
    Flaw("slow-authorize", "takes six seconds for authorize", ("TMO-02",)),
    Flaw("slow-userinfo", "takes six seconds for userinfo", ("TMO-02",)),
    Flaw("slow-events", "takes six seconds to acknowledge an event", ("TMO-03",), _WARN),
    Flaw("balances-one-by-one", "reads one balance at a time, each for four tenths of a second", ("TMO-04",)),
    Flaw("waits-for-paynet", "waits for PayNet's answer to an update for as long as it takes", ("TMO-05",)),
    Flaw("keeps-half-requests", "waits for the rest of a request for ever", ("TMO-06",), _WARN),
    Flaw("few-connections", "serves few connections, whatever they do", ("TMO-06",), _WARN),
    Flaw("slow-source-in-silence", "waits for a slow source for as long as it takes", ("TMO-07",), _WARN),
    Flaw("slow-transactions", "takes six seconds for transactions", ("TMO-08",), _WARN),
    Flaw("slow-account", "takes six seconds for an account's details", ("TMO-08",), _WARN),
)
