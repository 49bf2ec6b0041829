"""The requirements, the readings and the Definition of Done, as they come with the suite."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from conformance import resources
from conformance.catalogue import Catalogue
from conformance.model import Capability, ConfigurationFault, Level, Requirement

SIZES = {
    "transport": ("TLS", 9),
    "headers": ("HDR", 3),
    "request-signature": ("JWS", 25),
    "consent-events": ("EVT", 19),
    "authorize": ("AUT", 11),
    "journey": ("UIX", 10),
    "consent-update": ("UPD", 14),
    "data-response": ("RSP", 8),
    "balances": ("BAL", 14),
    "accounts": ("ACC", 3),
    "transactions": ("TXN", 6),
    "userinfo": ("USR", 3),
    "lifecycle": ("LCM", 17),
    "timing": ("TMO", 8),
    "load": ("LOD", 2),
    "errors": ("ERR", 4),
}
DONE = {
    1: "TLS-01 JWS-01 JWS-02 JWS-03 JWS-04 JWS-05 JWS-22 EVT-01 EVT-02 EVT-03",
    2: "TLS-01 AUT-01 AUT-02 UIX-01 UIX-02 UIX-03 UIX-04 UIX-05 UIX-08 TMO-02",
    3: "UIX-06 UIX-07 UPD-01 UPD-02 UPD-03 UPD-05 UPD-06 UPD-07 UPD-08 UPD-09",
    4: "TLS-01 RSP-01 RSP-02 JWE-01 BAL-01 BAL-02 BAL-03 LCM-02 TMO-01",
}
WALKED = {
    "5": "EVT-01 AUT-01 UIX-01",
    "6a": "UIX-02",
    "6b": "UIX-03",
    "7": "UIX-04 UPD-08",
    "8": "UIX-05",
    "9a": "UIX-06 UPD-01 UPD-06",
    "9b": "UIX-07 UPD-01 UPD-09",
    "10": "UIX-08",
    "11a": "RSP-01 JWE-01 BAL-01",
    "11b": "BAL-05 BAL-06 LCM-05",
}
READINGS = {
    "JWS-15": "jws_b64",
    "JWS-16": "iat_window",
    "JWS-17": "iat_window",
    "JWS-18": "jws_header_claims",
    "JWS-23": "error_statuses",
    "JWS-25": "get_signature_payload",
    "EVT-15": "event_accounts_shape",
    "RSP-02": "response_envelope",
    "RSP-03": "response_envelope",
    "BAL-02": "amount_shape",
    "BAL-12": "balances_method",
    "LCM-12": "error_statuses",
    "TMO-08": "async_calls",
    "ERR-04": "error_statuses",
}
DEFAULTS = {
    "event_success_status": "any",
    "userinfo_path": "/v1/oauth/userinfo",
    "balances_method": "GET",
    "authorize_channel": "back",
    "return_params": "error_on_rejection",
    "jws_header_claims": "on",
    "jws_b64": "true",
    "get_signature_payload": "consent_id",
    "authorize_signature_form": "attached",
    "iat_window": "should",
    "response_envelope": "auto",
    "data_wrapper": "auto",
    "amount_shape": "auto",
    "consent_type": "account_access_consent",
    "event_accounts_shape": "accounts",
    "awaiting_timeout": "5",
    "activation": "journey",
    "async_calls": "sync",
    "error_statuses": "contract",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resources.path("specs"), tmp_path / "specs"))


def change(file: Path, old: str, new: str) -> int:
    """Replace the first `old`; gives its line."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def told(folder: Path) -> str:
    with pytest.raises(ConfigurationFault) as fault:
        Catalogue.load(folder)
    return str(fault.value)


def test_every_requirement_is_there_in_order(catalogue: Catalogue) -> None:
    assert len(catalogue.requirements) == 156
    assert {group: number for group, (_, number) in SIZES.items()} == Counter(
        each.group for each in catalogue.requirements.values()
    )
    assert list(dict.fromkeys(each.group for each in catalogue.requirements.values())) == list(SIZES)
    assert all(id_ == each.id for id_, each in catalogue.requirements.items())


