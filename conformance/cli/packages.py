"""`ofp-conformance package` and `verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def package(
    run: Annotated[Path, typer.Argument(help="A run's folder.", metavar="RUN")],
    key: Annotated[Path, typer.Option(help="The signer's private key (PEM): sign-off.key of `keys init`.")],
    password: Annotated[
        str | None, typer.Option(help="The key's password.", envvar="OFP_SIGN_OFF_PASSWORD", show_envvar=True)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The archive; left out: beside the run's folder.")] = None,
) -> None:
    """Make one signed archive of a run."""
    from conformance.package import pack

    typer.echo(pack(run, key, password=password, destination=out))


def verify(
    file: Annotated[Path, typer.Argument(help="A package.", metavar="FILE")],
    key: Annotated[Path, typer.Option(help="The signer's public key (PEM): sign-off.pub of `keys init`.")],
    sign_off: Annotated[bool, typer.Option("--sign-off", help="Demand a sign-off run with a certificate.")] = False,
) -> int:
    """Say whether a package is as its signer made it, and what it says. Needs no network."""
    from conformance.judge import Exit
    from conformance.package import verify
    from conformance.report.text import fold

    found = verify(file, key)
    for problem in found.problems:
        typer.echo(f"NOT GENUINE: {fold(problem, 500)}", err=True)
    if found.problems:
        return int(Exit.NOT_CONFORMANT)
    stated = found.stated
    typer.echo(f"genuine, signed by key {found.signer}")
    for name, value in (
        ("run", f"{stated['id']}, {stated['started']} to {stated['ended']}"),
        ("target", stated["target"]["rs_url"]),
        ("kind", stated["kind"]),
        ("verdict", stated["headline"]),
        ("certificate", "earned" if stated["certificate"] else "not earned"),
        ("waivers", ", ".join(each["requirement"] for each in stated["waivers"]) or "none"),
    ):
        typer.echo(f"{name:<12}{fold(str(value), 500)}")
    if sign_off and not stated["certificate"]:
        typer.echo("this is no sign-off that earned a certificate", err=True)
        return int(Exit.NOT_CONFORMANT)
    return int(Exit.CONFORMANT)
