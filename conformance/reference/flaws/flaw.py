"""What a flaw is."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.model import Verdict


@dataclass(frozen=True, slots=True)
class Flaw:
    """One way to be wrong: what it does, the requirements it breaks, and the verdict that it deserves."""

    name: str
    text: str
    requirements: tuple[str, ...]
    verdict: Verdict = Verdict.FAIL
