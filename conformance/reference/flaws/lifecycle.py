"""Flaws about the consent's states."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw(
        "serves-while-awaiting",
        "serves the consent's owner's accounts before he decides",
        ("LCM-01", "ACC-02", "TXN-02"),
    ),
    Flaw(
        "takes-accounts-by-number",
        "takes the accounts' ids from the numbers in the authorized event",
        ("LCM-02", "BAL-01"),
    ),
    Flaw("suspended-still-serves", "serves a suspended consent", ("LCM-03", "EVT-03")),
    Flaw("update-lifts-suspension", "takes a consent_updated of a suspended consent for its return", ("LCM-03",)),
    Flaw("suspension-is-final", "acknowledges the return from suspension and stays suspended", ("LCM-04",)),
    Flaw("revoked-can-return", "brings a revoked consent back when an event says authorized", ("LCM-05", "LCM-10")),
    Flaw("ignores-revocations", "acknowledges a revocation and goes on", ("LCM-05",)),
    Flaw("caches-balances", "answers the same question from a cache that no event empties", ("LCM-05", "LCM-03")),
    Flaw(
        "suspended-cannot-be-revoked", "acknowledges the revocation of a suspended consent and forgets it", ("LCM-06",)
    ),
    Flaw("ignores-expired-events", "acknowledges an expired event and goes on", ("LCM-07",)),
    Flaw("suspended-cannot-expire", "acknowledges the expiry of a suspended consent and forgets it", ("LCM-07",)),
    Flaw("expires-by-event-alone", "waits for an event to end a consent whose time is over", ("LCM-08", "AUT-11")),
    Flaw("expires-at-the-days-end", "serves until the end of the day of expiry", ("LCM-08",)),
    Flaw("compares-expiry-as-text", "compares the expiry's spelling with the time's", ("LCM-08",)),
    Flaw("reads-expiry-as-local-time", "reads the expiry's digits and not its time zone", ("LCM-08",)),
    Flaw("account-ignores-the-clock", "looks at the state for account details, never at the time", ("LCM-08",)),
    Flaw("transactions-ignore-the-clock", "looks at the state for transactions, never at the time", ("LCM-08",)),
    Flaw(
        "expiry-passes-the-suspended-by",
        "ends only what is authorized when its time comes, and lets the suspended return after it",
        ("LCM-08",),
    ),
    Flaw("rejected-can-begin-again", "takes a rejected consent back to awaiting authorization", ("LCM-09",)),
    Flaw("rejected-logs-in-again", "lets the customer log in for a consent that was rejected", ("LCM-09", "AUT-05")),
    Flaw("failed-logs-in-again", "lets the customer log in for a consent that failed", ("LCM-09",)),
    Flaw("failed-can-be-authorized", "opens a failed consent when an event says authorized", ("LCM-09", "LCM-10")),
    Flaw("extension-revives", "opens an expired consent again when an update gives it more time", ("LCM-10",)),
    Flaw("expired-can-return", "brings an expired consent back when an event says authorized", ("LCM-10", "LCM-07")),
    Flaw("revoked-can-be-suspended", "suspends a revoked consent, which can then return", ("LCM-10",)),
    Flaw("update-revives", "takes the status of consent_updated whatever the consent's", ("LCM-10",)),
    Flaw("awaiting-can-be-revoked", "ends a consent by an event that the table does not have", ("LCM-11",)),
    Flaw("authorized-can-be-rejected", "stops an authorized consent at a rejected event", ("LCM-11",)),
    Flaw("authorized-can-await-again", "takes an authorized consent back to awaiting authorization", ("LCM-11",)),
    Flaw("suspended-can-fail", "ends a suspended consent at a failed event", ("LCM-11",)),
    Flaw("event-authorizes", "opens a consent by an event that no customer stands behind", ("LCM-11",)),
    Flaw("events-widen-accounts", "takes the accounts of an event for the customer's choice", ("LCM-11",)),
    Flaw("acknowledges-strange-transitions", "acknowledges what it does not carry out", ("LCM-12",), _WARN),
    Flaw("toggles-suspension", "reinstates a suspended consent at the second suspension", ("LCM-13",)),
    Flaw("approves-late", "lets a login approve what has ended meanwhile", ("LCM-14",)),
    Flaw("approves-beyond-the-clock", "looks at the time when a login begins, not when it ends", ("LCM-14",)),
    Flaw("ends-all-of-the-customer", "ends all consents of a customer with one of them", ("LCM-15",)),
    Flaw("login-again-after-five-reads", "wants a new login after five reads", ("LCM-16",)),
    Flaw("revocation-tells-nobody", "does not tell PayNet of a revocation at the bank", ("LCM-17",), _WARN),
    Flaw("revocation-waits-for-paynet", "goes on serving after a revocation at the bank", ("LCM-17",), _WARN),
)
