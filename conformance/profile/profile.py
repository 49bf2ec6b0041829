"""The profile: one target and one plan, read from YAML and the command line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from conformance.documents import (
    BeforeValidator,
    Document,
    Field,
    KeyPath,
    Name,
    PrivateAttr,
    Source,
    dotted,
    faults,
    nearest,
    suggestion,
    validate,
)
from conformance.model import Capability, ConfigurationFault, Fact, Requirement, Volume, Waiver
from conformance.profile import chain
from conformance.profile.fields import repeated
from conformance.profile.keys import DataConsumer, Keys
from conformance.profile.people import Condition, Customer, CustomerPages, Wording
from conformance.profile.plan import Bounds, Hub, Kept, Paths, Paynet, Plan, WaiverEntry
from conformance.profile.target import Target

if TYPE_CHECKING:
    from conformance.catalogue import Catalogue


def _spelled(value: object) -> object:
    """A reading's option as text: `true` and `5` need no quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


_NOT_IN_DIGEST = frozenset(("password", "wrong_password", "id_number", "key", "directory", "extends"))


class Profile(Document):
    """A Data Provider under test and what a run asks of it."""

    extends: str | None = None
    """A bundled profile (sign-off, smoke, regression) or a file: what is not written here comes from there"""
    name: Name
    """The bank's name, for reports"""
    target: Target
    """The Data Provider under test"""
    capabilities: tuple[Capability, ...] = ()
    """What it offers beyond the Definition of Done: userinfo, accounts, transactions"""
    keys: Keys
    """PayNet's keys, as the suite plays it"""
    paynet: Paynet = Paynet()
    """How PayNet names itself"""
    data_consumers: tuple[DataConsumer, ...] = Field(min_length=1)
    """The Data Consumers that the suite plays; two let it try one's keys on the other's data"""
    customers: tuple[Customer, ...] = Field(min_length=1)
    """Test customers; two let the suite try one's accounts for the other"""
    customer_pages: CustomerPages
    """How a customer moves through the bank's pages"""
    wording: Wording = Wording()
    """The words of the review page"""
    readings: Mapping[str, Annotated[str, BeforeValidator(_spelled)]] = Field(default_factory=dict)
    """Choices where the published text conflicts or is silent; see `ofp-conformance catalogue`"""
    bounds: Bounds = Bounds()
    """Times and sizes"""
    evidence: Kept = Kept()
    """What the run's evidence shows of customers"""
    paths: Paths = Paths()
    """Paths that the published text leaves open"""
    hub: Hub = Hub()
    """Where the suite listens as PayNet"""
    waivers: tuple[WaiverEntry, ...] = ()
    """Failures that somebody answers for"""
    plan: Plan = Plan()
    """What a run asks"""

    _source: Source = PrivateAttr()
    _chain: tuple[str, ...] = PrivateAttr(default=())
    _catalogue: Catalogue = PrivateAttr()

    @classmethod
    def load(
        cls,
        reference: str | None,
        *,
        overrides: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
        catalogue: Catalogue | None = None,
        beneath: str | None = None,
    ) -> Self:
        """A bundled profile by name, or a file, with `overrides` (dotted key to value) on top.

        `reference` None is `sign-off`. `beneath` names a profile to fill in what this one and what it extends leave
        open. Paths in overrides start from the current folder. `environment` is the process's own unless given,
        `catalogue` the bundled one.

        Raises:
            ConfigurationFault: one line for each problem.
        """
        from conformance.catalogue import Catalogue

        source, files = chain.resolved(reference or "sign-off", beneath, overrides or {}, environment)
        profile = validate(_with_chosen_paths(source), cls)
        profile._source, profile._chain = source, files
        profile._catalogue = catalogue or Catalogue.load()
        profile.check_against(profile._catalogue)
        return profile

    @property
    def chain(self) -> tuple[str, ...]:
        """The names of the profiles that made this one, the given one first."""
        return self._chain

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the resolved content; files count by their content, secrets and private keys not at all."""
        content = _canonical(self.model_dump(warnings=False))
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def secrets(self) -> frozenset[str]:
        """Every password and identity number, plain or hashed, to be kept out of reports."""
        return frozenset(_secrets(self.model_dump(warnings=False)))

    def personal(self) -> frozenset[str]:
        """The account numbers and known amounts of the test customers, shown as `evidence.personal` says."""
        owned = [account for customer in self.customers for account in customer.accounts]
        return frozenset(
            [*(each.account_number for each in owned), *(each.balance.amount for each in owned if each.balance)]
        )

    def reading(self, name: str) -> str:
        """The profile's choice for a reading, else the catalogue's default.

        Raises:
            ConfigurationFault: there is no such reading.
        """
        if name in self.readings:
            return self.readings[name]
        known = self._catalogue.readings
        if name not in known:
            raise ConfigurationFault(f"there is no reading '{name}'", cure=suggestion(name, known))
        return known[name].default

    def where(self, key: str) -> tuple[str, int]:
        """The file and the line (0: none) where a dotted key was written, or else the nearest key around it."""
        path = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
        place = self._source.where(path)
        return place.file, place.line

    def located(self, fault: ConfigurationFault) -> ConfigurationFault:
        """A fault in a file that the profile names, with the profile's file, line and key; any other as it is."""
        if fault.line or not fault.file:
            return fault
        paths = list(_keys_of(Path(fault.file), self._source.data, (), self._source))
        meant = [each for each in paths if dotted(each).startswith(fault.key)]
        if not paths:
            return fault
        return self._source.fault((meant or paths)[0], f"{fault.file}: {fault.problem}", fault.cure)

    def accepted_failures(self) -> tuple[Waiver, ...]:
        """The waivers, as the judge takes them."""
        return tuple(
            Waiver(each.requirement, each.reason, each.owner, each.ticket, each.until.isoformat())
            for each in self.waivers
        )

    def selects(self, requirement: Requirement) -> bool:
        """Whether the plan asks a requirement: by its id and level, whatever the capabilities."""
        named = any(fnmatchcase(requirement.id, pattern) for pattern in self.plan.requirements)
        return named and requirement.level in self.plan.levels

    def knows(self, fact: Fact) -> bool:
        """Whether the profile says something of the target that some questions need."""
        accounts = [account for customer in self.customers for account in customer.accounts]
        pages = self.customer_pages
        return {
            Fact.BLOCKED_ACCOUNT: any(each.condition is Condition.BLOCKED for each in accounts),
            Fact.CLOSED_ACCOUNT: any(each.condition is Condition.CLOSED for each in accounts),
            Fact.SLOW_ACCOUNT: any(each.condition is Condition.SLOW for each in accounts),
            Fact.CREDIT_ACCOUNT: any(each.type == "credit" for each in accounts),
            Fact.REVOCATION: bool(pages.revoke_at and pages.revoke),
            Fact.SECOND_CUSTOMER: len(self.customers) > 1,
            Fact.ONE_PROCESS: True,
            Fact.LOAD_PLAN: self.plan.volume is Volume.LOAD,
        }[fact]

    def check_against(self, catalogue: Catalogue) -> None:
        """Check what the schema cannot: readings and requirements that exist, names that stand once.

        Raises:
            ConfigurationFault: one line for each problem.
        """
        found = [*self._unknown_readings(catalogue), *self._unknown_requirements(catalogue), *self._twice()]
        if found:
            raise faults(found)

    def _unknown_readings(self, catalogue: Catalogue) -> Iterator[ConfigurationFault]:
        for name, choice in self.readings.items():
            reading = catalogue.readings.get(name)
            if reading is None:
                cure = suggestion(name, catalogue.readings, most=40)
                yield self._source.fault(("readings", name), "there is no such reading", cure)
            elif choice not in reading.options:
                close = nearest(choice, reading.options)
                cure = f"Did you mean '{close}'?" if close else ""
                options = ", ".join(reading.options)
                yield self._source.fault(("readings", name), f"must be one of {options}, found '{choice}'", cure)

    def _unknown_requirements(self, catalogue: Catalogue) -> Iterator[ConfigurationFault]:
        ids = list(catalogue.requirements)
        for number, waiver in enumerate(self.waivers):
            if waiver.requirement not in ids:
                yield self._source.fault(
                    ("waivers", number, "requirement"),
                    f"there is no requirement '{waiver.requirement}'",
                    _nearest_id(waiver.requirement, ids),
                )
        for number, pattern in enumerate(self.plan.requirements):
            if not any(fnmatchcase(id_, pattern) for id_ in ids):
                yield self._source.fault(
                    ("plan", "requirements", number), f"no requirement is '{pattern}'", _nearest_id(pattern, ids)
                )

    def _twice(self) -> Iterator[ConfigurationFault]:
        lists: list[tuple[tuple[str | int, ...], str, list[str]]] = [
            (("customers",), "name", [each.name for each in self.customers]),
            (("data_consumers",), "id", [each.id for each in self.data_consumers]),
            (("waivers",), "requirement", [each.requirement for each in self.waivers]),
        ]
        lists += [
            (("customers", number, "accounts"), "account_id", [each.account_id for each in customer.accounts])
            for number, customer in enumerate(self.customers)
        ]
        for path, member, values in lists:
            for position, value in repeated(dict(enumerate(values))).items():
                yield self._source.fault(
                    (*path, position, member), f"'{value}' stands in {dotted(path)} twice", "Keep one of them"
                )


