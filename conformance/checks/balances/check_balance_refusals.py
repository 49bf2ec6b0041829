"""Balances (D4) that must not be given: parameters, permissions, readers, and tricks in the address."""

import pytest

from conformance import expect
from conformance.consent import Permission
from conformance.declare import check
from conformance.journeys import Journey
from conformance.model import Fact
from conformance.profile import Condition
from conformance.provider import KID_HEADER, Provider, change

_PATHS = {
    "dot segments": "/v1/accounts/{own}/../{other}/balances",
    "encoded slashes": "/v1/accounts/{own}%2f..%2f{other}/balances",
    "encoded dots": "/v1/accounts/{own}/%2e%2e/{other}/balances",
    "twice encoded": "/v1/accounts/{own}%252f..%252f{other}/balances",
    "backslash": "/v1/accounts/{own}%5c..%5c{other}/balances",
    "NUL behind": "/v1/accounts/{other}%00{own}/balances",
    "NUL before": "/v1/accounts/{own}%00{other}/balances",
    "matrix parameter": "/v1/accounts/{other};account_id={own}/balances",
    "comma": "/v1/accounts/{own},{other}/balances",
    "white space": "/v1/accounts/{other}%20/balances",
    "another prefix": "/v1//accounts/{other}/balances",
    "line break": "/v1/accounts/{other}%0d%0a/balances",
    "wildcard": "/v1/accounts/*/balances",
    "SQL": "/v1/accounts/{own}'%20OR%20'1'='1/balances",
}


@check("BAL-07")
async def check_missing_consent_id_is_refused(provider: Provider, journey: Journey) -> None:
    """A balance is not given without a consent_id."""
    async with journey.serving() as consent:
        answer = await provider.balances(consent, consent.accounts[0], change.without_query("consent_id"))

    expect.refusal(answer)


@check("BAL-08")
async def check_unknown_consent_is_refused(provider: Provider, journey: Journey) -> None:
    """A balance is not given for a consent that was never announced."""
    async with journey.serving() as consent:
        answer = await provider.balances(journey.draft(), consent.accounts[0])

    expect.refusal(answer)


@check("BAL-09")
@pytest.mark.parametrize("permission", [Permission.READ_ACCOUNTS, Permission.READ_TRANSACTIONS])
async def check_consent_without_the_permission_is_refused(
    provider: Provider, journey: Journey, permission: Permission
) -> None:
    """A consent without read_balances opens no balance."""
    consent = await journey.authorized(journey.draft(permissions=[permission]))
    async with journey.serving():
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)


@check("BAL-10")
async def check_missing_reader_is_refused(provider: Provider, journey: Journey) -> None:
    """Without x-enc-kid there is no answer, and none in the clear."""
    async with journey.serving() as consent:
        answer = await provider.balances(consent, consent.accounts[0], change.without_header(KID_HEADER))

    expect.refusal(answer)


@check("BAL-11")
async def check_unknown_reader_is_refused(provider: Provider, journey: Journey) -> None:
    """An x-enc-kid that nobody owns gets no data."""
    async with journey.serving() as consent:
        unknown = change.header(KID_HEADER, "A" * 43)
        answer = await provider.balances(consent, consent.accounts[0], unknown)

    expect.refusal(answer)


@check("BAL-11")
async def check_another_consumers_reader_is_refused(provider: Provider, journey: Journey) -> None:
    """The key of another Data Consumer than the consent's gets no data."""
    other = provider.kit.consumers[1].encryption.kid
    async with journey.serving() as consent:
        answer = await provider.balances(consent, consent.accounts[0], change.header(KID_HEADER, other))

    expect.refusal(answer)


@check("BAL-11")
async def check_a_signing_key_is_no_reader(provider: Provider, journey: Journey) -> None:
    """The Data Consumer's signing key is not encrypted for."""
    kid = provider.kit.consumers[0].signing.kid
    async with journey.serving() as consent:
        answer = await provider.balances(consent, consent.accounts[0], change.header(KID_HEADER, kid))

    expect.refusal(answer)


@check("BAL-12")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def check_other_methods_are_a_405(provider: Provider, journey: Journey, method: str) -> None:
    """Another method than the agreed one is a 405 (R:balances_method)."""
    agreed = provider.profile.reading("balances_method")
    async with journey.serving() as consent:
        answer = await provider.balances(
            consent, consent.accounts[0], change.method("GET" if method == agreed else method)
        )

    expect.status(answer, 405)


@check("BAL-13")
@pytest.mark.parametrize("trick", _PATHS)
async def check_tricks_in_the_path_open_nothing(provider: Provider, journey: Journey, trick: str) -> None:
    """A path that names two accounts, or one in an odd spelling, opens none but the consent's own."""
    own, other = journey.people.accounts()[0], journey.people.second_account()
    async with journey.serving() as consent:
        tricky = change.path(lambda _path: _PATHS[trick].format(own=own.account_id, other=other.account_id))
        answer = await provider.balances(consent, own, tricky)

    expect.data.own_or_refused(answer, own.account_id)


@check("BAL-13")
@pytest.mark.parametrize("name", ["consent_id", "consent_id[]", "account_id", "dc_id"])
async def check_tricks_in_the_query_open_nothing(provider: Provider, journey: Journey, name: str) -> None:
    """A repeated consent_id, or another account in the query, opens nothing that the consent does not."""
    other = journey.people.second_account()
    wider = await journey.authorized(accounts=[other])
    value = wider.consent_id if name.startswith("consent_id") else other.account_id
    async with journey.serving() as consent:
        answer = await provider.balances(consent, consent.accounts[0], change.more_query((name, value)))
        crossed = await provider.balances(consent, other, change.more_query((name, value)))

    expect.data.own_or_refused(answer, consent.accounts[0].account_id)
    expect.refusal(crossed)


@check("BAL-14", requires=(Fact.BLOCKED_ACCOUNT,))
async def check_blocked_account_names_its_code(provider: Provider, journey: Journey) -> None:
    """A temporarily blocked account is refused with the Consent code for it."""
    customer, account = journey.people.account_in(Condition.BLOCKED)
    consent = await journey.authorized(journey.draft(customer=customer), [account])

    answer = await provider.balances(consent, account)

    expect.error_code(answer, "Consent.AccountTemporarilyBlocked", "Consent.TransientAccountAccessFailure")


@check("BAL-14", requires=(Fact.CLOSED_ACCOUNT,))
async def check_closed_account_names_its_code(provider: Provider, journey: Journey) -> None:
    """A permanently closed account is refused with the Consent code for it."""
    customer, account = journey.people.account_in(Condition.CLOSED)
    consent = await journey.authorized(journey.draft(customer=customer), [account])

    answer = await provider.balances(consent, account)

    expect.error_code(answer, "Consent.PermanentAccountAccessFailure")
