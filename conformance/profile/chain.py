"""From a profile's name to one source: the files that it extends, what the command line sets, variables, key files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from conformance import resources
from conformance.documents import Place, Source, is_there, nearest, parse, parse_value
from conformance.model import ConfigurationFault
from conformance.profile.keys import filled

COMMAND_LINE = "command line"
_TEMPLATE = "TEMPLATE"


def bundled() -> tuple[str, ...]:
    """The names of the profiles that come with the suite."""
    return tuple(sorted(each.stem for each in resources.path("profiles").glob("*.yaml") if each.stem != _TEMPLATE))


def template() -> Path:
    """The commented starter."""
    return resources.path("profiles") / f"{_TEMPLATE}.yaml"


def resolved(
    reference: str, beneath: str | None, overrides: Mapping[str, object], environment: Mapping[str, str] | None
) -> tuple[Source, tuple[str, ...]]:
    """The whole source of a profile, and the names of the files that made it, the given one first.

    Raises:
        ConfigurationFault: a file cannot be found or read, a cycle, an unset variable, key files that are missing.
    """
    source, chain = _extended(_find(reference, Path.cwd(), None), ())
    if beneath is not None:
        base, base_chain = _extended(_find(beneath, Path.cwd(), None), ())
        source = base.merged(source)
        chain += tuple(each for each in base_chain if each not in chain)
    place = Place(COMMAND_LINE, 0, Path.cwd())
    for key, value in overrides.items():
        source = source.replaced(key, str(value) if isinstance(value, Path) else value, place)
    if source.value(("target",)) is None and source.value(("name",)) is None:
        raise source.fault(
            ("target",),
            "is missing: this profile is a plan without a Data Provider",
            "Extend it from a profile of your own; 'ofp-conformance profile new FILE' writes one",
        )
    return filled(source.expanded(environment)), tuple(chain)


def setting(text: str) -> tuple[str, object]:
    """One `KEY=VALUE` of the command line, the value as YAML: `("plan.concurrency", 4)`.

    Raises:
        ConfigurationFault: no equals sign, no key, or no YAML.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigurationFault(
            f"'{text}' is not KEY=VALUE", file=COMMAND_LINE, cure="Write for instance --set plan.concurrency=4"
        )
    return key.strip(), parse_value(value, label=COMMAND_LINE, key=key.strip())


def _extended(path: Path, above: tuple[Path, ...]) -> tuple[Source, tuple[str, ...]]:
    real = path.resolve()
    source = parse(path)
    if not isinstance(source.data, dict):
        raise source.fault((), "must be a mapping of keys", "Write 'key: value' lines")
    name = source.data.get("extends")
    if name is None:
        return source, (_shown(path),)
    if not isinstance(name, str) or not name:
        raise source.fault(("extends",), "must be text", f"Name one of {', '.join(bundled())}, or a file")
    base_path = _find(name, path.absolute().parent, source)
    if base_path.resolve() in (*above, real):
        circle = " -> ".join(each.name for each in (*above, real, base_path))
        raise source.fault(("extends",), f"the profiles extend each other in a circle: {circle}", "Break the circle")
    base, chain = _extended(base_path, (*above, real))
    return base.merged(source), (_shown(path), *chain)


def _find(reference: str, folder: Path, source: Source | None) -> Path:
    path = folder / Path(reference).expanduser()
    plain = Path(reference).name == reference and not Path(reference).suffix
    if plain and reference in bundled():
        return resources.path("profiles") / f"{reference}.yaml"
    if is_there(path):
        return Path(reference).expanduser() if source is None else path
    close = nearest(reference, bundled())
    names = f"Did you mean '{close}'?" if close else f"Bundled profiles: {', '.join(bundled())}"
    kind = "bundled profile and no file" if plain else "file"
    looked = "" if plain else f" (looked for {path})"
    problem = f"there is no {kind} '{reference}'{looked}"
    if source is not None:
        raise source.fault(("extends",), problem, names)
    raise ConfigurationFault(problem, file=COMMAND_LINE, key="profile", cure=names)


def _shown(path: Path) -> str:
    return path.stem if path.parent == resources.path("profiles") else str(path)
