"""The customer's side of a journey: the steps that a profile gives, the pages seen, and what moves a customer.

A driver is imported from its own module.
"""

from conformance.customer.driver import CustomerDriver
from conformance.customer.forms import Submission
from conformance.customer.page import Page, StepFailed
from conformance.customer.steps import (
    KNOWN_PLACEHOLDERS,
    Choose,
    Click,
    Expect,
    Expectation,
    Fill,
    Matcher,
    Step,
    parse_step,
    placeholders,
)

__all__ = [
    "KNOWN_PLACEHOLDERS",
    "Choose",
    "Click",
    "CustomerDriver",
    "Expect",
    "Expectation",
    "Fill",
    "Matcher",
    "Page",
    "Step",
    "StepFailed",
    "Submission",
    "parse_step",
    "placeholders",
]
