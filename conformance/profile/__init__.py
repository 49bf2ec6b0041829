"""The profile: the Data Provider under test, what proves it, who its customers are, and what a run asks."""

from __future__ import annotations

from conformance.profile.chain import bundled, setting, template
from conformance.profile.keys import DataConsumer, KeyFiles, Keys, OddKeys, TlsFiles
from conformance.profile.people import Account, Balance, Condition, Customer, CustomerPages, Wording
from conformance.profile.plan import Bounds, Hub, Paths, Paynet, Plan, WaiverEntry
from conformance.profile.profile import Profile
from conformance.profile.target import ClientCertificate, SigningKeys, Target

__all__ = [
    "Account",
    "Balance",
    "Bounds",
    "ClientCertificate",
    "Condition",
    "Customer",
    "CustomerPages",
    "DataConsumer",
    "Hub",
    "KeyFiles",
    "Keys",
    "OddKeys",
    "Paths",
    "Paynet",
    "Plan",
    "Profile",
    "SigningKeys",
    "Target",
    "TlsFiles",
    "WaiverEntry",
    "Wording",
    "bundled",
    "setting",
    "template",
]
