"""What one pytest process knows of its run, and what it knows of pytest's items. Imports the suite only when asked."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model import ConfigurationFault, Requirement, Result

if TYPE_CHECKING:
    from conformance.declare import Declaration
    from conformance.report.compare import Difference
    from conformance.report.record import Record
    from conformance.session.overlap import Ahead
    from conformance.session.stage import Stage

CHECKS = Path(__file__).parents[1] / "checks"


@dataclass(slots=True)
class Run:
    """One run in one process; `stage` is there from the first check that is met.

    `expected` holds the names of all checks, parameters included, that are to run; `worse` what is worse than in the
    baseline, where there is one.
    """

    stage: Stage | None = None
    ahead: Ahead | None = None
    expected: set[str] = field(default_factory=set)
    results: dict[str, Result] = field(default_factory=dict)
    folder: Path | None = None
    record: Record | None = None
    package: Path | None = None
    baseline: Record | None = None
    worse: tuple[Difference, ...] = ()
    deselected: int = 0
    workers: int = 0


RUN = pytest.StashKey[Run]()
RESULT = pytest.StashKey[Result]()


def prepare(config: pytest.Config) -> Stage:
    """The run's stage, set up when it is first needed.

    Raises:
        pytest.UsageError: something given cannot be used; one line for each fault.
    """
    run = config.stash[RUN]
    if run.stage is None:
        from conformance.catalogue import Catalogue
        from conformance.session import options
        from conformance.session.request import Shared
        from conformance.session.stage import Stage

        try:
            request = options.request(config)
            if config.getoption("baseline"):
                from conformance.report.record import Record

                run.baseline = Record.read(config.getoption("baseline"))
            if config.getoption("sign"):
                from conformance import package

                package.signer(*options.signing(config))
            given = getattr(config, "workerinput", None)
            options.check_selection(config, Catalogue.load())
            run.stage = Stage.further(request, Shared.from_plain(given["ofp"])) if given else Stage.first(request)
        except ConfigurationFault as fault:
            raise pytest.UsageError(*str(fault).splitlines()) from None
        if not is_worker(config):
            from conformance.session.gather import Gatherer

            config.pluginmanager.register(Gatherer(config, run, run.stage), "ofp-gatherer")
    return run.stage


@dataclass(frozen=True, slots=True)
class CheckItem:
    """An item of pytest's that is a check."""

    item: pytest.Item
    check: Declaration

    @property
    def name(self) -> str:
        """Its name in the record: the check's place, and its parameters' id."""
        return name_of(self.item.nodeid)

    def beginning(self) -> Callable[[], Coroutine[Any, Any, Result]]:
        """What carries it out, when called on the loop of checks."""
        callspec = getattr(self.item, "callspec", None)
        parameters = dict(callspec.params) if callspec else {}
        return partial(prepare(self.item.config).bench.run, self.check, self.name, parameters)

    def result(self) -> Result:
        """Its result: of the run started ahead, or of one made now."""
        config = self.item.config
        ahead = config.stash[RUN].ahead
        started = ahead.take(self.item.nodeid) if ahead else None
        return started.result() if started else prepare(config).loop.run(self.beginning()())

    def requirement(self) -> Requirement:
        """The requirement that it asks.

        Raises:
            pytest.UsageError: the catalogue has no such id.
        """
        try:
            return prepare(self.item.config).catalogue.requirement(self.check.requirement_id)
        except ConfigurationFault as fault:
            raise pytest.UsageError(f"{self.item.nodeid}: {fault}") from None


def name_of(node: str) -> str:
    """The name of a check in the record, from pytest's id of it: the same from whatever folder."""
    place, _, function = node.partition("::")
    return f"conformance/checks/{place.rpartition('checks/')[2]}::{function}"


def as_check(item: pytest.Item) -> CheckItem | None:
    """An item as a check; None where it is none."""
    from conformance.declare import declaration

    check = declaration(getattr(item, "obj", None))
    return CheckItem(item, check) if check else None


def only_checks(items: Iterable[pytest.Item]) -> list[CheckItem]:
    """The checks among some items."""
    return [found for found in map(as_check, items) if found]


def is_asked(config: pytest.Config, found: CheckItem) -> bool:
    """Whether the profile's plan and the command line leave a check in."""
    from conformance.session import options

    requirement = found.requirement()
    return prepare(config).profile.selects(requirement) and options.meant(config, requirement)


def start_ahead(config: pytest.Config, checks: list[CheckItem]) -> None:
    """Line up all checks that need not be alone, as many at once as the profile allows."""
    from conformance.session.overlap import Ahead

    stage = prepare(config)
    limit = stage.profile.plan.concurrency
    if limit > 1 and not is_worker(config):

        async def make() -> Ahead:
            return Ahead(stage.loop, limit)

        ahead = config.stash[RUN].ahead = stage.loop.run(make())
        ahead.start((each.item.nodeid, each.beginning()) for each in checks if not each.check.alone)


def is_worker(config: pytest.Config) -> bool:
    """Whether this is a process of xdist's."""
    return hasattr(config, "workerinput")


def spreads(config: pytest.Config) -> bool:
    """Whether this process hands the checks to xdist's workers."""
    return not is_worker(config) and bool(getattr(config.option, "tx", None))


def asks_for_checks(config: pytest.Config) -> bool:
    """Whether the command line means the suite's checks, as far as can be told before collection."""
    from conformance.session import options

    if options.speaks_of_checks(config):
        return True
    if config.option.pyargs and any(each.split(".")[0] == "conformance" for each in config.args):
        return True
    places = [(config.invocation_params.dir / each.split("::")[0]).resolve() for each in config.args]
    return any(CHECKS in (each, *each.parents) or each in CHECKS.parents for each in places)
