"""The scripted customer over real TLS: a small bank, from login to the return to PayNet."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conformance.customer.scripted import ScriptedCustomer
from conformance.customer.steps import parse_step
from conformance.httpd import HttpRequest, HttpResponse, HttpServer
from conformance.model import Operation
from conformance.wire import Redactor, Wire, identity
from tests.support.pages import VALUES

HTML = ("Content-Type", "text/html; charset=utf-8")
LOGIN = "<h1>Log in</h1><form method=post action=/login><label>User name <input name=username></label><input type=password name=password><button>Log in</button></form>"  # noqa: E501
ACCOUNTS = "<h1>Your accounts</h1><form method=post action=/accounts><input type=checkbox name='accounts[]' value=acc-1><input type=checkbox name='accounts[]' value=acc-2 checked><button>Continue</button></form>"  # noqa: E501
STEPS = [
    {"expect": "Log in"},
    {"fill": {"User name": "{username}", "password": "{password}"}},
    {"click": "Log in"},
    {"choose": {"accounts": "{accounts}"}},
    {"click": "Continue"},
    {"expect": ["acc-1", "css=a[href]"]},
    {"click": "Back to {dc_name}"},
]


@dataclass
class Bank:
    """Its state is a cookie and the accounts that were posted."""

    home: str = ""
    chosen: list[str] = field(default_factory=list)
    seen: list[HttpRequest] = field(default_factory=list)

    def handle(self, request: HttpRequest) -> HttpResponse:
        self.seen.append(request)
        logged_in = "__Host-s=1" in (request.header("cookie") or "")
        match request.method, request.path:
            case "GET", "/":
                return HttpResponse(200, (HTML,), LOGIN.encode())
            case "POST", "/login" if dict(request.form()) == {"username": "alice", "password": "s3cret"}:
                cookies = (("Set-Cookie", "__Host-s=1; Path=/; Secure; HttpOnly"), ("Set-Cookie", "b=2"))
                return HttpResponse(303, (*cookies, ("Location", "/accounts")))
            case "GET", "/accounts" if logged_in:
                return HttpResponse(200, (HTML,), ACCOUNTS.encode())
            case "POST", "/accounts" if logged_in:
                self.chosen = [value for _, value in request.form()]
                link = f"<p>{self.chosen}</p><a href='{self.home}?state=9'>Back to Budget App</a>"
                return HttpResponse(200, (HTML,), link.encode())
        return HttpResponse(403, (HTML,), b"<p>No")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "tls.pem", tmp_path / "tls.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@pytest.fixture
def servers(certificate: tuple[Path, Path]) -> Iterator[tuple[Bank, str]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    bank = Bank()
    with ExitStack() as stack:
        ports = []
        for handler in (
            bank.handle,
            lambda request: bank.seen.append(request) or HttpResponse(200, (HTML,), b"returned"),
        ):
            server = HttpServer(handler, context)
            server.start()
            stack.callback(server.stop)
            ports.append(server.port)
        bank.home = f"https://localhost:{ports[1]}/v1/oauth/callback"
        yield bank, f"https://localhost:{ports[0]}/"


@pytest.mark.asyncio
async def test_from_login_to_the_return(servers, certificate):
    bank, url = servers
    wire = Wire(Redactor(["s3cret"]))
    customer = ScriptedCustomer(
        wire, identity("customer", certificate=None, key=None, password=None, trust=[certificate[0]]), bank.home
    )
    try:
        page = await customer.perform(
            await customer.open(url), [parse_step(each) for each in STEPS], {**VALUES, "accounts": ["acc-1"]}
        )
    finally:
        await wire.aclose()
    assert page.returned_to == f"{bank.home}?state=9"
    assert bank.chosen == ["acc-1"]
    assert bank.seen[-1].target == "/v1/oauth/callback?state=9"
    assert [each.method for each in bank.seen] == ["GET", "POST", "GET", "POST", "GET"]
    assert {(each.header("host") or "").partition(":")[0] for each in bank.seen} == {"localhost"}


@pytest.mark.asyncio
async def test_exchanges_are_recorded_and_faults_are_the_pages_problem(servers, certificate):
    bank, url = servers
    wire = Wire(Redactor([]))
    trusting = identity("customer", certificate=None, key=None, password=None, trust=[certificate[0]])
    try:
        page = await ScriptedCustomer(wire, trusting, bank.home).open(url)
        gone = await ScriptedCustomer(wire, trusting, bank.home, seconds=2).open("https://localhost:1/")
        untrusting = identity("customer", certificate=None, key=None, password=None, trust=[])
        refused = await ScriptedCustomer(wire, untrusting, bank.home).open(url)
    finally:
        await wire.aclose()
    assert page.reply is not None
    assert (page.reply.exchange.operation, page.reply.exchange.caller) == (Operation.PAGE, "customer")
    assert "connection refused" in gone.problem
    assert "certificate" in refused.problem
