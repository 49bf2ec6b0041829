"""Every refusal that the run has seen, not one: their bodies, their words, their statuses and codes."""

import pytest

from conformance import expect
from conformance.consent import AccountRef, EventType, Permission
from conformance.declare import check
from conformance.journeys import Journey
from conformance.provider import KID_HEADER, Answer, Change, Provider, change


async def _refusals(provider: Provider, journey: Journey) -> list[Answer]:
    """Every refusal so far, and some that are made now."""
    async with journey.accepting(), journey.serving() as consent:
        unknown = AccountRef("no-such-account", "", "")
        await provider.event(EventType.CREATED, journey.draft(), change.unsigned)
        await provider.event(EventType.CREATED, journey.draft(), change.without_member("data.status"))
        await provider.authorize(journey.draft())
        await provider.balances(consent, unknown)
        await provider.balances(journey.draft(), consent.accounts[0])
        await provider.balances(consent, consent.accounts[0], change.without_header(KID_HEADER))
    return provider.refusals()


@check("ERR-01", alone=True)
async def check_every_refusal_has_the_error_body(provider: Provider, journey: Journey) -> None:
    """Every refusal of the run has a body {error, error_description} as JSON."""
    for answer in await _refusals(provider, journey):
        expect.error_body(answer)


@check("ERR-02", alone=True)
async def check_no_refusal_leaks_internals(provider: Provider, journey: Journey) -> None:
    """No refusal of the run shows stack traces, SQL, paths, versions or another consent."""
    for answer in await _refusals(provider, journey):
        expect.no_leak(answer)


@check("ERR-03", alone=True)
async def check_no_bad_input_is_a_5xx(provider: Provider, journey: Journey) -> None:
    """Nothing that the run sent was answered 5xx, but for what the Data Provider may plead (501, 503)."""
    await _refusals(provider, journey)

    expect.no_failures(provider.failures())


@check("ERR-04", alone=True)
async def check_only_documented_statuses_and_codes(provider: Provider, journey: Journey) -> None:
    """Only documented statuses and error codes occur."""
    for answer in await _refusals(provider, journey):
        expect.documented(answer)


@check("ERR-04")
async def check_fitting_code_for_a_missing_permission(provider: Provider, journey: Journey) -> None:
    """A missing permission is a 403 AccessToken.InvalidScope."""
    consent = await journey.authorized(journey.draft(permissions=[Permission.READ_ACCOUNTS]))
    async with journey.serving():
        answer = await provider.balances(consent, consent.accounts[0])

    expect.status(answer, 403)
    expect.error_code(answer, "AccessToken.InvalidScope")


@check("ERR-04")
@pytest.mark.parametrize("change_", [change.unsigned, change.body(b"[]")], ids=["unsigned", "malformed"])
async def check_fitting_status_of_a_bad_event(provider: Provider, journey: Journey, change_: Change) -> None:
    """A badly signed event is a 400 or 401, a malformed one a 400 (R:error_statuses)."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change_)

    expect.status(answer, 400, *([401] if change_ is change.unsigned else []))


@check("ERR-04")
async def check_fitting_status_of_an_unknown_consent(provider: Provider, journey: Journey) -> None:
    """An unknown consent is a 404, 400 or 403, and a missing x-enc-kid a 400 (R:error_statuses)."""
    async with journey.serving() as consent:
        unknown = await provider.balances(journey.draft(), consent.accounts[0])
        unread = await provider.balances(consent, consent.accounts[0], change.without_header(KID_HEADER))

    expect.status(unknown, 404, 400, 403)
    expect.status(unread, 400)
