"""The reference on its two ports."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

from conformance.httpd import Handler, HttpRequest, HttpResponse, HttpServer, Limits
from conformance.model import ConfigurationFault
from conformance.reference import core
from conformance.reference.answers import unavailable
from conformance.reference.manners import Manners
from conformance.reference.paynet import transport
from conformance.reference.settings import KeyPair, Settings

# Forward secrecy and authenticated encryption only (BCP 195); the suites of TLS 1.3 are all of that kind.
_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"
# Bodies far beyond what the webhooks take are still read, so that they get the documented 400.
_LIMITS = Limits(body_bytes=8 << 20, header_seconds=5.0, body_seconds=5.0, connections=512)


_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME."""


class Reference:
    """A running reference; bound from construction on, answering from `start()` to `stop()`."""

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Bind both ports; `sleep` is what the latency is waited with.

        Raises:
            ConfigurationFault: a port is taken, or a file of the settings cannot be used.
        """
        gate, manners = _Gate(settings, sleep), Manners(settings.manners)
        self._handlers: dict[str, Handler] = {}
        self._pages = HttpServer(
            gate.guard(manners.pages(lambda request: self._handlers["pages"](request))),
            _server_context(settings, settings.pages_tls),
            host=settings.host,
            port=settings.pages_port,
            limits=_LIMITS,
        )
        self.pages_url = f"https://{settings.public_host}:{self._pages.port}"
        built = core.build(settings, self.pages_url, transport(_client_context(settings)), clock=manners.clock)
        self._handlers["pages"] = built.pages
        self._webhooks = HttpServer(
            gate.guard(manners.webhooks(built.webhooks, self.pages_url)),
            _webhook_context(settings),
            host=settings.host,
            port=settings.rs_port,
            limits=_limits(settings.flaws),
        )
        self.rs_url = f"https://{settings.public_host}:{self._webhooks.port}"

    def start(self) -> None:
        """Begin to answer."""
        self._pages.start()
        self._webhooks.start()

    def stop(self) -> None:
        """Close both ports and every connection."""
        self._webhooks.stop()
        self._pages.stop()

    def __enter__(self) -> Reference:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def _limits(flaws: frozenset[str]) -> Limits:
    limits = _LIMITS
    if "takes-bodies-of-any-size" in flaws:
        limits = replace(limits, body_bytes=64 << 20)
    if "keeps-half-requests" in flaws:
        limits = replace(limits, body_seconds=600.0)
    if "few-connections" in flaws:
        limits = replace(limits, connections=12)
    return limits


class _Gate:
    """Lets so many requests in at once, and holds every answer back for the latency."""

    def __init__(self, settings: Settings, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._latency = settings.latency_seconds
        self._breaks = "overload-is-a-500" in settings.flaws
        self._room = threading.BoundedSemaphore(settings.requests_at_once)

    def guard(self, handler: Handler) -> Handler:
        """The handler behind the gate."""

        def guarded(request: HttpRequest) -> HttpResponse:
            if self._breaks and self._room._value < 127:
                return HttpResponse(500, (), b"")
            if not self._room.acquire(blocking=False):
                return unavailable("Too many requests at once").answer()
            try:
                if self._latency:
                    self._sleep(self._latency)
                return handler(request)
            finally:
                self._room.release()

        return guarded


def _server_context(settings: Settings, pair: KeyPair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if "tls-1.3-only" in settings.manners:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    if "tls-1.2-only" in settings.manners:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_SUITES)
    _load(context, pair)
    return context


def _webhook_context(settings: Settings) -> ssl.SSLContext:
    """Demands a client certificate of the registered CA; OpenSSL also checks its dates and that it is for clients."""
    shown = next(
        (pair for name, pair in settings.odd_server_tls.items() if name in settings.flaws), settings.server_tls
    )
    context = _server_context(settings, shown)
    if "speaks-old-tls" in settings.flaws:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
    if "takes-cbc-suites" in settings.flaws:
        context.set_ciphers("ECDHE+AES:@SECLEVEL=0")
    if "takes-anonymous-suites" in settings.flaws:
        context.set_ciphers("ALL:aNULL:@SECLEVEL=0")
    context.verify_mode = ssl.CERT_REQUIRED
    if "serves-without-certificate" in settings.flaws:
        context.verify_mode = ssl.CERT_OPTIONAL
    if "asks-for-no-certificate" in settings.flaws:
        context.verify_mode = ssl.CERT_NONE
    _trust(context, settings.client_ca, "client_ca")
    if "ignores-certificate-dates" in settings.flaws:
        context.verify_flags |= _NO_CHECK_TIME
    if "trusts-certificate-headers" in settings.flaws:
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def _client_context(settings: Settings) -> ssl.SSLContext:
    """Verifies PayNet's certificate and its host name, and shows this Data Provider's own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_SUITES)
    _trust(context, settings.hub_ca, "hub_ca")
    if "trusts-any-paynet" in settings.flaws:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if "ignores-paynets-host" in settings.flaws:
        context.check_hostname = False
    if "ignores-paynets-dates" in settings.flaws:
        context.verify_flags |= _NO_CHECK_TIME
    if "updates-without-certificate" not in settings.flaws:
        _load(context, settings.client_tls)
    return context


def _load(context: ssl.SSLContext, pair: KeyPair) -> None:
    try:
        context.load_cert_chain(pair.certificate, pair.key, password="")
    except (OSError, ValueError) as problem:
        raise ConfigurationFault(
            f"certificate and key cannot be used together: {problem}", file=pair.certificate, cure="Name a PEM pair"
        ) from None


def _trust(context: ssl.SSLContext, file: object, key: str) -> None:
    try:
        context.load_verify_locations(str(file))
    except (OSError, ValueError) as problem:
        raise ConfigurationFault(
            f"holds no CA certificate: {problem}", file=str(file), key=key, cure="Name a PEM file"
        ) from None
