"""The hub's two listeners: the mTLS resource server, and the browser's side with the key documents."""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from conformance.httpd import Drop, Handler, HttpRequest, HttpResponse, HttpServer, error
from conformance.hub.log import Answer, Arrival, HubLog
from conformance.model import ConfigurationFault, Exchange, Operation
from conformance.wire.identity import load_pair, load_trust
from conformance.wire.record import exchange_id, jose_seen, message
from conformance.wire.redaction import Redactor

PAYNET = "ofp"
CANARY = "/canary/"
"""What a path begins with that only a forged header names."""
REDIRECT_PATH = "/v1/oauth/callback"
_CONSENT = re.compile(r"/v1/consents/([^/]+)")
_KEYS = re.compile(r"/v1/oauth/jwks/([^/]+)")
_JSON = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
_RETURNED = b"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Returned to PayNet</title></head>
<body><h1>Returned to PayNet</h1><p>You can close this page.</p></body></html>
"""
_PAGE = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
)


@dataclass(frozen=True, slots=True)
class HubSettings:
    """Where the hub listens, what it shows, and whose client certificates it takes.

    Port 0 takes a free one. A public URL is what providers and browsers are told where it differs from the bound
    address, as behind a forwarding host; its path is a prefix of every path here. `jwks` maps `ofp` and each Data
    Consumer's id to its JWKS document; `canary` is the one behind every address under `/canary/`. `odd` has, by name,
    the server certificates that no provider may trust, each with its key and the key's password, to be shown for a
    while.
    """

    bind: str
    server_certificate: Path
    server_key: Path
    client_cas: tuple[Path, ...]
    jwks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    resource_port: int = 0
    browser_port: int = 0
    resource_public_url: str | None = None
    browser_public_url: str | None = None
    server_key_password: str | None = None
    redirect_path: str = REDIRECT_PATH
    canary: Mapping[str, object] = field(default_factory=dict)
    odd: Mapping[str, tuple[Path, Path, str | None]] = field(default_factory=dict)


class HubServer:
    """Both listeners and their log; bound from construction on, answering from `start()` to `stop()`."""

    def __init__(self, settings: HubSettings, redactor: Redactor, log: HubLog | None = None) -> None:
        """Bind both ports.

        Raises:
            ConfigurationFault: a file cannot be used, or an address cannot be bound.
        """
        self.log = log or HubLog()
        self._settings = settings
        self._redactor = redactor
        self._stopped = threading.Event()
        self._jwks = {owner: json.dumps(document).encode() for owner, document in settings.jwks.items()}
        self._resource_context = _context(settings, mutual=True)
        self._resource = self._listener(
            "resource", settings.resource_port, self._serve_resource, self._resource_context
        )
        try:
            self._browser = self._listener(
                "browser", settings.browser_port, self._serve_browser, _context(settings, mutual=False)
            )
        except ConfigurationFault:
            self._resource.stop()
            raise
        self.resource_url = _url(settings.resource_public_url, settings.bind, self._resource.port)
        self.browser_url = _url(settings.browser_public_url, settings.bind, self._browser.port)
        self.redirect_uri = self.browser_url + settings.redirect_path
        self.resource_port = self._resource.port
        self.browser_port = self._browser.port

    def start(self) -> None:
        """Begin to answer."""
        self._resource.start()
        self._browser.start()

    def show(self, odd: str | None) -> None:
        """Show the odd certificate of that name to whoever connects to the resource server; None: the right one."""
        context = self._resource_context
        if odd is None:
            context.sni_callback = None
        else:
            certificate, key, password = self._settings.odd[odd]
            other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            other.load_cert_chain(certificate, key, password or "")
            # The handshake keeps its demand for a client certificate and takes the CAs from here.
            for each in self._settings.client_cas:
                load_trust(other, each)

            def turn(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
                connection.context = other

            context.sni_callback = turn
        self._resource.drop_connections()

    def stop(self) -> None:
        """Stop both listeners; answers that are held back go out no more."""
        self._stopped.set()
        self._resource.stop()
        self._browser.stop()

    def _listener(self, name: str, port: int, handler: Handler, context: ssl.SSLContext) -> HttpServer:
        return HttpServer(
            handler, context, host=self._settings.bind, port=port, on_refused=partial(self.log.refuse, name)
        )

    def _serve_resource(self, request: HttpRequest) -> HttpResponse:
        path = _CONSENT.fullmatch(_without_prefix(request.raw_path, self.resource_url))
        consent_id = unquote(path[1]) if path else ""
        operation = Operation.UPDATE if path and request.method == "PATCH" else Operation.UNKNOWN
        if not request.peer_certificate:
            answer = error(401, "invalid_client", "A client certificate is needed")
        elif not path:
            answer = error(404, "invalid_request", "No such resource")
        elif request.method != "PATCH":
            answer = _not_allowed("PATCH")
        else:
            return self._scripted(request, consent_id, self.log.answer_for(consent_id))
        return self._answered(request, self.resource_url, operation, consent_id, answer)

    def _scripted(self, request: HttpRequest, consent_id: str, script: Answer) -> HttpResponse:
        answer = None if script.drop else HttpResponse(script.status, _JSON, script.body)
        due = time.time() + script.hang_seconds
        self._record(request, self.resource_url, Operation.UPDATE, consent_id, answer, due)
        if script.hang_seconds and self._stopped.wait(script.hang_seconds):
            raise Drop
        if answer is None:
            raise Drop
        return answer

    def _serve_browser(self, request: HttpRequest) -> HttpResponse:
        path = _without_prefix(request.raw_path, self.browser_url)
        keys_of = _KEYS.fullmatch(path)
        consent_id = ""
        if keys_of:
            operation = Operation.PAYNET_KEYS if keys_of[1] == PAYNET else Operation.DC_KEYS
            document = self._jwks.get(unquote(keys_of[1]))
            answer = HttpResponse(200, _JSON, document) if document else error(404, "invalid_request", "No such party")
        elif path == self._settings.redirect_path:
            operation = Operation.RETURN
            consent_id = next((value for name, value in request.query if name == "consent_id"), "")
            answer = HttpResponse(200, _PAGE, _RETURNED)
        elif path.startswith(CANARY):
            operation, consent_id = Operation.CANARY, unquote(path.removeprefix(CANARY))
            answer = HttpResponse(200, _JSON, json.dumps(self._settings.canary).encode())
        else:
            operation = Operation.UNKNOWN
            answer = error(404, "invalid_request", "No such resource")
        if operation is not Operation.UNKNOWN and request.method not in ("GET", "HEAD"):
            operation, answer = Operation.UNKNOWN, _not_allowed("GET, HEAD")
        return self._answered(request, self.browser_url, operation, consent_id, answer)

    def _answered(
        self, request: HttpRequest, base: str, operation: Operation, consent_id: str, answer: HttpResponse
    ) -> HttpResponse:
        self._record(request, base, operation, consent_id, answer, time.time())
        return answer

    def _record(
        self,
        request: HttpRequest,
        base: str,
        operation: Operation,
        consent_id: str,
        answer: HttpResponse | None,
        answered_at: float,
    ) -> None:
        redactor = self._redactor
        line = f"{request.method} {request.target}"
        start = f"HTTP/1.1 {answer.status}" if answer else ""
        seconds = answered_at - request.received_at
        exchange = Exchange(
            id=exchange_id(),
            operation=operation,
            caller="customer" if operation is Operation.RETURN else "provider",
            url=redactor.url(_origin(base) + request.target),
            request=message(redactor, line, request.headers, request.body),
            response=message(redactor, start, answer.headers, answer.body) if answer else None,
            fault=None,
            tls=request.tls,
            started=request.received_at,
            connect_seconds=0.0,
            first_byte_seconds=seconds,
            total_seconds=seconds,
            jose=jose_seen(redactor, (request.target, request.headers, request.body), None),
            note="" if answer else "the hub closed the connection without an answer, as scripted",
        )
        self.log.record(
            Arrival(
                operation=operation,
                consent_id=consent_id,
                method=request.method,
                target=request.target,
                headers=request.headers,
                body=request.body,
                peer_certificate=request.peer_certificate,
                tls=request.tls,
                received_at=request.received_at,
                answered_at=answered_at,
                answered=answer.status if answer else 0,
                exchange=exchange,
            )
        )


def _context(settings: HubSettings, *, mutual: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load_pair(context, settings.server_certificate, settings.server_key, settings.server_key_password)
    if mutual:
        context.verify_mode = ssl.CERT_OPTIONAL  # a caller without a certificate is recorded, then refused
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a profile may name the very certificate alone
        for file in settings.client_cas:
            load_trust(context, file)
    # A resumed session shows no certificate, so whoever resumes could not see that PayNet's has changed (UPD-12).
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    return context


def _not_allowed(methods: str) -> HttpResponse:
    refusal = error(405, "invalid_request", "This method is not allowed here")
    return HttpResponse(refusal.status, (*refusal.headers, ("Allow", methods)), refusal.body)


def _url(public: str | None, bind: str, port: int) -> str:
    if public:
        return public.rstrip("/")
    host = "localhost" if bind in ("0.0.0.0", "::", "", "127.0.0.1", "::1") else bind  # noqa: S104
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _without_prefix(path: str, base: str) -> str:
    return path.removeprefix(urlsplit(base).path)
