"""Asking an embedded reference some of the suite's checks, without pytest around them."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from types import MappingProxyType

from conformance.declare import Declaration, declared_checks
from conformance.model import Result
from conformance.session.request import Request
from conformance.session.stage import Stage


def ask(
    requirements: Iterable[str],
    *flaws: str,
    manners: Iterable[str] = (),
    overrides: Mapping[str, object] = MappingProxyType({}),
) -> list[Result]:
    return ask_of(
        Request(profile=None, overrides=overrides, embedded=True, flaws=flaws, manners=tuple(manners)), requirements
    )


def ask_of(request: Request, requirements: Iterable[str]) -> list[Result]:
    wanted = set(requirements)
    stage = Stage.first(request)
    try:
        return stage.loop.run(_all(stage, [each for each in declared_checks() if each.requirement_id in wanted]))
    finally:
        stage.close()


async def _all(stage: Stage, checks: Iterable[Declaration]) -> list[Result]:
    slots = asyncio.Semaphore(8)

    async def one(check: Declaration, parameters: Mapping[str, object]) -> Result:
        async with slots:
            return await stage.bench.run(check, f"{check.location}{sorted(parameters)}", parameters)

    return await asyncio.gather(*(one(check, each) for check in checks for each in _variants(check)))


def _variants(check: Declaration) -> Iterator[Mapping[str, object]]:
    function = getattr(importlib.import_module(check.run.__module__), check.name)
    marks = [each for each in getattr(function, "pytestmark", []) if each.name == "parametrize"]
    choices = [[(mark.args[0], getattr(value, "values", (value,))[0]) for value in mark.args[1]] for mark in marks]
    return (dict(each) for each in product(*choices))
