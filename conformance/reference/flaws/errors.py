"""Flaws about refusals and their bodies."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (Flaw("errors-as-text", "explains refusals in plain text", ("ERR-01",)),)
