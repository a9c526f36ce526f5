"""A plant's history as columns: what years of samples look like to whoever runs them at once.

A sample is taken in by the first scan that runs at its arrival or later, as `Session.scan` does it with the samples
of a scan input; what is sparse (rows, model answers, events) stays in scan inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from expert.values.types import Quality, Sample, ScanInput

Longs = NDArray[np.int64]
GOOD, UNCERTAIN, BAD = 0, 1, 2
QUALITIES: tuple[Quality, ...] = ("good", "uncertain", "bad")
CHUNK = 1_440
"""Scans for which samples are made in one go when a history is read scan by scan."""


@dataclass(frozen=True, slots=True)
class Column:
    """Samples of one ground variable, in the order of arrival, then source.

    Attributes
    ----------
    source, arrival : (n,) int64
        ms UTC.
    count : (n,) int64
        Integer number of resolutions; 0 where the quality is bad.
    quality : (n,) uint8
        0 good, 1 uncertain, 2 bad.
    note : (n,) int16
        Index into `notes`: why it is bad.
    notes : tuple of str
        The first is ''.
    """

    source: Longs
    arrival: Longs
    count: Longs
    quality: NDArray[np.uint8]
    note: NDArray[np.int16]
    notes: tuple[str, ...] = ("",)

    def __len__(self) -> int:
        return len(self.source)

    @property
    def good(self) -> NDArray[np.bool_]:
        """Where the quality is good."""
        return self.quality == GOOD

    def part(self, i: int, j: int) -> Column:
        """Samples ``i <= k < j``, without a copy."""
        return Column(
            self.source[i:j], self.arrival[i:j], self.count[i:j], self.quality[i:j], self.note[i:j], self.notes
        )

    def between(self, after: int | None, until: int | None) -> Column:
        """Samples that arrived after one time and not later than another (ms; None: no end on that side)."""
        i = 0 if after is None else int(np.searchsorted(self.arrival, after, side="right"))
        j = len(self) if until is None else int(np.searchsorted(self.arrival, until, side="right"))
        return self.part(i, j)

    def samples(self, variable: str) -> list[Sample]:
        """The same as samples."""
        rows = zip(*(x.tolist() for x in (self.source, self.arrival, self.count, self.quality, self.note)), strict=True)
        return [Sample(variable, s, a, None if q == BAD else x, QUALITIES[q], self.notes[n]) for s, a, x, q, n in rows]


def make_column(
    source: Longs,
    arrival: Longs,
    count: Longs,
    quality: NDArray[np.uint8],
    note: NDArray[np.int16],
    notes: Sequence[str],
) -> Column:
    """A column from arrays in any order.

    >>> x = np.array([3, 1]), np.array([30, 10]), np.array([5, 6]), np.zeros(2, np.uint8), np.zeros(2, np.int16)
    >>> make_column(*x, ("",)).count.tolist()
    [6, 5]
    """
    key = np.where(quality == BAD, np.iinfo(np.int64).max, count)  # the order in which equal times supersede each other
    if len(source) > 1 and not _sorted(arrival, source):
        order = np.lexsort((note, key, source, arrival))
        source, arrival, count, quality, note = source[order], arrival[order], count[order], quality[order], note[order]
    return Column(source, arrival, np.where(quality == BAD, 0, count), quality, note, tuple(notes))


def _sorted(arrival: Longs, source: Longs) -> bool:
    """Whether times go up strictly, so that there is nothing to sort."""
    step = np.diff(arrival)
    return bool(np.all((step > 0) | ((step == 0) & (np.diff(source) > 0))))


def join_columns(parts: Sequence[Column]) -> Column:
    """One column from several that follow each other in time of arrival; their notes may differ."""
    if len(parts) == 1:
        return parts[0]
    notes = tuple(dict.fromkeys(("", *(n for p in parts for n in p.notes))))
    numbers = [np.array([notes.index(n) for n in p.notes], dtype=np.int16)[p.note] for p in parts]
    return Column(
        np.concatenate([p.source for p in parts]),
        np.concatenate([p.arrival for p in parts]),
        np.concatenate([p.count for p in parts]),
        np.concatenate([p.quality for p in parts]),
        np.concatenate(numbers),
        notes,
    )


@dataclass(frozen=True, slots=True)
class History:
    """Samples as columns, by ground name; `others`: what is sparse, as scan inputs without samples, by time.

    A scan whose time is among `others` is run as that says (``run_at``, ``caught_up``); every other scan in its time.
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    others: tuple[ScanInput, ...] = ()

    @property
    def size(self) -> int:
        """Number of samples."""
        return sum(len(c) for c in self.columns.values())

    @property
    def span(self) -> tuple[int, int]:
        """Earliest and latest arrival, ms UTC.

        Raises
        ------
        ValueError
            When there are no samples.
        """
        filled = [c for c in self.columns.values() if len(c)]
        if not filled:
            raise ValueError("the history has no samples")
        return min(int(c.arrival[0]) for c in filled), max(int(c.arrival[-1]) for c in filled)

    def between(self, after: int | None, until: int | None) -> History:
        """What arrived (and which scans were) after one time and not later than another, ms."""
        others = tuple(
            x for x in self.others if (after is None or x.time > after) and (until is None or x.time <= until)
        )
        return History({name: c.between(after, until) for name, c in self.columns.items()}, others)

    def inputs(self, times: Iterable[int]) -> Iterator[ScanInput]:
        """Scan inputs for scans at these times, oldest first: what a session is fed with, scan by scan."""
        special = {x.time: x for x in self.others}
        chunk: list[ScanInput] = []
        before: int | None = None
        for time in times:
            chunk.append(special.get(time) or ScanInput(time, time))
            if len(chunk) == CHUNK:
                yield from self._fill(chunk, before)
                before, chunk = max(x.run_at for x in chunk), []
        yield from self._fill(chunk, before)

    def _fill(self, scans: list[ScanInput], before: int | None) -> Iterator[ScanInput]:
        if not scans:
            return
        part = self.between(before, max(x.run_at for x in scans))
        waiting = sorted(
            (s for name, c in part.columns.items() for s in c.samples(name)),
            key=lambda s: (s.arrival, s.source, s.variable),
        )
        at = 0
        for scan in scans:
            start = at
            while at < len(waiting) and waiting[at].arrival <= scan.run_at:
                at += 1
            yield replace(scan, samples=tuple(waiting[start:at])) if at > start else scan


