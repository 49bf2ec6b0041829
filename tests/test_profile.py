"""What a profile comes to: extends, options, variables, defaults, digest, secrets."""

from __future__ import annotations

import base64
import hashlib
import shutil
from pathlib import Path

import pytest

from conformance.catalogue import Catalogue
from conformance.customer.steps import Choose, Click, Expect, Fill
from conformance.model import Capability, ConfigurationFault, Level
from conformance.profile import Profile, bundled, setting
from tests.support.bank import BANK, ENVIRONMENT, settled
from tests.support.pki import pki


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return settled(tmp_path)


def load(folder: Path, **overrides: object) -> Profile:
    spelled = {key.replace("__", "."): value for key, value in overrides.items()}
    return Profile.load(str(folder / "bank.yaml"), overrides=spelled, environment=ENVIRONMENT)


def extend(folder: Path, text: str, name: str = "mine.yaml") -> Profile:
    (folder / name).write_text(f"extends: bank.yaml\n{text}\n")
    return Profile.load(str(folder / name), environment=ENVIRONMENT)


def test_a_small_profile_is_filled_with_defaults(folder):
    profile = load(folder)
    assert profile.target.rs_url == profile.target.as_url == "https://dp.bank.example:8443"
    assert profile.target.pages_ca == profile.target.server_ca == (folder / "keys" / "ca.pem",)
    assert profile.keys.paynet_client.certificate == folder / "keys" / "paynet-tls.pem"
    assert profile.keys.odd.not_yet_valid.key == folder / "keys" / "odd" / "not-yet-valid.key"
    assert [name for name, _ in profile.keys.odd.items()][-1] == "foreign_server"
    assert [name for name, _ in profile.keys.odd.servers()] == ["expired_server", "elsewhere_server", "foreign_server"]
    assert [each.id for each in profile.data_consumers] == ["dc-1", "dc-2"]
    assert profile.data_consumers[1].encryption.key == folder / "keys" / "dc-2-enc.key"
    assert profile.customers[0].accounts[0].choose_by == "a-1"
    assert profile.customers[0].accounts[0].balance.currency == "MYR"
    assert profile.plan.volume == "sign-off"
    assert profile.capabilities == ()
    assert profile.bounds.balances_seconds == 5


def test_the_identity_hash_follows_from_the_number(folder):
    hashed = base64.b64encode(hashlib.sha256(b"900101145678").digest()).decode()
    assert load(folder).customers[0].hashed_id_number == hashed
    assert len(hashed) == 44
    given = load(folder, customers__0__id_number=None, customers__0__hashed_id_number=hashed)
    assert given.customers[0].hashed_id_number == hashed


def test_steps_are_the_customers_own(folder):
    pages = load(folder).customer_pages
    assert [type(each) for each in pages.steps("login")] == [Expect, Fill, Click]
    assert [type(each) for each in pages.steps("accounts")] == [Choose]
    assert pages.steps("approved") == ()


def test_a_profile_adds_to_what_it_extends(folder):
    profile = extend(folder, "target: {dp_id: other}\nplan: {examples: 7}\nwording: {pfm: money}")
    assert (profile.target.dp_id, profile.name, profile.plan.examples) == ("other", "A Bank", 7)
    assert profile.wording.pfm == ("money",)
    assert [Path(each).name for each in profile.chain] == ["mine.yaml", "bank.yaml", "sign-off"]


def test_null_takes_an_inherited_value_away(folder):
    profile = extend(folder, "target: {signing_keys: {jwks: null, certificate: keys/dp/dp-sig.pem}}")
    assert profile.target.signing_keys.jwks is None
    assert profile.target.signing_keys.certificate == folder / "keys" / "dp" / "dp-sig.pem"


def test_each_file_names_paths_from_its_own_folder(folder):
    (folder / "sub").mkdir()
    shutil.copy(pki().certificate("odd/foreign-ca"), folder / "sub" / "other-ca.pem")
    (folder / "sub" / "mine.yaml").write_text("extends: ../bank.yaml\ntarget: {server_ca: [other-ca.pem]}\n")
    profile = Profile.load(str(folder / "sub" / "mine.yaml"), environment=ENVIRONMENT)
    assert profile.target.server_ca == (folder / "sub" / "other-ca.pem",)
    assert profile.keys.directory.samefile(folder / "keys")


