"""The check of a certificate and key that a user brings: one clear line for each way to get them wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from conformance import keys
from conformance.model import ConfigurationFault
from tests.support.pki import pki


def fault(*arguments: object, **options: object) -> ConfigurationFault:
    with pytest.raises(ConfigurationFault) as caught:
        keys.check_pair(*arguments, **options)  # type: ignore[arg-type]
    assert str(caught.value).isprintable(), "one line"
    assert caught.value.file
    assert caught.value.cure
    return caught.value


def test_a_healthy_pair_is_accepted_in_two_files_or_one(tmp_path: Path) -> None:
    pem, key = pki().certificate("paynet-tls"), pki().key("paynet-tls")
    both = tmp_path / "both.pem"
    keys.check_pair(pem, key, None)
    for parts in ((pem, key), (key, pem), (pem, pki().certificate("ca"), key)):
        both.write_bytes(b"".join(part.read_bytes() for part in parts))
        keys.check_pair(both, both, None)


def test_an_encrypted_key_needs_its_own_password(tmp_path: Path) -> None:
    pem, key = pki().certificate("paynet-tls"), tmp_path / "encrypted.key"
    private = serialization.load_pem_private_key(pki().key("paynet-tls").read_bytes(), None)
    for form in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
        encryption = serialization.BestAvailableEncryption("ключ".encode())
        key.write_bytes(private.private_bytes(serialization.Encoding.PEM, form, encryption))
        keys.check_pair(pem, key, "ключ")
        assert "is encrypted" in fault(pem, key, None).problem
        assert "is encrypted" in fault(pem, key, "").problem
        wrong = fault(pem, key, "wrong-password")
        assert "password does not open" in wrong.problem
        assert "wrong-password" not in str(wrong)
    assert "not encrypted" in fault(pem, pki().key("paynet-tls"), "needless").problem


def test_the_fault_names_the_file_the_profiles_key_and_a_cure(tmp_path: Path) -> None:
    absent = tmp_path / "absent.pem"
    found = fault(absent, pki().key("paynet-tls"), None, name="keys.paynet_tls")
    assert str(found) == (
        f"{absent}: keys.paynet_tls: cannot be read (No such file or directory). Correct the path or its permissions"
    )
    assert fault(pki().certificate("paynet-tls"), absent, None).file == str(absent)
    assert "cannot be read" in fault(tmp_path, pki().key("paynet-tls"), None).problem


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x30\x82\x00\x00", "Schlüssel".encode("utf-16")])
def test_what_is_no_pem_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert "no PEM certificate" in fault(file, pki().key("paynet-tls"), None).problem
    for password in (None, "password"):
        assert "no PEM private key" in fault(pki().certificate("paynet-tls"), file, password).problem


def test_two_files_in_each_others_place_are_told_apart() -> None:
    pem, key = pki().certificate("paynet-tls"), pki().key("paynet-tls")
    assert "no PEM certificate" in fault(key, pem, None).problem
    assert "no PEM private key" in fault(pem, pem, None).problem


def test_damage_is_said_to_be_damage(tmp_path: Path) -> None:
    for source, words in (
        (pki().certificate("hub-tls"), "damaged certificate"),
        (pki().key("hub-tls"), "damaged private"),
    ):
        file = tmp_path / source.name
        lines = source.read_text().splitlines()
        file.write_text("\n".join([lines[0], lines[1][:20], lines[-1]]))
        pair = (file, pki().key("hub-tls")) if source.suffix == ".pem" else (pki().certificate("hub-tls"), file)
        assert words in fault(*pair, None).problem


def test_a_key_of_another_certificate_is_refused() -> None:
    for other in ("hub-tls", "paynet-sig"):
        found = fault(pki().certificate("paynet-tls"), pki().key(other), None)
        assert "does not belong" in found.problem
        assert found.file == str(pki().key(other))


def test_dates_are_judged_by_the_time_that_is_given() -> None:
    pem, key = pki().certificate("paynet-tls"), pki().key("paynet-tls")
    found = x509.load_pem_x509_certificate(pem.read_bytes())
    start, end, second = found.not_valid_before_utc, found.not_valid_after_utc, timedelta(seconds=1)
    keys.check_pair(pem, key, None, start)
    keys.check_pair(pem, key, None, end)
    early, late = fault(pem, key, None, start - second), fault(pem, key, None, end + second)
    assert early.problem == f"the certificate is not valid before {start:%Y-%m-%d %H:%M UTC}"
    assert late.problem == f"the certificate expired on {end:%Y-%m-%d %H:%M UTC}"
    keys.check_pair(pem, key, None, end + second, check_dates=False)


def test_dates_are_judged_by_the_clock_otherwise() -> None:
    assert "expired" in fault(pki().certificate("odd/expired"), pki().key("odd/expired"), None).problem
    assert (
        "not valid before"
        in fault(pki().certificate("odd/not-yet-valid"), pki().key("odd/not-yet-valid"), None).problem
    )
