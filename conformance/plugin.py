"""The pytest plugin: options, fixtures, hooks. No rule of the protocol is spelled here."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.model import ConfigurationFault, Result, Verdict

_CHECKS = Path(__file__).parent / "checks"
_RED = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR)


@dataclass(slots=True)
class _Run:
    """What one pytest process knows of its run."""

    stage: Any = None
    ahead: Any = None
    started: Any = None
    results: dict[str, Result] = field(default_factory=dict)
    folder: Path | None = None
    record: Any = None
    deselected: int = 0
    workers: int = 0


_RUN = pytest.StashKey[_Run]()
_RESULT = pytest.StashKey[Result]()


class CheckFailed(Exception):
    """Tells pytest that a check is red; all that a person needs is in the result."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    from conformance.session import options

    options.add(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Have check files and functions collected wherever the root directory is."""
    # The checks do not use pytest-asyncio's loops, so a user need not hear of their settings.
    warnings.filterwarnings("ignore", message=r"(?s).*asyncio_default_fixture_loop_scope")
    config.stash[_RUN] = _Run()
    config.addinivalue_line("python_files", "check_*.py")
    config.addinivalue_line("python_functions", "check_*")
    if config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR and _speaks_of_checks(config):
        # Without a path the checks are meant, from whatever folder; pytest takes a profile's path for a place of tests.
        config.args = [str(_CHECKS)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the profile's plan does not ask, and put checks that must be alone at the end."""
    checks = [each for each in items if _declared(each)]
    if not checks or config.option.collectonly:
        return
    run = _prepared(config)
    unasked = [each for each in checks if not run.stage.profile.selects(_requirement(run, each))]
    if unasked:
        config.hook.pytest_deselected(items=unasked)
    left_out = set(unasked)
    items[:] = sorted((each for each in items if each not in left_out), key=_alone)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the checks that are left out."""
    if items:
        run = items[0].config.stash[_RUN]
        run.deselected += sum(1 for each in items if _declared(each))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Where xdist spreads the checks, set everything up before its workers start."""
    config = session.config
    if _spreads(config) and _asks_for_checks(config):
        _prepared(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand an xdist worker what the run has set up."""
    run = node.config.stash[_RUN]
    if run.stage:
        run.workers += 1
        node.workerinput["ofp"] = run.stage.shared.plain()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Start the checks ahead, as many at once as the profile allows; pytest collects each in its turn."""
    config = session.config
    run = config.stash[_RUN]
    checks = [each for each in session.items if _declared(each)]
    if checks and not config.option.collectonly:
        if len(checks) == len(session.items):
            _quieten(config)
        limit = run.stage.profile.plan.concurrency
        if limit > 1 and not _is_worker(config):
            run.ahead = run.stage.loop.run(_ahead(run, limit))
            run.ahead.start((each.nodeid, _begin(run, each)) for each in checks if not _alone(each))
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Carry out a check, or collect what it came to; everything else is pytest's."""
    declared = _declared(pyfuncitem)
    if declared is None:
        return None
    run = _prepared(pyfuncitem.config)
    started = run.ahead.take(pyfuncitem.nodeid) if run.ahead else None
    result: Result = started.result() if started else run.stage.loop.run(_begin(run, pyfuncitem)())
    pyfuncitem.stash[_RESULT] = result
    if result.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip(result.actual)
    if result.verdict in _RED:
        raise CheckFailed(f"{result.requirement}: expected {result.expected}, got {result.actual}")
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the result into pytest's report, in plain values that travel between processes."""
    report = yield
    result = item.stash.get(_RESULT, None)
    if call.when == "call" and result is not None:
        from conformance.report.record import result_to_dict

        report.duration = result.seconds
        report.user_properties.append(("requirement", result.requirement))
        report.user_properties.append(("verdict", result.verdict.value))
        report.ofp = result_to_dict(result)  # type: ignore[attr-defined]
        if report.failed:
            report.longrepr = f"{result.requirement}: expected {result.expected}, got {result.actual}"
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Say WARN, INCONCLUSIVE and NOT_APPLICABLE as what they are."""
    found = getattr(report, "ofp", None)
    if found is None or report.when != "call":
        return None
    verdict = Verdict(found["verdict"])
    letter, category, colour = {
        Verdict.PASS: (".", "passed", "green"),
        Verdict.WARN: ("W", "warned", "yellow"),
        Verdict.INCONCLUSIVE: ("?", "inconclusive", "red"),
        Verdict.FAIL: ("F", "failed", "red"),
        Verdict.ERROR: ("E", "error", "red"),
        Verdict.NOT_APPLICABLE: ("n", "not applicable", "yellow"),
    }[verdict]
    return category, letter, (verdict.value, {colour: True})


class _Gatherer:
    """Collects results in the process that reports; told of every report, its own and the workers'."""

    def __init__(self, config: pytest.Config, run: _Run) -> None:
        self._config = config
        self._run = run
        self._told = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a result, and say the first red one at once."""
        from conformance.report import terminal
        from conformance.report.record import result_from_dict

        found = getattr(report, "ofp", None)
        if found is None or report.when != "call":
            return
        result = result_from_dict(found)
        self._run.results[result.check] = result
        writer = self._config.pluginmanager.get_plugin("terminalreporter")
        if result.verdict in _RED and not self._told and writer:
            self._told = True
            writer.ensure_newline()
            writer.write_line(terminal.first_failure(result, self._run.stage.catalogue.requirement(result.requirement)))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Judge the run, write its record, and set the exit status."""
    config = session.config
    run = config.stash[_RUN]
    if run.stage is None:
        return
    try:
        if not _is_worker(config) and not config.option.collectonly:
            from conformance.session import gather

            interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
            run.folder, run.record = gather.finish(config, run, interrupted=interrupted)
            if exitstatus in (
                pytest.ExitCode.OK,
                pytest.ExitCode.TESTS_FAILED,
                pytest.ExitCode.NO_TESTS_COLLECTED,
            ):
                session.exitstatus = int(run.record.conclusion.exit)
    finally:
        run.stage.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the Definition-of-Done checklist, and before it what a person has to know of each failure."""
    run = config.stash[_RUN]
    if run.record is None or run.folder is None:
        return
    from conformance.report import terminal
    from conformance.session import gather

    writer = terminalreporter._tw
    text = terminal.lines(
        run.record,
        width=min(max(writer.fullwidth, 80), 110),
        colour=writer.hasmarkup,
        folder=run.folder,
        repeat=lambda result: gather.command_for(config, result),
    )
    terminalreporter.ensure_newline()
    terminalreporter.write(text)
    terminalreporter.ensure_newline()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End whatever still runs when pytest stopped before its end."""
    run = config.stash.get(_RUN, None)
    if run and run.stage:
        run.stage.close()


@pytest.fixture
def profile() -> None:
    """The profile of the run; the suite hands its value to checks itself."""


@pytest.fixture
def provider() -> None:
    """The Data Provider under test; the suite hands its value to checks itself."""


@pytest.fixture
def hub() -> None:
    """PayNet's side; the suite hands its value to checks itself."""


@pytest.fixture
def journey() -> None:
    """The ways a consent goes; the suite hands its value to checks itself."""


@pytest.fixture
def evidence() -> None:
    """What the check saw so far; the suite hands its value to checks itself."""


def _prepared(config: pytest.Config) -> _Run:
    run = config.stash[_RUN]
    if run.stage is None:
        from datetime import UTC, datetime

        from conformance.hub import RemoteAddress
        from conformance.session import options
        from conformance.session.stage import Request, Shared, Stage

        run.started = datetime.now(UTC)
        try:
            spec = config.getoption("spec")
            request = Request(
                profile=config.getoption("profile"),
                overrides=options.overrides(config),
                embedded=options.embedded(config),
                spec=str(spec) if spec else None,
                flaws=tuple(config.getoption("reference_flaw")),
                latency=config.getoption("reference_latency"),
            )
            if _is_worker(config):
                given = config.workerinput["ofp"]  # type: ignore[attr-defined]
                shared = Shared(**{**given, "hub": RemoteAddress(**given["hub"])})
                run.stage = Stage.further(request, shared)
            else:
                run.stage = Stage.first(request)
                config.pluginmanager.register(_Gatherer(config, run), "ofp-gatherer")
        except ConfigurationFault as fault:
            raise pytest.UsageError(*str(fault).splitlines()) from None
    return run


async def _ahead(run: _Run, limit: int) -> Any:
    from conformance.session.overlap import Ahead

    await asyncio.sleep(0)
    return Ahead(run.stage.loop, limit)


def _begin(run: _Run, item: pytest.Item) -> Any:
    from functools import partial

    declared = _declared(item)
    callspec = getattr(item, "callspec", None)
    name = f"{declared.location}{f'[{callspec.id}]' if callspec else ''}"
    return partial(run.stage.bench.run, declared, name, dict(callspec.params) if callspec else {})


def _declared(item: pytest.Item) -> Any:
    from conformance.declare import declaration

    return declaration(getattr(item, "obj", None))


def _alone(item: pytest.Item) -> bool:
    declared = _declared(item)
    return bool(declared and declared.alone)


def _requirement(run: _Run, item: pytest.Item) -> Any:
    try:
        return run.stage.catalogue.requirement(_declared(item).requirement_id)
    except ConfigurationFault as fault:
        raise pytest.UsageError(f"{item.nodeid}: {fault}") from None


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _spreads(config: pytest.Config) -> bool:
    return not _is_worker(config) and bool(getattr(config.option, "tx", None))


def _speaks_of_checks(config: pytest.Config) -> bool:
    from conformance.session import options

    return any(config.getoption(each) is not None for each in options.SPEAKING)


def _asks_for_checks(config: pytest.Config) -> bool:
    if _speaks_of_checks(config):
        return True
    places = [(config.invocation_params.dir / each.split("::")[0]).resolve() for each in config.args]
    if config.option.pyargs and any(each.split(".")[0] == "conformance" for each in config.args):
        return True
    return any(_CHECKS in (each, *each.parents) or each in _CHECKS.parents for each in places)


def _quieten(config: pytest.Config) -> None:
    """The suite's own summary tells each failure once; pytest's would tell it twice more."""
    config.option.tbstyle = "no"
    writer = config.pluginmanager.get_plugin("terminalreporter")
    if writer:
        writer.reportchars = ""
