"""What a report names as the first cause is the true one, for nine flaws in ten."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.catalogue import Catalogue
from conformance.explanations import Explanations
from conformance.model import Blame, Operation, Result, Verdict
from conformance.reference.flaws import FLAWS
from conformance.report.causes import likely
from tests import causes
from tests.support.facts import exchange

CATALOGUE = Catalogue.load()
REQUIREMENTS = tuple(CATALOGUE.requirements.values())
ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "causes.md").read_text(encoding="utf-8")
# Every thirtieth of them, in the catalogue's order.
SAMPLE = list(FLAWS)[::30]


def test_the_page_is_of_todays_flaws_and_the_rate_is_kept() -> None:
    right, all_ = map(int, re.findall(r"\d+", PAGE.splitlines()[0])[:2])

    assert set(re.findall(r"^\| ([a-z0-9.-]+) \|", PAGE, re.M)) == set(FLAWS) | {"flaw"}, "`make detection` writes it"
    assert all_ == len(FLAWS)
    assert right >= 0.9 * all_
    assert f"{right} of {all_}" in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def test_a_sample_shows_the_same() -> None:
    found = [causes.look(each) for each in SAMPLE]

    wrong = {each.flaw: each.causes[:3] for each in found if not each.right}
    assert len(wrong) <= 0.1 * len(SAMPLE) + 1, wrong
    assert all(each.causes for each in found)


def test_every_requirement_and_group_has_its_sentences() -> None:
    told = Explanations.load(CATALOGUE)

    assert set(told.wrong) == {each.id for each in REQUIREMENTS}
    assert all(each.endswith(".") for each in told.wrong.values())
    assert set(told.groups) == {each.group for each in REQUIREMENTS}


def result(requirement: str, verdict: Verdict = Verdict.FAIL, actual: str = "so", **members: object) -> Result:
    shown = replace(exchange(), operation=members.pop("operation", Operation.BALANCES))  # type: ignore[arg-type]
    told = {"expected": "x", "exchange": shown.id, "exchanges": (shown,), **members}
    return Result(f"check of {requirement}", requirement, verdict, "t", "l", 0.1, actual=actual, **told)  # type: ignore[arg-type]


def order(*results: Result) -> list[str]:
    return [each.requirement.id for each in likely(REQUIREMENTS, results)]


FAIL, WARN, INCONCLUSIVE, PASS = Verdict.FAIL, Verdict.WARN, Verdict.INCONCLUSIVE, Verdict.PASS
_SIGNATURE = "The Data Provider refused PayNet's signature (JWS.InvalidSignature)"
RANKS: dict[str, tuple[list[Result], list[str]]] = {
    "nothing": ([result("BAL-01", PASS), result("BAL-02", Verdict.NOT_APPLICABLE)], []),
    "the most failures": (
        [result("TLS-01"), result("BAL-05"), result("BAL-05"), result("BAL-05", PASS)],
        ["BAL-05", "TLS-01"],
    ),
    "the catalogue's order": ([result("BAL-05"), result("TLS-01", WARN)], ["TLS-01", "BAL-05"]),
    "what was not asked comes last": (
        [result("TLS-01", INCONCLUSIVE), result("TLS-01", INCONCLUSIVE), result("BAL-05")],
        ["BAL-05", "TLS-01"],
    ),
    "what fails along comes after": (
        [result("EVT-17"), result("EVT-17"), result("LCM-13"), result("UPD-02")],
        ["UPD-02", "EVT-17", "LCM-13"],
    ),
    "server errors": (
        [
            result("TLS-01"),
            result("BAL-05", actual="HTTP 500"),
            result("BAL-06", actual="HTTP 500"),
            result("ERR-03", actual="HTTP 503 (2 in all)"),
        ],
        ["ERR-03", "TLS-01", "BAL-05", "BAL-06"],
    ),
    "too few server errors": (
        [result("BAL-05", actual="HTTP 500"), result("ERR-03", actual="HTTP 500")],
        ["BAL-05", "ERR-03"],
    ),
    "errors without a body": (
        [
            result("BAL-14", expected="a JSON object {error, error_description}"),
            result("ERR-04", actual="HTTP 400 with no error code"),
            result("ERR-01", expected="a text `error` in the error body"),
        ],
        ["ERR-01", "BAL-14", "ERR-04"],
    ),
    "a service that is refused": (
        [
            result("HDR-01", expected="HTTP 200", actual="HTTP 401"),
            result("BAL-01", expected="HTTP 200", actual="HTTP 401"),
            result("BAL-05", INCONCLUSIVE, "the answer was HTTP 401"),
            result("ACC-01", expected="HTTP 200", actual="HTTP 401", operation=Operation.ACCOUNT),
        ],
        ["BAL-01", "ACC-01", "HDR-01", "BAL-05"],
    ),
    "a signature that is not taken": (
        [
            *(result(each, INCONCLUSIVE, "the answer was HTTP 401", hint=_SIGNATURE) for each in ("AUT-01", "BAL-01")),
            result("EVT-01", expected="HTTP 200", actual="HTTP 401", hint=_SIGNATURE, operation=Operation.EVENT),
            result("JWS-01", expected="HTTP 200", actual="HTTP 401", hint=_SIGNATURE, operation=Operation.EVENT),
        ],
        ["JWS-01", "EVT-01", "AUT-01", "BAL-01"],
    ),
    "a login that is not there": (
        [
            *(result(each, INCONCLUSIVE, expected="to reach the login page") for each in ("UPD-01", "BAL-01")),
            result("AUT-01", expected="the login page"),
            result("UIX-01", expected="the login page"),
        ],
        ["UIX-01", "AUT-01", "UPD-01", "BAL-01"],
    ),
    "seals that do not open": (
        [
            result("BAL-02", INCONCLUSIVE, "the JWE does not open with the Data Consumer's key: alg 'x' is not y"),
            result("JWE-01", actual="the JWE does not open with the Data Consumer's key: alg 'x' is not y"),
            result("JWE-02", expected="JWE alg y", actual="'x'"),
            result("BAL-01", actual="the JWE does not open with the Data Consumer's key: alg 'x' is not y"),
        ],
        ["JWE-02", "JWE-01", "BAL-01", "BAL-02"],
    ),
    "the configuration": (
        [
            result("BAL-05"),
            result("UIX-02", INCONCLUSIVE, blame=Blame.CONFIGURATION),
            result("UIX-04", INCONCLUSIVE, blame=Blame.CONFIGURATION),
        ],
        ["UIX-02", "UIX-04", "BAL-05"],
    ),
    "one thing that the profile lacks": (
        [result("BAL-05"), result("BAL-06"), result("TXN-06", INCONCLUSIVE, blame=Blame.CONFIGURATION)],
        ["BAL-05", "BAL-06", "TXN-06"],
    ),
    "an error of the suite": ([result("BAL-05"), result("LCM-13", Verdict.ERROR)], ["LCM-13", "BAL-05"]),
}


@pytest.mark.parametrize("name", RANKS)
def test_causes_are_ranked(name: str) -> None:
    results, wanted = RANKS[name]

    assert order(*results) == wanted


def test_a_cause_tells_its_gravest_finding_and_how_much_failed() -> None:
    (found,) = likely(
        REQUIREMENTS,
        [
            result("BAL-05", WARN),
            result("BAL-05", actual="worse"),
            result("BAL-05", PASS),
            result("BAL-05", INCONCLUSIVE),
        ],
    )

    assert (found.failed, found.asked, found.result.actual, found.blame) == (2, 4, "worse", Blame.UNKNOWN)
