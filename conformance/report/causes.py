"""Which failures of a run to look into first: many often have one cause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.model import Blame, Operation, Requirement, Result, Verdict

_CONFIGURATION = "configuration"
_SERVING = {
    Operation.EVENT: ("EVT-01", "EVT-02"),
    Operation.AUTHORIZE: ("AUT-01",),
    Operation.USERINFO: ("USR-01",),
    Operation.BALANCES: ("BAL-01",),
    Operation.ACCOUNT: ("ACC-01",),
    Operation.TRANSACTIONS: ("TXN-01",),
}
# Who stops serving fails all that needs its service; who answers with a 5xx, or without an error body, does so in many
# checks. What shows in at least half of the findings is then the cause, under the requirement that is about just that.
# Each: what the finding expected, what it got, what its hint says, and that requirement.
_SYMPTOMS: Sequence[tuple[str, str, str, tuple[str, ...]]] = (
    ("", r"\bHTTP 5\d\d", "", ("ERR-03",)),
    (r"a JSON object {error|a text `error|a refusal with {error", "", "", ("ERR-01",)),
    ("", r"with no error code$", "", ("ERR-01",)),
    ("", r"^the JWS does not verify", "", ("RSP-01",)),
    ("", r"^the JWE does not open.*\balg .* is not", "", ("JWE-02",)),
    ("", r"^the JWE does not open", "", ("JWE-01",)),
    (r"consent update \(P1\)", r"^no", "", ("UPD-01",)),
    ("", r"\bHTTP 4", r"refused PayNet's signature", ("JWS-01",)),
    (r"the login page", "", "", ("UIX-01",)),
    (r"the login's address|HTTP 303", r"\bHTTP 404", "", ("EVT-01",)),
    (r"the login's address|HTTP 303", r"\bHTTP [2-4]", "", ("AUT-01",)),
)
_SPREAD = 3
# These are asked of whole runs, of generated messages or of several things at once, and so fail along with others.
_BROAD = ("LCM-13", "LCM-16", "EVT-15", "EVT-16", "EVT-17", "EVT-18", "JWS-25", "ERR-", "HDR-", "RSP-03")
_STATUS = re.compile(r"\bHTTP ([45]\d\d)")


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
    common = _common(red)
    named = {id_ for id_ in common if _broken(red.get(id_, ()))}
    statuses = {status for id_ in named for each in red[id_] for status in _STATUS.findall(each.actual)}

    def place(id_: str) -> tuple[bool | int, ...]:
        broken = _broken(red[id_])
        configured = common == (_CONFIGURATION,) and any(each.blame is Blame.CONFIGURATION for each in red[id_])
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


def _common(red: Mapping[str, Sequence[Result]]) -> tuple[str, ...]:
    """The requirements of the symptom that at least half of the findings show; none where it does not spread."""
    counted = Counter(symptom for several in red.values() for each in several if (symptom := _symptom(each)))
    symptom, count = max(counted.items(), key=lambda item: item[1], default=((), 0))
    showing = sum(any(_symptom(each) == symptom for each in several) for several in red.values())
    spread = showing >= _SPREAD or symptom == (_CONFIGURATION,)
    return symptom if spread and 2 * count >= sum(map(len, red.values())) else ()


def _symptom(finding: Result) -> tuple[str, ...]:
    if finding.blame is Blame.CONFIGURATION:
        return (_CONFIGURATION,)
    for expected, actual, hint, ids in _SYMPTOMS:
        pairs = ((expected, finding.expected), (actual, finding.actual), (hint, finding.hint))
        if all(re.search(pattern, text) for pattern, text in pairs):
            return ids
    if _STATUS.search(finding.actual) and _served_was_wanted(finding):
        shown = next((each for each in finding.exchanges if each.id == finding.exchange), None)
        return _SERVING.get(shown.operation, ()) if shown else ()
    return ()


def _served_was_wanted(finding: Result) -> bool:
    return finding.verdict is Verdict.INCONCLUSIVE or re.match(r"HTTP [23]", finding.expected) is not None
