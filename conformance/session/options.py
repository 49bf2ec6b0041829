"""The command line of a run, and how it lies over the profile."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.documents import suggestion
from conformance.model import ConfigurationFault, Requirement
from conformance.profile import setting
from conformance.session.request import Request

if TYPE_CHECKING:
    from conformance.catalogue import Catalogue

OVER_PROFILE = {
    "dp_url": "target.rs_url",
    "dp_as_url": "target.as_url",
    "concurrency": "plan.concurrency",
    "seed": "plan.seed",
    "hub_bind": "hub.bind",
    "hub_resource_port": "hub.resource_port",
    "hub_browser_port": "hub.browser_port",
    "hub_resource_url": "hub.resource_url",
    "hub_browser_url": "hub.browser_url",
}
"""Options that say a value of the profile."""

_SELECTING = ("requirement", "level", "dod", "step")
_SPEAKING = (*OVER_PROFILE, *_SELECTING, "profile", "spec", "report_dir", "sign")


_PLANS = ("smoke", "sign-off", "regression", "load")
"""Bundled profiles that name no Data Provider: alone they ask the embedded one."""


def add(parser: pytest.Parser) -> None:
    """Add the suite's options to pytest's."""
    group = parser.getgroup("ofp-conformance", "conformance of a Data Provider")
    group.addoption("--profile", metavar="FILE", help="profile of the Data Provider, or the name of a bundled one")
    group.addoption("--dp-url", metavar="URL", help="base URL of the webhooks (target.rs_url)")
    group.addoption("--dp-as-url", metavar="URL", help="base URL of /v1/oauth, where it is another (target.as_url)")
    group.addoption("--spec", type=Path, metavar="FILE", help="OpenAPI document in place of the suite's own")
    group.addoption("--concurrency", type=int, metavar="N", help="checks in flight at once; 1: one after another")
    group.addoption("--seed", type=int, metavar="N", help="for generated examples")
    group.addoption("--hub-bind", metavar="ADDRESS", help="address on which PayNet's side listens")
    group.addoption("--hub-resource-port", type=int, metavar="PORT", help="port for consent updates")
    group.addoption("--hub-browser-port", type=int, metavar="PORT", help="port for the browser's return and the keys")
    group.addoption("--hub-resource-url", metavar="URL", help="URL that the Data Provider sends updates to")
    group.addoption("--hub-browser-url", metavar="URL", help="URL that the browser returns to")
    group.addoption(
        "--requirement",
        action="append",
        metavar="ID",
        help="ask this requirement only, or pattern like BAL-*; repeatable",
    )
    group.addoption("--level", choices=["MUST", "SHOULD"], help="ask requirements of this level only")
    group.addoption("--dod", type=int, metavar="N", help="ask what this Definition-of-Done item needs")
    group.addoption("--step", metavar="ROW", help="ask what this journey row needs, such as 9a")
    group.addoption("--report-dir", type=Path, metavar="DIR", help="folder of the run folders (default: reports)")
    group.addoption(
        "--set", action="append", default=[], dest="settings", metavar="KEY=VALUE", help="any value of the profile"
    )
    group.addoption(
        "--summary", type=Path, metavar="FILE", help="add a summary in Markdown to this file, as build servers show it"
    )
    group.addoption("--baseline", type=Path, metavar="RUN", help="fail only on what is worse than in an earlier run")
    group.addoption(
        "--sign",
        type=Path,
        metavar="KEY",
        help="sign a package at the run's end; password in OFP_SIGN_OFF_PASSWORD",
    )
    group.addoption("--reference-flaw", action="append", default=[], metavar="NAME", help="flaw of the embedded DP")
    group.addoption("--reference-manner", action="append", default=[], metavar="NAME", help="manner of the embedded DP")
    group.addoption("--reference-latency", type=float, default=0.0, metavar="S", help="delay of the embedded DP")


def overrides(config: pytest.Config) -> Mapping[str, object]:
    """What the command line says over the profile, by dotted key.

    Raises:
        ConfigurationFault: a `--set` that is none.
    """
    given = {
        key: config.getoption(option) for option, key in OVER_PROFILE.items() if config.getoption(option) is not None
    }
    return given | dict(setting(each) for each in config.getoption("settings"))


def speaks_of_checks(config: pytest.Config) -> bool:
    """Whether an option is given that only a conformance run has."""
    return any(config.getoption(each) is not None for each in _SPEAKING)


def request(config: pytest.Config) -> Request:
    """What the command line asks for.

    Raises:
        ConfigurationFault: a `--set` that is none, or a URL without a profile.
    """
    spec = config.getoption("spec")
    return Request(
        profile=config.getoption("profile"),
        overrides=overrides(config),
        embedded=embedded(config),
        spec=str(spec) if spec else None,
        flaws=tuple(config.getoption("reference_flaw")),
        manners=tuple(config.getoption("reference_manner")),
        latency=config.getoption("reference_latency"),
    )


def signing(config: pytest.Config) -> tuple[Path, str | None]:
    """The key that signs the run's package, and its password."""
    return config.getoption("sign"), os.environ.get("OFP_SIGN_OFF_PASSWORD")


def meant(config: pytest.Config, requirement: Requirement) -> bool:
    """Whether the selecting options, if any, leave a requirement in: all of them have to."""
    patterns, level = config.getoption("requirement"), config.getoption("level")
    item, row = config.getoption("dod"), config.getoption("step")
    return (
        (not patterns or any(fnmatchcase(requirement.id, each) for each in patterns))
        and (level is None or requirement.level == level)
        and (item is None or item in requirement.dod)
        and (row is None or row in requirement.steps)
    )


def check_selection(config: pytest.Config, catalogue: Catalogue) -> None:
    """See that the selecting options select something.

    Raises:
        ConfigurationFault: an id, item or row that does not exist.
    """
    known = catalogue.requirements
    for pattern in config.getoption("requirement") or ():
        if not any(fnmatchcase(each, pattern) for each in known):
            raise ConfigurationFault(
                f"no requirement is '{pattern}'", key="--requirement", cure=suggestion(pattern, known)
            )
    if not any(meant(config, each) for each in known.values()):
        raise ConfigurationFault(
            "the options --requirement, --level, --dod and --step together select no requirement",
            cure="`ofp-conformance catalogue` lists them with their items and rows",
        )


def _spelled(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def embedded(config: pytest.Config) -> bool:
    """Whether the run is against the embedded reference provider.

    Raises:
        ConfigurationFault: a URL without a profile.
    """
    profile = config.getoption("profile")
    url = config.getoption("dp_url")
    if profile is None and url is not None:
        raise ConfigurationFault(
            "--dp-url needs a profile, because keys, customers and their pages cannot be guessed",
            cure="Write one with `ofp-conformance profile new my-bank.yaml` and pass it with --profile",
        )
    return url is None and profile in (None, "reference", *_PLANS)


def narrowed(config: pytest.Config) -> list[str]:
    """Why pytest itself does not run everything, one phrase for each option that selects."""
    option = config.option
    found = [f"--{name} {_spelled(value)}" for name in _SELECTING if (value := config.getoption(name)) is not None]
    for name, spelling in (("keyword", "-k"), ("markexpr", "-m"), ("deselect", "--deselect"), ("lf", "--last-failed")):
        value = getattr(option, name, None)
        if value:
            found.append(f"{spelling} {value}" if isinstance(value, str) else spelling)
    found += [f"selection {each}" for each in config.args if "::" in each]
    if getattr(option, "maxfail", 0):
        found.append("stops at the first failures (-x, --maxfail)")
    return found
