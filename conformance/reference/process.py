"""The reference as a process of its own, or in the foreground."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol

from conformance import documents
from conformance.documents import Place, Source
from conformance.model import ConfigurationFault
from conformance.reference.settings import Settings, default_data

_START_SECONDS = 15.0
_STOP_SECONDS = 3.0


class Files(Protocol):
    """The folder that `keys init` made."""

    def certificate(self, name: str) -> Path:
        """A certificate's file by its name."""

    def key(self, name: str) -> Path:
        """A private key's file by its name."""

    def jwks(self, name: str) -> Path:
        """A JWKS file by its party."""


def settings_for(
    keys: Files,
    *,
    hub_resource_url: str,
    redirect_uri: str,
    hub_browser_url: str | None = None,
    data_consumers: Iterable[tuple[str, str]] = (("dc-1", "Budget App"), ("dc-2", "Loan App")),
    **members: object,
) -> Settings:
    """Settings over a folder of keys.

    With `hub_browser_url` the keys of PayNet and of the Data Consumers (dc_id, name) are fetched from there (P2, P3),
    else they are read from the folder's JWKS files. `members` are other members of Settings.

    Raises:
        ConfigurationFault: a file is missing, a member or a flaw is not known.
    """

    def pair(name: str) -> dict[str, str]:
        return {"certificate": str(keys.certificate(name)), "key": str(keys.key(name))}

    def party(name: str, path: str) -> dict[str, str]:
        if hub_browser_url:
            return {"jwks_url": f"{hub_browser_url.rstrip('/')}/v1/oauth/jwks/{path}"}
        return {"jwks": str(keys.jwks(name))}

    data = {
        "server_tls": pair("dp/server-tls"),
        "odd_server_tls": {
            "shows-an-expired-certificate": pair("odd/expired-server"),
            "shows-an-expiring-certificate": pair("odd/expiring-server"),
            "shows-another-hosts-certificate": pair("odd/elsewhere-server"),
            "shows-a-strangers-certificate": pair("odd/foreign-server"),
        },
        "pages_tls": pair("dp/pages-tls"),
        "client_tls": pair("dp/client-tls"),
        "signing": pair("dp/dp-sig"),
        "client_ca": str(keys.certificate("ca")),
        "hub_ca": str(keys.certificate("ca")),
        "paynet_client_certificate": str(keys.certificate("paynet-tls")),
        "paynet_keys": party("paynet", "ofp"),
        "data_consumers": [{"id": dc_id, "name": name, **party(dc_id, dc_id)} for dc_id, name in data_consumers],
        "hub_resource_url": hub_resource_url,
        "redirect_uris": [redirect_uri],
        "data": str(default_data()),
        **members,
    }
    here = Path("reference settings")
    return documents.validate(Source(here, _plain(data), {(): Place(str(here), 0, Path.cwd())}), Settings)


class RunningReference:
    """A reference in a process of its own that ends with this one; `log` is the file of what it printed."""

    def __init__(self, process: subprocess.Popen[bytes], rs_url: str, pages_url: str, log: Path) -> None:
        self._process = process
        self.rs_url = rs_url
        self.pages_url = pages_url
        self.log = log

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it; harmless when repeated."""
        _end(self._process)
        self.log.unlink(missing_ok=True)

    def __enter__(self) -> RunningReference:
        """It runs already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def start(settings: Settings) -> RunningReference:
    """Start a reference and wait until it listens.

    Raises:
        ConfigurationFault: it did not start; says what it said.
    """
    handle, log_name = tempfile.mkstemp(prefix="ofp-reference-", suffix=".log")
    log = Path(log_name)
    # The child ends when its standard input does, so it cannot outlive this process.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "conformance.reference", "--settings", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=handle,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [_package_folder(), *_given_path()]))},
        start_new_session=True,  # an interrupt of the run is for the run: it stops the reference itself
    )
    os.close(handle)
    try:
        line = _handshake(process, settings)
        urls = json.loads(line)
        return RunningReference(process, urls["rs_url"], urls["pages_url"], log)
    except (OSError, ValueError, LookupError):
        _end(process)
        said = log.read_text("utf-8", "replace").strip().splitlines()
        log.unlink(missing_ok=True)
        raise ConfigurationFault(
            f"the reference Data Provider did not start: {said[-1] if said else 'it said nothing'}",
            cure="Correct its settings",
        ) from None
    except BaseException:
        _end(process)
        log.unlink(missing_ok=True)
        raise


def serve(settings: Settings, *, announce: Callable[[str, str], None] | None = None) -> None:
    """Run a reference in this process until it is interrupted.

    `announce` is told the webhooks' and the customer pages' URL; without it they are printed as one line of JSON.

    Raises:
        ConfigurationFault: a port or a file cannot be used.
    """
    from conformance.reference.server import Reference

    with Reference(settings) as reference:
        (announce or _print_urls)(reference.rs_url, reference.pages_url)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


def serve_for_parent() -> None:
    """Run a reference with the settings in standard input's first line, until standard input ends.

    Raises:
        ConfigurationFault: the settings, a port or a file cannot be used.
    """
    from conformance.reference.server import Reference

    here = Path("standard input")
    data = json.loads(sys.stdin.buffer.readline() or b"null")
    settings = documents.validate(Source(here, data, {(): Place(str(here), 1, Path.cwd())}), Settings)
    with Reference(settings) as reference:
        _print_urls(reference.rs_url, reference.pages_url)
        with contextlib.suppress(KeyboardInterrupt):
            while sys.stdin.buffer.read(4096):
                pass


def _print_urls(rs_url: str, pages_url: str) -> None:
    print(json.dumps({"rs_url": rs_url, "pages_url": pages_url}), flush=True)


def _handshake(process: subprocess.Popen[bytes], settings: Settings) -> bytes:
    """Give the child its settings and take the line with its URLs, in a bounded time."""
    if process.stdin is None or process.stdout is None:
        raise OSError("no pipes")
    process.stdin.write(settings.model_dump_json().encode() + b"\n")
    process.stdin.flush()
    watch = threading.Timer(_START_SECONDS, process.kill)
    watch.daemon = True
    watch.start()
    try:
        return process.stdout.readline()
    finally:
        watch.cancel()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin and not process.stdin.closed:
        with contextlib.suppress(OSError):
            process.stdin.close()
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _package_folder() -> str:
    return str(Path(documents.__file__).parent.parent.parent)


def _given_path() -> list[str]:
    return [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []


def _plain(value: object) -> object:
    """Settings as a file would hold them."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value
