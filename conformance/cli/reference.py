"""`ofp-conformance reference`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

app = typer.Typer(help="The reference Data Provider, as a simulator.", no_args_is_help=True)

_Port = typer.Option(min=0, max=65535, help="0: any free one.")


@app.command()
def serve(
    keys: Annotated[Path, typer.Option(help="The folder that `keys init` made.", metavar="DIR")],
    flaw: Annotated[list[str] | None, typer.Option(help="A flaw to have; `reference flaws` lists them.")] = None,
    latency: Annotated[float, typer.Option(help="Seconds before every answer.", min=0, max=60)] = 0.0,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    public_host: Annotated[str, typer.Option(help="Host name in the URLs that it gives out.")] = "localhost",
    rs_port: Annotated[int, _Port] = 8443,
    pages_port: Annotated[int, _Port] = 8444,
    hub_resource_url: Annotated[str, typer.Option(help="Where it sends consent updates.")] = "https://localhost:9443",
    hub_browser_url: Annotated[str, typer.Option(help="Where browsers return.")] = "https://localhost:9444",
    redirect_uri: Annotated[
        str | None, typer.Option(help="PayNet's registered one; default: hub-browser-url/v1/oauth/callback.")
    ] = None,
    fetch_keys: Annotated[
        bool, typer.Option(help="Fetch PayNet's and the Data Consumers' keys from hub-browser-url, not from DIR.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Customers and accounts; default: its own.")] = None,
    dp_id: Annotated[str, typer.Option(help="Its id on the platform.")] = "reference-dp",
) -> None:
    """Run the reference until it is interrupted."""
    from conformance.keys import Layout
    from conformance.model import ConfigurationFault
    from conformance.reference import process

    if not (keys / "ca.pem").is_file():
        raise ConfigurationFault(
            f"the folder {keys} holds no keys", file="command line", key="--keys", cure="Make them: keys init DIR"
        )
    browser = hub_browser_url.rstrip("/")
    members: dict[str, Any] = {} if data is None else {"data": data.absolute()}
    settings = process.settings_for(
        Layout(keys.absolute()),
        hub_resource_url=hub_resource_url.rstrip("/"),
        hub_browser_url=browser if fetch_keys else None,
        redirect_uri=redirect_uri or f"{browser}/v1/oauth/callback",
        host=host,
        public_host=public_host,
        rs_port=rs_port,
        pages_port=pages_port,
        flaws=list(flaw or ()),
        latency_seconds=latency,
        dp_id=dp_id,
        **members,
    )
    ports = [urlsplit(each).port or 443 for each in (hub_resource_url, browser)]

    def announce(rs_url: str, pages_url: str) -> None:
        typer.echo(f"webhooks       {rs_url}")
        typer.echo(f"customer pages {pages_url}")
        typer.echo(
            f"To ask it: OFP_REFERENCE_KEYS={keys.absolute()} ofp-conformance run --profile reference --dp-url {rs_url}"
            f" --hub-resource-port {ports[0]} --hub-browser-port {ports[1]}"
        )

    with contextlib.suppress(KeyboardInterrupt):
        process.serve(settings, announce=announce)


@app.command()
def flaws() -> None:
    """List the flaws that the reference can be given."""
    from conformance.reference.flaws import FLAWS

    for each in FLAWS.values():
        typer.echo(f"{each.name:36} {each.text} ({', '.join(each.requirements)})")