def test_options_lie_on_top_and_their_paths_start_from_here(folder, tmp_path_factory, monkeypatch):
    here = tmp_path_factory.mktemp("here")
    shutil.copy(pki().certificate("ca"), here / "mine.pem")
    monkeypatch.chdir(here)
    profile = load(
        folder,
        target__rs_url="https://localhost:1",
        target__server_ca="mine.pem",
        plan__concurrency=3,
        customers__0__password="other",
        customers__0__accounts=[{"account_id": "x", "account_number": "2", "account_name": "y"}],
    )
    assert profile.target.rs_url == "https://localhost:1"
    assert profile.target.server_ca == (here / "mine.pem",)
    assert profile.plan.concurrency == 3
    assert profile.customers[0].password == "other"
    assert [each.account_id for each in profile.customers[0].accounts] == ["x"]


def test_an_overridden_variable_need_not_be_set(folder):
    overrides = {"customers.0.password": "typed"}
    profile = Profile.load(str(folder / "bank.yaml"), overrides=overrides, environment={})
    assert profile.customers[0].password == "typed"


def test_a_variable_can_stand_for_a_number_or_a_switch(folder):
    (folder / "bank.yaml").write_text(BANK + 'hub: {resource_port: "${PORT:-81}"}\nplan: {sign_off: "${FINAL}"}\n')
    profile = Profile.load(str(folder / "bank.yaml"), environment={**ENVIRONMENT, "FINAL": "false"})
    assert profile.hub.resource_port == 81
    assert profile.plan.sign_off is False


def test_files_that_are_named_win_over_the_directory(folder):
    profile = extend(
        folder,
        "keys: {paynet_signing: {key: keys/stranger-sig.key, kid: k-1}}\n"
        "data_consumers: [{id: own-id, name: One}, {id: dc-2, name: Two, signing: {key: keys/stranger-sig.key}}]",
    )
    assert profile.keys.paynet_signing.key == folder / "keys" / "stranger-sig.key"
    assert profile.keys.paynet_signing.certificate is None, "a key never meets a certificate by default"
    assert profile.keys.paynet_signing.kid == "k-1"
    assert profile.data_consumers[0].encryption.key.name == "dc-1-enc.key", "an own dc_id takes the keys of its place"
    assert profile.data_consumers[1].encryption.key.name == "dc-2-enc.key"
    assert profile.data_consumers[1].signing.key.name == "stranger-sig.key"


def test_a_password_alone_goes_with_the_directorys_files(folder):
    profile = extend(folder, "keys: {paynet_client: {password: secret-1}}")
    assert profile.keys.paynet_client.key.name == "paynet-tls.key"
    assert profile.keys.paynet_client.password == "secret-1"


def test_readings_fall_back_on_the_catalogue(folder):
    profile = extend(
        folder, "readings: {balances_method: POST, jws_b64: false, awaiting_timeout: 10, jws_header_claims: off}"
    )
    chosen = [profile.reading(each) for each in ("balances_method", "jws_b64", "awaiting_timeout", "jws_header_claims")]
    assert chosen == ["POST", "false", "10", "off"]
    assert load(folder).reading("balances_method") == Catalogue.load().readings["balances_method"].default
    with pytest.raises(ConfigurationFault, match="Did you mean 'jws_b64'"):
        profile.reading("jws_b46")


def test_the_path_of_userinfo_follows_its_reading(folder):
    assert load(folder).paths.userinfo == "/v1/oauth/userinfo"
    assert extend(folder, "readings: {userinfo_path: /v1/userinfo}").paths.userinfo == "/v1/userinfo"
    own = extend(folder, "readings: {userinfo_path: /v1/userinfo}\npaths: {userinfo: /mine}")
    assert own.paths.userinfo == "/mine"


