"""A package is signed, holds everything, and shows every way of tampering with it."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from securesystemslib.dsse import Envelope

from conformance.cli import main
from conformance.model import ConfigurationFault, Verdict
from conformance.package import pack, verify
from conformance.package.archive import FOLDER, STATEMENT
from conformance.report.record import FILE, Record
from tests.support.pki import pki
from tests.test_run import run

KEY, PUBLIC = pki().key("sign-off"), pki().public("sign-off")
Entries = dict[str, bytes]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs' folders: one of two checks, one of others, with a failure."""
    place = tmp_path_factory.mktemp("runs")
    run(place, "-k", "check_balance_is_served or check_unsigned")
    run(place, "-k", "check_balance_is_served or check_reject", "--reference-flaw", "rejects-with-accounts")
    return sorted(place.glob("*Z-*"), key=lambda each: "rejects-with" in (each / FILE).read_text())


@pytest.fixture
def package(folders: list[Path], tmp_path: Path) -> Path:
    return pack(folders[0], KEY, destination=tmp_path / "a.ofp.zip")


def entries(file: Path) -> Entries:
    with zipfile.ZipFile(file) as archive:
        return {each: archive.read(each) for each in archive.namelist()}


def rewritten(file: Path, contents: Entries) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file


def test_a_package_is_genuine_and_complete(package: Path, folders: list[Path]) -> None:
    found = verify(package, PUBLIC)

    assert found.problems == ()
    assert found.stated["id"] == folders[0].name
    assert found.stated["kind"] == "rehearsal"
    names = {FOLDER + each.relative_to(folders[0]).as_posix() for each in folders[0].rglob("*") if each.is_file()}
    assert set(entries(package)) == {STATEMENT, *names}


def test_it_is_an_in_toto_test_result(package: Path) -> None:
    envelope = Envelope.from_dict(json.loads(entries(package)[STATEMENT]))
    stated = json.loads(envelope.payload)

    assert envelope.payload_type == "application/vnd.in-toto+json"
    assert stated["_type"] == "https://in-toto.io/Statement/v1"
    assert stated["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert stated["predicate"]["result"] == "PASSED"
    assert len(stated["predicate"]["passedTests"]) >= 2
    assert len(stated["predicate"]["run"]["expected"]) > len(stated["predicate"]["passedTests"])


def test_the_same_folder_gives_the_same_files(folders: list[Path], tmp_path: Path) -> None:
    first, second = (entries(pack(folders[0], KEY, destination=tmp_path / name)) for name in ("1.zip", "2.zip"))

    assert {name: each for name, each in first.items() if name != STATEMENT} == {
        name: each for name, each in second.items() if name != STATEMENT
    }


def _evidence(contents: Entries) -> str:
    return next(each for each in contents if "/evidence/" in each)


def changed(contents: Entries, _other: Entries) -> None:
    contents[_evidence(contents)] += b"."


def added(contents: Entries, _other: Entries) -> None:
    contents[FOLDER + "evidence/more.txt"] = b"more"


def added_outside(contents: Entries, _other: Entries) -> None:
    contents["note.txt"] = b"see run"


def removed(contents: Entries, _other: Entries) -> None:
    del contents[_evidence(contents)]


def renamed(contents: Entries, _other: Entries) -> None:
    name = _evidence(contents)
    contents[f"{name}-2"] = contents.pop(name)


def exchanged(contents: Entries, _other: Entries) -> None:
    first, second = sorted(each for each in contents if "/evidence/" in each)[:2]
    contents[first], contents[second] = contents[second], contents[first]


def record_of_another_run(contents: Entries, other: Entries) -> None:
    contents[FOLDER + FILE] = other[FOLDER + FILE]


def statement_of_another_run(contents: Entries, other: Entries) -> None:
    contents[STATEMENT] = other[STATEMENT]


def unsigned(contents: Entries, _other: Entries) -> None:
    del contents[STATEMENT]


def no_envelope(contents: Entries, _other: Entries) -> None:
    contents[STATEMENT] = b"{}"


def deep_envelope(contents: Entries, _other: Entries) -> None:
    contents[STATEMENT] = b"[" * 100_000


def rehashed(alter: Callable[[Entries], None]) -> Callable[[Entries, Entries], None]:
    """Alter some files and put their digests into the statement, as one without the key can."""

    def tamper(contents: Entries, _other: Entries) -> None:
        import hashlib
        from base64 import b64decode, b64encode

        alter(contents)
        envelope = json.loads(contents[STATEMENT])
        stated = json.loads(b64decode(envelope["payload"]))
        stated["subject"] = [
            {"name": name, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}
            for name, content in sorted(contents.items())
            if name != STATEMENT
        ]
        stated["predicate"]["result"] = "PASSED"
        stated["predicate"]["run"]["kind"] = "sign-off"
        envelope["payload"] = b64encode(json.dumps(stated).encode()).decode()
        contents[STATEMENT] = json.dumps(envelope).encode()

    tamper.__name__ = f"rehashed-{alter.__name__}"
    return tamper


def result_edited(contents: Entries) -> None:
    contents[FOLDER + FILE] = contents[FOLDER + FILE].replace(b'"PASS"', b'"WARN"', 1)


def nothing(_contents: Entries) -> None:
    return


TAMPERS = [
    changed,
    added,
    added_outside,
    removed,
    renamed,
    exchanged,
    record_of_another_run,
    statement_of_another_run,
    unsigned,
    no_envelope,
    deep_envelope,
    rehashed(result_edited),
    rehashed(nothing),
]


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda each: each.__name__)
def test_tampering_shows(
    tamper: Callable[[Entries, Entries], None], package: Path, folders: list[Path], tmp_path: Path
) -> None:
    other = entries(pack(folders[1], KEY, destination=tmp_path / "b.ofp.zip"))
    contents = entries(package)
    tamper(contents, other)

    found = verify(rewritten(package, contents), PUBLIC)

    assert found.problems
    assert main(["verify", str(package), "--key", str(PUBLIC)]) == 1


