"""Allure's report of a run as one page of HTML, made by Allure itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from conformance.model import ConfigurationFault
from conformance.report.record import Record

ALLURE = "allure@3.18.0"
HISTORY = "allure-history.jsonl"
_SECONDS = 600
# Allure's page would tell Allure's makers that it was opened; a report of a bank tells nobody.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; style-src 'unsafe-inline' data: blob:;"
    " img-src data: blob:; font-src data:; media-src data: blob:; connect-src data: blob:; frame-src data: blob:;"
    " worker-src data: blob:; base-uri 'self'; form-action 'none'"
)


def render(folder: Path, program: str | None = None) -> Path:
    """Make `allure.html` in a run's folder; the trend comes from the runs rendered before, beside the folder.

    `program` is an Allure command of one's own; else npm's npx fetches Allure, and then needs a network.

    Raises:
        ConfigurationFault: there are no Allure results, no npx, or Allure fails.
    """
    results = folder / "allure-results"
    if not results.is_dir():
        raise ConfigurationFault("holds no allure-results", file=folder, cure="Name the folder of a run")
    record = Record.read(folder)
    with tempfile.TemporaryDirectory(prefix="ofp-allure-") as place:
        settings = Path(place) / "allure.json"
        settings.write_text(json.dumps({"categories": json.loads((results / "categories.json").read_text())}))
        command = [
            *_command(program),
            *("awesome", str(results.resolve()), "--output", place, "--single-file"),
            *("--config", str(settings), "--group-by", "epic,feature,story", "--report-language", "en"),
            *("--report-name", f"{record.conclusion.headline}: {record.digests.profile_name}"),
            *("--history-path", str(folder.resolve().parent / HISTORY)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS, cwd=place)
        page = Path(place) / "index.html"
        if done.returncode or not page.is_file():
            told = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise ConfigurationFault(f"Allure did not make its report ({''.join(told)[:300]})", cure="See its message")
        rendered = folder / "allure.html"
        rendered.write_text(shut(page.read_text(encoding="utf-8")), encoding="utf-8")
        return rendered


def shut(page: str) -> str:
    """Allure's page with a content security policy that lets it reach nothing outside itself.

    Raises:
        ConfigurationFault: the page has no head to put it in.
    """
    meta = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    before, head, after = page.partition("<head>")
    if not head:
        raise ConfigurationFault("Allure's page has no head", cure=f"Use {ALLURE}")
    return f"{before}{head}{meta}{after}"


def _command(program: str | None) -> list[str]:
    if program:
        return [program]
    npx = shutil.which("npx")
    if npx is None:
        raise ConfigurationFault(
            "Allure's report needs Node.js, and there is no npx here",
            cure="Install Node.js 20 or later, or show allure-results with an Allure of your own",
        )
    return [npx, "--yes", ALLURE]
