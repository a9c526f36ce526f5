"""Files of the Tennessee Eastman process as scans: one row every three minutes, 52 columns.

The files (training and testing, fault 0 is fault-free) are those of Russell, Chiang & Braatz; they are no part of
this product. A file repeats an analysis in every row until the next one is known, so a repeated one is no sample.
"""

from __future__ import annotations

import csv
import lzma
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from expert.compile import load_program
from expert.engine.session import Session
from expert.language.ast import Program
from expert.values.types import Sample, ScanInput, Variable

HERE = Path(__file__).parent
PACK, SITE = HERE / "pack", HERE / "site"
SHARED = Path(os.environ.get("TUYERE_DATA", HERE.parents[3] / "shared" / "data")) / "tep"
"""Where the files lie beside a checkout; a test that needs them is skipped where they do not."""
START = 1_772_409_600_000
STEP = 180_000
ONSET = 160
"""Rows of a testing file before its fault begins."""
IQR_SHARE = 0.41
"""Quartile range over the width of `normal`, as the site's variables say."""

Rows = NDArray[np.float64]


def columns() -> tuple[str, ...]:
    """Names of the 52 columns in their order.

    >>> columns()[0], columns()[40], columns()[-1]
    ('xmeas_1', 'xmeas_41', 'xmv_11')
    """
    return (*(f"xmeas_{i}" for i in range(1, 42)), *(f"xmv_{i}" for i in range(1, 12)))


def read_runs(path: Path, faults: frozenset[int] | None = None) -> dict[int, Rows]:
    """The runs of a file by their fault; ``faults`` leaves out all others."""
    found: dict[int, list[list[float]]] = {}
    with lzma.open(path, "rt") if path.suffix == ".xz" else path.open() as file:
        for row in csv.DictReader(file):
            fault = int(float(row["fault_id"]))
            if faults is None or fault in faults:
                found.setdefault(fault, []).append([float(row[name]) for name in columns()])
    return {fault: np.array(rows) for fault, rows in found.items()}


def column_of(variable: Variable) -> int | None:
    """Column that a variable's tag names; None for what the files do not have.

    >>> from dataclasses import replace
    >>> x = Variable("a.b", "%", "1", 1, 1, (0, 1), {}, tag="XMV(1)")
    >>> column_of(x), column_of(replace(x, tag="XMV(12)"))
    (41, None)
    """
    name = variable.tag.lower().replace("(", "_").replace(")", "")
    return columns().index(name) if name in columns() else None


def load_pack() -> Program:
    """The pack for the variables that the files have: the agitator's speed (XMV 12) was never recorded."""
    site = load_program(PACK, SITE).site
    return load_program(
        PACK, SITE, installed=frozenset(k for k, v in site.variables.items() if column_of(v) is not None)
    )


def prepared(program: Program) -> Session:
    """A session whose baselines are the normal ranges that the site declares."""
    session = Session(program)
    for id_, variable in program.site.variables.items():
        if variable.normal is not None:
            low, high = variable.normal
            session.set_baseline(id_, (low + high) / 2, IQR_SHARE * (high - low))
    return session


def scan_inputs(program: Program, rows: Rows) -> Iterator[ScanInput]:
    """One scan input a row."""
    sources = [(v, c) for v in program.site.variables.values() if (c := column_of(v)) is not None]
    for i, row in enumerate(rows):
        now = START + i * STEP
        due = [(v, float(row[c])) for v, c in sources if i == 0 or v.period <= STEP or row[c] != rows[i - 1, c]]
        yield ScanInput(now, now, tuple(_sample(v, now, x) for v, x in due))


def _sample(variable: Variable, now: int, x: float) -> Sample:
    low, high = variable.valid
    if not low <= x <= high:
        return Sample(variable.id, now, now, None, "bad", "range")
    return Sample(variable.id, now, now, variable.quantise(x))
