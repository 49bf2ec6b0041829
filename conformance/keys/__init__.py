"""The test PKI of everybody that the suite plays, and the check of a certificate and key that a user brings."""

from conformance.keys.handover import handover
from conformance.keys.layout import Layout
from conformance.keys.making import HOSTS, init
from conformance.keys.pair import check_pair

__all__ = ["HOSTS", "Layout", "check_pair", "handover", "init"]
