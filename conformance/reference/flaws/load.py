"""Flaws about load."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw("tires-after-a-hundred", "answers 500 from the hundredth balance of a minute on", ("LOD-01",), _WARN),
    Flaw("overload-is-a-500", "answers 500 when there is too much at once", ("LOD-02",), _WARN),
)
