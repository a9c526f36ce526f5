"""Writes simulated days as CSV: one long table of samples and one of labels."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from expert.values.types import Sample, Variable
from kb.furnace.catalogue import ground, load_members, load_variables
from kb.furnace.causes import MINUTE
from kb.furnace.simulator import VirtualFurnace

SAMPLES, LABELS = "samples.csv", "labels.csv"
_STEP = 60 * MINUTE


def write_csv(
    folder: Path, furnace: VirtualFurnace, until: int, variables: Mapping[str, Variable] | None = None
) -> tuple[int, int]:
    """Run the furnace from its clock until `until` (ms) and write ``samples.csv`` and ``labels.csv``.

    Parameters
    ----------
    folder : Path
        Made when missing; the two files are replaced.
    furnace : VirtualFurnace
        Its clock moves to `until`.
    until : int
        ms UTC.
    variables : mapping, optional
        The mapping that the furnace was made with, for resolutions; default: the plant of this package.

    Returns
    -------
    tuple of int
        Numbers of samples and of labels written.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    known = ground(variables or load_variables(), load_members())
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with (folder / SAMPLES).open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("variable", "source", "arrival", "value", "quality"))
        while furnace.clock < until:
            samples = furnace.advance(min(until, furnace.clock + _STEP))
            table.writerows(_row(sample, known[sample.variable]) for sample in samples)
            count += len(samples)
    return count, _write_labels(folder / LABELS, furnace)


def iso(time: int) -> str:
    """ISO 8601 text of ms UTC.

    Examples
    --------
    >>> iso(1_700_000_000_500)
    '2023-11-14T22:13:20.500Z'
    """
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def decimal(count: int, resolution: str) -> str:
    """Exact decimal text of a number of resolutions.

    Examples
    --------
    >>> decimal(4213, "0.1"), decimal(160, "10"), decimal(-5, "0.01")
    ('421.3', '1600', '-0.05')
    """
    places = len(resolution.partition(".")[2])
    return f"{float(count * Fraction(resolution)):.{places}f}"


def _row(sample: Sample, variable: Variable) -> tuple[Any, ...]:
    value = "" if sample.count is None else decimal(sample.count, variable.resolution)
    return sample.variable, iso(sample.source), iso(sample.arrival), value, sample.quality


def _write_labels(path: Path, furnace: VirtualFurnace) -> int:
    labels = furnace.labels
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("condition", "start", "end", "severity", "where"))
        for label in labels:
            end = "" if label.end is None else iso(label.end)
            table.writerow((label.condition, iso(label.start), end, label.severity, label.where))
    return len(labels)
