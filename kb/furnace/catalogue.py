"""Reads the site's variables and equipment for the simulator: plain YAML, no rule language involved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from expert.values.types import Variable

PLANT = Path(__file__).resolve().parent.parent / "plant"
_UNITS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)\s*\Z")


class CatalogueError(ValueError):
    """A variables or equipment file that cannot be used; the message names file and entry."""


def duration(text: str) -> int:
    """Milliseconds of a duration such as ``20 s``.

    Raises
    ------
    CatalogueError
        When the text is not a number with one of ms, s, min, h, d.

    Examples
    --------
    >>> duration("20 s"), duration("3 h")
    (20000, 10800000)
    """
    found = _DURATION.match(str(text))
    if not found:
        raise CatalogueError(f"'{text}' is not a duration; write a number with ms, s, min, h or d")
    return round(float(found[1]) * _UNITS[found[2]])


def load_variables(folder: Path = PLANT) -> dict[str, Variable]:
    """Variables of the site's ``variables*.yaml``, by id.

    Raises
    ------
    CatalogueError
        When no such file stands there, or an entry lacks a key or holds a wrong value.
    """
    files = sorted(folder.glob("variables*.yaml"))
    if not files:
        raise CatalogueError(f"no variables*.yaml in '{folder}'")
    entries = [(file, entry) for file in files for entry in _read(file, "variables")]
    return {variable.id: variable for variable in (_variable(file, entry) for file, entry in entries)}


def load_members(folder: Path = PLANT) -> dict[str, tuple[str, ...]]:
    """Members of each entity set of the site's ``equipment.yaml``.

    Raises
    ------
    CatalogueError
        When the file is missing or has no sets.
    """
    sets = _read(folder / "equipment.yaml", "sets")
    return {name: tuple(entry["members"]) for name, entry in sets.items()}


def ground(variables: Mapping[str, Variable], members: Mapping[str, tuple[str, ...]]) -> dict[str, Variable]:
    """Variables by ground name: ``sectors.wall_temperature`` becomes ``sectors[A].wall_temperature`` and so on.

    Names that are ground already stay.

    Raises
    ------
    CatalogueError
        When a variable belongs to a set that the equipment does not have.
    """
    out: dict[str, Variable] = {}
    for name, variable in variables.items():
        if variable.of and "[" not in name:
            if variable.of not in members:
                raise CatalogueError(f"variable '{name}' belongs to '{variable.of}', which the equipment does not have")
            prefix, _, rest = name.partition(".")
            out.update({f"{prefix}[{member}].{rest}": variable for member in members[variable.of]})
        else:
            out[name] = variable
    return out


def _read(file: Path, key: str) -> Any:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"cannot read '{file.name}': {error.strerror}") from None
    except yaml.YAMLError as error:
        raise CatalogueError(f"'{file.name}' is not valid YAML: {error}") from None
    if not isinstance(found, dict) or key not in found:
        raise CatalogueError(f"'{file.name}' has no '{key}'")
    return found[key]


def _variable(file: Path, entry: Mapping[str, Any]) -> Variable:
    try:
        low, high = entry["valid"]
        normal = entry.get("normal")
        return Variable(
            id=entry["id"],
            unit=entry["unit"],
            resolution=str(entry["resolution"]),
            period=duration(entry["period"]),
            max_age=duration(entry["max_age"]),
            valid=(float(low), float(high)),
            title=dict(entry["title"]),
            tag=entry.get("tag", ""),
            normal=(float(normal[0]), float(normal[1])) if normal else None,
            uncertainty=entry.get("uncertainty"),
            kind=entry.get("kind", "analog"),
            exclude=entry.get("exclude"),
            skew=duration(entry.get("skew", "5 s")),
            of=entry.get("of"),
            source=entry.get("source", "unverified"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogueError(f"{file.name}: variable '{entry.get('id', '?')}': {error!r}") from None
