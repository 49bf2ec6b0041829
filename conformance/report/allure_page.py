"""Allure's report of a run as one page of HTML, made by Allure itself."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from conformance.model import ConfigurationFault
from conformance.report.record import Record

ALLURE = "allure@3.18.0"
HISTORY = "allure-history.jsonl"
_SECONDS = 600


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
        command = [
            *_command(program),
            *("awesome", str(results.resolve()), "--output", place, "--single-file"),
            *("--group-by", "epic,feature,story", "--report-language", "en"),
            *("--report-name", f"{record.conclusion.headline}: {record.digests.profile_name}"),
            *("--history-path", str(folder.resolve().parent / HISTORY)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS, cwd=place)
        page = Path(place) / "index.html"
        if done.returncode or not page.is_file():
            told = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise ConfigurationFault(f"Allure did not make its report ({''.join(told)[:300]})", cure="See its message")
        return Path(shutil.move(page, folder / "allure.html"))


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
