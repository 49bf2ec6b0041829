"""Flaws about the customer's pages."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("loses-login-requests", "gives out login addresses that lead nowhere", ("UIX-01",)),
    Flaw("forgets-logins", "leads back to login after the right password", ("UIX-02",)),
    Flaw("reports-wrong-password-to-paynet", "sends a rejection when a password is wrong", ("UIX-03",)),
    Flaw("takes-none-for-all", "goes on with every account when the customer chose none", ("UIX-04",)),
    Flaw("hides-the-expiry", "leaves the day of expiry off the review page", ("UIX-05",)),
    Flaw("shows-no-success", "shows the failure page although PayNet accepted the approval", ("UIX-06",)),
    Flaw("rejects-without-error", "returns the browser after a rejection as if nothing had happened", ("UIX-07",)),
    Flaw("returns-beside-redirect-uri", "returns the browser to another path of PayNet's host", ("UIX-08",)),
)
