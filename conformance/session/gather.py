"""The end of a run: one record of it, judged and written, and the views beside it."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from conformance import __version__, judge, package
from conformance.declare import Declaration, declared_checks
from conformance.judge import Exit, WaiverState
from conformance.model import Requirement, Result
from conformance.report import allure_view, checklist, checklist_page, markdown, record, replay, terminal, transcript
from conformance.report.compare import Change, compare
from conformance.report.record import ChosenReading, Digests, Listed, Record, RunFacts, TargetFacts
from conformance.report.text import fold
from conformance.session import options
from conformance.session.run import Run
from conformance.session.stage import Stage

# A rehearsal against a baseline asks less, on purpose; what is slower is told by `diff`.
_BEYOND_BASELINE = (Change.NEW, Change.REASON)


class Gatherer:
    """Collects results in the process that reports; told of every report, its own and the workers'."""

    def __init__(self, config: pytest.Config, run: Run, stage: Stage) -> None:
        self._config = config
        self._run = run
        self._stage = stage
        self._told = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a result, and say the first red one at once."""
        found = getattr(report, "ofp", None)
        if found is None or report.when != "call":
            return
        result = record.result_from_dict(found)
        self._run.results[result.check] = result
        writer = self._config.pluginmanager.get_plugin("terminalreporter")
        if result.verdict.red and not self._told and writer:
            self._told = True
            writer.ensure_newline()
            writer.write_line(terminal.first_failure(result, self._stage.catalogue.requirement(result.requirement)))


def finish(config: pytest.Config, run: Run, stage: Stage, *, interrupted: bool) -> tuple[Path, Record]:
    """Judge a run's results and write `reports/<run>/` with record.json, evidence and Allure results."""
    requirements = _asked(stage)
    rehearsal = _rehearsal(config, run, stage, interrupted=interrupted)
    waivers = stage.profile.accepted_failures()
    results = tuple(sorted(run.results.values(), key=lambda each: each.check))
    conclusion = judge.conclude(requirements, results, waivers=waivers, rehearsal=rehearsal, today=date.today())
    until = {each.requirement: each.until for each in waivers}
    found = Record(
        run=RunFacts(
            id=record.new_run_id(stage.started),
            started=stage.started.isoformat(timespec="seconds"),
            ended=datetime.now(UTC).isoformat(timespec="seconds"),
            command=stage.bench.redactor.text(shlex.join(["pytest", *config.invocation_params.args])),
            seed=stage.profile.plan.seed or 0,
            concurrency=stage.profile.plan.concurrency,
            workers=run.workers,
            options=tuple(map(stage.bench.redactor.text, _kept(config))),
            interrupted=interrupted,
        ),
        digests=_digests(stage),
        readings=tuple(
            ChosenReading(name, stage.profile.reading(name), each.default)
            for name, each in stage.catalogue.readings.items()
        ),
        target=_target(stage),
        requirements=requirements,
        dod_titles=tuple((each.number, each.title) for each in stage.catalogue.definition_of_done),
        step_titles=tuple((each.id, each.title) for each in stage.catalogue.steps if each.asked),
        inventory=_inventory(run, stage),
        rehearsal=tuple(rehearsal),
        results=tuple(_with_waiver(each, until, conclusion) for each in results),
        waivers=waivers,
        conclusion=conclusion,
        diagnosis=stage.examined.lines if stage.examined else (),
    )
    folder = (config.getoption("report_dir") or Path("reports")) / found.run.id
    record.write(found, folder)
    transcript.write_evidence(found, folder)
    replay.write(found, folder)
    allure_view.write(found, folder)
    made = checklist.build(found)
    checklist_page.write(made, folder)
    if config.getoption("summary"):
        with config.getoption("summary").open("a", encoding="utf-8") as summary:
            summary.write(markdown.markdown(made, short=True))
    if config.getoption("sign"):
        key, password = options.signing(config)
        run.package = package.pack(folder, key, password=password)
    if run.baseline:
        run.worse = tuple(each for each in compare(run.baseline, found) if each.change in _BEYOND_BASELINE)
    return folder, found


def exit_status(run: Run, found: Record) -> int:
    """The process's exit status: the conclusion's, or with a baseline whether anything is worse than in it."""
    status = found.conclusion.exit
    if run.baseline and status in (Exit.NOT_CONFORMANT, Exit.CONFIGURATION):
        return int(Exit.NOT_CONFORMANT if run.worse else Exit.CONFORMANT)
    return int(status)


