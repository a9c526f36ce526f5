"""What a checked map says: files, columns and formulas, with conversions ready to use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from expert.feeds.cells import CellReader, QualityColumn, Scale
from expert.feeds.formula import Formula
from expert.language.ast import NOWHERE, Span
from expert.language.diagnostics import ProgramError
from expert.language.units import Units
from expert.values.types import Variable


class FeedError(ProgramError):
    """A recording or its map that cannot be used; every finding, with its place."""


@dataclass(slots=True)
class Target:
    """One mapped column, or one formula over columns.

    ``hold``: an empty cell repeats the last good value up to this age, ms. ``shift``: the value was true this much
    earlier than its row says, ms.
    """

    column: str
    variable: str
    scale: Scale
    span: Span
    reader: CellReader | None = None
    formula: Formula | None = None
    hold: int = 0
    shift: int = 0
    quality: QualityColumn | None = None


@dataclass(slots=True)
class FileMap:
    """One file, or several of one form (``file`` with ``*``).

    ``stamp``: what a row's time means; ``averaging``: length of the mean that a row holds, ms; ``delay``: from the
    source time to when it could be known, ms; ``every``: rows are expected this often, ms (0: irregular).
    """

    file: str
    span: Span
    time: tuple[str, ...]
    time_span: Span
    zone: tzinfo
    form: str = "iso"
    stamp: str = "instant"
    averaging: int = 0
    delay: int = 0
    arrival: str = ""
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    every: int = 0
    long: tuple[str, str] | None = None
    long_span: Span = NOWHERE
    own_names: bool = False
    defaults: CellReader = field(default_factory=lambda: CellReader(None))
    quality: QualityColumn | None = None
    targets: list[Target] = field(default_factory=list)


@dataclass(slots=True)
class RecordingMap:
    """A checked map.

    ``variables``: the site's declarations with this recording's periods and ranges; ``scan_period``: ms, 0 when the
    site's own shall be used; ``ground``: ground name -> id of its declaration; ``sources``: texts, for messages.
    """

    title: dict[str, str]
    scan_period: int
    files: list[FileMap]
    variables: dict[str, Variable]
    ground: dict[str, str]
    units: Units
    sources: dict[str, str]


def ground_names(variables: Mapping[str, Variable], sets: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Ground name -> id of its declaration, for all variables of a site."""
    out = {}
    for id_, variable in variables.items():
        if variable.of is None:
            out[id_] = id_
        else:
            for member in sets.get(variable.of, ()):
                out[f"{variable.of}[{member}].{id_.partition('.')[2]}"] = id_
    return out
