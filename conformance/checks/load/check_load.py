"""The promised pace, and more than that: in the load volume only."""

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.model import Volume


@check("LOD-01", alone=True, volume=Volume.LOAD)
async def check_the_promised_pace_is_served(journey: Journey) -> None:
    """200 requests in a minute for one Data Consumer are served without an error or a wrong answer."""
    consent = await journey.authorized()
    await journey.must_serve(consent)

    answers = await journey.paced(consent, count=200, seconds=60)

    for answer in answers:
        expect.seals.served(answer)
        expect.data.about(answer, consent.accounts[0].account_id)


@check("LOD-02", alone=True, volume=Volume.LOAD)
async def check_overload_is_told_and_passes(journey: Journey) -> None:
    """Overload is answered 429 or 503 with the error body, and service returns."""
    consent = await journey.authorized()
    await journey.must_serve(consent)

    answers = await journey.paced(consent, count=600, seconds=1)

    for answer in answers:
        expect.served_or_overloaded(answer)
    expect.seals.served(await journey.once_served(consent))
