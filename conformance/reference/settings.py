"""What the reference is told when it starts; frozen, and the same as a YAML or JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from conformance import resources
from conformance.documents import (
    Count,
    Document,
    ExistingFile,
    Field,
    Name,
    Number,
    field_validator,
    model_validator,
    refusal,
)
from conformance.reference import flaws, manners


class KeyPair(Document):
    """A private key and its certificate, PEM, without a password."""

    certificate: ExistingFile
    """The certificate"""
    key: ExistingFile
    """The private key"""


class KeysAt(Document):
    """A party's public keys: exactly one of jwks and jwks_url."""

    jwks: ExistingFile | None = None
    """A JWKS file"""
    jwks_url: Name | None = None
    """The https address of a JWKS document, verified with hub_ca"""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.jwks is None) == (self.jwks_url is None):
            raise refusal("needs exactly one of jwks and jwks_url", "Keep one of them")
        return self


class Consumer(KeysAt):
    """A Data Consumer that this Data Provider knows."""

    id: Name
    """Its dc_id"""
    name: Name
    """Its name, as the review page shows it"""


class Settings(Document):
    """Everything the reference needs to run."""

    host: Name = "127.0.0.1"
    """The address both listeners bind"""
    rs_port: Annotated[Count, Field(ge=0, le=65535)] = 0
    """The webhooks' port; 0: any free one"""
    pages_port: Annotated[Count, Field(ge=0, le=65535)] = 0
    """The customer pages' port; 0: any free one"""
    public_host: Name = "localhost"
    """The host name in the URLs that it gives out; its certificates must hold it"""
    server_tls: KeyPair
    """The webhooks' server certificate"""
    odd_server_tls: Mapping[str, KeyPair] = Field(default_factory=dict)
    """Server certificates that flaws show in its place, by the flaw's name"""
    pages_tls: KeyPair
    """The customer pages' server certificate"""
    client_tls: KeyPair
    """The client certificate with which it calls PayNet"""
    signing: KeyPair
    """Its signing key"""
    client_ca: ExistingFile
    """The CA of the callers' client certificates"""
    paynet_client_certificate: ExistingFile
    """PayNet's client certificate: the one caller that is served (RFC 8705 2)"""
    paynet_keys: KeysAt
    """PayNet's signing keys (P3)"""
    data_consumers: tuple[Consumer, ...] = Field(min_length=1)
    """The Data Consumers it knows"""
    dp_id: Name = "reference-dp"
    """Its own id"""
    issuer: Name = "https://reference-dp.example"
    """The iss of its id_tokens and data responses"""
    hub_resource_url: Name
    """PayNet's resource server, without /v1"""
    hub_ca: ExistingFile
    """The CA of PayNet's server certificates"""
    redirect_uris: tuple[Name, ...] = Field(min_length=1)
    """PayNet's registered redirect_uris"""
    data: ExistingFile = Field(default_factory=lambda: default_data())
    """Customers and accounts"""
    latency_seconds: Annotated[Number, Field(ge=0, le=60)] = 0.0
    """How long every answer is held back"""
    awaiting_minutes: Annotated[Number, Field(gt=0)] = 5.0
    """When a consent that nobody decided on has failed (R:awaiting_timeout)"""
    update_seconds: Annotated[Number, Field(gt=0, le=9)] = 6.0
    """How long PayNet may take for an update, its one repetition included"""
    source_seconds: Annotated[Number, Field(ge=0, lt=5)] = 4.0
    """When the wait for an account's own source is given up"""
    rate_limit_per_minute: Annotated[Count, Field(ge=0)] = 0
    """Data requests that one Data Consumer may make in a minute; 0: no limit"""
    requests_at_once: Annotated[Count, Field(ge=1)] = 128
    """Requests in work at once; beyond it the answer is 503"""
    response_envelope: Literal["claims", "jwe"] = "claims"
    """What the signed data response holds (R:response_envelope)"""
    flaws: frozenset[str] = frozenset()
    """Names of the flaws to have"""
    manners: frozenset[str] = frozenset()
    """Names of the manners to have: other ways of being right"""

    @field_validator("flaws")
    @classmethod
    def _known_flaws(cls, names: frozenset[str]) -> frozenset[str]:
        for name in sorted(names):
            flaws.known(name)
        return names

    @field_validator("manners")
    @classmethod
    def _known_manners(cls, names: frozenset[str]) -> frozenset[str]:
        return frozenset(manners.known(name) for name in sorted(names))


def default_data() -> Path:
    """The customers and accounts that come with the suite."""
    return resources.path("fixtures") / "data" / "reference.yaml"
