"""TLS itself (BCP 195): versions, suites, and the certificate of the webhooks."""

import pytest

from conformance import expect
from conformance.consent import EventType
from conformance.declare import check
from conformance.journeys import Journey
from conformance.provider import Provider
from conformance.wire import Version

_EVERY = (0xC02F, 0xC030, 0xC02B, 0xC02C, 0xC013, 0xC014, 0xC009, 0xC00A, 0x002F, 0x0035, 0x0033, 0x0039, 0x000A)
_WEAK = {
    "CBC with forward secrecy": (
        0xC009,
        0xC00A,
        0xC013,
        0xC014,
        0xC023,
        0xC024,
        0xC027,
        0xC028,
        0x0033,
        0x0039,
        0x0067,
    ),
    "static RSA": (0x002F, 0x0035, 0x003C, 0x003D, 0x009C, 0x009D),
    "no encryption": (0x0001, 0x0002, 0x003B, 0xC006, 0xC010),
    "anonymous": (0x0018, 0x001B, 0x0034, 0x003A, 0x006C, 0x006D, 0x00A6, 0x00A7, 0xC018, 0xC019),
    "RC4": (0x0004, 0x0005, 0xC007, 0xC011),
    "3DES": (0x000A, 0x0016, 0xC008, 0xC012),
    "EXPORT": (0x0003, 0x0006, 0x0008, 0x000B, 0x000E, 0x0011, 0x0014, 0x0017, 0x0019),
}


@check("TLS-05")
@pytest.mark.parametrize("version", [Version.TLS_1_0, Version.TLS_1_1], ids=lambda each: each.name)
async def check_old_versions_are_refused(provider: Provider, journey: Journey, version: Version) -> None:
    """TLS 1.0 and 1.1 are refused, and 1.2 or 1.3 is served."""
    async with journey.accepting():
        offer = await provider.offered(version, _EVERY)

    expect.tls.refused(offer)


@check("TLS-06")
@pytest.mark.parametrize("family", _WEAK)
async def check_weak_suites_are_refused(provider: Provider, journey: Journey, family: str) -> None:
    """Under TLS 1.2 no suite is accepted that is not forward-secret and authenticated."""
    async with journey.accepting():
        offer = await provider.offered(Version.TLS_1_2, _WEAK[family])

    expect.tls.refused(offer)


@check("TLS-07")
async def check_certificate_is_trusted(provider: Provider, journey: Journey) -> None:
    """The server certificate chains to the registered CA, matches the host, is in date, and its key is long enough."""
    answer = await provider.event(EventType.CREATED, journey.draft())

    expect.tls.trusted(answer)
    expect.tls.strong_key(await provider.certificate())
    await journey.login_address(await journey.announced())


@check("TLS-09")
async def check_certificate_lasts(provider: Provider, journey: Journey) -> None:
    """The server certificate stays valid for 30 days or more."""
    await journey.login_address(await journey.announced())

    expect.tls.lasts(await provider.certificate(), days=30)
