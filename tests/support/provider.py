"""A reference in a process of its own, as a bank's Data Provider would run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from conformance.reference import process
from tests.support.pki import pki
from tests.support.ports import free_port


@contextmanager
def alone(*flaws: str, **members: object) -> Iterator[list[str]]:
    """One that runs meanwhile, and the options by which a run reaches it; `members` are Settings' others."""
    resource, browser = free_port(), free_port()
    settings = process.settings_for(
        pki(),
        hub_resource_url=f"https://localhost:{resource}",
        redirect_uri=f"https://localhost:{browser}/v1/oauth/callback",
        flaws=list(flaws),
        **members,
    )
    with process.start(settings) as reference:
        ports = ["--hub-resource-port", str(resource), "--hub-browser-port", str(browser)]
        yield ["--dp-url", reference.rs_url, *ports]
