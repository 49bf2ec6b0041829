"""A profile that cannot be used: one line for each problem, with file, line, key and cure."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from conformance.model import ConfigurationFault
from conformance.profile import Profile
from tests.support.bank import BANK, ENVIRONMENT, settled

LINES = BANK.splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return settled(tmp_path)


def said(reference: str | Path, **overrides: object) -> str:
    spelled = {key.replace("__", "."): value for key, value in overrides.items()}
    with pytest.raises(ConfigurationFault) as caught:
        Profile.load(str(reference), overrides=spelled, environment=ENVIRONMENT)
    return str(caught.value)


def changed(folder: Path, before: str, after: str) -> tuple[str, int]:
    """What is said of the profile with one text changed, and the line of the change."""
    assert BANK.count(before) == 1
    (folder / "bank.yaml").write_text(BANK.replace(before, after))
    return said(folder / "bank.yaml"), BANK[: BANK.index(before)].count("\n") + 1


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("rs_url:", "rs_ulr:", "target.rs_ulr: unknown key. Did you mean 'rs_url'?"),
        ("name: A Bank", "nmae: A Bank", "nmae: unknown key. Did you mean 'name'?"),
        ("{amount:", "{amuont:", "customers.0.accounts.0.balance.amuont: unknown key. Did you mean 'amount'?"),
        ("- name: customer-1", "- concurrency: 3", "customers.0.concurrency: unknown key. It belongs under 'plan'"),
        ("https://dp", "http://dp", "target.rs_url: must be an https URL, found 'http://dp.bank.example:8443/'"),
        (":8443/", ":8443/?a=b", "target.rs_url: must have no query"),
        (":8443/", ":port", "target.rs_url: is no URL"),
        ("keys/ca.pem", "keys/cb.pem", "target.server_ca: there is no file 'keys/cb.pem'. Looked for "),
        ("server_ca: keys/ca.pem", "server_ca: []", "target.server_ca: the list is empty"),
        ("{jwks: keys/jwks/dp.json}", "{}", "target.signing_keys: is empty, but needs exactly one of"),
        (
            "{jwks:",
            "{jwks_url: 'https://a.b', jwks:",
            "target.signing_keys: has jwks and jwks_url, but needs exactly one",
        ),
        (
            "{certificate: keys/dp",
            "{cert: keys/dp",
            "target.client_certificate.cert: unknown key. Did you mean 'certificate'?",
        ),
        ("dp_id: a-bank", "dp_id: 17", "target.dp_id: must be text, found the number 17. Put it in quotes"),
        ("{directory: keys}", "{directory: kyes}", "keys.directory: there is no folder 'kyes'"),
        ("{directory: keys}", "{directory: .}", "keys.directory: the folder"),
        ("{directory: keys}", "{}", "keys.directory: is missing. Make the keys with 'ofp-conformance keys init DIR'"),
        ('"900101145678"', "900101145678", "customers.0.id_number: must be text. Put it in quotes"),
        (
            "${BANK_PASSWORD}",
            "${BNAK_PASSWORD}",
            "customers.0.password: the environment variable BNAK_PASSWORD is not set",
        ),
        ("password: ${BANK_PASSWORD}", "password: 12345", "customers.0.password: must be text. Put it in quotes"),
        ('"1.00"', '"-1.0"', "customers.0.accounts.0.balance.amount: must fit the pattern"),
        (
            "{click: Log in}]",
            "{clik: Log in}]",
            "customer_pages.login.2: there is no step 'clik'. Did you mean 'click'?",
        ),
        (
            '"{username}"',
            '"{usernaem}"',
            "customer_pages.login.1: fill uses the unknown placeholder {usernaem}. Did you",
        ),
        ("[{expect: wrong}]", "[]", "customer_pages.login_failed: must have 1 item or more, found an empty list"),
        ("  approve:", "  aprove:", "customer_pages.aprove: unknown key. Did you mean 'approve'?"),
        (
            "extends: sign-off",
            "extends: signoff",
            "extends: there is no bundled profile and no file 'signoff'. Did you",
        ),
        ("extends: sign-off", "extends: ./base.yaml", "extends: there is no file './base.yaml' (looked for "),
        ("extends: sign-off", "extends: 3", "extends: must be text"),
    ],
)
def test_a_wrong_value_is_told_where_it_stands(folder, before, after, told):
    lines, line = changed(folder, before, after)
    assert f"{folder / 'bank.yaml'}:{line}: {told}" in lines
    assert all(each.startswith((f"{folder / 'bank.yaml'}:", "command line")) for each in lines.splitlines())


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("plan:\n  concurrency: 0", 3, "plan.concurrency: must be at least 1, found the number 0"),
        ("plan:\n  concurrency: true", 3, "plan.concurrency: must be a number, found true"),
        (
            "plan:\n  volume: smok",
            3,
            "plan.volume: must be one of smoke, sign-off, regression, load, found 'smok'. Did",
        ),
        (
            "plan:\n  levels: [MUSTS]",
            3,
            "plan.levels.0: must be one of MUST, SHOULD, found 'MUSTS'. Did you mean 'MUST'?",
        ),
        ("plan:\n  requirements:\n    - LCM-05\n    - BLA-*", 5, "plan.requirements.1: no requirement is 'BLA-*'. Did"),
        ("plan: {requirements: []}", 2, "plan.requirements: must have 1 item or more"),
        (
            "capabilities: [acounts]",
            2,
            "capabilities.0: must be one of userinfo, accounts, transactions, found 'acounts'",
        ),
        (
            "readings:\n  balance_method: GET",
            3,
            "readings.balance_method: there is no such reading. Did you mean 'balances",
        ),
        (
            "readings:\n  balances_method: get",
            3,
            "readings.balances_method: must be one of GET, POST, found 'get'. Did",
        ),
        ("bounds: {page_seconds: -1}", 2, "bounds.page_seconds: must be more than 0, found the number -1"),
        ("hub: {resource_url: http://x}", 2, "hub.resource_url: must be an https URL, found 'http://x'"),
        ("hub: {browser_port: 70000}", 2, "hub.browser_port: must be at most 65535, found the number 70000"),
        ("paths: {userinfo: v1}", 2, "paths.userinfo: must fit the pattern"),
        ("keys: {paynet_client: {key: keys/ca.key}}", 2, "keys.paynet_client: has a key and no certificate"),
        ("keys: {odd: {expierd: {}}}", 2, "keys.odd.expierd: unknown key. Did you mean 'expired'?"),
        (
            "data_consumers:\n  - {id: a, name: A}\n  - {id: a, name: B}",
            4,
            "data_consumers.1.id: 'a' stands in data_consumers",
        ),
        ("target: null", 2, "target: must be a mapping of keys, found nothing"),
    ],
)
def test_a_wrong_addition_is_told_in_its_own_file(folder, text, line, told):
    (folder / "mine.yaml").write_text(f"extends: bank.yaml\n{text}\n")
    lines = said(folder / "mine.yaml")
    assert f"{folder / 'mine.yaml'}:{line}: {told}" in lines
    assert len(lines.splitlines()) == 1


WAIVER = "{requirement: TLS-09, reason: r, owner: o, ticket: t, until: 2027-01-31}"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("TLS-09", "TSL-09", "waivers.0.requirement: there is no requirement 'TSL-09'. Did you mean 'TLS-09'?"),
        ("2027-01-31", "31.1.2027", "waivers.0.until: must be a day like 2027-01-31, found '31.1.2027'"),
        ("reason: r, ", "", "waivers.0.reason: is missing. Add it: Why it may fail"),
        ("owner: o", "owner: ''", "waivers.0.owner: must not be empty"),
    ],
)
def test_a_wrong_waiver_is_refused(folder, before, after, told):
    (folder / "mine.yaml").write_text(f"extends: bank.yaml\nwaivers:\n  - {WAIVER.replace(before, after)}\n")
    assert said(folder / "mine.yaml").startswith(f"{folder / 'mine.yaml'}:3: {told}")


def test_names_that_stand_twice_are_told_where_they_stand_again(folder):
    customer = "\n".join(LINES[LINES.index("customers:") + 1 : LINES.index("customer_pages:")])
    both = f"customers:\n{customer}\n{customer}\nwaivers:\n  - {WAIVER}\n  - {WAIVER}\n"
    (folder / "mine.yaml").write_text(f"extends: bank.yaml\n{both}")
    lines = said(folder / "mine.yaml").splitlines()
    assert [each.split(": ")[1] for each in lines] == ["customers.1.name", "waivers.1.requirement"]
    assert lines[0].startswith(f"{folder / 'mine.yaml'}:{3 + len(customer.splitlines())}: ")


def test_an_account_that_stands_twice(folder):
    account = {"account_id": "a", "account_number": "1", "account_name": "A"}
    told = said(folder / "bank.yaml", customers__0__accounts=[account, account])
    assert told.startswith("command line: customers.0.accounts.1.account_id: 'a' stands in customers.0.accounts twice")


@pytest.mark.parametrize("value", ["", "a" * 44, "a" * 43, "A" * 42 + "==", "0" * 64, "é" * 44])
def test_a_hash_that_is_none(folder, value):
    told = said(folder / "bank.yaml", customers__0__id_number=None, customers__0__hashed_id_number=value)
    assert told.count("\n") == 0
    assert "hashed_id_number" in told
    assert "44 characters" in told or "needs id_number or hashed_id_number" in told


def test_a_hash_beside_the_number(folder):
    told = said(folder / "bank.yaml", customers__0__hashed_id_number="A" * 43 + "=")
    assert "customers.0.hashed_id_number: stands beside id_number, but exactly one of them is needed" in told


def test_a_wrong_password_must_be_wrong(folder):
    assert "customers.0.wrong_password: is the right password" in said(
        folder / "bank.yaml", customers__0__wrong_password="pass-word"
    )


def test_no_secret_is_told(folder):
    told = said(folder / "bank.yaml", customers__0__password=["pass-word-2"], customers__0__id_number=778899)
    assert "customers.0.password" in told
    assert "pass-word-2" not in told
    assert "778899" not in told


@pytest.mark.parametrize("names", [("a", "a"), ("a", "b", "a"), ("a", "b", "c", "b")])
def test_a_circle_is_told_where_it_closes(tmp_path, names):
    for name, base in itertools.pairwise(names):
        (tmp_path / f"{name}.yaml").write_text(f"name: x\nextends: {base}.yaml\n")
    told = said(tmp_path / "a.yaml")
    assert told.startswith(
        f"{tmp_path / names[-2]}.yaml:2: extends: the profiles extend each other in a circle: a.yaml -> "
    )


def test_a_profile_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (
        said("smok") == "command line: profile: there is no bundled profile and no file 'smok'. Did you mean 'smoke'?"
    )
    assert "there is no file 'gone.yaml'" in said("gone.yaml")
    assert "there is no" in said("x" * 5000)
    (tmp_path / "list.yaml").write_text("- a\n")
    assert said("list.yaml") == "list.yaml:1: must be a mapping of keys. Write 'key: value' lines"


@pytest.mark.parametrize("content", [b"", b"a: \xff", b"a:\n\tb: c", b"a: [", b"a: 1\na: 2"])
def test_what_is_no_yaml_names_the_file_that_is_none(folder, content):
    (folder / "base.yaml").write_bytes(content)
    (folder / "mine.yaml").write_text("extends: base.yaml\nname: x\n")
    told = said(folder / "mine.yaml")
    assert told.startswith(f"{folder / 'base.yaml'}:")
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("plan", ["sign-off", "smoke", "regression"])
def test_a_plan_alone_says_that_it_has_no_provider(plan):
    told = said(plan)
    assert f"{plan}.yaml:" in told
    assert "target: is missing: this profile is a plan without a Data Provider. Extend it" in told


def test_options_are_checked_as_files_are(folder):
    told = said(folder / "bank.yaml", target__rs_ulr="x", plan__concurency=3).splitlines()
    assert told == [
        "command line: target.rs_ulr: unknown key. Did you mean 'rs_url'?",
        "command line: plan.concurency: unknown key. Did you mean 'concurrency'?",
    ]
    assert said(folder / "bank.yaml", name__x=3).startswith("command line: name.x: leads through a value")


def test_several_problems_are_told_at_once(folder):
    (folder / "bank.yaml").write_text(BANK.replace("rs_url:", "rs_ulr:").replace("  review:", "  reviw:"))
    told = said(folder / "bank.yaml").splitlines()
    assert len(told) == 4
    assert [each.split(": ")[1] for each in told if "is missing" in each] == ["target.rs_url", "customer_pages.review"]