def closing_lines(run: Run) -> Iterator[str]:
    """What the terminal says last: how the run stands to its baseline, and where its package is."""
    if run.baseline:
        name = run.baseline.run.id
        yield (
            f"nothing is worse than in the baseline {name}" if not run.worse else f"worse than in the baseline {name}:"
        )
        yield from (f"  {each.change}: {each.requirement} {fold(each.check, 200)}" for each in run.worse)
    if run.package:
        yield f"package: {run.package}"


def command_for(config: pytest.Config, result: Result) -> str:
    """The command that asks one check again, with the run's own options."""
    place = Path(__file__).parents[2] / result.location.split("::")[0]
    shown = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    return shlex.join(["pytest", f"{shown}::{result.check.split('::', 1)[1]}", *_kept(config)])


def _kept(config: pytest.Config) -> list[str]:
    """The options that say whom the run asks, and how."""
    kept = []
    for name in (*options.OVER_PROFILE, "profile", "spec"):
        value = config.getoption(name)
        if value not in (None, ""):
            kept += [f"--{name.replace('_', '-')}", str(value)]
    for option, name in (("--set", "settings"), ("--reference-flaw",) * 2, ("--reference-manner",) * 2):
        for text in config.getoption(name.removeprefix("--").replace("-", "_")):
            kept += [option, text]
    return kept


def _asked(stage: Stage) -> tuple[Requirement, ...]:
    return tuple(stage.catalogue.requirements.values())


def _rehearsal(config: pytest.Config, run: Run, stage: Stage, *, interrupted: bool) -> list[str]:
    reasons = [] if stage.profile.plan.sign_off else ["the profile's plan is no sign-off (plan.sign_off)"]
    reasons += options.narrowed(config)
    if interrupted:
        reasons.append("the run was interrupted")
    beyond = {each.location for each in declared_checks() if _beyond(each, stage)}
    missing = [each for each in _inventory(run, stage) if not each.selected and each.location not in beyond]
    if missing:
        reasons.append(f"{len(missing)} checks did not run")
    elif run.deselected:
        reasons.append(f"{run.deselected} checks were deselected")
    if config.getoption("reference_flaw"):
        reasons.append("the embedded provider was given a flaw")
    return reasons


def _inventory(run: Run, stage: Stage) -> tuple[Listed, ...]:
    """Every check that was to run, with each of its parameters, and every other check of the suite."""
    expected = run.expected | run.results.keys()
    by_place = {each.location: each for each in declared_checks()}
    listed = {name: by_place[name.partition("[")[0]] for name in expected}
    left_out = {
        place: each for place, each in by_place.items() if place not in {each.location for each in listed.values()}
    }
    return tuple(
        Listed(
            check=name,
            requirement=each.requirement_id,
            title=each.title,
            location=each.location,
            selected=name in run.results,
            reason="" if name in run.results else _why_not(each, stage, expected=name in listed),
        )
        for name, each in sorted({**listed, **left_out}.items())
    )


def _beyond(check: Declaration, stage: Stage) -> bool:
    """Whether a check belongs to a larger volume than the plan's."""
    return check.volume.order > stage.profile.plan.volume.order


def _why_not(check: Declaration, stage: Stage, *, expected: bool) -> str:
    if _beyond(check, stage):
        return f"is asked from the volume {check.volume} on (plan.volume)"
    return "did not run" if expected else "was not selected"


def _with_waiver(result: Result, until: dict[str, str], conclusion: judge.Conclusion) -> Result:
    from dataclasses import replace

    used = conclusion.waivers.get(result.requirement) is WaiverState.USED
    return replace(result, waived_until=until[result.requirement]) if used else result


def _digests(stage: Stage) -> Digests:
    return Digests(
        suite=_suite_digest(),
        suite_version=__version__,
        python=platform.python_version(),
        spec=stage.contract.digest,
        spec_name=stage.contract.name,
        spec_version=stage.contract.version,
        profile=stage.profile.digest,
        profile_name=stage.profile.name,
        profile_chain=stage.profile.chain,
        catalogue=stage.catalogue.digest,
    )


def _target(stage: Stage) -> TargetFacts:
    tls = stage.examined.tls if stage.examined else None
    return TargetFacts(
        rs_url=stage.profile.target.rs_url,
        as_url=stage.profile.target.as_url,
        server_certificate_sha256=tls.peer_sha256 if tls else "",
        server_subject=tls.peer_subject if tls else "",
        server_not_after=tls.peer_not_after if tls else "",
        signing_keys=tuple((each.kid, each.thumbprint) for each in stage.bench.party.provider_keys.keys),
        client_certificate_sha256=stage.bench.kit.provider_client,
    )


def _suite_digest() -> str:
    """SHA-256 over the package's source files, by name."""
    package = Path(sys.modules["conformance"].__file__ or "").parent
    digest = sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
