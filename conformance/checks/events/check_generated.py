"""Generated consent events (D1), truly signed: valid ones, and every member made invalid in every way."""

from conformance import expect
from conformance.declare import check
from conformance.generated import invalid_events, valid_events
from conformance.journeys import Journey
from conformance.provider import Provider


@check("EVT-16")
async def check_valid_events_are_no_5xx(provider: Provider, journey: Journey) -> None:
    """Every schema-valid event is answered without a 5xx."""
    plan = provider.profile.plan
    async with journey.accepting():
        found = await journey.each_event(valid_events(journey.healthy_event(), plan.seed or 0, plan.examples))

    expect.generated.answered(found)


@check("EVT-17")
async def check_invalid_events_are_refused(provider: Provider, journey: Journey) -> None:
    """Every schema-invalid event is a 4xx with the error body, and changes nothing."""
    plan = provider.profile.plan
    async with journey.accepting():
        cases = invalid_events(journey.healthy_event, provider.contract, plan.seed or 0, plan.examples)
        found = await journey.each_event(cases)

    expect.generated.refused(found)
    expect.generated.stored_nothing(await journey.openings(found))
