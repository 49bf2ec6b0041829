"""The pytest plugin: options, fixtures, hooks. No rule of the protocol is spelled here."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence
from typing import Any

import pytest

from conformance.model import Verdict
from conformance.session import run as runs
from conformance.session.run import CHECKS, RESULT, RUN, Run

_WORDS = {
    Verdict.PASS: ("passed", ".", "green"),
    Verdict.WARN: ("warned", "W", "yellow"),
    Verdict.INCONCLUSIVE: ("inconclusive", "?", "red"),
    Verdict.FAIL: ("failed", "F", "red"),
    Verdict.ERROR: ("error", "E", "red"),
    Verdict.NOT_APPLICABLE: ("not applicable", "n", "yellow"),
}


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
    config.stash[RUN] = Run()
    config.addinivalue_line("python_files", "check_*.py")
    config.addinivalue_line("python_functions", "check_*")
    if config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR and _speaks(config):
        # Without a path the checks are meant, from whatever folder; pytest takes a profile's path for a place of tests.
        config.args = [str(CHECKS)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the profile's plan does not ask, and put the rest in order."""
    checks = runs.only_checks(items)
    if not checks or config.option.collectonly:
        return
    stage = runs.prepare(config)
    unasked = [each.item for each in checks if not runs.is_asked(config, each)]
    if unasked:
        config.hook.pytest_deselected(items=unasked)
    left_out = {*unasked, *(each.item for each in checks if each.check.volume.order > stage.profile.plan.volume.order)}
    from conformance.session.order import in_order

    asked = in_order([each for each in checks if each.item not in left_out], stage.catalogue)
    meant = {each.item for each in checks}
    items[:] = [*(each for each in items if each not in meant), *(each.item for each in asked)]
    config.stash[RUN].expected = {each.name for each in asked}


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the checks that are left out."""
    if items:
        run = items[0].config.stash[RUN]
        run.deselected += len(runs.only_checks(items))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Where xdist spreads the checks, set everything up before its workers start."""
    config = session.config
    if runs.spreads(config) and runs.asks_for_checks(config):
        runs.prepare(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand an xdist worker what the run has set up."""
    run = node.config.stash[RUN]
    if run.stage:
        run.workers += 1
        node.workerinput["ofp"] = run.stage.shared.plain()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Sequence[str]) -> None:
    """Take from a worker which checks are to run; the process that spreads them collects none itself."""
    node.config.stash[RUN].expected.update(runs.name_of(each) for each in ids)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Start the checks ahead, as many at once as the profile allows; pytest collects each in its turn."""
    config = session.config
    checks = runs.only_checks(session.items)
    if checks and not config.option.collectonly:
        if len(checks) == len(session.items):
            _quieten(config)
        runs.start_ahead(config, checks)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Carry out a check, or collect what it came to; everything else is pytest's."""
    found = runs.as_check(pyfuncitem)
    if found is None:
        return None
    result = found.result()
    pyfuncitem.stash[RESULT] = result
    pyfuncitem.user_properties += [("requirement", result.requirement), ("verdict", result.verdict.value)]
    if result.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip(result.actual)
    if result.verdict.red:
        raise CheckFailed(f"{result.requirement}: expected {result.expected}, got {result.actual}")
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the result into pytest's report, in plain values that travel between processes."""
    report = yield
    result = item.stash.get(RESULT, None)
    if call.when == "call" and result is not None:
        from conformance.report.record import result_to_dict

        report.duration = result.seconds
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
    category, letter, colour = _WORDS[verdict]
    return category, letter, (verdict.value, {colour: True})


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Judge the run, write its record, and set the exit status."""
    config = session.config
    run = config.stash[RUN]
    if run.stage is None:
        return
    try:
        if not runs.is_worker(config) and not config.option.collectonly:
            from conformance.session import gather

            interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
            run.folder, run.record = gather.finish(config, run, run.stage, interrupted=interrupted)
            if exitstatus in (
                pytest.ExitCode.OK,
                pytest.ExitCode.TESTS_FAILED,
                pytest.ExitCode.NO_TESTS_COLLECTED,
            ):
                session.exitstatus = gather.exit_status(run, run.record)
    finally:
        run.stage.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the Definition-of-Done checklist, and before it what a person has to know of each failure."""
    run = config.stash[RUN]
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
    for line in gather.closing_lines(run):
        terminalreporter.write_line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End whatever still runs when pytest stopped before its end."""
    run = config.stash.get(RUN, None)
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


def _speaks(config: pytest.Config) -> bool:
    from conformance.session import options

    return options.speaks_of_checks(config)


def _quieten(config: pytest.Config) -> None:
    """The suite's own summary tells each failure once; pytest's would tell it twice more."""
    config.option.tbstyle = "no"
    writer = config.pluginmanager.get_plugin("terminalreporter")
    if writer:
        writer.reportchars = ""
