"""What is installed from the wheel does the same as the checkout, from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.test_run import record

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_carries_its_data(installed: Path) -> None:
    carried = {each.name for each in (installed / "conformance" / "_bundled").iterdir()}

    assert carried == {"specs", "profiles", "fixtures"}
    for name in carried:
        here = {
            each.relative_to(ROOT) for each in (ROOT / name).rglob("*") if each.is_file() and ".py" not in each.suffix
        }
        bundled = installed / "conformance" / "_bundled"
        assert here <= {each.relative_to(bundled) for each in bundled.rglob("*")}


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "pytest", "--pyargs", "conformance"],
        ["-c", "import sys; from conformance.cli import main; sys.exit(main())", "run"],
    ],
)
def test_it_runs_from_an_empty_folder(installed: Path, tmp_path: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *command, "-k", "check_balance_is_served or check_unsigned"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    found = record(tmp_path / "reports")
    assert {each.verdict.value for each in found.results} == {"PASS"}
