"""The record as Allure results. The only home of allure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Link, Parameter, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.types import AttachmentType, LabelType

from conformance.model import Exchange, Level, Requirement, Result, Verdict
from conformance.report.record import Record
from conformance.report.text import fold
from conformance.report.transcript import transcript

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
_CATEGORIES = [
    {"name": "Data Provider defects", "matchedStatuses": ["failed"]},
    {
        "name": "Could not be asked: configuration",
        "matchedStatuses": ["broken"],
        "messageRegex": ".*\\[configuration\\].*",
    },
    {"name": "Could not be asked", "matchedStatuses": ["broken"], "messageRegex": "INCONCLUSIVE.*"},
    {"name": "Errors of the suite", "matchedStatuses": ["broken"], "messageRegex": "ERROR.*"},
]


def write(record: Record, folder: Path) -> None:
    """Write `allure-results/`: one result for each check, categories and environment."""
    place = folder / "allure-results"
    place.mkdir(parents=True, exist_ok=True)
    logger: Any = AllureFileLogger(str(place))  # type: ignore[no-untyped-call]
    requirements = {each.id: each for each in record.requirements}
    began = round(datetime.fromisoformat(record.run.started).timestamp() * 1000)
    for result in record.results:
        logger.report_result(_result(record, result, requirements[result.requirement], place, began))
    (place / "categories.json").write_text(json.dumps(_CATEGORIES, indent=1))
    environment = "".join(f"{name}={fold(value)}\n" for name, value in _environment(record).items())
    (place / "environment.properties").write_text(environment, encoding="utf-8")


def _result(record: Record, result: Result, duty: Requirement, place: Path, began: int) -> TestResult:
    name = uuid.uuid5(_NAMES, f"{record.run.id} {result.check}")
    start = round(min((each.started for each in result.exchanges), default=began / 1000) * 1000)
    source = f"{name}-attachment.txt"
    (place / source).write_text(transcript(result, duty), encoding="utf-8")
    message = f"{result.verdict} [{result.blame}]: expected {fold(result.expected)}; got {fold(result.actual)}"
    told = result.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)
    return TestResult(
        uuid=str(name),
        historyId=str(uuid.uuid5(_NAMES, result.check)),
        testCaseId=str(uuid.uuid5(_NAMES, result.location)),
        fullName=result.check,
        name=f"{duty.id} {fold(result.title)}",
        description=fold(duty.text),
        status=_STATUS[result.verdict],
        statusDetails=StatusDetails(message=message if told else fold(result.actual), trace=fold(result.hint)),
        stage="finished",
        start=start,
        stop=start + round(result.seconds * 1000),
        labels=list(_labels(record, result, duty)),
        links=[Link(type="tms", url=f"urn:ofp-conformance:{duty.id}", name=duty.id)],
        parameters=[Parameter(name="verdict", value=result.verdict.value)],
        steps=[_step(each) for each in result.exchanges],
        attachments=[Attachment(name="Evidence", source=source, type=AttachmentType.TEXT.mime_type)],
    )


def _labels(record: Record, result: Result, duty: Requirement) -> Iterator[Label]:
    titles = dict(record.dod_titles)
    for number in duty.dod:
        yield Label(name=LabelType.EPIC, value=f"{number} {titles[number]}")
    if not duty.dod:
        yield Label(name=LabelType.EPIC, value=_BEYOND)
    yield Label(name=LabelType.FEATURE, value=duty.group)
    yield Label(name=LabelType.STORY, value=f"{duty.id} {duty.text}")
    yield Label(name=LabelType.SEVERITY, value="critical" if duty.level is Level.MUST else "normal")
    yield Label(name=LabelType.TAG, value=result.verdict.value)
    for name, value in (
        ("level", duty.level.value),
        ("source", duty.source),
        ("reading", duty.reading or ""),
        ("verdict", result.verdict.value),
        ("blame", result.blame.value),
        ("waived_until", result.waived_until),
    ):
        if value:
            yield Label(name=name, value=value)


def _step(exchange: Exchange) -> TestStepResult:
    start = round(exchange.started * 1000)
    answer = (
        exchange.response.start if exchange.response else (exchange.fault.kind.value if exchange.fault else "nothing")
    )
    return TestStepResult(
        name=f"{exchange.operation}: {fold(exchange.request.start, 160)} -> {fold(answer, 80)}",
        status=Status.PASSED,
        stage="finished",
        start=start,
        stop=start + round(exchange.total_seconds * 1000),
    )


def _environment(record: Record) -> Mapping[str, str]:
    digests = record.digests
    return {
        "suite": f"{digests.suite_version} {digests.suite[:16]}",
        "specification": f"{digests.spec_name} {digests.spec_version} {digests.spec[:16]}",
        "profile": f"{digests.profile_name} {digests.profile[:16]}",
        "catalogue": digests.catalogue[:16],
        "target": record.target.rs_url,
        "server_certificate": record.target.server_certificate_sha256,
        "conclusion": record.conclusion.headline,
        **{f"reading.{each.name}": each.choice for each in record.readings},
    }
