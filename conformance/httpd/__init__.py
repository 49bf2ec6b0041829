"""A small threaded TLS server for HTTP/1.1 that no peer can hurt; the hub and the reference provider use it."""

from __future__ import annotations

from conformance.httpd.message import Drop, Handler, HttpRequest, HttpResponse, Limits, error
from conformance.httpd.server import HttpServer

__all__ = ["Drop", "Handler", "HttpRequest", "HttpResponse", "HttpServer", "Limits", "error"]