def test_what_the_plan_selects(folder):
    catalogue = Catalogue.load()
    plan = 'plan: {requirements: [LCM-05, "BAL-*"], levels: [MUST]}'
    chosen = [each for each in catalogue.requirements.values() if extend(folder, plan).selects(each)]
    assert {each.id.partition("-")[0] for each in chosen} == {"BAL", "LCM"}
    assert [each.id for each in chosen if each.group == "lifecycle"] == ["LCM-05"]
    assert {each.level for each in chosen} == {Level.MUST}
    assert all(load(folder).selects(each) for each in catalogue.requirements.values())


def test_waivers_are_what_the_judge_takes(folder):
    text = "waivers: [{requirement: TLS-09, reason: renewed soon, owner: ops, ticket: T-1, until: 2027-01-31}]"
    (waiver,) = extend(folder, text).accepted_failures()
    assert (waiver.requirement, waiver.until, waiver.owner) == ("TLS-09", "2027-01-31", "ops")


def test_where_a_key_was_written(folder):
    profile = extend(folder, "plan:\n  examples: 9")
    assert profile.where("plan.examples") == (str(folder / "mine.yaml"), 3)
    file, line = profile.where("keys.paynet_client.key")
    assert (Path(file).name, line) == ("bank.yaml", BANK.splitlines().index("keys: {directory: keys}") + 1)
    assert load(folder, plan__seed=1).where("plan.seed") == ("command line", 0)


def test_a_fault_in_a_named_file_is_told_with_the_profiles_place(folder):
    profile = load(folder)
    told = profile.located(ConfigurationFault("is no key", file=folder / "keys" / "paynet-tls.key", cure="Mend it"))
    line = BANK.splitlines().index("keys: {directory: keys}") + 1
    assert str(told).startswith(
        f"{folder / 'bank.yaml'}:{line}: keys.paynet_client.key: {folder}/keys/paynet-tls.key: is"
    )
    other = ConfigurationFault("is no key", file="elsewhere.key")
    assert profile.located(other) is other


def test_the_digest_is_of_content_and_of_nothing_secret(folder, tmp_path_factory):
    digest = load(folder).digest
    assert len(digest) == 64
    assert load(folder, customers__0__password="other").digest == digest
    assert load(folder, plan__examples=51).digest != digest
    assert load(folder, readings={"balances_method": "POST"}).digest != digest
    assert load(folder, customer_pages__approve=[{"click": "Yes"}]).digest != digest
    assert load(folder, target__server_ca=str(pki().certificate("odd/foreign-ca"))).digest != digest
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "keys").symlink_to(pki().directory)
    shutil.copy(folder / "bank.yaml", elsewhere)
    assert load(elsewhere).digest == digest, "the folder does not matter"


def test_secrets_are_found_wherever_they_are(folder):
    profile = extend(folder, "keys: {paynet_client: {password: secret-1}, odd: {expired: {password: secret-2}}}")
    hashed = "6UFs4WIYqsZrz1XHJ8+sLn4X7Hj/5vXZZYBEDVmBWaM="
    assert profile.secrets() == {"pass-word", "900101145678", hashed, "secret-1", "secret-2"}
    assert not any(secret in repr(profile) for secret in profile.secrets() - {"900101145678"})
    assert "900101145678" not in repr(profile)


def test_a_plan_can_be_laid_over_another_profile(folder):
    profile = Profile.load("smoke", beneath=str(folder / "bank.yaml"), environment=ENVIRONMENT)
    assert (profile.name, profile.plan.volume, profile.plan.sign_off) == ("A Bank", "smoke", False)


def test_settings_of_the_command_line():
    assert setting("plan.seed=null") == ("plan.seed", None)
    assert setting("hub.bind=a=b") == ("hub.bind", "a=b")
    assert setting("capabilities=[accounts]") == ("capabilities", ["accounts"])
    for wrong in ("plan.seed", "=3", ""):
        with pytest.raises(ConfigurationFault, match="is not KEY=VALUE"):
            setting(wrong)


def test_capabilities_are_the_models(folder):
    assert extend(folder, "capabilities: [userinfo]").capabilities == (Capability.USERINFO,)


def test_the_bundled_names():
    assert bundled() == ("load", "reference", "regression", "sign-off", "smoke")
