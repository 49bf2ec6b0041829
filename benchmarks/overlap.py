"""How much faster a run on a slow Data Provider is when checks overlap.

    python benchmarks/overlap.py [--latency 0.3] [--at-once 8] [--requirement PATTERN ...]

Runs the same checks against the embedded reference with latency switched on, one at a time and then overlapping, and
prints both times and their ratio. Checks that have to be alone are left out: nothing can overlap with them.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase

from conformance.declare import Declaration, declared_checks
from conformance.model import Verdict
from conformance.session.request import Request
from conformance.session.stage import Stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, default=0.3, metavar="S", help="seconds that every answer waits")
    parser.add_argument("--at-once", type=int, default=8, metavar="N")
    parser.add_argument("--requirement", action="append", metavar="PATTERN", help="default: BAL-*, LCM-0*, EVT-0*")
    given = parser.parse_args()
    patterns = given.requirement or ["BAL-*", "LCM-0*", "EVT-0*"]
    checks = [each for each in declared_checks() if _meant(each, patterns)]
    one = _seconds(checks, given.latency, 1)
    many = _seconds(checks, given.latency, given.at_once)
    print(f"{len(checks)} checks, {given.latency:g} s of latency")
    print(f"1 at a time: {one:.1f} s    {given.at_once} at a time: {many:.1f} s    factor {one / many:.1f}")


def _meant(check: Declaration, patterns: Sequence[str]) -> bool:
    own = {"profile", "provider", "hub", "journey", "evidence"}
    named = any(fnmatchcase(check.requirement_id, each) for each in patterns)
    return named and not check.alone and set(check.arguments) <= own


def _seconds(checks: Sequence[Declaration], latency: float, at_once: int) -> float:
    stage = Stage.first(Request(profile=None, overrides={}, embedded=True, latency=latency))

    async def run() -> None:
        slots = asyncio.Semaphore(at_once)

        async def one(check: Declaration) -> None:
            async with slots:
                result = await stage.bench.run(check, check.location, {})
            if result.verdict is not Verdict.PASS:
                raise SystemExit(f"{result.check}: {result.verdict}: expected {result.expected}, got {result.actual}")

        await asyncio.gather(*(one(each) for each in checks))

    try:
        began = time.perf_counter()
        stage.loop.run(run())
        return time.perf_counter() - began
    finally:
        stage.close()


if __name__ == "__main__":
    main()
