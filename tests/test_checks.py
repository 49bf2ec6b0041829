from conformance.catalogue import Catalogue
from conformance.declare import declared_checks

FIRST = [
    "EVT-01",
    "EVT-02",
    "EVT-03",
    "JWS-01",
    "JWS-02",
    "JWS-03",
    "JWS-04",
    "JWS-05",
    "JWS-22",
    "AUT-01",
    "AUT-02",
    "AUT-03",
    "AUT-04",
    "UIX-01",
    "UIX-02",
    "UIX-03",
    "UIX-04",
    "UIX-05",
    "UIX-06",
    "UIX-07",
    "UIX-08",
    "UPD-01",
    "UPD-02",
    "UPD-03",
    "UPD-04",
    "UPD-05",
    "UPD-06",
    "UPD-07",
    "UPD-08",
    "UPD-09",
    "RSP-01",
    "RSP-02",
    "JWE-01",
    "JWE-02",
    "BAL-01",
    "BAL-02",
    "BAL-03",
    "BAL-04",
    "BAL-05",
    "BAL-06",
    "LCM-01",
    "LCM-02",
    "LCM-03",
    "LCM-04",
    "LCM-05",
    "TMO-01",
    "TMO-02",
    "TLS-01",
    "TLS-02",
    "ERR-01",
]


def test_every_check_asks_a_requirement_that_exists() -> None:
    known = Catalogue.load().requirements

    assert [each.location for each in declared_checks() if each.requirement_id not in known] == []


def test_the_first_requirements_are_all_asked() -> None:
    assert set(FIRST) <= {each.requirement_id for each in declared_checks()}


def test_every_item_and_every_walked_row_is_asked_in_full() -> None:
    asked = {each.requirement_id for each in declared_checks()}

    gaps = [
        each.id for each in Catalogue.load().requirements.values() if (each.dod or each.steps) and each.id not in asked
    ]

    assert gaps == []


def test_checks_have_names_of_their_own() -> None:
    locations = [each.location for each in declared_checks()]

    assert len(set(locations)) == len(locations)


def test_only_known_fixtures_are_asked_for() -> None:
    import importlib

    fixtures = {"profile", "provider", "hub", "journey", "evidence"}
    for each in declared_checks():
        function = getattr(importlib.import_module(each.run.__module__), each.name)
        marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
        named = [mark.args[0].split(",") if isinstance(mark.args[0], str) else mark.args[0] for mark in marks]
        parameters = {name.strip() for names in named for name in names}
        assert set(each.arguments) <= fixtures | parameters, each.location