def test_each_problem_is_called_what_it_is(package: Path) -> None:
    contents = entries(package)
    name = _evidence(contents)
    contents[f"{name}-2"] = contents.pop(name)
    contents[FOLDER + FILE] += b" "
    contents[FOLDER + "more"] = b""

    assert verify(rewritten(package, contents), PUBLIC).problems == (
        f"{name} was renamed to {name}-2",
        f"{FOLDER}{FILE} was changed",
        f"{FOLDER}more was added",
    )


def test_another_signer_is_refused(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pub"
    other.write_bytes(_public(ec.generate_private_key(ec.SECP256R1())))

    assert verify(package, other).problems == ("it is signed by another key than this one",)


def test_a_file_that_is_there_twice_is_refused(package: Path) -> None:
    with zipfile.ZipFile(package, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(FOLDER + FILE, b"{}")

    assert verify(package, PUBLIC).problems == ("a file is in the archive twice",)


def _edited(folder: Path, tmp_path: Path, edit: Callable[[Record], Record]) -> Path:
    copy = tmp_path / "copy" / folder.name
    shutil.copytree(folder, copy)
    (copy / FILE).write_text(edit(Record.read(copy)).to_json())
    return copy


def dropped(record: Record) -> Record:
    return replace(record, results=record.results[1:])


def presented_as_sign_off(record: Record) -> Record:
    return replace(record, rehearsal=())


def made_to_pass(record: Record) -> Record:
    return replace(record, results=tuple(replace(each, verdict=Verdict.PASS) for each in record.results))


def smuggled(record: Record) -> Record:
    return replace(record, results=(*record.results, replace(record.results[0], check="conformance/checks/x.py::y")))


def repeated(record: Record) -> Record:
    return replace(record, results=(*record.results, record.results[0]))


def certified(record: Record) -> Record:
    return replace(record, conclusion=replace(record.conclusion, certificate=True))


@pytest.mark.parametrize("edit", [dropped, presented_as_sign_off, made_to_pass, smuggled, repeated, certified])
def test_a_record_that_contradicts_itself_is_not_packed(
    edit: Callable[[Record], Record], folders: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationFault, match="contradicts itself"):
        pack(_edited(folders[1], tmp_path, edit), KEY)


def test_a_signature_does_not_make_a_wrong_record_right(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even who holds the key and packs with another program gets no check left out."""
    with monkeypatch.context() as patched:
        patched.setattr("conformance.package.consistency.contradictions", lambda _record: ())
        package = pack(_edited(folders[0], tmp_path, dropped), KEY, destination=tmp_path / "c.zip")

    assert any("has no result" in each for each in verify(package, PUBLIC).problems)


def test_sign_off_is_not_what_a_rehearsal_is(package: Path) -> None:
    assert main(["verify", str(package), "--key", str(PUBLIC)]) == 0
    assert main(["verify", str(package), "--key", str(PUBLIC), "--sign-off"]) == 1


def _public(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def test_a_given_ed25519_key_with_a_password_signs(folders: list[Path], tmp_path: Path) -> None:
    key, file, public = ed25519.Ed25519PrivateKey.generate(), tmp_path / "k.pem", tmp_path / "k.pub"
    locked = serialization.BestAvailableEncryption(b"word")
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    public.write_bytes(_public(key))

    assert verify(pack(folders[0], file, password="word", destination=tmp_path / "d.zip"), public).genuine
    with pytest.raises(ConfigurationFault, match="signing key cannot be used"):
        pack(folders[0], file, destination=tmp_path / "e.zip")


def test_what_cannot_be_used_is_told_with_its_cure(folders: list[Path], package: Path, tmp_path: Path) -> None:
    rsa_key = tmp_path / "rsa.pem"
    rsa_key.write_bytes(
        rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    for call, told in [
        (lambda: pack(folders[0], rsa_key), "no Ed25519 or ECDSA key"),
        (lambda: pack(tmp_path, KEY), "cannot be read"),
        (lambda: pack(folders[0], tmp_path / "no.key"), "cannot be read"),
        (lambda: pack(folders[0], KEY, destination=tmp_path / "no" / "place"), "cannot be written"),
        (lambda: verify(tmp_path / "no.zip", PUBLIC), "cannot be read"),
        (lambda: verify(rsa_key, PUBLIC), "is no package"),
        (lambda: verify(package, KEY), "no public key"),
    ]:
        with pytest.raises(ConfigurationFault, match=told):
            call()
