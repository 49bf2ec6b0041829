"""PayNet's side of the conversation: where providers send consent updates, customers return and keys are published."""

from __future__ import annotations

from conformance.hub.log import Answer, Arrival, HubLog, Refusal
from conformance.hub.remote import RemoteAddress, connect, serve
from conformance.hub.server import CANARY, REDIRECT_PATH, HubServer, HubSettings
from conformance.hub.view import HubView, Log

__all__ = [
    "CANARY",
    "REDIRECT_PATH",
    "Answer",
    "Arrival",
    "HubLog",
    "HubServer",
    "HubSettings",
    "HubView",
    "Log",
    "Refusal",
    "RemoteAddress",
    "connect",
    "serve",
]
