"""Why requirements matter, how they are usually got wrong, and where to look, as specs/explanations.yaml has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from conformance import resources
from conformance.catalogue import Catalogue
from conformance.documents import Document, Field, Name, faults, parse, suggestion, validate


class Group(Document):
    """What there is to say about a group of requirements."""

    why: Name
    """Why the group matters"""
    look: Name
    """Where in a Data Provider's system to look first"""


class Explanations(Document):
    """One sentence for every requirement, two for every group."""

    groups: Annotated[Mapping[str, Group], Field(min_length=1)]
    """By the group's name"""
    wrong: Annotated[Mapping[str, Name], Field(min_length=1)]
    """By the requirement's id: how it is usually got wrong"""

    @classmethod
    def load(cls, catalogue: Catalogue) -> Self:
        """Read those that come with the suite.

        Raises:
            ConfigurationFault: a requirement or a group has none, or one is of neither; a line for each.
        """
        source = parse(resources.path("specs") / "explanations.yaml")
        found = validate(source, cls)
        known = {
            "groups": {each.group for each in catalogue.requirements.values()},
            "wrong": set(catalogue.requirements),
        }
        problems = []
        for key, names in known.items():
            given = set(getattr(found, key))
            problems += [source.fault((key, each), "is not known", suggestion(each, names)) for each in given - names]
            problems += [source.fault((key,), f"has nothing on {each}", "Add a sentence") for each in names - given]
        if problems:
            raise faults(problems)
        return found
