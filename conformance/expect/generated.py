"""What the answers to generated messages must be, the smallest that is not told first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.expect import pages
from conformance.expect.answers import heard
from conformance.generated import Case
from conformance.journeys import Landing
from conformance.model import Mismatch
from conformance.provider import Answer

Asked = Sequence[tuple[Case, Answer]]


def answered(found: Asked) -> None:
    """Each is answered, and none with a 5xx."""
    _none(found, lambda answer: bool(answer.wire.fault) or answer.status >= 500, "an answer that is no 5xx")


def refused(found: Asked) -> None:
    """Each is a 4xx, with the error body."""
    _none(found, lambda answer: not 400 <= answer.status < 500, "a refusal (4xx)")
    _none(found, lambda answer: not _has_error_body(answer), "a refusal with {error, error_description}")


def stored_nothing(found: Sequence[Landing]) -> None:
    """None of the consents that refused events named can be authorized."""
    for landing in found:
        pages.turned_away(landing)


def _none(found: Asked, wrong: Callable[[Answer], bool], expected: str) -> None:
    for _, answer in found[:1]:
        heard(answer)
    bad = sorted(((case, answer) for case, answer in found if wrong(answer)), key=lambda each: each[0].size)
    if bad:
        case, answer = bad[0]
        told = f"{answer.told} for {case.told} ({len(bad)} of {len(found)} events, the smallest shown)"
        raise Mismatch(expected, told, exchange=answer.exchange_id)


def _has_error_body(answer: Answer) -> bool:
    body = answer.json
    return isinstance(body, dict) and all(isinstance(body.get(each), str) for each in ("error", "error_description"))
