"""Flaws about the customer's pages."""

from conformance.reference.flaws.flaw import Flaw

FLAWS = (
    Flaw("loses-login-requests", "gives out login addresses that lead nowhere", ("UIX-01",)),
    Flaw("forgets-logins", "leads back to login after the right password", ("UIX-02",)),
    Flaw("knows-nric-alone", "leads back to login whoever holds a passport", ("UIX-02",)),
    Flaw("opens-the-session-anyway", "shows an error after a wrong password and opens the session", ("UIX-03",)),
    Flaw("reports-wrong-password-to-paynet", "sends a rejection when a password is wrong", ("UIX-03",)),
    Flaw("says-nothing-of-passwords", "shows the login page again after a wrong password, without a word", ("UIX-03",)),
    Flaw("takes-none-for-all", "goes on with every account when the customer chose none", ("UIX-04",)),
    Flaw("cannot-share-all", "asks again when the customer chose every account", ("UIX-04",)),
    Flaw("opens-the-first-accounts", "opens as many accounts as were chosen, counted from the first", ("UIX-04",)),
    Flaw("shows-the-usual-expiry", "shows an expiry in ninety days on every review page", ("UIX-05",)),
    Flaw("shows-the-usual-purpose", "shows personal financial management on every review page", ("UIX-05",)),
    Flaw("shows-the-usual-permissions", "shows accounts and balances on every review page", ("UIX-05",)),
    Flaw("names-the-first-consumer", "shows the first Data Consumer on every review page", ("UIX-05",)),
    Flaw("hides-the-expiry", "leaves the day of expiry off the review page", ("UIX-05",)),
    Flaw("hides-the-consumer", "does not say on the review page who asks", ("UIX-05",)),
    Flaw("hides-the-permissions", "does not say on the review page what may be read", ("UIX-05",)),
    Flaw("shows-no-success", "shows the failure page although PayNet accepted the approval", ("UIX-06",)),
    Flaw("rejects-without-error", "returns the browser after a rejection as if nothing had happened", ("UIX-07",)),
    Flaw("rejects-in-silence", "does not tell PayNet of a rejection", ("UIX-07",)),
    Flaw("returns-beside-redirect-uri", "returns the browser to another path of PayNet's host", ("UIX-08",)),
    Flaw("approves-twice", "sends a second update when the approval is sent again", ("UIX-09",)),
    Flaw("approves-twice-at-once", "sends two updates when two approvals come at once", ("UIX-09",)),
    Flaw("decides-by-visit", "takes a decision from every visit of a consent", ("UIX-09",)),
    Flaw("tells-strangers-of-accounts", "tells whoever logs in for another's consent of the accounts", ("UIX-10",)),
    Flaw("lets-anybody-approve", "lets any customer log in for a consent", ("UIX-10",)),
    Flaw("session-opens-every-request", "takes a login for one consent as one for all consents", ("UIX-10",)),
    Flaw("trusts-account-ids", "shares whatever account ids the form holds", ("UIX-10",)),
    Flaw("remembers-the-last-session", "takes a form without a cookie for the last customer's", ("UIX-10",)),
)
