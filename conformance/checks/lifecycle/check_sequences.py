"""Any sequence of events and decisions: data flows only where the state machine says."""

from conformance import expect
from conformance.declare import check
from conformance.journeys import Journey
from conformance.sequences import explored


@check("LCM-13", long=True)
async def check_any_sequence_ends_as_the_table_says(journey: Journey) -> None:
    """Whatever order events and decisions come in, for two consents, data flows only where the table says."""
    async with journey.serving():
        found = await explored(journey)

    expect.data.no_story(found)
