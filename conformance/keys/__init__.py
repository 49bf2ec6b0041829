"""The test PKI of PayNet, the Data Consumers, the odd callers and the reference, and the check of a user's own."""

from conformance.keys.handover import handover
from conformance.keys.layout import Layout
from conformance.keys.making import HOSTS, init
from conformance.keys.pair import check_pair

__all__ = ["HOSTS", "Layout", "check_pair", "handover", "init"]
