"""Every refusal of a run, for the questions that are asked of all of them."""

from __future__ import annotations

from dataclasses import replace

from conformance.model import Exchange
from conformance.provider.reply import Answer

_MOST = 5_000
# A provider may plead that it does not know a method, or that it is too busy.
_PLEADED = (501, 503, 505)
# Said of a size by the HTTP server, before the provider's own code (RFC 9110 15.5.14, 15.5.15; RFC 6585 5).
_OF_SIZE = (413, 414, 431)


class Ledger:
    """Shared by all checks of a process; told of every answer of the webhooks."""

    def __init__(self) -> None:
        self._refusals: list[Answer] = []
        self._failures: list[Answer] = []
        self._consents: set[str] = set()

    def note(self, answer: Answer, consent_id: str) -> None:
        """Keep an answer if it is a refusal or a failure of the provider's own."""
        self._consents.add(consent_id.lower())
        if answer.wire.fault or answer.status < 400:
            return
        if answer.status >= 500 and answer.status not in _PLEADED and len(self._failures) < _MOST:
            self._failures.append(answer)
        apart = answer.call.odd or answer.status in _OF_SIZE
        if answer.status < 500 and not apart and len(self._refusals) < _MOST:
            self._refusals.append(answer)

    def refusals(self) -> list[Answer]:
        """The refusals of well-formed calls by PayNet itself, in a settled order: one for each kind, the first."""
        kinds: dict[tuple[object, ...], Answer] = {}
        for each in self._refusals:
            kinds.setdefault((each.call.operation, each.status, each.wire.body[:2000]), each)
        known = frozenset(self._consents)
        return [replace(each, others=known) for each in kinds.values()]

    def failures(self) -> list[Answer]:
        """The answers with a 5xx that the provider may not plead."""
        return list(self._failures)

    def exchange(self, id_: str) -> Exchange | None:
        """The exchange of an answer that is kept, by its id."""
        kept = (each.wire.exchange for each in (*self._refusals, *self._failures))
        return next((each for each in kept if each.id == id_), None)
