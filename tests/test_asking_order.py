"""In which order checks are asked."""

import re
from pathlib import Path

from conformance.catalogue import Catalogue
from conformance.declare import declared_checks
from tests.test_run import run

CHECKS = {each.location.partition("checks/")[2]: each for each in declared_checks()}


def test_every_requirement_is_asked_once_before_any_is_asked_again(tmp_path: Path) -> None:
    done = run(tmp_path, "-v", *(word for each in ("BAL-*", "LCM-*", "USR-*") for word in ("--requirement", each)))
    asked = [CHECKS[each] for each in re.findall(r"(\w+/\w+\.py::check_\w+).* PASS", done.stdout)]
    requirements = Catalogue.load().requirements

    quick = [each.requirement_id for each in asked if not each.long and not each.alone]
    first = list(dict.fromkeys(quick))
    assert len(first) > 30
    assert quick[: len(first)] == first
    items = [bool(requirements[each].dod) for each in first]
    assert items == sorted(items, reverse=True), "the Definition of Done first"
    assert [each.long for each in asked].index(True) >= len(first)
