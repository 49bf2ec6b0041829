"""What a package states of a run: an in-toto test-result statement over every file.

Source: in-toto attestation framework, Statement v1 and the predicate https://in-toto.io/attestation/test-result/v0.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.judge import Exit
from conformance.model import Verdict
from conformance.report.plain import to_plain
from conformance.report.record import Record

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
SIGN_OFF, REHEARSAL = "sign-off", "rehearsal"


def statement(record: Record, digests: Mapping[str, str]) -> dict[str, Any]:
    """The statement over files (name to SHA-256, hex), with the run's verdicts and all that it was made of.

    What the predicate has no word for stands in its member `run`, as its rules allow.
    """
    return {
        "_type": TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(digests.items())],
        "predicateType": PREDICATE,
        "predicate": {
            "result": _result(record),
            "configuration": _configuration(record),
            "passedTests": _checks(record, Verdict.PASS),
            "warnedTests": _checks(record, Verdict.WARN),
            "failedTests": _checks(record, Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE),
            "run": summary(record),
        },
    }


def summary(record: Record) -> dict[str, Any]:
    """The run in a few members; everything in it stands in the record as well."""
    return {
        "id": record.run.id,
        "kind": REHEARSAL if record.rehearsal else SIGN_OFF,
        "certificate": record.conclusion.certificate,
        "headline": record.conclusion.headline,
        "started": record.run.started,
        "ended": record.run.ended,
        "seed": record.run.seed,
        "target": to_plain(record.target),
        "readings": {each.name: each.choice for each in record.readings},
        "waivers": [to_plain(each) for each in record.waivers],
        "expected": sorted(each.check for each in record.inventory),
        "not_applicable": _checks(record, Verdict.NOT_APPLICABLE),
    }


def _configuration(record: Record) -> list[dict[str, Any]]:
    digests = record.digests
    return [
        {"name": f"suite {digests.suite_version}", "digest": {"sha256": digests.suite}},
        {"name": f"spec {digests.spec_name} {digests.spec_version}", "digest": {"sha256": digests.spec}},
        {"name": f"profile {digests.profile_name}", "digest": {"sha256": digests.profile}},
        {"name": "requirements and readings", "digest": {"sha256": digests.catalogue}},
    ]


def _checks(record: Record, *verdicts: Verdict) -> list[str]:
    return sorted(each.check for each in record.results if each.verdict in verdicts)


def _result(record: Record) -> str:
    if record.conclusion.exit != Exit.CONFORMANT:
        return "FAILED"
    return "WARNED" if any(each.verdict is Verdict.WARN for each in record.results) else "PASSED"
