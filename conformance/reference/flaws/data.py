"""Flaws about data answers: seal, balances, accounts, transactions, userinfo."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

_SEAL = (
    Flaw("signs-data-with-rs256", "signs data responses with RS256", ("RSP-01",)),
    Flaw("shows-account-beside-jwe", "puts the account in the clear beside the JWE", ("RSP-02",)),
    Flaw("data-for-another", "names another audience in the response's claims", ("RSP-03",)),
    Flaw("data-in-milliseconds", "counts iat in milliseconds", ("RSP-03",)),
    Flaw("data-expired", "gives out responses that have expired", ("RSP-03",)),
    Flaw("data-of-nobody", "leaves the issuer of the response empty", ("RSP-03",)),
    Flaw("calls-it-json", "calls a JWS application/json", ("RSP-04",), _WARN),
    Flaw("lets-data-be-stored", "sends data without Cache-Control", ("RSP-04",), _WARN),
    Flaw("encrypts-for-first-consumer", "encrypts for the first Data Consumer whoever asks", ("JWE-01",)),
    Flaw("names-rsa-oaep", "names RSA-OAEP, the SHA-1 variant, in the JWE header", ("JWE-02", "JWE-01")),
    Flaw("names-no-reader", "names another kid in the JWE header than x-enc-kid's", ("JWE-03",), _WARN),
    Flaw("keeps-content-key", "encrypts every answer with the same content key", ("JWE-04",)),
    Flaw("keeps-iv", "encrypts every answer under the same IV", ("JWE-04",)),
)
_BALANCES = (
    Flaw("demands-access-token", "demands an Authorization header on data requests", ("BAL-01", "LCM-02")),
    Flaw("amounts-as-numbers", "sends amounts as JSON numbers", ("BAL-02",)),
    Flaw("balance-names-account-number", "names the account by its number in the balance", ("BAL-03",)),
    Flaw("counts-pending", "counts what is pending into the current balance", ("BAL-04",)),
    Flaw("unknown-account-is-empty", "reports an unknown account as an empty one", ("BAL-05",)),
    Flaw("serves-any-account", "serves accounts that the customer did not choose", ("BAL-06",)),
    Flaw("serves-all-of-the-customer", "serves every account of the customer, chosen or not", ("BAL-06",)),
    Flaw("remembers-the-last-consent", "takes the last consent where the request names none", ("BAL-07",)),
    Flaw("serves-unknown-consents", "takes another consent for one that it does not know", ("BAL-08", "USR-03")),
    Flaw("balances-without-permission", "serves balances whatever the permissions", ("BAL-09",)),
    Flaw("clear-without-reader", "answers in the clear where x-enc-kid is missing", ("BAL-10",)),
    Flaw("first-reader-without-kid", "encrypts for the consumer's first key where x-enc-kid is missing", ("BAL-10",)),
    Flaw("unknown-reader-falls-back", "encrypts for the consumer's first key under an unknown kid", ("BAL-11",)),
    Flaw("any-consumers-reader", "encrypts for any Data Consumer's key that x-enc-kid names", ("BAL-11",)),
    Flaw("balances-take-any-method", "serves balances whatever the method", ("BAL-12",), _WARN),
    Flaw("normalises-after-routing", "asks about the first part of an encoded path and reads the last", ("BAL-13",)),
    Flaw("cuts-paths-at-nul", "asks about what is behind a NUL and reads what is before it", ("BAL-13",)),
    Flaw("reads-matrix-parameters", "asks about the account of a matrix parameter and reads the path's", ("BAL-13",)),
    Flaw("splits-at-commas", "asks about the first of several accounts and reads the last", ("BAL-13",)),
    Flaw("takes-account-from-query", "lets account_id in the query name the account", ("BAL-13",)),
    Flaw("last-consent-wins", "verifies the first consent_id and serves the last", ("BAL-13",)),
    Flaw("hides-that-blocked", "does not say that an account is blocked", ("BAL-14",), _WARN),
    Flaw("hides-that-closed", "does not say that an account is closed", ("BAL-14",), _WARN),
)
_ACCOUNTS = (
    Flaw("account-of-unknown-type", "names a kind of account that is not published", ("ACC-01",), _WARN),
    Flaw("seals-balances-only", "sends account details and transactions in the clear", ("ACC-01", "TXN-01"), _WARN),
    Flaw("account-without-permission", "serves account details whatever the permissions", ("ACC-02",)),
    Flaw("account-beyond-the-choice", "serves details of accounts that the customer did not choose", ("ACC-02",)),
    Flaw("account-after-the-end", "serves account details when the consent has ended", ("ACC-02",)),
    Flaw("shows-card-number", "shows a credit card's whole number", ("ACC-03",), _WARN),
)
_TRANSACTIONS = (
    Flaw("signs-amounts", "sends amounts with a sign", ("TXN-01",), _WARN),
    Flaw("transactions-without-permission", "serves transactions whatever the permissions", ("TXN-02",)),
    Flaw("transactions-beyond-the-choice", "serves transactions of accounts that were not chosen", ("TXN-02",)),
    Flaw("transactions-after-the-end", "serves transactions when the consent has ended", ("TXN-02", "TXN-06")),
    Flaw("pages-overlap", "begins each page with the last item of the one before", ("TXN-03",), _WARN),
    Flaw("pages-skip", "leaves out an item between pages", ("TXN-03",), _WARN),
    Flaw("oldest-first", "lists the oldest transaction first", ("TXN-03",), _WARN),
    Flaw("ignores-page-size", "cuts pages of a hundred whatever was asked for", ("TXN-03",), _WARN),
    Flaw("cursor-is-an-offset", "gives the second page for every cursor", ("TXN-03",), _WARN),
    Flaw("clamps-page-size", "takes a page_size out of bounds for the nearest", ("TXN-04",), _WARN),
    Flaw("ignores-bad-cursors", "begins anew at a cursor that it does not know", ("TXN-04",), _WARN),
    Flaw("ignores-bad-dates", "takes a bad date for none", ("TXN-04",), _WARN),
    Flaw("ignores-dates", "does not look at from_date and to_date", ("TXN-05",), _WARN),
    Flaw("excludes-the-last-day", "leaves out the day of to_date", ("TXN-05",), _WARN),
    Flaw("empty-window-is-404", "calls a window without transactions not found", ("TXN-05",), _WARN),
    Flaw("cursor-opens-its-own-account", "serves the account that the cursor names", ("TXN-06",)),
)
_USERINFO = (
    Flaw("userinfo-without-hash", "leaves hashed_id_number out of userinfo", ("USR-01", "USR-02")),
    Flaw("userinfo-email-verified-as-text", "sends email_verified as a text", ("USR-01",)),
    Flaw("userinfo-of-the-first", "gives the first customer's identity for everybody", ("USR-02",)),
    Flaw("userinfo-while-awaiting", "gives the identity before the customer has authorized", ("USR-03",)),
    Flaw("userinfo-after-the-end", "gives the identity when the consent has ended", ("USR-03",)),
)

FLAWS = (*_SEAL, *_BALANCES, *_ACCOUNTS, *_TRANSACTIONS, *_USERINFO)
