"""The test PKI: every file, what its certificate is good for and who may read it."""

from __future__ import annotations

import json
import re
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku
from cryptography.x509.oid import ExtensionOID

from conformance import jose, keys
from conformance.model import ConfigurationFault
from tests.support.pki import pki

TLS = ["paynet-tls", "hub-tls", "dp/server-tls", "dp/pages-tls", "dp/client-tls"]
SHOWN = ["odd/expiring-server", "odd/expired-server", "odd/elsewhere-server"]
ODD = [
    "odd/expired",
    "odd/not-yet-valid",
    "odd/wrong-purpose",
    "odd/other-client",
    "odd/self-signed",
    "odd/foreign",
    "odd/foreign-server",
]
SIGNING = ["paynet-sig", "paynet-sig-next", "dc-1-sig", "dc-2-sig", "stranger-sig", "dp/dp-sig"]
ENCRYPTION = ["dc-1-enc", "dc-2-enc"]
CAS = ["ca", "odd/foreign-ca"]
EVERY = [*TLS, *SHOWN, *ODD, *SIGNING, *ENCRYPTION, *CAS]
JWKS = {
    "paynet": [("paynet-sig", "sig"), ("paynet-sig-next", "sig")],
    "dc-1": [("dc-1-enc", "enc"), ("dc-1-sig", "sig")],
    "dc-2": [("dc-2-enc", "enc"), ("dc-2-sig", "sig")],
    "dp": [("dp/dp-sig", "sig")],
}
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")


def certificate(name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pki().certificate(name).read_bytes())


def purposes(name: str) -> set[x509.ObjectIdentifier]:
    return set(certificate(name).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def issuer_of(name: str) -> str:
    if name == "odd/self-signed":
        return name
    return "odd/foreign-ca" if name.startswith("odd/foreign") else "ca"


def test_the_folder_holds_these_files_and_no_others() -> None:
    expected = {f"{name}.{ending}" for name in EVERY for ending in ("pem", "key")}
    expected |= {f"jwks/{name}.json" for name in JWKS} | {"README.txt", "sign-off.key", "sign-off.pub"}
    folder = pki().directory
    assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == expected


def test_private_keys_and_folders_are_the_owners_alone() -> None:
    folder = pki().directory
    for file in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(file.stat().st_mode)
        if file.is_dir():
            assert mode == 0o700, file
        elif file.suffix == ".key":
            assert mode == 0o600, file
        else:
            assert b"PRIVATE" not in file.read_bytes(), file


@pytest.mark.parametrize("name", EVERY)
def test_each_key_belongs_to_its_certificate(name: str) -> None:
    keys.check_pair(pki().certificate(name), pki().key(name), None, check_dates=False)


@pytest.mark.parametrize("name", EVERY)
def test_each_certificate_names_its_issuer_and_is_signed_by_it(name: str) -> None:
    found, issuer = certificate(name), certificate(issuer_of(name))
    found.verify_directly_issued_by(issuer)
    authority = found.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    subject = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert authority.key_identifier == subject.digest
    if name not in CAS and name != "odd/self-signed":
        assert found.subject != found.issuer


def test_serial_numbers_and_keys_are_all_different() -> None:
    found = [certificate(name) for name in EVERY]
    assert len({each.serial_number for each in found}) == len(EVERY)
    assert len(
        {each.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest for each in found}
    ) == len(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_key_kinds_and_usages(name: str) -> None:
    found = certificate(name)
    key = found.public_key()
    usage = found.extensions.get_extension_for_class(x509.KeyUsage)
    constraints = found.extensions.get_extension_for_class(x509.BasicConstraints)
    allowed = {each for each in USAGES if getattr(usage.value, each)}
    assert usage.critical
    assert constraints.critical
    assert constraints.value.ca == usage.value.key_cert_sign == (name in CAS)
    if name in SIGNING + ENCRYPTION:
        assert isinstance(key, rsa.RSAPublicKey)
        assert key.key_size == 2048
        assert allowed == ({"key_encipherment"} if name in ENCRYPTION else {"digital_signature"})
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.curve.name == "secp256r1"
        assert allowed == (set() if name in CAS else {"digital_signature"})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("paynet-tls", {Eku.CLIENT_AUTH, Eku.SERVER_AUTH}),
        ("hub-tls", {Eku.SERVER_AUTH}),
        ("dp/server-tls", {Eku.SERVER_AUTH}),
        ("dp/pages-tls", {Eku.SERVER_AUTH}),
        ("dp/client-tls", {Eku.CLIENT_AUTH}),
        ("odd/wrong-purpose", {Eku.SERVER_AUTH}),
        ("odd/foreign-server", {Eku.SERVER_AUTH}),
        *((name, {Eku.CLIENT_AUTH}) for name in ODD if name not in ("odd/wrong-purpose", "odd/foreign-server")),
    ],
)
def test_purposes(name: str, expected: set[x509.ObjectIdentifier]) -> None:
    assert purposes(name) == expected


