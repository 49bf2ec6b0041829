"""The Data Provider as the suite sees it: one method per operation, no assertions."""

from conformance.provider import change
from conformance.provider.call import INTERACTION_HEADER, KID_HEADER, SIGNATURE_HEADER, Call, Signing
from conformance.provider.change import Change
from conformance.provider.ledger import Ledger
from conformance.provider.page import Item, Page, read_page
from conformance.provider.provider import Party, Provider
from conformance.provider.reply import Answer
from conformance.provider.seal import Seal, open_seal, unwrapped

__all__ = [
    "INTERACTION_HEADER",
    "KID_HEADER",
    "SIGNATURE_HEADER",
    "Answer",
    "Call",
    "Change",
    "Item",
    "Ledger",
    "Page",
    "Party",
    "Provider",
    "Seal",
    "Signing",
    "change",
    "open_seal",
    "read_page",
    "unwrapped",
]
