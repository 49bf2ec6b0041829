"""Whom a profile describes: the Data Provider's addresses and what proves that it is the one."""

from __future__ import annotations

from typing import Self

from conformance.documents import Document, ExistingFile, Field, Name, ValidationInfo, field_validator, model_validator
from conformance.profile.fields import HttpsUrl, Trust, exactly_one


class SigningKeys(Document):
    """Where the Data Provider's registered signing keys are: exactly one of jwks, jwks_url and certificate."""

    jwks: ExistingFile | None = None
    """A JWKS file."""
    jwks_url: HttpsUrl | None = None
    """The address of a JWKS document; fetched once at the start of a run."""
    certificate: ExistingFile | None = None
    """The signing certificate, PEM."""
    kid: Name | None = None
    """The kid that the certificate's signatures carry; default: base64url SHA-256 of the certificate."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        exactly_one(self, "jwks", "jwks_url", "certificate")
        return self


class ClientCertificate(Document):
    """What the Data Provider presents when it calls PayNet: exactly one of certificate and ca."""

    certificate: ExistingFile | None = None
    """The very certificate, PEM."""
    ca: ExistingFile | None = None
    """The CA that issued it, PEM."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        exactly_one(self, "certificate", "ca")
        return self


class Target(Document):
    """The Data Provider under test."""

    rs_url: HttpsUrl
    """Base URL of the webhooks: consent events, balances. Option --dp-url"""
    as_url: HttpsUrl = Field(default="", validate_default=True)
    """Base URL of /v1/oauth; default: rs_url. Option --dp-as-url"""
    dp_id: Name
    """The Data Provider's id, as consents carry it"""
    issuer: Name | None = None
    """The iss that id_tokens and responses must carry; null: any that is not empty"""
    server_ca: Trust = ()
    """CA of the webhooks' server certificate: PEM file, list of them, or system (the computer's own list)"""
    pages_ca: Trust = Field(default=(), validate_default=True)
    """CA of the customer pages' certificate; default: server_ca"""
    signing_keys: SigningKeys
    """The registered signing keys: {jwks: file}, {jwks_url: https://...} or {certificate: file}"""
    client_certificate: ClientCertificate
    """What the DP presents to PayNet: {certificate: file} or {ca: file}"""

    @field_validator("as_url", mode="before")
    @classmethod
    def _as_url(cls, value: object, info: ValidationInfo) -> object:
        # When rs_url is wrong it is reported once, under its own name.
        return value or info.data.get("rs_url", "https://unknown")

    @field_validator("pages_ca", mode="before")
    @classmethod
    def _pages_ca(cls, value: object, info: ValidationInfo) -> object:
        return list(info.data.get("server_ca", ())) or "system" if value in (None, ()) else value
