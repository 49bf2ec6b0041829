"""Flaws about data answers: seal, balances, accounts, transactions, userinfo."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("signs-data-with-rs256", "signs data responses with RS256", ("RSP-01",)),
    Flaw("shows-account-beside-jwe", "puts the account in the clear beside the JWE", ("RSP-02",)),
    Flaw("encrypts-for-first-consumer", "encrypts for the first Data Consumer whoever asks", ("JWE-01",)),
    Flaw("names-rsa-oaep", "names RSA-OAEP, the SHA-1 variant, in the JWE header", ("JWE-02", "JWE-01")),
    Flaw("demands-access-token", "demands an Authorization header on data requests", ("BAL-01", "LCM-02")),
    Flaw("amounts-as-numbers", "sends amounts as JSON numbers", ("BAL-02",)),
    Flaw("balance-names-account-number", "names the account by its number in the balance", ("BAL-03",)),
    Flaw("counts-pending", "counts what is pending into the current balance", ("BAL-04",)),
    Flaw("unknown-account-is-empty", "reports an unknown account as an empty one", ("BAL-05",)),
    Flaw("serves-any-account", "serves accounts that the customer did not choose", ("BAL-06",)),
)
