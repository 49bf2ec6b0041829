"""The ways in which the reference can be made dishonest, each by name; the code asks at the one line that differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from conformance.documents import refusal, suggestion
from conformance.model import Verdict


@dataclass(frozen=True, slots=True)
class Flaw:
    """One way to be wrong: what it does, the requirements it breaks, and the verdict that it deserves."""

    name: str
    text: str
    requirements: tuple[str, ...]
    verdict: Verdict = Verdict.FAIL


_EVENTS = (
    Flaw("forgets-created-consents", "acknowledges consent_created and stores nothing", ("EVT-01",)),
    Flaw("ignores-consent-updated", "acknowledges consent_updated and changes nothing", ("EVT-02",)),
    Flaw("ignores-status-updates", "acknowledges consent_status_updated and changes nothing", ("EVT-03", "LCM-03")),
    Flaw("refuses-unknown-header-members", "takes a JWS header member it does not know for a fault", ("JWS-01",)),
    Flaw("accepts-unsigned-events", "verifies a signature only where there is one", ("JWS-02",)),
    Flaw("verifies-reserialised-json", "verifies the body as its own JSON writer would spell it", ("JWS-03", "JWS-21")),
    Flaw("trusts-the-kid", "takes a registered kid for a valid signature", ("JWS-04",)),
    Flaw("tries-every-key", "verifies with any registered key when it does not know the kid", ("JWS-05",)),
    Flaw("applies-event-before-verifying", "refuses a badly signed event after it has applied it", ("JWS-22",)),
)
_AUTHORIZE = (
    Flaw("redirects-with-302", "redirects to login with 302 instead of 303", ("AUT-01",)),
    Flaw("authorizes-without-verifying", "does not look at the signature of authorize", ("AUT-02",)),
    Flaw("supplies-a-redirect-uri", "puts the registered redirect_uri where there is none", ("AUT-03",)),
    Flaw("logs-in-for-unknown-consents", "redirects to login for a consent never announced", ("AUT-04",)),
)
_JOURNEY = (
    Flaw("loses-login-requests", "gives out login addresses that lead nowhere", ("UIX-01",)),
    Flaw("forgets-logins", "leads back to login after the right password", ("UIX-02",)),
    Flaw("reports-wrong-password-to-paynet", "sends a rejection when a password is wrong", ("UIX-03",)),
    Flaw("takes-none-for-all", "goes on with every account when the customer chose none", ("UIX-04",)),
    Flaw("hides-the-expiry", "leaves the day of expiry off the review page", ("UIX-05",)),
    Flaw("shows-no-success", "shows the failure page although PayNet accepted the approval", ("UIX-06",)),
    Flaw("rejects-without-error", "returns the browser after a rejection as if nothing had happened", ("UIX-07",)),
    Flaw("returns-beside-redirect-uri", "returns the browser to another path of PayNet's host", ("UIX-08",)),
)
_UPDATE = (
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
_DATA = (
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
_LIFECYCLE = (
    Flaw("serves-while-awaiting", "serves the consent's owner's accounts before he decides", ("LCM-01",)),
    Flaw(
        "takes-accounts-by-number",
        "takes the accounts' ids from the numbers in the authorized event",
        ("LCM-02", "BAL-01"),
    ),
    Flaw("suspended-still-serves", "serves a suspended consent", ("LCM-03", "EVT-03")),
    Flaw("suspension-is-final", "acknowledges the return from suspension and stays suspended", ("LCM-04",)),
    Flaw("revoked-can-return", "brings a revoked consent back when an event says authorized", ("LCM-05",)),
)
_REST = (
    Flaw("slow-balances", "takes six seconds for a balance", ("TMO-01",)),
    Flaw("slow-authorize", "takes six seconds for authorize", ("TMO-02",)),
    Flaw("serves-without-certificate", "asks for a client certificate and serves who has none", ("TLS-01",)),
    Flaw("asks-for-no-certificate", "serves whoever connects, whatever the certificate", ("TLS-02", "TLS-01")),
    Flaw("errors-as-text", "explains refusals in plain text", ("ERR-01",)),
)

FLAWS: Mapping[str, Flaw] = MappingProxyType(
    {each.name: each for each in (*_EVENTS, *_AUTHORIZE, *_JOURNEY, *_UPDATE, *_DATA, *_LIFECYCLE, *_REST)}
)
"""Every flaw by its name."""


def known(name: str) -> Flaw:
    """The flaw of that name.

    Raises:
        PydanticCustomError: there is none; names the nearest (a ConfigurationFault where settings are read).
    """
    if name not in FLAWS:
        raise refusal(f"there is no flaw '{name}'", suggestion(name, FLAWS))
    return FLAWS[name]
