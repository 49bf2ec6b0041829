import pytest

from conformance.model import ConfigurationFault
from conformance.profile.people import Customer
from tests.support.reference import ONE, THREE, TWO, known_bank, layout, moment, settings


def test_a_misspelt_flaw_is_refused_with_the_nearest():
    with pytest.raises(
        ConfigurationFault, match=r"flaws: there is no flaw 'update-by-post'. Did you mean 'updates-by-post'"
    ):
        settings(flaws=["update-by-post"])


def test_settings_tell_what_is_wrong():
    with pytest.raises(ConfigurationFault, match="latency_seconds: must be at least 0"):
        settings(latency_seconds=-1)
    with pytest.raises(ConfigurationFault, match="paynet_keys: needs exactly one of jwks and jwks_url"):
        settings(paynet_keys={})
    with pytest.raises(ConfigurationFault, match=r"signing\.key: there is no file"):
        settings(signing={"certificate": str(layout().certificate("ca")), "key": "nowhere.key"})
    assert moment(0) == "1970-01-01T00:00:00.000Z"


def test_the_customers_fit_a_profile():
    customers = [Customer.model_validate(each) for each in known_bank().profile_customers()]
    assert [(each.name, len(each.accounts)) for each in customers] == [(ONE, 4), (TWO, 2), (THREE, 1)]
    assert [each.hashed_id_number for each in customers] == [each.hashed_id_number for each in known_bank().customers]
