"""The reference behind a real nginx that ends mTLS passes with a change of the profile's addresses alone."""

from pathlib import Path

import pytest

from conformance.reference import process
from tests.support import nginx
from tests.support.pki import pki
from tests.support.ports import free_port
from tests.test_run import record, run

pytestmark = pytest.mark.skipif(nginx.PROGRAM is None, reason="needs nginx, which is not installed here")


def test_nothing_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = pki()
    monkeypatch.setenv("OFP_REFERENCE_KEYS", str(layout.directory))
    resource, browser = free_port(), free_port()
    settings = process.settings_for(
        layout,
        hub_resource_url=f"https://localhost:{resource}",
        redirect_uri=f"https://localhost:{browser}/v1/oauth/callback",
    )
    front = tmp_path / "nginx"
    front.mkdir()
    reports = tmp_path / "reports"
    reports.mkdir()
    with process.start(settings) as reference, nginx.in_front_of(reference, layout, front) as url:
        ports = ("--hub-resource-port", str(resource), "--hub-browser-port", str(browser))
        profile = tmp_path / "bank.yaml"
        profile.write_text("extends: reference\nname: A bank behind nginx\n")
        done = run(reports, "--profile", str(profile), "--dp-url", url, *ports)

    found = record(reports)
    assert [(each.check, each.actual) for each in found.results if each.verdict != "PASS"] == []
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 400 " in (front / "access.log").read_text(), "nginx itself refused somebody"
