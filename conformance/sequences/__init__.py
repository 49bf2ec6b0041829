"""Sequences of events, decisions and time for two consents, generated and shrunk to a story."""

from conformance.sequences.play import Story
from conformance.sequences.search import explored

__all__ = ["Story", "explored"]
