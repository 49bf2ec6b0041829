"""The record as Allure results. The only home of allure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Link, Parameter, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.types import AttachmentType, LabelType

from conformance import __version__
from conformance.model import Blame, Exchange, Level, Part, Requirement, Result, Verdict
from conformance.report.record import Record
from conformance.report.replay import curl
from conformance.report.text import fold
from conformance.report.transcript import facts, message_text

_NAMES = uuid.UUID("8d6d1f0e-5f7e-5c2b-9a0c-0f6a4d9b2c11")
_BEYOND = "Beyond the Definition of Done"
_STATUS = {
    Verdict.PASS: Status.PASSED,
    Verdict.WARN: Status.PASSED,
    Verdict.FAIL: Status.FAILED,
    Verdict.INCONCLUSIVE: Status.BROKEN,
    Verdict.ERROR: Status.BROKEN,
    Verdict.NOT_APPLICABLE: Status.SKIPPED,
}
CATEGORIES = [
    {"name": "Defects of the Data Provider", "matchedStatuses": ["failed"]},
    {"name": "Warnings: a SHOULD was not kept", "matchedStatuses": ["passed"], "messageRegex": "WARN.*"},
    {
        "name": "Could not be told: the configuration",
        "matchedStatuses": ["broken"],
        "messageRegex": f"INCONCLUSIVE \\[{Blame.CONFIGURATION}\\].*",
    },
    {"name": "Could not be told", "matchedStatuses": ["broken"], "messageRegex": "INCONCLUSIVE.*"},
    {"name": "Errors of the suite", "matchedStatuses": ["broken"], "messageRegex": "ERROR.*"},
    {"name": "Not applicable", "matchedStatuses": ["skipped"], "messageRegex": "NOT_APPLICABLE.*"},
]


def write(record: Record, folder: Path) -> None:
    """Write `allure-results/`: one result for each check, categories, environment and executor."""
    place = folder / "allure-results"
    place.mkdir(parents=True, exist_ok=True)
    logger: Any = AllureFileLogger(str(place))  # type: ignore[no-untyped-call]
    requirements = {each.id: each for each in record.requirements}
    for result in record.results:
        logger.report_result(_Told(record, result, requirements[result.requirement], place).result())
    (place / "categories.json").write_text(json.dumps(CATEGORIES, indent=1))
    environment = "".join(f"{name}={fold(value)}\n" for name, value in _environment(record).items())
    (place / "environment.properties").write_text(environment, encoding="utf-8")
    executor = {
        "name": f"ofp-conformance {__version__}",
        "type": "ofp-conformance",
        "buildName": record.run.id,
        "buildOrder": round(datetime.fromisoformat(record.run.started).timestamp()),
        "reportName": f"{record.conclusion.headline}: {fold(record.digests.profile_name, 100)}",
    }
    (place / "executor.json").write_text(json.dumps(executor, indent=1), encoding="utf-8")


class _Told:
    """One result as Allure has it; its attachments are written beside it."""

    def __init__(self, record: Record, result: Result, duty: Requirement, place: Path) -> None:
        self._record = record
        self._result = result
        self._duty = duty
        self._place = place
        self._name = uuid.uuid5(_NAMES, f"{record.run.id} {result.check}")
        self._files = 0

    def result(self) -> TestResult:
        """The result, with its steps and attachments."""
        result, duty = self._result, self._duty
        began = datetime.fromisoformat(self._record.run.started).timestamp()
        start = round(min((each.started for each in result.exchanges), default=began) * 1000)
        again = f"ofp-conformance replay {self._record.run.id} '{result.check.rpartition('::')[2]}'\n"
        return TestResult(
            uuid=str(self._name),
            historyId=str(uuid.uuid5(_NAMES, result.check)),
            testCaseId=str(uuid.uuid5(_NAMES, result.check)),
            fullName=result.check,
            name=f"{_mark(result)}{duty.id} {fold(result.title)}{_variant(result)}",
            description=fold(duty.text),
            status=_STATUS[result.verdict],
            statusDetails=self._details(),
            stage="finished",
            start=start,
            stop=start + round(result.seconds * 1000),
            labels=list(self._labels()),
            links=[
                Link(type="tms", url=f"checklist.html#{duty.id}", name=f"{duty.id} in the checklist"),
                Link(type="link", url=f"urn:ofp-conformance:source:{duty.source}", name=f"source {duty.source}"),
            ],
            parameters=[Parameter(name="verdict", value=result.verdict.value)],
            steps=list(self._steps(start)),
            attachments=[self._attached("see it again", again)] if result.exchanges else [],
        )

    def _details(self) -> StatusDetails | None:
        result = self._result
        if result.verdict is Verdict.PASS:
            return None
        word = f"{result.verdict} [{result.blame}]"
        if result.verdict is Verdict.NOT_APPLICABLE:
            return StatusDetails(message=f"{word}: {fold(result.actual)}")
        waived = f"; waived until {result.waived_until}" if result.waived_until else ""
        told = f"{word}: expected {fold(result.expected)}; got {fold(result.actual)}{waived}"
        return StatusDetails(message=told, trace=fold(result.hint))

    def _labels(self) -> Iterator[Label]:
        result, duty = self._result, self._duty
        titles = dict(self._record.dod_titles)
        for number in duty.dod:
            yield Label(name=LabelType.EPIC, value=f"{number} {titles[number]}")
        if not duty.dod:
            yield Label(name=LabelType.EPIC, value=_BEYOND)
        yield Label(name=LabelType.FEATURE, value=duty.group)
        yield Label(name=LabelType.STORY, value=f"{duty.id} {duty.text}")
        yield Label(name=LabelType.SEVERITY, value="critical" if duty.level is Level.MUST else "normal")
        yield Label(name=LabelType.TAG, value=result.verdict.value)
        for name, value in (
            ("requirement", duty.id),
            ("level", duty.level.value),
            ("source", duty.source),
            ("reading", duty.reading or ""),
            ("verdict", result.verdict.value),
            ("blame", result.blame.value if result.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE) else ""),
            ("waived_until", result.waived_until),
        ):
            if value:
                yield Label(name=name, value=value)

    def _steps(self, start: int) -> Iterator[TestStepResult]:
        """What arranged and controlled the check, what it asked, and what it expected of the answers."""
        result = self._result
        for title, part in (("arrange and control", Part.ARRANGE), ("stimulus", Part.STIMULUS)):
            exchanges = [each for each in result.exchanges if each.part is part]
            if exchanges:
                yield _step(title, Status.PASSED, exchanges, [self._exchange(each) for each in exchanges])
        if result.verdict is not Verdict.NOT_APPLICABLE:
            end = start + round(result.seconds * 1000)
            told = (
                f"expected {fold(result.expected)}; got {fold(result.actual)}" if result.expected else "as it must be"
            )
            yield TestStepResult(
                name=f"expectation: {told}", status=_STATUS[result.verdict], stage="finished", start=end, stop=end
            )

    def _exchange(self, exchange: Exchange) -> TestStepResult:
        answer = exchange.response.start if exchange.response else ""
        fault = exchange.fault.kind.value if exchange.fault else "nothing"
        shows = exchange.id == self._result.exchange
        name = f"{exchange.operation}: {fold(exchange.request.start, 160)} -> {fold(answer or fault, 80)}"
        step = _step(name, _STATUS[self._result.verdict] if shows else Status.PASSED, [exchange], [])
        if shows or exchange.part is Part.STIMULUS:
            step.attachments = list(self._attachments(exchange))
        return step

    def _attachments(self, exchange: Exchange) -> Iterator[Attachment]:
        yield self._attached("request", message_text(exchange.request))
        if exchange.response:
            yield self._attached("response", message_text(exchange.response))
        yield self._attached("facts", "".join(f"{name}: {text}\n" for name, text in facts(exchange)))
        if command := curl(exchange):
            yield self._attached("curl", f"{command}\n")

    def _attached(self, name: str, text: str) -> Attachment:
        self._files += 1
        source = f"{self._name}-{self._files}-attachment.txt"
        (self._place / source).write_text(text, encoding="utf-8")
        return Attachment(name=name, source=source, type=AttachmentType.TEXT.mime_type)


def _mark(result: Result) -> str:
    """What Allure has no word for stands before the name."""
    return f"[{result.verdict}] " if result.verdict in (Verdict.WARN, Verdict.INCONCLUSIVE) else ""


def _variant(result: Result) -> str:
    """Which of its parameters a check had, "" where it has none."""
    _, bracket, rest = result.check.rpartition("::")[2].partition("[")
    return f" {fold(bracket + rest, 120)}" if bracket else ""


def _step(name: str, status: str, exchanges: Sequence[Exchange], steps: Sequence[TestStepResult]) -> TestStepResult:
    start = round(min(each.started for each in exchanges) * 1000)
    stop = round(max(each.started + each.total_seconds for each in exchanges) * 1000)
    return TestStepResult(name=name, status=status, stage="finished", start=start, stop=stop, steps=list(steps))


def _environment(record: Record) -> Mapping[str, str]:
    digests = record.digests
    return {
        "suite": f"{digests.suite_version} {digests.suite[:16]}",
        "specification": f"{digests.spec_name} {digests.spec_version} {digests.spec[:16]}",
        "profile": f"{digests.profile_name} {digests.profile[:16]}",
        "catalogue": digests.catalogue[:16],
        "target": record.target.rs_url,
        "server_certificate": record.target.server_certificate_sha256,
        "signing_keys": ", ".join(thumbprint for _, thumbprint in record.target.signing_keys),
        "conclusion": record.conclusion.headline,
        "seed": str(record.run.seed),
        **{f"reading.{each.name}": each.choice for each in record.readings},
    }
