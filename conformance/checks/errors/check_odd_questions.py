"""Generated ids and parameters, correctly signed, on every call: whatever is asked, nothing breaks."""

from collections.abc import Sequence
from dataclasses import replace

from conformance import expect
from conformance.consent import AccountRef, Consent
from conformance.declare import check
from conformance.generated import odd_texts
from conformance.journeys import Journey
from conformance.model import Capability
from conformance.provider import Provider, change

_PARAMETERS = ("page_size", "from_date", "to_date", "next_page_params")
# So many that a provider which takes seconds for each answer is through within bounds.check_seconds.
_MOST = 40


def _texts(provider: Provider) -> Sequence[str]:
    plan = provider.profile.plan
    return odd_texts(plan.seed or 0, min(plan.examples, _MOST))


def _named(consent: Consent, texts: Sequence[str]) -> list[Consent]:
    return [replace(consent, consent_id=each) for each in texts]


@check("ERR-03")
async def check_odd_ids_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """A balance of generated account and consent ids is refused, without a 5xx."""
    async with journey.serving() as consent:
        texts, account = _texts(provider), consent.accounts[0]
        of_accounts = await journey.few_at_once(
            provider.balances(consent, AccountRef(each, "", ""), change.odd) for each in texts
        )
        of_consents = await journey.few_at_once(
            provider.balances(each, account, change.odd) for each in _named(consent, texts)
        )

    for answer in (*of_accounts, *of_consents):
        expect.cut_off_or_refused(answer)


@check("ERR-03", needs=Capability.ACCOUNTS)
async def check_odd_ids_of_details_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Details of generated account and consent ids bring no data and no 5xx."""
    async with journey.serving() as consent:
        texts, account = _texts(provider), consent.accounts[0]
        of_accounts = await journey.few_at_once(
            provider.account(consent, AccountRef(each, "", ""), change.odd) for each in texts
        )
        of_consents = await journey.few_at_once(
            provider.account(each, account, change.odd) for each in _named(consent, texts)
        )

    for answer in of_accounts:
        expect.unharmed(answer)
    for answer in of_consents:
        expect.cut_off_or_refused(answer)


@check("ERR-03", needs=Capability.TRANSACTIONS)
async def check_odd_questions_for_transactions_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Transactions of generated consent ids bring no data, and generated parameters no 5xx."""
    async with journey.serving() as consent:
        texts, account = _texts(provider), consent.accounts[0]
        parameters = [{_PARAMETERS[number % len(_PARAMETERS)]: each} for number, each in enumerate(texts)]
        of_consents = await journey.few_at_once(
            provider.transactions(each, account, change.odd) for each in _named(consent, texts)
        )
        of_parameters = await journey.few_at_once(
            provider.transactions(consent, account, change.odd, **each) for each in parameters
        )

    for answer in of_consents:
        expect.cut_off_or_refused(answer)
    for answer in of_parameters:
        expect.unbroken(answer)


@check("ERR-03", needs=Capability.USERINFO)
async def check_odd_consents_of_userinfo_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Userinfo of generated consent ids is refused, without a 5xx."""
    async with journey.serving() as consent:
        answers = await journey.few_at_once(
            provider.userinfo(each, change.odd) for each in _named(consent, _texts(provider))
        )

    for answer in answers:
        expect.cut_off_or_refused(answer)


@check("ERR-03")
async def check_odd_questions_of_authorize_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Authorize of generated consent ids and redirect_uris leads to no 5xx."""
    async with journey.authorizing() as consent:
        texts = _texts(provider)
        of_consents = await journey.few_at_once(provider.authorize(each, change.odd) for each in _named(consent, texts))
        of_redirects = await journey.few_at_once(
            provider.authorize(consent, change.query("redirect_uri", each), change.odd) for each in texts
        )

    for answer in (*of_consents, *of_redirects):
        expect.unbroken(answer)
