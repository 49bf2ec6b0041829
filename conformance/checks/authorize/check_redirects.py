"""Authorize (D2): whom it turns away, where it never leads, and what its pages say to the browser."""

from urllib.parse import urlsplit

import pytest

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey, Stage
from conformance.lifecycle import Status
from conformance.provider import Provider, change

_FOREIGN = {
    "another host": "https://attacker.example/v1/oauth/callback",
    "another scheme": "http://{netloc}{path}",
    "another port": "https://{host}:1{path}",
    "another path": "https://{netloc}/elsewhere",
    "a longer path": "https://{netloc}{path}/more",
    "a longer host": "https://{host}.attacker.example{path}",
    "a prefix of the host": "https://attacker{host}{path}",
    "user information": "https://{netloc}@attacker.example{path}",
    "dot segments": "https://{netloc}{path}/../../elsewhere",
    "a fragment": "https://{netloc}{path}#elsewhere",
    "a query": "https://{netloc}{path}?next=https://attacker.example/",
    "two slashes": "//attacker.example{path}",
    "a backslash": "https://attacker.example\\{netloc}{path}",
    "a script": "javascript:alert(1)",
    "another case of the path": "https://{netloc}{upper}",
    "a slash more": "https://{netloc}{path}/",
    "an encoded slash": "https://{netloc}{path}%2F..%2F..%2Felsewhere",
    "encoded user information": "https://attacker.example%2F@{netloc}{path}",
    "user information of another": "https://attacker.example@{netloc}{path}",
    "the registered one as a query": "https://attacker.example/?to=https://{netloc}{path}",
    "the registered one as a fragment": "https://attacker.example/#https://{netloc}{path}",
    "the registered one as a path": "https://attacker.example/https://{netloc}{path}",
    "white space": "https://{netloc}{path} https://attacker.example/",
}


@check("AUT-05")
@pytest.mark.parametrize(
    "status", [each for each in Status if each is not Status.AWAITING_AUTHORIZATION], ids=lambda each: each.value
)
async def check_decided_consents_are_not_authorized_again(provider: Provider, journey: Journey, status: Status) -> None:
    """A consent that is not awaiting authorization leads to no login."""
    consent = await journey.states.in_state(status)
    async with journey.authorizing():
        landing = await journey.lands(consent, await provider.authorize(consent))

    expect.pages.turned_away(landing)


@check("AUT-05", under=("activation", "journey"))
@pytest.mark.parametrize("decision", ["approved", "rejected"])
async def check_customers_decide_once(provider: Provider, journey: Journey, decision: str) -> None:
    """A consent that its customer has approved or rejected leads to no login, before any event says so."""
    decided = await (journey.approved() if decision == "approved" else journey.rejected())
    async with journey.authorizing():
        landing = await journey.lands(decided.consent, await provider.authorize(decided.consent))

    expect.pages.turned_away(landing)


@check("AUT-06")
@pytest.mark.parametrize("kind", _FOREIGN)
async def check_unregistered_redirects_are_refused(provider: Provider, journey: Journey, kind: str) -> None:
    """A redirect_uri that is not PayNet's registered one leads neither to login nor to itself."""
    known = urlsplit(provider.party.redirect_uri)
    parts = {"netloc": known.netloc, "host": known.hostname, "path": known.path, "upper": known.path.upper()}
    foreign = _FOREIGN[kind].format(**parts)
    async with journey.authorizing() as consent:
        landing = await journey.lands(consent, await provider.authorize(consent, change.query("redirect_uri", foreign)))

    expect.pages.never_at(landing, foreign, provider.party.redirect_uri)
    expect.pages.turned_away(landing)


@check("AUT-06")
@pytest.mark.parametrize("place", ["first", "last"])
async def check_second_redirect_is_never_taken(provider: Provider, journey: Journey, place: str) -> None:
    """With a second, unregistered redirect_uri the customer comes to it neither at once nor in the end."""
    foreign = _FOREIGN["another host"]
    add = change.earlier_query if place == "first" else change.more_query
    async with journey.authorizing() as consent:
        answer = await provider.authorize(consent, add(("redirect_uri", foreign)))
        landing = await journey.played_out(await journey.lands(consent, answer))

    expect.pages.never_at(landing, foreign, provider.party.redirect_uri)


@check("AUT-07")
@pytest.mark.parametrize(("name", "length"), [("consent_id", 37), ("consent_id", 5000), ("redirect_uri", 301)])
async def check_long_parameters_are_a_400(provider: Provider, journey: Journey, name: str, length: int) -> None:
    """A consent_id over 36 or a redirect_uri over 300 characters is a 400, or HTTP's own 414."""
    value = "c" * length if name == "consent_id" else f"{provider.party.redirect_uri}?".ljust(length, "x")
    async with journey.authorizing() as consent:
        signed = [change.signed_over(value.encode())] if name == "consent_id" else []
        answer = await provider.authorize(consent, change.query(name, value), *signed)

    expect.status(answer, 400, 414)


@check("AUT-08")
@pytest.mark.parametrize("used", [False, True], ids=["fresh", "used"])
async def check_signature_of_another_consent_is_refused(provider: Provider, journey: Journey, used: bool) -> None:
    """The signature of one consent that is known, new or used already, leads to no login for another."""
    other = await journey.announced()
    crossed = change.signature(provider.authorize_signature(other))
    if used:
        await journey.login_address(other, crossed)
    async with journey.authorizing() as consent:
        landing = await journey.lands(consent, await provider.authorize(consent, crossed))

    expect.pages.turned_away(landing)


@check("AUT-09")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def check_other_methods_are_refused(provider: Provider, journey: Journey, method: str) -> None:
    """Another method than GET is refused."""
    async with journey.authorizing() as consent:
        answer = await provider.authorize(consent, change.method(method))

    expect.refusal(answer)


@check("AUT-10")
async def check_pages_forbid_framing_and_caching(journey: Journey) -> None:
    """The login, account and review pages forbid framing and caching."""
    visit = await journey.visit(await journey.announced())
    visit.require(Stage.LOGIN)
    expect.pages.guarded(visit)
    await visit.log_in()
    visit.require(Stage.ACCOUNTS)
    expect.pages.guarded(visit)
    await visit.choose(journey.people.accounts()[:1])
    visit.require(Stage.REVIEW)

    expect.pages.guarded(visit)


@check("AUT-10")
async def check_session_cookies_are_guarded(journey: Journey) -> None:
    """Session cookies are Secure, HttpOnly and SameSite."""
    visit = await journey.reviewing(await journey.announced())

    expect.pages.cookies_guarded(visit, visit.cookies)


@check("AUT-11", long=True)
async def check_expired_consents_are_not_authorized(journey: Journey) -> None:
    """A consent past its expiration_datetime, without any event, leads to no login."""
    consent = await journey.states.announced_shortly()
    async with journey.authorizing():
        landing = await journey.states.login_after_expiry(consent)

    expect.pages.turned_away(landing)
