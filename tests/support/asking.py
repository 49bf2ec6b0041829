"""Asking an embedded reference some of the suite's checks, without pytest around them."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, product
from types import MappingProxyType

from conformance.declare import Declaration, declared_checks
from conformance.model import Result, Volume
from conformance.session.request import Request
from conformance.session.stage import Stage


def ask(
    requirements: Iterable[str],
    *flaws: str,
    manners: Iterable[str] = (),
    overrides: Mapping[str, object] = MappingProxyType({}),
    volume: Volume = Volume.SIGN_OFF,
) -> list[Result]:
    request = Request(profile=None, overrides=overrides, embedded=True, flaws=flaws, manners=tuple(manners))
    return ask_of(request, requirements, volume)


def ask_of(request: Request, requirements: Iterable[str], volume: Volume = Volume.SIGN_OFF) -> list[Result]:
    wanted = set(requirements)
    with staged(request) as stage:
        return together(stage, questions(wanted, volume))


@contextmanager
def staged(request: Request) -> Iterator[Stage]:
    stage = Stage.first(request)
    try:
        yield stage
    finally:
        stage.close()


def questions(requirements: Container[str], volume: Volume = Volume.SIGN_OFF) -> list[Question]:
    """Every check of some requirements with each of its parameters, those that must be alone last.

    What belongs to a larger volume is left out, unless nothing else asks its requirement.
    """
    checks = [each for each in declared_checks() if each.requirement_id in requirements]
    usual = {each.requirement_id for each in checks if each.volume.order <= volume.order}
    checks = [each for each in checks if each.volume.order <= volume.order or each.requirement_id not in usual]
    found = [Question(check, each) for check in checks for each in _variants(check)]
    return sorted(found, key=lambda each: each.check.alone)


@dataclass(frozen=True)
class Question:
    check: Declaration
    parameters: Mapping[str, object]

    @property
    def name(self) -> str:
        return f"{self.check.location}{sorted(self.parameters.items(), key=str)}"


def together(stage: Stage, asked: Sequence[Question], *, at_once: int = 8) -> list[Result]:
    """Ask in this order, some at once; those that must be alone come when the others are done."""

    async def run() -> list[Result]:
        slots = asyncio.Semaphore(at_once)

        async def one(question: Question) -> Result:
            async with slots:
                return await stage.bench.run(question.check, question.name, question.parameters)

        shared = await asyncio.gather(*(one(each) for each in asked if not each.check.alone))
        return [*shared, *[await one(each) for each in asked if each.check.alone]]

    return stage.loop.run(run())


def _variants(check: Declaration) -> Iterator[Mapping[str, object]]:
    function = getattr(importlib.import_module(check.run.__module__), check.name)
    marks = [each for each in getattr(function, "pytestmark", []) if each.name == "parametrize"]
    choices = [[_named(mark.args[0], value) for value in mark.args[1]] for mark in marks]
    return (dict(chain.from_iterable(each.items() for each in several)) for several in product(*choices))


def _named(names: object, value: object) -> dict[str, object]:
    """One choice of a parametrize mark, whether of one name or of several."""
    values = getattr(value, "values", None)
    if isinstance(names, str) and "," not in names:
        return {names: values[0] if values and not callable(values) else value}
    several = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)  # type: ignore[call-overload]
    return dict(zip(several, values if values and not callable(values) else value, strict=True))  # type: ignore[call-overload]
