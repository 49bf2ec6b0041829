"""Event bodies (D1) that must be refused, and what must not: each is a healthy event with one change, truly signed."""

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.journeys import Journey
from conformance.lifecycle import Status
from conformance.model import Volume
from conformance.provider import Provider, change

_NOT_OBJECTS = {
    "empty": b"",
    "cut off": b'{"event_type":',
    "a list": b"[]",
    "a text": b'"consent_created"',
    "null": b"null",
    "a number": b"17",
    "a form": b"event_type=consent_created",
    "XML": b"<event/>",
    "two objects": b"{}{}",
    "no UTF-8": b'{"event_type": "\xff\xfe"}',
}
_WRONG = {
    "event_type a number": ("event_type", 1),
    "event_type a list": ("event_type", ["consent_created"]),
    "data a list": ("data", []),
    "data a text": ("data", "consent"),
    "consent_id a number": ("data.consent_id", 17),
    "consent_id null": ("data.consent_id", None),
    "consent_id too long": ("data.consent_id", "c" * 37),
    "consent_id empty": ("data.consent_id", ""),
    "permissions a text": ("data.permissions", "read_balances"),
    "permissions unknown": ("data.permissions", ["read_everything"]),
    "permissions a number": ("data.permissions", [1]),
    "status unknown": ("data.status", "active"),
    "status in capitals": ("data.status", "AWAITING_AUTHORIZATION"),
    "status null": ("data.status", None),
    "expiry a day only in words": ("data.expiration_datetime", "tomorrow"),
    "expiry a number": ("data.expiration_datetime", 20301231),
    "expiry that does not exist": ("data.expiration_datetime", "2030-02-31T00:00:00Z"),
    "id_type unknown": ("data.id_type", "driving_licence"),
    "purpose unknown": ("data.consent_purpose", "curiosity"),
    "identity hash too short": ("data.hashed_id_number", "AAAA"),
}
_REQUIRED = ["event_type", "data", *(f"data.{name}" for name in ("consent_id", "dc_id", "permissions", "status"))]
_REQUIRED.append("data.expiration_datetime")


@check("EVT-04")
@pytest.mark.parametrize(
    "kind", ["consent_deleted", "event_type_unspecified", "consent_unspecified", "CONSENT_CREATED", ""]
)
async def check_unknown_event_types_are_refused(provider: Provider, journey: Journey, kind: str) -> None:
    """An event_type that is not published is refused, and nothing is stored."""
    consent = journey.draft()
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, consent, change.set_member("event_type", kind))
        landing = await journey.lands(consent, await provider.authorize(consent))

    expect.refusal(answer)
    expect.pages.turned_away(landing)


@check("EVT-05")
@pytest.mark.parametrize("body", _NOT_OBJECTS)
async def check_what_is_no_object_is_refused(provider: Provider, journey: Journey, body: str) -> None:
    """A body that is not JSON, or not an object, is refused."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change.body(_NOT_OBJECTS[body]))

    expect.refusal(answer)


@check("EVT-06")
@pytest.mark.parametrize("member", _REQUIRED)
async def check_missing_members_are_refused(provider: Provider, journey: Journey, member: str) -> None:
    """A body without a required member is refused."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change.without_member(member))

    expect.refusal(answer)


@check("EVT-07")
@pytest.mark.parametrize("fault", _WRONG)
async def check_wrong_members_are_refused(provider: Provider, journey: Journey, fault: str) -> None:
    """A member of the wrong type, format or enum value is refused, and nothing is stored."""
    consent = journey.draft()
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, consent, change.set_member(*_WRONG[fault]))
        landing = await journey.lands(consent, await provider.authorize(consent))

    expect.refusal(answer)
    expect.pages.turned_away(landing)


@check("EVT-07")
@pytest.mark.parametrize("status", ["active", "status_unspecified", "Suspended", 3], ids=str)
async def check_wrong_status_changes_nothing(provider: Provider, journey: Journey, status: object) -> None:
    """A status update with a status that is not published is refused, and the consent goes on serving."""
    consent = await journey.authorized()
    await journey.must_serve(consent)

    suspended = consent.changed(status=Status.SUSPENDED)
    answer = await provider.event(EventType.STATUS_UPDATED, suspended, change.set_member("data.status", status))

    expect.refusal(answer)
    expect.seals.served(await provider.balances(consent, consent.accounts[0]))


@check("EVT-09")
@pytest.mark.parametrize("member", ["x_new", "data.x_new"])
@pytest.mark.parametrize("value", ["text", {"a": [1, None]}, None], ids=["text", "object", "null"])
async def check_unknown_members_are_ignored(provider: Provider, journey: Journey, member: str, value: object) -> None:
    """Members that the Data Provider does not know are ignored."""
    consent = journey.draft()

    answer = await provider.event(EventType.CREATED, consent, change.set_member(member, value))

    expect.acknowledged(answer)
    expect.see_other(await provider.authorize(consent))


@check("EVT-11")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
async def check_other_content_types_are_refused(provider: Provider, journey: Journey, kind: str) -> None:
    """A content type other than application/json is refused."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change.header("content-type", kind))

    expect.refusal(answer)


@check("EVT-12")
async def check_deeply_nested_body_is_refused(provider: Provider, journey: Journey) -> None:
    """A body nested 100,000 deep is refused without harm: the next event is served."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change.nested(100_000))

    expect.cut_off_or_refused(answer)


@check("EVT-12", volume=Volume.SIGN_OFF)
async def check_oversized_body_is_refused(provider: Provider, journey: Journey) -> None:
    """A body of sixteen megabytes is refused without harm: the next event is served."""
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, journey.draft(), change.padded(16 << 20))

    expect.cut_off_or_refused(answer)


@check("EVT-13")
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def check_other_methods_are_refused(provider: Provider, journey: Journey, method: str) -> None:
    """Another method than POST is refused, and stores nothing."""
    consent = journey.draft()
    async with journey.accepting():
        answer = await provider.event(EventType.CREATED, consent, change.method(method))
        landing = await journey.lands(consent, await provider.authorize(consent))

    expect.refusal(answer)
    expect.pages.turned_away(landing)


@check("EVT-14")
async def check_event_for_another_provider_is_refused(provider: Provider, journey: Journey) -> None:
    """An event for another dp_id is refused."""
    async with journey.accepting():
        another = change.set_member("data.dp_id", "another-data-provider")
        answer = await provider.event(EventType.CREATED, journey.draft(), another)

    expect.refusal(answer)