@pytest.mark.parametrize("group", SIZES)
def test_ids_are_numbered_without_a_gap(catalogue: Catalogue, group: str) -> None:
    prefix, number = SIZES[group]
    expected = [f"{prefix}-{each:02}" for each in range(1, number + 1)]
    if group == "data-response":
        expected = [f"RSP-{each:02}" for each in range(1, 5)] + [f"JWE-{each:02}" for each in range(1, 5)]
    assert [each.id for each in catalogue.requirements.values() if each.group == group] == expected


def test_levels_and_sources(catalogue: Catalogue) -> None:
    found = catalogue.requirements.values()
    assert Counter(each.level for each in found) == {Level.MUST: 118, Level.SHOULD: 38}
    assert Counter(each.source for each in found) == {
        "G": 88,
        "F": 27,
        "N": 20,
        "RFC7515": 8,
        "RFC8725": 4,
        "BCP195": 2,
        "RFC9700": 2,
        "RFC7516": 2,
        "RFC8705": 1,
        "RFC5280": 1,
        "RFC7797": 1,
    }
    # What only a neighbouring build says binds nobody, but for the algorithms that the encryption of G implies.
    assert [each.id for each in found if each.source == "N" and each.level is Level.MUST] == ["JWE-02"]


@pytest.mark.parametrize(
    "row",
    [
        Requirement(
            id="TLS-01",
            group="transport",
            level=Level.MUST,
            source="G",
            text="A caller that presents no client certificate gets no service on any webhook",
            dod=(1, 2, 4),
        ),
        Requirement(
            id="JWS-15",
            group="request-signature",
            level=Level.MUST,
            source="RFC7797",
            text="b64=false without crit, or a signature over the other encoding than the reading's, is refused",
            reading="jws_b64",
        ),
        Requirement(
            id="UPD-01",
            group="consent-update",
            level=Level.MUST,
            source="G",
            text="The update is PATCH /v1/consents/{consent_id}, before the browser returns",
            dod=(3,),
            steps=("9a", "9b"),
        ),
        Requirement(
            id="TXN-04",
            group="transactions",
            level=Level.SHOULD,
            source="N",
            text="page_size outside 10..500, a bad cursor or a bad date is a 400",
            capability=Capability.TRANSACTIONS,
        ),
        Requirement(
            id="LCM-05",
            group="lifecycle",
            level=Level.MUST,
            source="F",
            text="authorized to revoked stops data for good",
            steps=("11b",),
        ),
    ],
    ids=lambda row: row.id,
)
def test_rows_are_as_designed(catalogue: Catalogue, row: Requirement) -> None:
    assert catalogue.requirement(row.id) == row


def test_capabilities_are_those_of_their_groups(catalogue: Catalogue) -> None:
    optional = {each.value for each in Capability}
    for each in catalogue.requirements.values():
        assert each.capability == (each.group if each.group in optional else None)


@pytest.mark.parametrize("number", DONE)
def test_what_proves_an_item_of_the_definition_of_done(catalogue: Catalogue, number: int) -> None:
    assert " ".join(each.id for each in catalogue.requirements.values() if number in each.dod) == DONE[number]


@pytest.mark.parametrize("step", WALKED)
def test_what_proves_a_row_of_the_journey(catalogue: Catalogue, step: str) -> None:
    assert " ".join(each.id for each in catalogue.requirements.values() if step in each.steps) == WALKED[step]


def test_items_and_rows(catalogue: Catalogue) -> None:
    assert [each.number for each in catalogue.definition_of_done] == list(DONE)
    assert [each.id for each in catalogue.steps if not each.asked] == ["1", "2", "3", "4"]
    assert [each.id for each in catalogue.steps if each.asked] == list(WALKED)
    assert {step for each in catalogue.requirements.values() for step in each.steps} == set(WALKED)


def test_readings(catalogue: Catalogue) -> None:
    assert {name: each.default for name, each in catalogue.readings.items()} == DEFAULTS
    assert all(each.default in each.options for each in catalogue.readings.values())
    assert all(len(set(each.options)) == len(each.options) for each in catalogue.readings.values())


def test_requirements_that_depend_on_a_reading(catalogue: Catalogue) -> None:
    assert {each.id: each.reading for each in catalogue.requirements.values() if each.reading} == READINGS


