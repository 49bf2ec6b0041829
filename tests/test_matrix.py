"""docs/detection.md is of today's flaws, and the README quotes its first line."""

import re
from pathlib import Path

from conformance.declare import declared_checks
from conformance.reference.flaws import FLAWS
from tests.matrix import named

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "detection.md").read_text(encoding="utf-8")


def test_the_matrix_is_of_todays_flaws() -> None:
    rows = dict(re.findall(r"^\| (?!flaw )([a-z0-9.-]+) \| (.*?) \|", PAGE, re.M))

    assert rows == {each.name: each.text for each in FLAWS.values()}, "`make detection` writes it anew"


def test_nothing_survives() -> None:
    assert "Survivors: none." in PAGE


def test_every_check_trips_over_a_flaw() -> None:
    assert "Checks that no flaw trips: none." in PAGE
    assert {named(each.location) for each in declared_checks()} <= set(re.findall(r"`(\w+/check_\w+)`", PAGE))


def test_the_readme_quotes_the_rate() -> None:
    assert PAGE.splitlines()[0].partition(" are caught")[0] in (ROOT / "README.md").read_text(encoding="utf-8")
