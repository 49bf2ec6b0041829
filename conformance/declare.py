"""How a check is declared, and how all declared checks are found."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, ParamSpec

from conformance.model import Capability, Fact, Volume

P = ParamSpec("P")
_MARK = "__conformance_check__"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a check says of itself: the requirement it asks, and how it wants to be run.

    `alone`: it measures time or makes load, so it runs when nothing else does. `long`: it takes seconds on the fastest
    provider, because it waits for something; quick ones are told before it. `volume`: the smallest plan that asks
    it. `needs`: a capability without which the question does not apply, beyond the requirement's own. `under`: the
    reading and the choice under which alone it applies. `requires`: what the profile has to know of the target.
    `arguments`: the names of the fixtures and parameters it takes.
    """

    requirement_id: str
    name: str
    title: str
    location: str
    alone: bool
    long: bool
    volume: Volume
    needs: Capability | None
    under: tuple[str, str] | None
    requires: tuple[Fact, ...]
    arguments: tuple[str, ...]
    run: Callable[..., Awaitable[None]]


def check(
    requirement_id: str,
    *,
    alone: bool = False,
    long: bool = False,
    volume: Volume = Volume.SMOKE,
    needs: Capability | None = None,
    under: tuple[str, str] | None = None,
    requires: tuple[Fact, ...] = (),
) -> Callable[[Callable[P, Awaitable[None]]], Callable[P, None]]:
    """Declare a coroutine function as the check of one requirement; its docstring's first line is its title.

    The decorated function keeps the signature, by which fixtures and parameters are found, and is no coroutine
    function: pytest's asyncio plugins leave it alone, because the suite's own plugin runs it (see `overlap`).

    Raises:
        TypeError: if the function has no docstring.
    """

    def declare(function: Callable[P, Awaitable[None]]) -> Callable[P, None]:
        if not function.__doc__:
            raise TypeError(f"{function.__qualname__} needs a docstring: one sentence, true when it passes")

        @functools.wraps(function)
        def declared(*_args: P.args, **_kwargs: P.kwargs) -> None:
            raise RuntimeError(f"{function.__qualname__} runs under pytest, with the suite's plugin")

        module = inspect.getmodule(function)
        file = module.__name__.replace(".", "/") + ".py" if module else "?"
        name = getattr(function, "__name__", "?")
        setattr(
            declared,
            _MARK,
            Declaration(
                requirement_id=requirement_id,
                name=name,
                title=function.__doc__.strip().splitlines()[0],
                location=f"{file}::{name}",
                alone=alone,
                long=long,
                volume=volume,
                needs=needs,
                under=under,
                requires=requires,
                arguments=tuple(inspect.signature(function).parameters),
                run=function,
            ),
        )
        return declared

    return declare


def declaration(function: object) -> Declaration | None:
    """What `@check` said of a function; None of any other object."""
    found: Any = getattr(function, _MARK, None)
    return found if isinstance(found, Declaration) else None


def declared_checks() -> tuple[Declaration, ...]:
    """Every check of the suite, in the order of their files and lines."""
    return tuple(_walk())


def _walk() -> Iterator[Declaration]:
    package = importlib.import_module("conformance.checks")
    for info in sorted(pkgutil.walk_packages(package.__path__, "conformance.checks."), key=lambda each: each.name):
        if info.ispkg:
            continue
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            found = declaration(value)
            if found and found.run.__module__ == module.__name__:
                yield found
