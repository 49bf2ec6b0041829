"""Flaws about the consent update (P1)."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("updates-by-post", "sends the update as POST, as one sentence of the guide says", ("UPD-01",)),
    Flaw("updates-without-certificate", "calls PayNet without its client certificate", ("UPD-02",)),
    Flaw("signs-other-spelling", "signs the update as JSON of another spelling than it sends", ("UPD-03",)),
    Flaw("updates-without-interaction-id", "sends the update without x-fapi-interaction-id", ("UPD-04",)),
    Flaw("account-numbers-as-numbers", "sends account numbers as JSON numbers", ("UPD-05",)),
    Flaw("updates-without-identity", "leaves user_identity out of the update", ("UPD-06",)),
    Flaw("token-for-paynet", "issues the id_token to PayNet instead of the Data Consumer", ("UPD-07",)),
    Flaw("shares-all-accounts", "names every account of the customer in the update", ("UPD-08",)),
    Flaw("rejects-with-accounts", "names the chosen accounts in a rejection", ("UPD-09",)),
)
