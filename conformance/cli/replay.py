"""`ofp-conformance replay`: a check of an earlier run once more, and whether it comes out as it did."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from conformance.kit import Kit
    from conformance.model import Result, Signed
    from conformance.profile import KeyFiles, Profile
    from conformance.report.record import Record


def replay(
    run: Annotated[Path, typer.Argument(help="A run's folder or its record.json.", metavar="RUN")],
    check: Annotated[str, typer.Argument(help="A check's name, or part of it that no other has.", metavar="CHECK")],
    exchange: Annotated[
        bool, typer.Option("--exchange", help="Send only the exchange that showed it, freshly signed.")
    ] = False,
) -> int:
    """Ask a check of an earlier run again, with that run's options, and compare. Exit status: the check's, now."""
    from conformance.report.record import Record

    record = Record.read(run)
    result = _named(record, check)
    return _exchange_again(run, record, result) if exchange else _check_again(record, result)


def _named(record: Record, name: str) -> Result:
    from conformance.documents import suggestion
    from conformance.model import ConfigurationFault

    exact = [each for each in record.results if name in (each.check, each.check.rpartition("::")[2])]
    found = exact or [each for each in record.results if name in each.check]
    red = [each for each in found if each.verdict.red]
    if len(found) == 1 or len(red) == 1:
        return (found if len(found) == 1 else red)[0]
    known = [each.check.rpartition("::")[2] for each in record.results]
    if not found:
        raise ConfigurationFault(f"the run has no check '{name}'", cure=suggestion(name, known))
    some = ", ".join(each.check for each in found[:5])
    raise ConfigurationFault(f"{len(found)} checks are named so", cure=f"Name one: {some}")


def _check_again(record: Record, result: Result) -> int:
    from conformance.cli.running import arguments
    from conformance.report.record import Record as Read

    with tempfile.TemporaryDirectory(prefix="ofp-replay-") as folder:
        words = ["-q", "--report-dir", folder, *record.run.options]
        if not any(each.startswith("--seed") for each in words):
            words += ["--seed", str(record.run.seed)]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments([result.check, *words])],
            capture_output=True,
            text=True,
            check=False,
        )
        runs = [Read.read(each) for each in Path(folder).glob("*/record.json")]
    if not runs or not runs[0].results:
        typer.echo(done.stderr.strip() or done.stdout.strip(), err=True)
        return done.returncode or 1
    now = runs[0].results[0]
    _compared(result, now)
    return int(now.verdict.red)


def _compared(before: Result, now: Result) -> None:
    from conformance.report.text import fold

    typer.echo(f"{before.requirement} {before.title}")
    for when, each in (("then", before), ("now", now)):
        told = f": expected {fold(each.expected)}; got {fold(each.actual)}" if each.expected else ""
        typer.echo(f"  {when:5} {each.verdict}{told}")
    same = (before.verdict, before.actual) == (now.verdict, now.actual)
    typer.echo("  the same" if same else "  differs: the provider has changed, or the failure comes and goes")


def _exchange_again(run: Path, record: Record, result: Result) -> int:
    from conformance import kit
    from conformance.model import ConfigurationFault
    from conformance.profile import Profile
    from conformance.report.replay import script_name, shown

    seen = shown(result)
    script = (run if run.is_dir() else run.parent) / "replay" / script_name(result.check)
    if seen is None or seen.signed is None or not script.is_file():
        raise ConfigurationFault(
            "no exchange of PayNet's shows why this check did not pass", cure="Leave out --exchange to ask it again"
        )
    options = dict(zip(record.run.options, record.run.options[1:], strict=False))
    if "--profile" not in options:
        raise ConfigurationFault(
            "the run asked the embedded provider, which has ended", cure="Leave out --exchange to ask the check again"
        )
    profile = Profile.load(options["--profile"])
    settings = dict(_settings(profile, kit.assemble(profile), seen.signed))
    return subprocess.run([sys.executable, str(script)], env={**os.environ, **settings}, check=False).returncode


def _settings(profile: Profile, found: Kit, signed: Signed) -> Iterator[tuple[str, str]]:
    """What the script reads from its environment."""
    keys = profile.keys
    signers: list[tuple[str, KeyFiles]] = [
        (found.signing.kid, keys.paynet_signing),
        (found.signing_next.kid, keys.paynet_signing_next),
        (found.stranger.kid, keys.stranger_signing),
        *(
            (each.signing.kid, files.signing)
            for each, files in zip(found.consumers, profile.data_consumers, strict=True)
        ),
    ]
    signer = next((files for kid, files in signers if kid == signed.kid), keys.paynet_signing)
    shown = dict(keys.odd.items()).get(signed.identity, keys.paynet_client)
    for name, files in (("CLIENT", shown), ("SIGNING", signer)):
        yield f"OFP_{name}_KEY", str(files.key)
        if files.certificate:
            yield f"OFP_{name}_CERTIFICATE", str(files.certificate)
        if files.password:
            yield f"OFP_{name}_PASSWORD", files.password
    for authority in profile.target.server_ca[:1]:
        yield "OFP_SERVER_CA", str(authority)
    yield "OFP_HASHED_ID_NUMBER", profile.customers[0].hashed_id_number