@pytest.mark.parametrize(("asked", "meant"), [("BALL-01", "BAL-01"), ("lcm-05", "LCM-05"), ("UPDD-07", "UPD-07")])
def test_an_unknown_id_names_the_nearest(catalogue: Catalogue, asked: str, meant: str) -> None:
    with pytest.raises(ConfigurationFault, match=f"Did you mean {meant}"):
        catalogue.requirement(asked)


def test_an_id_like_no_other_says_where_all_are(catalogue: Catalogue) -> None:
    with pytest.raises(ConfigurationFault, match="lists all"):
        catalogue.requirement("~")


def test_the_digest_is_that_of_every_file(specs: Path, catalogue: Catalogue) -> None:
    assert Catalogue.load(specs).digest == catalogue.digest
    digests = {catalogue.digest}
    for name in ("requirements/load.yaml", "readings.yaml", "definition-of-done.yaml"):
        (specs / name).write_text((specs / name).read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
        digests.add(Catalogue.load(specs).digest)
    assert len(digests) == 4


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("requirements/load.yaml", "LOD-02", "LOD-01", "the id LOD-01 stands twice (first in load.yaml:"),
        ("requirements/load.yaml", "LOD-02", "TLS-01", "the id TLS-01 stands twice (first in "),
        ("requirements/load.yaml", "level: SHOULD", "level: MAY", "level"),
        ("requirements/load.yaml", "source: N", "sauce: N", "source"),
        ("requirements/load.yaml", "LOD-02", "LOD-2", "id"),
        ("requirements/load.yaml", "group: load", "group: timing", "One file for a group"),
        ("requirements/timing.yaml", "reading: async_calls", "reading: asink_calls", "Did you mean 'async_calls'?"),
        ("requirements/timing.yaml", "dod: [4]", "dod: [5]", "TMO-01 names '5', which is not there"),
        ("requirements/balances.yaml", '"11a"', '"11c"', "BAL-01 names '11c', which is not there"),
        ("readings.yaml", "default: GET", "default: PUT", "'PUT' is none of the options"),
        ("readings.yaml", "name: amount_shape", "name: data_wrapper", "'data_wrapper' stands twice"),
        ("definition-of-done.yaml", "number: 4", "number: 3", "'3' stands twice"),
        ("definition-of-done.yaml", "BAL-05", "BAL-55", "there is no requirement 'BAL-55'"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(specs: Path, name: str, old: str, new: str, says: str) -> None:
    line = change(specs / name, old, new)
    lines = told(specs).splitlines()
    assert any(each.startswith(f"{specs / name}:{line}: ") and says in each for each in lines), lines


def test_several_mistakes_are_all_told(specs: Path) -> None:
    change(specs / "requirements" / "timing.yaml", "dod: [4]", "dod: [5]")
    change(specs / "readings.yaml", "default: GET", "default: PUT")
    assert len(told(specs).splitlines()) == 2


@pytest.mark.parametrize("name", ["readings.yaml", "definition-of-done.yaml", "requirements/load.yaml"])
@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "text", "\tx: 1\n"])
def test_a_broken_file_is_one_line(specs: Path, name: str, text: str) -> None:
    (specs / name).write_text(text, encoding="utf-8")
    lines = told(specs).splitlines()
    assert lines
    assert all(each.startswith(str(specs / name)) for each in lines)


def test_missing_files_are_one_line(specs: Path, tmp_path: Path) -> None:
    (specs / "readings.yaml").unlink()
    assert told(specs) == f"{specs / 'readings.yaml'}: there is no such file. Check the path"
    assert told(tmp_path / "nowhere").startswith(f"{tmp_path / 'nowhere'}: there are no requirements")


def test_a_reading_can_promote_a_should(catalogue: Catalogue) -> None:
    usual = catalogue.under({"iat_window": "should", "jws_b64": "false"})
    promoted = catalogue.under({"iat_window": "must"})

    assert usual.requirements == catalogue.requirements
    changed = {id_ for id_, each in promoted.requirements.items() if each != catalogue.requirements[id_]}
    assert changed == {"JWS-16", "JWS-17"}
    assert {promoted.requirements[each].level for each in changed} == {Level.MUST}


def test_an_option_that_promotes_is_one_of_the_options(specs: Path) -> None:
    line = change(specs / "readings.yaml", "promotes: must", "promotes: maybe")

    assert f"readings.yaml:{line}: " in told(specs)
    assert "'maybe' is none of the options. One of: should, must" in told(specs)
