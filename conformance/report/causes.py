"""Which failures of a run to look into first: many often have one cause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from conformance.model import Blame, Operation, Requirement, Result, Verdict

_CONFIGURATION = "configuration"
# Who stops serving fails all that needs its service; who answers with a 5xx, or without an error body, does so in many
# checks. What shows in at least half of the findings is then the cause, under the requirement that is about just that.
_SYMPTOMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "5xx": ("ERR-03",),
        "no error body": ("ERR-01",),
        **{
            f"not served: {operation.value}": ids
            for operation, ids in {
                Operation.EVENT: ("EVT-01", "EVT-02"),
                Operation.AUTHORIZE: ("AUT-01",),
                Operation.USERINFO: ("USR-01",),
                Operation.BALANCES: ("BAL-01",),
                Operation.ACCOUNT: ("ACC-01",),
                Operation.TRANSACTIONS: ("TXN-01",),
            }.items()
        },
    }
)
# These are asked of whole runs, of generated messages or of several things at once, and so fail along with others.
_BROAD = ("LCM-13", "LCM-16", "EVT-15", "EVT-16", "EVT-17", "EVT-18", "JWS-25", "ERR-", "HDR-", "RSP-03")
_STATUS = re.compile(r"\bHTTP ([45]\d\d)")
_ERROR_BODY = ("a JSON object {error", "a text `error", "a refusal with {error")


@dataclass(frozen=True, slots=True)
class Likely:
    """A likely cause: the requirement whose failure names it, the finding that shows it, and how much else failed.

    `failed` of `asked` checks of the requirement failed.
    """

    requirement: Requirement
    result: Result
    failed: int
    asked: int

    @property
    def blame(self) -> Blame:
        """Who probably has to act."""
        return self.result.blame


def likely(requirements: Sequence[Requirement], results: Iterable[Result]) -> tuple[Likely, ...]:
    """The likely causes of what did not pass, the likeliest first.

    Where half of the findings show one symptom, what is about that symptom comes first: the configuration, or the
    requirement that a server error, a lacking error body or a refused service of one call breaks. What ended with the
    same status is explained by it and comes later. Then the requirements with the most failures come first, those that
    fail along with others after them. What could only not be asked follows.
    """
    order = {each.id: number for number, each in enumerate(requirements)}
    known = {each.id: each for each in requirements}
    asked: dict[str, list[Result]] = {}
    for each in results:
        if each.verdict is not Verdict.NOT_APPLICABLE:
            asked.setdefault(each.requirement, []).append(each)
    red = {id_: [each for each in several if each.verdict in _RED] for id_, several in asked.items()}
    red = {id_: several for id_, several in red.items() if several}
    common = _common([each for several in red.values() for each in several])
    named = {id_ for id_ in _SYMPTOMS.get(common, ()) if _broken(red.get(id_, ()))}
    statuses = {status for id_ in named for each in red[id_] for status in _STATUS.findall(each.actual)}

    def place(id_: str) -> tuple[bool | int, ...]:
        broken = _broken(red[id_])
        configured = common == _CONFIGURATION and any(each.blame is Blame.CONFIGURATION for each in red[id_])
        return (
            not any(each.verdict is Verdict.ERROR for each in red[id_]),
            not (configured or id_ in named),
            not broken,
            all(statuses & set(_STATUS.findall(each.actual)) for each in broken),
            id_.startswith(_BROAD),
            -len(broken),
            order[id_],
        )

    return tuple(
        Likely(known[id_], _telling(red[id_]), len(_broken(red[id_])), len(asked[id_]))
        for id_ in sorted(red, key=place)
    )


_RED = (Verdict.ERROR, Verdict.FAIL, Verdict.WARN, Verdict.INCONCLUSIVE)
_GRAVEST = {Verdict.ERROR: 0, Verdict.FAIL: 1, Verdict.WARN: 2, Verdict.INCONCLUSIVE: 3}


def _broken(results: Sequence[Result]) -> list[Result]:
    return [each for each in results if each.verdict in (Verdict.FAIL, Verdict.WARN)]


def _telling(results: Sequence[Result]) -> Result:
    return min(results, key=lambda each: _GRAVEST[each.verdict])


def _common(findings: Sequence[Result]) -> str:
    """The symptom of at least half of the findings; "" where there is none, or only one finding."""
    counted = Counter(symptom for each in findings for symptom in _symptoms(each))
    symptom, count = max(counted.items(), key=lambda item: item[1], default=("", 0))
    return symptom if count >= 2 and 2 * count >= len(findings) else ""


def _symptoms(finding: Result) -> Iterator[str]:
    if finding.blame is Blame.CONFIGURATION:
        yield _CONFIGURATION
    elif any(each.startswith("5") for each in _STATUS.findall(finding.actual)):
        yield "5xx"
    elif finding.expected.startswith(_ERROR_BODY) or finding.actual.endswith("with no error code"):
        yield "no error body"
    elif _STATUS.search(finding.actual) and _served_was_wanted(finding):
        shown = next((each for each in finding.exchanges if each.id == finding.exchange), None)
        if shown:
            yield f"not served: {shown.operation.value}"


def _served_was_wanted(finding: Result) -> bool:
    return finding.verdict is Verdict.INCONCLUSIVE or re.match(r"HTTP [23]", finding.expected) is not None
