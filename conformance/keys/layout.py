"""Where the files of a test PKI are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """A folder that `init` made: where each certificate, key and JWKS document is, by name."""

    directory: Path

    def certificate(self, name: str) -> Path:
        """The PEM certificate of a name such as `paynet-tls` or `odd/expired`."""
        return self.directory / f"{name}.pem"

    def key(self, name: str) -> Path:
        """The PEM private key of a name."""
        return self.directory / f"{name}.key"

    def public(self, name: str) -> Path:
        """The PEM public key of `sign-off`, which signs packages of runs."""
        return self.directory / f"{name}.pub"

    def jwks(self, name: str) -> Path:
        """The JWKS document of `paynet`, `dc-1`, `dc-2` or `dp`."""
        return self.directory / "jwks" / f"{name}.json"
