"""Two runs with one seed send the same requests, but for fresh ids and times, and come to the same verdicts."""

import re
from collections.abc import Iterable

from conformance.declare import declared_checks
from conformance.model import Exchange, Result, Volume
from tests.support.asking import ask

# What asks about all that was seen so far, or goes on until a moment has come, sends as much as time allows.
AS_TIME_ALLOWS = {"LCM-13", "LOD-01", "LOD-02"}
EVERYTHING = {each.requirement_id for each in declared_checks() if each.volume is not Volume.LOAD} - AS_TIME_ALLOWS
FRESH = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # consents, interactions, jtis
    r"|\d{4}-\d\d-\d\d(?:T|%20| )[\d:.%A]+(?:Z|[+-]\d\d:?\d\d|%2B[\d:]+)?"  # times
    r"|eyJ[\w-]+(?:\.[\w.-]*)*"  # signatures
    r"|(?<=localhost:)\d+|(?<=localhost%3A)\d+|(?<=requests/)[\w-]+|(?<=csrf=)[\w-]+|(?<=next_page_params=)[\w-]+",
    re.IGNORECASE,
)
ESCAPE = re.compile(r"\\u00([2-7][0-9a-f])")


def told(exchange: Exchange) -> str:
    """A request without what is fresh each time."""
    plain = ESCAPE.sub(lambda each: chr(int(each[1], 16)), exchange.request.body)
    return FRESH.sub("~", f"{exchange.caller} {exchange.request.start}\n{plain}")


def requests(results: Iterable[Result]) -> dict[str, list[str]]:
    """What each check sent, in no order: events at once may pass each other."""
    sent = {}
    for each in results:
        asked = sorted(told(one) for one in each.exchanges if one.caller != "provider")
        sent[each.check] = list(dict.fromkeys(asked))
    return sent


def test_one_seed_sends_the_same_requests() -> None:
    once, again = (ask(EVERYTHING, overrides={"plan.seed": 11}) for _ in range(2))

    assert {each.check: each.verdict for each in once} == {each.check: each.verdict for each in again}
    first, second = requests(once), requests(again)
    differing = {check: (first[check], second[check]) for check in first if first[check] != second[check]}
    assert differing == {}


def test_another_seed_sends_other_requests() -> None:
    once, again = (requests(ask({"EVT-16", "EVT-17"}, overrides={"plan.seed": seed})) for seed in (11, 12))

    assert once != again
