"""Flaws about load."""

from conformance.reference.flaws.flaw import Flaw

FLAWS: tuple[Flaw, ...] = ()
