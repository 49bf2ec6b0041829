"""What a run needs around it: profile, PayNet's side, the embedded provider, and the bench on which checks run."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from conformance import doctor, jose, keys, kit
from conformance.catalogue import Catalogue
from conformance.contract import Contract
from conformance.hub import CANARY, REDIRECT_PATH, HubServer, HubSettings, HubView, connect, serve
from conformance.model import ConfigurationFault
from conformance.profile import Profile, TlsFiles
from conformance.session.bench import Bench, Party
from conformance.session.overlap import LoopThread
from conformance.session.request import Request, Shared
from conformance.wire import Redactor


class Stage:
    """Everything a process needs to run checks; `close()` ends it all. Made by `first` or `further`."""

    def __init__(self) -> None:
        self.profile: Profile
        self.catalogue = Catalogue.load()
        self.contract: Contract
        self.bench: Bench
        self.shared: Shared
        self.started = datetime.now(UTC)
        self.examined: doctor.Finding | None = None
        self._closing = ExitStack()
        self.loop = LoopThread()
        self._closing.callback(self.loop.close)

    @classmethod
    def first(cls, request: Request) -> Stage:
        """Set up the whole run: hub, embedded provider if asked for, preflight.

        Raises:
            ConfigurationFault: something given cannot be used, or nothing that speaks TLS is at the target.
        """
        stage = cls()
        try:
            stage._set_up(request)
        except BaseException:
            stage.close()
            raise
        return stage

    @classmethod
    def further(cls, request: Request, shared: Shared) -> Stage:
        """Join a run that another process has set up."""
        stage = cls()
        stage.shared = shared
        log = connect(shared.hub)
        stage._load(request, shared.overrides)
        stage._assemble(stage._kit(), HubView(log), shared.fetched_keys.encode())
        return stage

    def close(self) -> None:
        """End the embedded provider, the hub and the loop."""
        self._closing.close()

    def _set_up(self, request: Request) -> None:
        overrides = dict(request.overrides)
        if request.embedded:
            folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="ofp-reference-")))
            layout = keys.init(folder / "keys")
            overrides = {**_embedded(layout), **overrides}
        self._load(request, overrides)
        kit_ = self._kit()
        salt = secrets.token_hex(16)
        redactor = self._redactor(salt)
        hub = self._hub(kit_, redactor)
        if request.embedded:
            overrides["target.rs_url"] = self._reference(layout, hub, request)
            self._load(request, overrides)
        fetched = self._fetched_keys(kit_, redactor)
        self.shared = Shared(serve(hub.log), hub.redirect_uri, overrides, fetched.decode(errors="replace"), salt)
        self._assemble(kit_, HubView(hub.log, hub), fetched)
        self.examined = self.loop.run(doctor.examine(self.bench.wire, kit_.paynet, self.profile))

    def _load(self, request: Request, overrides: Mapping[str, object]) -> None:
        self.profile = Profile.load(
            request.profile or "reference",
            overrides=overrides,
            catalogue=self.catalogue,
            beneath="reference" if request.embedded else None,
        )
        chosen = {each: self.profile.reading(each) for each in self.catalogue.readings}
        self.catalogue = self.catalogue.under(chosen)
        self.contract = Contract.load(Path(request.spec) if request.spec else None)

    def _kit(self) -> kit.Kit:
        try:
            return kit.assemble(self.profile)
        except ConfigurationFault as fault:
            raise self.profile.located(fault) from None

    def _hub(self, kit_: kit.Kit, redactor: Redactor) -> HubServer:
        profile = self.profile
        server, client = profile.keys.paynet_server, profile.target.client_certificate
        if server.certificate is None:
            raise ConfigurationFault("a certificate is needed", key="keys.paynet_server", cure="Name it")
        trusted = client.ca or client.certificate
        hub = HubServer(
            HubSettings(
                bind=profile.hub.bind,
                server_certificate=server.certificate,
                server_key=server.key,
                server_key_password=server.password,
                client_cas=(trusted,) if trusted else (),
                jwks={"ofp": kit_.paynet_jwks, **{each.dc_id: each.jwks for each in kit_.consumers}},
                odd={name: _triple(files) for name, files in profile.keys.odd.servers()},
                canary={"keys": [kit_.stranger.public().to_jwk("sig")]},
                resource_port=profile.hub.resource_port,
                browser_port=profile.hub.browser_port,
                resource_public_url=profile.hub.resource_url,
                browser_public_url=profile.hub.browser_url,
            ),
            redactor,
        )
        hub.start()
        self._closing.callback(hub.stop)
        return hub

    def _reference(self, layout: keys.Layout, hub: HubServer, request: Request) -> str:
        from conformance.reference import process

        running = process.start(
            process.settings_for(
                layout,
                hub_resource_url=hub.resource_url,
                hub_browser_url=hub.browser_url,
                redirect_uri=hub.redirect_uri,
                data_consumers=tuple((each.id, each.name) for each in self.profile.data_consumers),
                dp_id=self.profile.target.dp_id,
                flaws=list(request.flaws),
                manners=list(request.manners),
                latency_seconds=request.latency,
            )
        )
        self._closing.callback(running.stop)
        return running.rs_url

    def _fetched_keys(self, kit_: kit.Kit, redactor: Redactor) -> bytes:
        url = self.profile.target.signing_keys.jwks_url
        return self.loop.run(doctor.fetch(redactor, kit_.pages, url)) if url else b""

    def _redactor(self, salt: str) -> Redactor:
        profile = self.profile
        return Redactor(
            profile.secrets(), personal=profile.personal(), showing=profile.evidence.personal, salt=bytes.fromhex(salt)
        )

    def _assemble(self, kit_: kit.Kit, hub: HubView, fetched: bytes) -> None:
        self._closing.callback(hub.close)
        try:
            signers: jose.KeySet = kit.provider_keys(self.profile, fetched or None)
        except ConfigurationFault as fault:
            raise self.profile.located(fault) from None
        redirect_uri, redactor = self.shared.redirect_uri, self._redactor(self.shared.salt)
        party = Party(redirect_uri, _beside(redirect_uri, CANARY), signers, self.contract)

        async def make() -> Bench:
            return Bench(self.profile, self.catalogue, kit_, party, hub, redactor)

        self.bench = self.loop.run(make())


def _triple(files: TlsFiles) -> tuple[Path, Path, str | None]:
    if files.certificate is None:
        raise ConfigurationFault("a certificate is needed", key="keys.odd", cure="Name it")
    return files.certificate, files.key, files.password


def _beside(redirect_uri: str, path: str) -> str:
    """Another path of the browser's side of PayNet."""
    return redirect_uri.removesuffix(REDIRECT_PATH) + path


def _embedded(layout: keys.Layout) -> dict[str, object]:
    """What the reference's profile leaves open: the folder of keys."""
    return {
        "keys.directory": str(layout.directory),
        "target.server_ca": str(layout.certificate("ca")),
        "target.signing_keys.jwks": str(layout.jwks("dp")),
        "target.client_certificate.certificate": str(layout.certificate("dp/client-tls")),
    }
