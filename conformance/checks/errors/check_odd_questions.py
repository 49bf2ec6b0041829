"""Generated ids and parameters, correctly signed, on every call: whatever is asked, nothing breaks."""

from collections.abc import Iterator
from dataclasses import replace

from conformance import expect
from conformance.consent import AccountRef
from conformance.declare import check
from conformance.generated import odd_texts
from conformance.journeys import Journey
from conformance.model import Capability
from conformance.provider import Provider, change

_PARAMETERS = ("page_size", "from_date", "to_date", "next_page_params")


def _texts(provider: Provider) -> Iterator[str]:
    yield from odd_texts(provider.profile.plan.seed or 0, provider.profile.plan.examples)


@check("ERR-03")
async def check_odd_ids_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """A balance of generated account and consent ids is refused, without a 5xx."""
    async with journey.serving() as consent:
        for text in _texts(provider):
            as_account = await provider.balances(consent, AccountRef(text, "", ""), change.odd)
            as_consent = await provider.balances(replace(consent, consent_id=text), consent.accounts[0], change.odd)

            expect.cut_off_or_refused(as_account)
            expect.cut_off_or_refused(as_consent)


@check("ERR-03", needs=Capability.ACCOUNTS)
async def check_odd_ids_of_details_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Details of generated account and consent ids bring no data and no 5xx."""
    async with journey.serving() as consent:
        for text in _texts(provider):
            as_account = await provider.account(consent, AccountRef(text, "", ""), change.odd)
            as_consent = await provider.account(replace(consent, consent_id=text), consent.accounts[0], change.odd)

            expect.unharmed(as_account)
            expect.cut_off_or_refused(as_consent)


@check("ERR-03", needs=Capability.TRANSACTIONS)
async def check_odd_questions_for_transactions_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Transactions of generated ids bring no data, and generated parameters no 5xx."""
    async with journey.serving() as consent:
        for number, text in enumerate(_texts(provider)):
            as_consent = await provider.transactions(replace(consent, consent_id=text), consent.accounts[0], change.odd)
            parameter = {_PARAMETERS[number % len(_PARAMETERS)]: text}
            as_parameter = await provider.transactions(consent, consent.accounts[0], change.odd, **parameter)

            expect.cut_off_or_refused(as_consent)
            expect.unbroken(as_parameter)


@check("ERR-03", needs=Capability.USERINFO)
async def check_odd_consents_of_userinfo_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Userinfo of generated consent ids is refused, without a 5xx."""
    async with journey.serving() as consent:
        for text in _texts(provider):
            expect.cut_off_or_refused(await provider.userinfo(replace(consent, consent_id=text), change.odd))


@check("ERR-03")
async def check_odd_questions_of_authorize_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Authorize of generated consent ids and redirect_uris leads to no 5xx."""
    async with journey.authorizing() as consent:
        for text in _texts(provider):
            as_consent = await provider.authorize(replace(consent, consent_id=text), change.odd)
            as_redirect = await provider.authorize(consent, change.query("redirect_uri", text), change.odd)

            expect.unbroken(as_consent)
            expect.unbroken(as_redirect)
