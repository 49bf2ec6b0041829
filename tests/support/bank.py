"""A small profile of a bank, complete but for what has a default, and a folder in which it can be used."""

from __future__ import annotations

from pathlib import Path

from tests.support.pki import pki

BANK = """
extends: sign-off
name: A Bank
target:
  rs_url: https://dp.bank.example:8443/
  dp_id: a-bank
  server_ca: keys/ca.pem
  signing_keys: {jwks: keys/jwks/dp.json}
  client_certificate: {certificate: keys/dp/client-tls.pem}
keys: {directory: keys}
customers:
  - name: customer-1
    username: one
    password: ${BANK_PASSWORD}
    id_number: "900101145678"
    accounts:
      - {account_id: a-1, account_number: "1", account_name: Savings, balance: {amount: "1.00"}}
customer_pages:
  login: [{expect: Log in}, {fill: {username: "{username}"}}, {click: Log in}]
  login_failed: [{expect: wrong}]
  accounts: [{choose: {accounts: "{accounts}"}}]
  review: [{expect: [Review, css=h1]}]
  approve: [{click: Approve}]
  reject: [{click: Reject}]
"""
ENVIRONMENT = {"BANK_PASSWORD": "pass-word"}


def settled(folder: Path) -> Path:
    """The folder, with `bank.yaml` and its keys in it."""
    (folder / "keys").symlink_to(pki().directory)
    (folder / "bank.yaml").write_text(BANK)
    return folder
