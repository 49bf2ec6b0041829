"""Expectations: a recorded fact goes in, silence or a Mismatch comes out. Pure."""

from conformance.expect import data, pages, paging, seals, tls, updates
from conformance.expect.answers import (
    acknowledged,
    cut_off_or_refused,
    error_body,
    error_code,
    heard,
    interaction_echoed,
    no_server_error,
    nothing_arrived,
    refusal,
    see_other,
    shut_out,
    status,
    within,
)

__all__ = [
    "acknowledged",
    "cut_off_or_refused",
    "data",
    "error_body",
    "error_code",
    "heard",
    "interaction_echoed",
    "no_server_error",
    "nothing_arrived",
    "pages",
    "paging",
    "refusal",
    "seals",
    "see_other",
    "shut_out",
    "status",
    "tls",
    "updates",
    "within",
]
