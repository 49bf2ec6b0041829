"""Every transition, those of the table and those it does not have, seen by what data access becomes."""

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status, allows, is_final
from conformance.provider import Provider

_FINAL = [each for each in Status if is_final(each)]
_ENDED = [Status.REVOKED, Status.EXPIRED]
_STRANGE = [
    (current, target)
    for current in (Status.AWAITING_AUTHORIZATION, Status.AUTHORIZED, Status.SUSPENDED)
    for target in Status
    if target is not current and not allows(current, target)
]


def _id(value: object) -> str | None:
    return value.value if isinstance(value, Status) else None


@check("LCM-06")
async def check_suspended_consent_can_be_revoked(provider: Provider, journey: Journey) -> None:
    """A consent that is revoked while suspended opens nothing, and an authorized event does not bring it back."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        await journey.move(await journey.move(consent, Status.SUSPENDED), Status.REVOKED)
        revoked = await provider.balances(consent, consent.accounts[0])
        await journey.attempt(consent, Status.AUTHORIZED)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(revoked)
    expect.refusal(answer)


@check("LCM-07")
@pytest.mark.parametrize(
    "way", [(Status.EXPIRED,), (Status.SUSPENDED, Status.EXPIRED)], ids=["authorized", "suspended"]
)
async def check_expiry_by_event_is_final(provider: Provider, journey: Journey, way: tuple[Status, ...]) -> None:
    """An expired event stops data for good, whether the consent was authorized or suspended."""
    consent = await journey.authorized()
    async with journey.serving():
        await journey.must_serve(consent)
        await journey.states.go(consent, *way)
        expired = await provider.balances(consent, consent.accounts[0])
        await journey.attempt(consent, Status.AUTHORIZED)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(expired)
    expect.refusal(answer)


@check("LCM-09")
@pytest.mark.parametrize("status", [Status.REJECTED, Status.FAILED])
async def check_consent_that_never_began_is_final(provider: Provider, journey: Journey, status: Status) -> None:
    """A consent that PayNet calls rejected or failed opens nothing and cannot be authorized later."""
    consent = await journey.announced()
    async with journey.serving(), journey.authorizing():
        await journey.move(consent, status)
        await journey.attempt(consent, Status.AWAITING_AUTHORIZATION)
        landing = await journey.lands(consent, await provider.authorize(consent))
        await journey.attempt(consent.changed(accounts=journey.people.accounts()), Status.AUTHORIZED)
        answer = await provider.balances(consent, journey.people.accounts()[0])

    expect.pages.turned_away(landing)
    expect.refusal(answer)


@check("LCM-09")
async def check_rejection_by_the_customer_is_final(provider: Provider, journey: Journey) -> None:
    """A consent that the customer rejected opens nothing and cannot be authorized later."""
    consent = (await journey.rejected()).consent
    async with journey.serving(), journey.authorizing():
        await journey.attempt(consent, Status.REJECTED)
        landing = await journey.lands(consent, await provider.authorize(consent))
        await journey.attempt(consent.changed(accounts=journey.people.accounts()), Status.AUTHORIZED)
        answer = await provider.balances(consent, journey.people.accounts()[0])

    expect.pages.turned_away(landing)
    expect.refusal(answer)


@check("LCM-10")
@pytest.mark.parametrize("final", _FINAL, ids=_id)
@pytest.mark.parametrize("target", list(Status), ids=_id)
async def check_final_states_stay(provider: Provider, journey: Journey, final: Status, target: Status) -> None:
    """No event brings a final state back: data stays stopped."""
    consent = await journey.states.ended(final)
    async with journey.serving():
        await journey.attempt(consent, target)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)


@check("LCM-10")
@pytest.mark.parametrize("final", _ENDED, ids=_id)
async def check_no_way_leads_round_a_final_state(provider: Provider, journey: Journey, final: Status) -> None:
    """Suspending and reinstating a consent that has ended, step by step, opens nothing."""
    consent = await journey.states.ended(final)
    async with journey.serving():
        for target in (Status.SUSPENDED, Status.AUTHORIZED):
            await journey.attempt(consent, target)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)


@check("LCM-10")
@pytest.mark.parametrize("final", _ENDED, ids=_id)
async def check_an_update_revives_nothing(provider: Provider, journey: Journey, final: Status) -> None:
    """A consent_updated event with a later expiry and the status authorized opens nothing that has ended."""
    consent = await journey.states.ended(final)
    async with journey.serving():
        await journey.states.attempt_update(consent, status=Status.AUTHORIZED)
        answer = await provider.balances(consent, consent.accounts[0])

    expect.refusal(answer)


@check("LCM-11")
@pytest.mark.parametrize(("current", "target"), _STRANGE, ids=_id)
async def check_strange_transitions_do_nothing(journey: Journey, current: Status, target: Status) -> None:
    """A transition that the table does not have does not take effect: the consent goes on as it was."""
    consent = await journey.states.in_state(current)
    async with journey.serving():
        await journey.attempt(consent, target)
        found = await journey.states.observed(consent)

    expect.data.state(found, current)


@check("LCM-11", under=("activation", "journey"))
async def check_event_alone_authorizes_nothing(provider: Provider, journey: Journey) -> None:
    """An authorized event for a consent that no customer approved opens nothing (R:activation)."""
    consent = await journey.announced()
    account = journey.people.accounts()[0]
    async with journey.serving():
        await journey.attempt(consent.changed(accounts=(account,)), Status.AUTHORIZED)
        answer = await provider.balances(consent, account)

    expect.refusal(answer)


@check("LCM-11", under=("activation", "journey"))
async def check_accounts_of_an_event_widen_nothing(provider: Provider, journey: Journey) -> None:
    """Accounts in an event never widen what the customer chose (R:activation)."""
    consent, more = await journey.authorized(), journey.people.second_account()
    async with journey.serving():
        await journey.attempt(consent.changed(accounts=(*consent.accounts, more)), Status.AUTHORIZED)
        await journey.states.attempt_update(consent, accounts=(*consent.accounts, more))
        answer = await provider.balances(consent, more)

    expect.refusal(answer)


@check("LCM-12")
@pytest.mark.parametrize(
    ("current", "target"),
    [
        (Status.REVOKED, Status.AUTHORIZED),
        (Status.EXPIRED, Status.SUSPENDED),
        (Status.REJECTED, Status.AUTHORIZED),
        (Status.AUTHORIZED, Status.FAILED),
    ],
    ids=_id,
)
async def check_strange_transitions_are_named(journey: Journey, current: Status, target: Status) -> None:
    """An event with a transition that the table does not have is answered Consent.Invalid."""
    consent = await journey.states.in_state(current)
    async with journey.accepting():
        answer = await journey.attempt(consent, target)

    expect.refusal(answer)
    expect.error_code(answer, "Consent.Invalid")


@check("LCM-15")
@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REVOKED, Status.EXPIRED], ids=_id)
async def check_other_consents_go_on(provider: Provider, journey: Journey, status: Status) -> None:
    """What happens to one consent leaves the customer's other consents as they were."""
    changed, other = await journey.authorized(), await journey.authorized()
    await journey.must_serve(other)
    await journey.move(changed, status)

    answer = await provider.balances(other, other.accounts[0])

    expect.seals.served(answer)
    expect.refusal(await provider.balances(changed, changed.accounts[0]))


@check("LCM-15")
async def check_a_rejection_leaves_other_consents_alone(provider: Provider, journey: Journey) -> None:
    """A consent that the customer rejects leaves his other consent as it was, and opens nothing by it."""
    other = await journey.authorized()
    await journey.must_serve(other)
    rejected = (await journey.rejected()).consent

    answer = await provider.balances(other, other.accounts[0])

    expect.seals.served(answer)
    expect.refusal(await provider.balances(rejected, other.accounts[0]))


@check("LCM-16")
async def check_data_can_be_had_again_and_again(provider: Provider, journey: Journey) -> None:
    """An authorized consent goes on serving, without a new login."""
    consent = await journey.authorized(accounts=journey.people.accounts())
    for account in consent.accounts * 3:
        answer = await provider.balances(consent, account)

        expect.seals.served(answer)