def test_each_odd_certificate_is_odd_in_one_way_only() -> None:
    paynet = certificate("paynet-tls").subject
    for name in ODD:
        if name not in ("odd/other-client", "odd/foreign-server"):
            assert certificate(name).subject == paynet, name
    assert certificate("odd/other-client").subject != paynet
    assert certificate("odd/foreign-server").subject == certificate("hub-tls").subject
    assert certificate("odd/foreign-ca").subject != certificate("ca").subject


def test_only_two_are_out_of_date_and_the_others_began_a_little_while_ago() -> None:
    now = datetime.now(UTC)
    for name in set(EVERY) - set(SHOWN):
        found = certificate(name)
        start, end = found.not_valid_before_utc, found.not_valid_after_utc
        if name == "odd/expired":
            assert end < now
        elif name == "odd/not-yet-valid":
            assert start > now + timedelta(days=1)
        else:
            assert timedelta(minutes=30) < now - start < timedelta(days=1), name
            assert timedelta(days=364) < end - now < timedelta(days=366), name


@pytest.mark.parametrize("name", [*TLS, *ODD])
def test_tls_certificates_are_for_this_host(name: str) -> None:
    names = certificate(name).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]


@pytest.mark.parametrize(
    ("client", "server", "accepted"),
    [
        ("paynet-tls", "dp/server-tls", True),
        ("dp/client-tls", "hub-tls", True),
        ("odd/other-client", "dp/server-tls", True),
        ("odd/expired", "dp/server-tls", False),
        ("odd/not-yet-valid", "dp/server-tls", False),
        ("odd/wrong-purpose", "dp/server-tls", False),
        ("odd/self-signed", "dp/server-tls", False),
        ("odd/foreign", "dp/server-tls", False),
        ("paynet-tls", "odd/foreign-server", False),
        ("paynet-tls", "dp/client-tls", False),
    ],
)
def test_openssl_judges_them_as_meant(client: str, server: str, accepted: bool) -> None:
    if accepted:
        shake_hands(client, server)
    else:
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(client, server)


def shake_hands(client: str, server: str) -> None:
    """A mutual handshake in memory, with the strict reading of RFC 5280 on both sides."""
    contexts = []
    for name, protocol in ((client, ssl.PROTOCOL_TLS_CLIENT), (server, ssl.PROTOCOL_TLS_SERVER)):
        context = ssl.SSLContext(protocol)
        context.load_cert_chain(pki().certificate(name), pki().key(name))
        context.load_verify_locations(pki().certificate("ca"))
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        contexts.append(context)
    forth, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        contexts[0].wrap_bio(back, forth, server_hostname="localhost"),
        contexts[1].wrap_bio(forth, back, server_side=True),
    ]
    finished = set[ssl.SSLObject]()
    while len(finished) < 2:
        for end in ends:
            try:
                end.do_handshake()
                finished.add(end)
            except ssl.SSLWantReadError:
                continue


