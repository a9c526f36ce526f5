"""What a recording holds of one variable, as arrays, and how readings of several columns become one series."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from expert.feeds.cells import MAX_COUNT, Cell
from expert.values.history import BAD as BAD_QUALITY
from expert.values.history import QUALITIES, Column
from expert.values.types import Quality, Sample

STATES: tuple[tuple[Quality, str], ...] = (
    ("good", ""),
    ("uncertain", "uncertain"),
    ("bad", "missing"),
    ("bad", "status"),
    ("bad", "range"),
    ("bad", "type"),
    ("bad", "compute"),
)
"""Quality and note of a sample, by the number that the arrays hold."""
_NOTES = tuple(note for _, note in STATES)
STATE = {pair: i for i, pair in enumerate(STATES)}
BAD = STATE[("bad", "missing")]
UNREAD = -(2**62)
"""In place of a count where nothing was read."""

Longs = NDArray[np.int64]


@dataclass(slots=True)
class Readings:
    """Readings of one column in the order of the file."""

    source: array[int] = field(default_factory=lambda: array("q"))
    arrival: array[int] = field(default_factory=lambda: array("q"))
    count: array[int] = field(default_factory=lambda: array("q"))
    state: array[int] = field(default_factory=lambda: array("b"))

    def add(self, source: int, arrival: int, cell: Cell) -> None:
        """Take in one reading."""
        self.source.append(source)
        self.arrival.append(arrival)
        self.count.append(UNREAD if cell.count is None else cell.count)
        self.state.append(STATE[(cell.quality, cell.note)])


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of one ground variable in the order of their arrival.

    Attributes
    ----------
    source, arrival : (n,) int64
        ms UTC.
    count : (n,) int64
        Integer numbers of the variable's resolution; `UNREAD` where nothing was read.
    state : (n,) int8
        Index into `STATES`.
    """

    variable: str
    source: Longs
    arrival: Longs
    count: Longs
    state: NDArray[np.int8]

    @property
    def good(self) -> NDArray[np.bool_]:
        """Where the quality is good."""
        return self.state == 0

    def __len__(self) -> int:
        return len(self.source)

    def column(self) -> Column:
        """The same as a column of a history."""
        quality = np.array([QUALITIES.index(q) for q, _ in STATES], dtype=np.uint8)[self.state]
        quality[self.count == UNREAD] = BAD_QUALITY
        count = np.where(quality == BAD_QUALITY, 0, self.count)
        return Column(self.source, self.arrival, count, quality, self.state.astype(np.int16), _NOTES)

    def sample(self, i: int) -> Sample:
        """One sample."""
        return sample(self.variable, *(int(x[i]) for x in (self.source, self.arrival, self.count, self.state)))


def sample(variable: str, source: int, arrival: int, count: int, state: int) -> Sample:
    """A sample from the numbers that the arrays hold."""
    quality, note = STATES[state]
    return Sample(variable, source, arrival, None if count == UNREAD else count, quality, note)


Columns = tuple[Longs, Longs, Longs, NDArray[np.int8]]


def columns(readings: Readings) -> Columns:
    """Readings as arrays, in the order of source, then arrival."""
    data: Any = [np.frombuffer(a, dtype=t) for a, t in zip(_parts(readings), (np.int64,) * 3 + (np.int8,), strict=True)]
    order = np.lexsort((data[1], data[0]))
    source, arrival, count, state = (x[order] for x in data)
    return source, arrival, count, state


def _parts(r: Readings) -> tuple[array[int], ...]:
    return r.source, r.arrival, r.count, r.state


def hold(data: Columns, reach: int) -> tuple[Columns, int]:
    """Repeat the last good value where a cell was empty, up to an age of ``reach`` ms; also how often that was done."""
    source, arrival, count, state = data
    good = state == 0
    last = np.maximum.accumulate(np.where(good, np.arange(len(source)), -1))
    held = (state == BAD) & (count == UNREAD) & (last >= 0)
    held &= source - source[np.maximum(last, 0)] <= reach
    count, state = count.copy(), state.copy()
    count[held], state[held] = count[last[held]], 0
    return (source, arrival, count, state), int(held.sum())


def gap_marks(rows: Longs, every: int, delay: int, reach: int) -> Columns:
    """Bad marks where rows are missing from a grid of ``every`` ms, not further than ``reach`` ms into a gap.

    Behind that the value has been unknown for a while, and more marks would say nothing.
    """
    rows = np.unique(rows)
    marks: list[int] = []
    for i in np.flatnonzero(np.diff(rows) > 1.5 * every):
        first, stop = int(rows[i]) + every, min(int(rows[i + 1]) - every // 2, int(rows[i]) + reach + every)
        marks += range(first, stop, every)
    source = np.array(marks, dtype=np.int64)
    empty = np.full(len(source), UNREAD, dtype=np.int64)
    return source, source + delay, empty, np.full(len(source), BAD, dtype=np.int8)


def merge(variable: str, parts: list[Columns]) -> tuple[Series, int]:
    """One series of a variable from all its columns; also how many readings of the same two times were dropped.

    Of readings with equal source and arrival times bad wins, then the larger value; with a later arrival it is a
    revision and both stay.
    """
    source, arrival, count, state = (np.concatenate([p[k] for p in parts]) for k in range(4))
    rank = np.where(state >= BAD, MAX_COUNT + state.astype(np.int64), count)
    order = np.lexsort((rank, arrival, source))
    source, arrival, count, state = source[order], arrival[order], count[order], state[order]
    last = np.ones(len(source), dtype=bool)
    last[:-1] = (np.diff(source) != 0) | (np.diff(arrival) != 0)
    source, arrival, count, state = source[last], arrival[last], count[last], state[last]
    order = np.lexsort((source, arrival))
    series = Series(variable, source[order], arrival[order], count[order], state[order])
    return series, int(len(last) - last.sum())
