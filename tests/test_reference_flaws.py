"""Each flaw is in the code; that it shows, and to which check, is tests/test_detection.py's to say."""

import re
from pathlib import Path

import pytest

from conformance import reference
from conformance.reference.flaws import FLAWS

_HERE = Path(reference.__file__).parent
SOURCE = "\n".join(each.read_text() for each in _HERE.rglob("*.py") if "flaws" not in each.relative_to(_HERE).parts)


@pytest.mark.parametrize("name", FLAWS)
def test_the_code_asks_for_a_flaw(name: str) -> None:
    assert f'"{name}"' in SOURCE


def test_the_code_asks_for_no_other_flaw() -> None:
    asked = set(re.findall(r'flawed\(\s*"([^"]+)"', SOURCE)) | set(
        re.findall(r'"([^"]+)" (?:not )?in settings\.flaws', SOURCE)
    )
    assert asked <= set(FLAWS)
    assert asked, "the pattern finds the code's spelling"


def test_flaws_are_described() -> None:
    assert all(each.text and each.requirements for each in FLAWS.values())