def _keys_of(file: Path, data: object, path: KeyPath, source: Source) -> Iterator[KeyPath]:
    """The keys whose value is the path of a file."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _keys_of(file, value, (*path, key), source)
    elif isinstance(data, str) and path and source.where(path).folder / Path(data).expanduser() == file:
        yield path


def _with_chosen_paths(source: Source) -> Source:
    """The source with the path that a reading chooses, where `paths` does not say another."""
    chosen, path = source.value(("readings", "userinfo_path")), ("paths", "userinfo")
    if not isinstance(chosen, str) or source.value(path) is not None:
        return source
    return source.replaced(path, chosen, source.where(("readings", "userinfo_path")))


def _nearest_id(wrong: str, ids: list[str]) -> str:
    close = nearest(wrong, ids)
    groups = dict.fromkeys(f"{id_.partition('-')[0]}-*" for id_ in ids)
    pattern = nearest(wrong, groups) if "*" in wrong else ""
    if close or pattern:
        return f"Did you mean '{pattern or close}'?"
    return f"Known: {', '.join(groups)}; `ofp-conformance catalogue` lists all"


def _canonical(value: object) -> object:
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items() if key not in _NOT_IN_DIGEST}
    if isinstance(value, list | tuple):
        return [_canonical(inner) for inner in value]
    if isinstance(value, Path):
        return hashlib.sha256(value.read_bytes()).hexdigest()
    return value if isinstance(value, str | int | float | None) else repr(value)


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("password", "id_number", "hashed_id_number") and isinstance(inner, str) and inner:
                yield inner
            else:
                yield from _secrets(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _secrets(inner)
