"""A run as one signed archive, and its verification without anything else but the signer's public key."""

from conformance.package.archive import NAME_END, pack
from conformance.package.envelope import signer
from conformance.package.verification import Verified, verify

__all__ = ["NAME_END", "Verified", "pack", "signer", "verify"]
