"""What each file of the test PKI is, in words, and what the Data Provider's staff need of it."""

from __future__ import annotations

from pathlib import Path


def handover(directory: Path) -> str:
    """What the Data Provider's staff have to register, in words, with the names of the files."""
    return _HANDOVER.replace("DIRECTORY", str(directory))


def contents(directory: Path) -> str:
    """The README of the folder: `handover`, then a line for each file."""
    return f"{handover(directory)}\n{_CONTENTS}"


_HANDOVER = """\
The keys in DIRECTORY are for tests only. Keep the *.key files to yourself.

Give the Data Provider:
  ca.pem             the CA of PayNet's client certificate and of PayNet's servers: to be trusted for both
  paynet-tls.pem     PayNet's client certificate: the one, and the only one, that its webhooks serve
  jwks/paynet.json   PayNet's signing keys (also served during a run at {AS_URL}/v1/oauth/jwks/ofp)
  jwks/dc-1.json     the keys of Data Consumer dc-1 (also served at {AS_URL}/v1/oauth/jwks/dc-1)
  jwks/dc-2.json     the keys of Data Consumer dc-2 (also served at {AS_URL}/v1/oauth/jwks/dc-2)
  the addresses of hub.resource_url ({RS_URL}) and hub.browser_url ({AS_URL}) in your profile;
  the registered redirect_uri is {AS_URL}/v1/oauth/callback

Ask the Data Provider for:
  the CA of its server certificate, its signing keys (JWKS or certificate), its client certificate or that one's CA,
  test customers with accounts and known balances

Not to be registered anywhere: odd/ and stranger-sig, which a Data Provider has to refuse.
The files in dp/ and jwks/dp.json belong to the reference Data Provider that comes with the suite.
"""

_CONTENTS = """\
All files. <name>.pem is a certificate, <name>.key its private key (PKCS #8, not encrypted, mode 0600). TLS keys are
EC P-256, signing and encryption keys RSA 2048; the kid of these is the base64url SHA-256 of the certificate (x5t#S256).

  ca                        the test CA, which issues everything unless it says otherwise
  paynet-tls                PayNet's client certificate for calls to the Data Provider (clientAuth, serverAuth)
  hub-tls                   the server certificate of PayNet's side: where the updates and the browser arrive
  paynet-sig                PayNet's signing key (PS256)
  paynet-sig-next           the one that it changes to
  dc-1-enc, dc-2-enc        the Data Consumers' encryption keys (RSA-OAEP-256)
  dc-1-sig, dc-2-sig        the Data Consumers' signing keys, which encrypt nothing
  sign-off                  signs the packages of runs (EC P-256); sign-off.pub is for whoever verifies them
  stranger-sig              a signing key that nobody registered

  odd/expiring-server, odd/expired-server, odd/elsewhere-server
                            server certificates that prove nothing: PayNet shows them, and flaws of the reference
  odd/expired               PayNet's name and CA, expired yesterday
  odd/not-yet-valid         PayNet's name and CA, valid in a month
  odd/wrong-purpose         PayNet's name and CA, for servers only (serverAuth)
  odd/other-client          another client of the same CA
  odd/self-signed           PayNet's name, issued by itself
  odd/foreign-ca            a CA that nobody trusts
  odd/foreign               PayNet's name, issued by the foreign CA
  odd/foreign-server        the hub's name, issued by the foreign CA

  dp/server-tls             the reference's webhooks
  dp/pages-tls              the reference's customer pages
  dp/client-tls             the reference as a client of PayNet
  dp/dp-sig                 the reference's signing key (PS256)

  jwks/paynet.json          paynet-sig and paynet-sig-next
  jwks/dc-1.json, dc-2.json each Data Consumer's keys, use `enc` and use `sig`
  jwks/dp.json              dp/dp-sig
"""
