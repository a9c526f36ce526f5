"""A plant's recording as samples with source and arrival times; whatever is skipped or bad is counted by cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from expert.feeds.loader import Loader
from expert.feeds.plan import FeedError, RecordingMap
from expert.feeds.recording_map import parse_map
from expert.feeds.series import Series, sample
from expert.language.diagnostics import Sink
from expert.language.units import Units
from expert.values.types import Sample, Variable

CHUNK = 50_000
Detail = tuple[str, str, str]


@dataclass(slots=True)
class Recording:
    """Samples of a recording, ready to be run.

    Attributes
    ----------
    series : dict of str to Series
        Ground name -> samples, by arrival.
    variables : dict of str to Variable
        The site's declarations with this recording's periods and ranges.
    installed : frozenset of str
        Ground names that the map has: what is not among them was never installed.
    skipped : Counter
        Cause -> rows or cells that made no sample.
    bad : Counter
        Cause -> samples of bad quality.
    details : Counter
        (file, column or '', cause) -> number, for both.
    reordered : int
        Rows that stood behind one that was known later, and were sorted.
    held : int
        Empty cells in which the last value was repeated.
    rows : int
        Rows read.
    scan_period : int
        ms between scans as the map asks, 0 when it does not.
    unmapped : dict of str to list of str
        File -> its columns that no variable uses.
    notes : list of str
        What else a reader should know, e.g. that a file is cut.
    """

    map: RecordingMap
    series: dict[str, Series] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    details: Counter[Detail] = field(default_factory=Counter)
    reordered: int = 0
    held: int = 0
    rows: int = 0
    unmapped: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    installed: frozenset[str] = frozenset()

    @property
    def variables(self) -> dict[str, Variable]:
        """The site's declarations with this recording's periods and ranges."""
        return self.map.variables

    @property
    def scan_period(self) -> int:
        """ms between scans as the map asks, 0 when it does not."""
        return self.map.scan_period

    @property
    def counts(self) -> dict[str, int]:
        """Everything that was skipped, bad or sorted, by cause."""
        out = {cause: n for cause, n in {**self.skipped, **self.bad}.items() if n}
        return {**out, "out of order": self.reordered} if self.reordered else out

    @property
    def start(self) -> int:
        """Earliest arrival, ms UTC."""
        return min(int(s.arrival[0]) for s in self.series.values() if len(s))

    @property
    def end(self) -> int:
        """Latest arrival, ms UTC."""
        return max(int(s.arrival[-1]) for s in self.series.values() if len(s))

    def __len__(self) -> int:
        return sum(len(s) for s in self.series.values())

    @property
    def samples(self) -> Iterator[Sample]:
        """All samples by arrival, then source, then name of the variable."""
        names = sorted(self.series)
        which = np.concatenate([np.full(len(self.series[n]), i, dtype=np.int32) for i, n in enumerate(names)])
        source, arrival, count, state = (
            np.concatenate([getattr(self.series[n], part) for n in names])
            for part in ("source", "arrival", "count", "state")
        )
        order = np.lexsort((which, source, arrival))
        for start in range(0, len(order), CHUNK):
            part = order[start : start + CHUNK]
            rows = zip(*(x[part].tolist() for x in (which, source, arrival, count, state)), strict=True)
            for i, s, a, c, q in rows:
                yield sample(names[i], s, a, c, q)


class RecordingFeed:
    """Hands out a recording's samples as its time goes on.

    Parameters
    ----------
    recording : Recording
    after : int, optional
        Samples that arrived at or before this time (ms UTC) are left out, as a warm-up has had them.
    """

    def __init__(self, recording: Recording, after: int | None = None) -> None:
        self._samples = recording.samples
        self._next = next(self._samples, None)
        self.end = recording.end
        if after is not None:
            self.advance(after)

    def advance(self, until: int) -> Sequence[Sample]:
        """Samples that arrived after the last call and not later than ``until`` (ms UTC), by arrival."""
        out = []
        while self._next is not None and self._next.arrival <= until:
            out.append(self._next)
            self._next = next(self._samples, None)
        return out


def load_recording(
    path: str | Path,
    map_path: str | Path,
    variables: Mapping[str, Variable],
    units: Units,
    sets: Mapping[str, Collection[str]] | None = None,
) -> Recording:
    """Load a recording by its map.

    Parameters
    ----------
    path : path
        A folder with the files that the map names, or the only file.
    map_path : path
    variables : mapping
        The site's declarations by id.
    units : Units
        The site's units.
    sets : mapping, optional
        Entity sets and their members, for variables of sets.

    Raises
    ------
    FeedError
        When the map has mistakes, or files or columns that it names are missing: all findings at once.
    """
    sink, sources = Sink(), dict[str, str]()
    plan = parse_map(Path(map_path), variables, units, sets or {}, sink, sources)
    if plan is None:
        raise FeedError(sink.sorted, sources)
    recording = Recording(plan)
    Loader(Path(path), recording, sink).load()  # looks for files and columns also when the map has mistakes
    if sink.found:
        raise FeedError(sink.sorted, sources)
    return recording
