"""The wire as an httpx transport, for tools that speak httpx; they are recorded, bounded and redacted like the rest."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from conformance.model import FaultKind, Operation
from conformance.wire.client import Wire
from conformance.wire.message import Identity, Outgoing, Reply

_ERRORS: dict[FaultKind, type[httpx.TransportError]] = {
    FaultKind.TIMEOUT: httpx.ReadTimeout,
    FaultKind.EOF: httpx.ReadError,
    FaultKind.RESET: httpx.ReadError,
    FaultKind.MALFORMED: httpx.RemoteProtocolError,
    FaultKind.OVERSIZED: httpx.RemoteProtocolError,
}


class WireTransport(httpx.AsyncBaseTransport):
    """Sends what an httpx client asks through a wire; the client wants `trust_env=False`, `follow_redirects=False`."""

    def __init__(
        self,
        wire: Wire,
        identity: Identity,
        operation: Operation,
        *,
        seconds: float = 15.0,
        seen: Callable[[Reply], None] | None = None,
    ) -> None:
        """Every request goes out as `identity`'s, for `operation`; `seen` is given each reply."""
        self._wire = wire
        self._identity = identity
        self._operation = operation
        self._seconds = seconds
        self._seen = seen

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange.

        Raises:
            httpx.TransportError: there was no HTTP answer; its text is the fault's kind and detail.
        """
        outgoing = Outgoing(
            operation=self._operation,
            caller="paynet",
            method=request.method,
            url=_url(request),
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw),
            identity=self._identity,
            body=await request.aread(),
            seconds=self._seconds,
        )
        reply = await self._wire.send(outgoing)
        if self._seen:
            self._seen(reply)
        if reply.fault:
            kind = _ERRORS.get(reply.fault.kind, httpx.ConnectError)
            raise kind(f"{reply.fault.kind.value}: {reply.fault.detail}", request=request)
        return as_httpx(reply, request)


def as_httpx(reply: Reply, request: httpx.Request) -> httpx.Response:
    """A reply as the httpx response to a request; its body is not decompressed, which its headers no longer claim."""
    headers = [
        (name, value) for name, value in reply.headers if name.lower() not in ("content-encoding", "transfer-encoding")
    ]
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return httpx.Response(reply.status, headers=encoded, content=reply.body, request=request)


def _url(request: httpx.Request) -> str:
    """The address with the exact target, which a caller may have given in httpx's `target` extension."""
    target: bytes = request.extensions.get("target", request.url.raw_path)
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{target.decode('latin-1')}"