def history_of(inputs: Iterable[ScanInput]) -> History:
    """The history that is fed to a session by these scan inputs.

    Raises
    ------
    ValueError
        When a sample was handed over in a later scan than the first that runs at its arrival: columns cannot say that.
    """
    found: dict[str, list[Sample]] = {}
    others = []
    before: int | None = None
    for scan in inputs:
        for s in scan.samples:
            if before is not None and s.arrival <= before:
                raise ValueError(f"{s.variable}: the sample of {s.source} arrived before the scan that it is handed to")
            found.setdefault(s.variable, []).append(s)
        before = scan.run_at if before is None else max(before, scan.run_at)
        bare = replace(scan, samples=())
        if bare != ScanInput(scan.time, scan.time):
            others.append(bare)
    return History({name: _column(found[name]) for name in sorted(found)}, tuple(others))


def _column(samples: Sequence[Sample]) -> Column:
    notes = tuple(dict.fromkeys(("", *(s.note for s in samples))))
    number = {n: i for i, n in enumerate(notes)}
    return make_column(
        np.array([s.source for s in samples], dtype=np.int64),
        np.array([s.arrival for s in samples], dtype=np.int64),
        np.array([s.count or 0 for s in samples], dtype=np.int64),
        np.array([BAD if s.count is None else QUALITIES.index(s.quality) for s in samples], dtype=np.uint8),
        np.array([number[s.note] for s in samples], dtype=np.int16),
        notes,
    )
