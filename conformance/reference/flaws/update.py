"""Flaws about the consent update (P1)."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw("updates-by-post", "sends the update as POST, as one sentence of the guide says", ("UPD-01",)),
    Flaw("updates-in-the-background", "shows success before the update is sent", ("UPD-01",)),
    Flaw("updates-without-certificate", "calls PayNet without its client certificate", ("UPD-02",)),
    Flaw("signs-other-spelling", "signs the update as JSON of another spelling than it sends", ("UPD-03",)),
    Flaw("updates-without-interaction-id", "sends the update without x-fapi-interaction-id", ("UPD-04",)),
    Flaw("account-numbers-as-numbers", "sends account numbers as JSON numbers", ("UPD-05",)),
    Flaw("updates-without-identity", "leaves user_identity out of the update", ("UPD-06",)),
    Flaw("updates-without-token", "leaves the id_token out of the update", ("UPD-06",)),
    Flaw("token-for-paynet", "issues the id_token to PayNet instead of the Data Consumer", ("UPD-07",)),
    Flaw("token-in-milliseconds", "counts the id_token's times in milliseconds", ("UPD-07",)),
    Flaw("token-lives-on", "issues an id_token for ten days", ("UPD-07",)),
    Flaw("token-without-auth-time", "leaves auth_time out of the id_token", ("UPD-07",)),
    Flaw("token-of-another", "names another identity in the id_token than in user_identity", ("UPD-07",)),
    Flaw("token-without-subject", "leaves sub out of the id_token", ("UPD-07",)),
    Flaw("shares-all-accounts", "names every account of the customer in the update", ("UPD-08",)),
    Flaw("shares-the-first-account", "names the first of several chosen accounts only", ("UPD-08",)),
    Flaw("rejects-with-accounts", "names the chosen accounts in a rejection", ("UPD-09",)),
    Flaw("shows-success-anyway", "shows success although PayNet did not accept the update", ("UPD-10",)),
    Flaw("serves-though-refused", "serves data although PayNet did not accept the update", ("UPD-10",)),
    Flaw("never-retries", "sends the update once, whatever comes", ("UPD-11",), _WARN),
    Flaw("retries-with-a-new-token", "sends the update again with another id_token", ("UPD-11",), _WARN),
    Flaw("trusts-any-paynet", "sends the update to whoever answers at PayNet's address", ("UPD-12",)),
    Flaw("ignores-paynets-host", "does not compare PayNet's host with its certificate", ("UPD-12",)),
    Flaw("ignores-paynets-dates", "takes PayNet's certificate when it has expired", ("UPD-12",)),
    Flaw("issues-a-token-again", "sends a customer's first id_token with every update", ("UPD-13",)),
    Flaw("hash-in-hex", "sends the identity's hash in hexadecimal", ("UPD-14",), _WARN),
    Flaw("hash-without-padding", "sends the identity's hash without padding", ("UPD-14",), _WARN),
    Flaw("hash-of-the-user-name", "hashes the user name for the identity", ("UPD-14",), _WARN),
)