@pytest.mark.parametrize("name", JWKS)
def test_key_sets(name: str) -> None:
    members = json.loads(pki().jwks(name).read_bytes())["keys"]
    assert [member["use"] for member in members] == [use for _, use in JWKS[name]]
    for member, (key, use) in zip(members, JWKS[name], strict=True):
        public = jose.PublicKey.from_certificate(pki().certificate(key).read_bytes())
        assert member == public.to_jwk(use)
        assert member["kid"] == member["x5t#S256"] == public.x5t_s256
        assert set(member) == {"kty", "use", "alg", "kid", "n", "e", "x5c", "x5t#S256"}
    assert len(jose.KeySet.from_jwks(pki().jwks(name).read_bytes()).keys) == len(members)


def test_the_registered_key_set_verifies_paynets_signature_and_not_a_strangers() -> None:
    registered = jose.KeySet.from_jwks(pki().jwks("paynet").read_bytes())
    for name in ("paynet-sig", "paynet-sig-next"):
        assert jose.verify_detached(jose.sign_detached(signer(name), b"x"), b"x", registered)
    with pytest.raises(jose.JoseError):
        jose.verify_detached(jose.sign_detached(signer("stranger-sig"), b"x"), b"x", registered)


def signer(name: str) -> jose.PrivateKey:
    return jose.PrivateKey.from_pem(pki().key(name).read_bytes(), certificate=pki().certificate(name).read_bytes())


def test_the_readme_names_every_file_and_the_handover_what_to_register() -> None:
    readme = (pki().directory / "README.txt").read_text("utf-8")
    for name in EVERY:
        assert re.search(rf"(^|[\s,]){re.escape(name)}([\s,.:]|$)", readme, re.MULTILINE), name
    text = keys.handover(Path("some/{folder}"))
    assert "some/{folder}" in text
    for file in ("ca.pem", "paynet-tls.pem", "jwks/paynet.json", "jwks/dc-1.json", "jwks/dc-2.json"):
        assert file in text
    assert "{AS_URL}/v1/oauth/callback" in text


def test_further_hosts_are_added_once_each(tmp_path: Path) -> None:
    layout = keys.init(
        tmp_path / "new", hosts=["dp.example", "192.0.2.7", "localhost", "0:0::1", "*.example", "a_b"], days=2
    )
    found = x509.load_pem_x509_certificate(layout.certificate("hub-tls").read_bytes())
    names = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    assert isinstance(names, x509.SubjectAlternativeName)
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "dp.example", "*.example", "a_b"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1", "192.0.2.7"]
    assert found.not_valid_after_utc < datetime.now(UTC) + timedelta(days=3)


@pytest.mark.parametrize(
    "host", ["", "https://dp.example", "dp.example:8443", "[::1]", "a b", "-a", "höst", "x" * 64, "a\n"]
)
def test_what_is_no_host_is_refused_before_anything_is_written(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigurationFault, match="no host name") as caught:
        keys.init(tmp_path / "new", hosts=[host])
    assert str(caught.value).isprintable()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("days", [0, -1, 10**7])
def test_impossible_days_are_refused_before_anything_is_written(tmp_path: Path, days: int) -> None:
    with pytest.raises(ConfigurationFault, match="days"):
        keys.init(tmp_path / "new", days=days)
    assert not (tmp_path / "new").exists()


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.key").write_text("precious")
    with pytest.raises(ConfigurationFault, match="not empty") as caught:
        keys.init(tmp_path)
    assert caught.value.file == str(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.key"]


def test_an_empty_folder_is_used_and_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    keys.init(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_file_in_the_folders_place_is_a_plain_fault(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    for directory in (place, place / "below"):
        with pytest.raises(ConfigurationFault, match="cannot be written"):
            keys.init(directory)
