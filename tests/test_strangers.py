"""Providers that are right in another way than the reference usually is: nothing may object to them."""

import random
from collections.abc import Iterable, Mapping

import pytest

from conformance.declare import declared_checks
from conformance.model import Result, Verdict, Volume
from conformance.reference.manners import MANNERS
from tests.support.asking import ask

EVERYTHING = {each.requirement_id for each in declared_checks() if each.volume is not Volume.LOAD}
SEEDS = range(10, 13)
OTHER_PAGES: Mapping[str, object] = {
    "customer_pages.login": [
        {"expect": "Sign on"},
        {"fill": {"uid": "{username}", "pin": "{password}"}},
        {"click": "Sign on"},
    ],
    "customer_pages.login_failed": [{"expect": "Sign on failed"}],
    "customer_pages.accounts": [
        {"expect": "Which accounts shall be shared?"},
        {"choose": {"acct[]": "{accounts}"}},
        {"click": "Next"},
    ],
    "customer_pages.no_account": [{"expect": "Pick something to share."}],
    "customer_pages.review": [{"expect": "Your agreement"}],
    "customer_pages.approve": [{"click": "I agree"}, {"expect": "Are you sure?"}, {"click": "Yes, share"}],
    "customer_pages.approved": [{"expect": "All done"}, {"click": "Return to {dc_name}"}],
    "customer_pages.reject": [{"click": "I do not agree"}],
    "customer_pages.revoke": [
        {"fill": {"uid": "{username}", "pin": "{password}"}},
        {"click": "Sign on"},
        {"click": 'css=button[value="{consent_id}"]'},
    ],
}
EITHER = [
    {"acknowledges-with-201", "acknowledges-with-204"},
    {"lower-case-headers", "upper-case-headers"},
    {"tls-1.2-only", "tls-1.3-only"},
]


def objections(requirements: Iterable[str], manners: Iterable[str]) -> list[tuple[str, str, str]]:
    overrides = OTHER_PAGES if "other-pages" in manners else {}
    results: list[Result] = ask(requirements, manners=manners, overrides=overrides)
    assert results
    return [(each.check, each.verdict.value, each.actual) for each in results if each.verdict is not Verdict.PASS]


def combined(seed: int) -> list[str]:
    """More than half of the manners, no two that exclude each other."""
    drawn = random.Random(seed)
    chosen = {name for name in MANNERS if drawn.random() < 0.6}
    for pair in EITHER:
        if pair <= chosen:
            chosen.discard(drawn.choice(sorted(pair)))
    return sorted(chosen)


CORE = {"EVT-01", "JWS-02", "AUT-01", "AUT-02", "UIX-03", "UIX-04", "UIX-05", "UIX-06", "UIX-07", "UPD-06", "RSP-01"}
CORE |= {"RSP-02", "JWE-01", "BAL-02", "BAL-04", "BAL-06", "LCM-03", "TLS-01", "TMO-01", "ERR-01"}


@pytest.mark.parametrize("manner", MANNERS)
def test_a_manner_is_no_fault(manner: str) -> None:
    assert objections(CORE, [manner]) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_manners_together_are_no_fault(seed: int) -> None:
    assert objections(EVERYTHING, combined(seed)) == []


def test_the_combinations_cover_every_manner() -> None:
    assert {name for seed in SEEDS for name in combined(seed)} == set(MANNERS)
