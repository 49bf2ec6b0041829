"""Before the first check: is somebody there to be asked, and if not, whose business is it?"""

from __future__ import annotations

from dataclasses import dataclass

from conformance import causes
from conformance.model import Blame, ConfigurationFault, Fault, FaultKind, Operation, Tls
from conformance.profile import Profile
from conformance.wire import Identity, Outgoing, Redactor, Wire

_SILENT = (FaultKind.TIMEOUT, FaultKind.EOF, FaultKind.RESET)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the preflight saw: the handshake, if it succeeded, and lines for the report, if anything is odd."""

    tls: Tls | None
    lines: tuple[str, ...]


async def examine(wire: Wire, paynet: Identity, profile: Profile) -> Finding:
    """Open one connection to the target as PayNet and send a harmless request.

    Raises:
        ConfigurationFault: nobody listens, the host is not known or not reachable, what answers is not TLS, or no
            handshake comes about.
    """
    reply = await wire.send(
        Outgoing(
            operation=Operation.UNKNOWN,
            caller="paynet",
            method="GET",
            url=f"{profile.target.rs_url}/v1/consents/events",
            headers=(("accept", "application/json"),),
            identity=paynet,
            seconds=profile.bounds.connect_seconds + profile.bounds.answer_seconds,
        )
    )
    if reply.fault is None:
        return Finding(reply.exchange.tls, ())
    silent = reply.exchange.tls is None and reply.fault.kind in _SILENT
    cause = causes.NO_HANDSHAKE if silent else causes.of_fault(reply.fault)
    if cause.blame is Blame.CONFIGURATION:
        file, line = profile.where("target.rs_url")
        raise ConfigurationFault(
            f"{profile.target.rs_url}: {_told(reply.fault)}", file=file, line=line, key="target.rs_url", cure=cause.hint
        )
    return Finding(reply.exchange.tls, (f"The first connection failed: {_told(reply.fault)}. {cause.hint}",))


async def fetch(redactor: Redactor, identity: Identity, url: str) -> bytes:
    """The body of a key document at a URL.

    Raises:
        ConfigurationFault: it cannot be had.
    """
    wire = Wire(redactor, max_body=1 << 20)
    reply = await wire.send(
        Outgoing(
            operation=Operation.UNKNOWN,
            caller="paynet",
            method="GET",
            url=url,
            headers=(("accept", "application/json"),),
            identity=identity,
            seconds=15.0,
        )
    )
    await wire.aclose()
    if reply.status != 200:
        said = _told(reply.fault) if reply.fault else f"HTTP {reply.status}"
        raise ConfigurationFault(
            f"{url} cannot be fetched: {said}", key="target.signing_keys.jwks_url", cure="Correct it, or give a file"
        )
    return reply.body


def _told(fault: Fault) -> str:
    return f"{fault.kind.value} ({fault.detail})" if fault.detail else fault.kind.value
