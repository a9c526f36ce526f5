"""Working memory of samples: one sorted series per ground variable.

The order of arrival does not matter: of several samples with one source time the later arrival wins
(a revision); at equal arrivals bad wins, then the larger value.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from expert.engine.baseline import HOUR, HourlyMeans
from expert.values.history import BAD, QUALITIES, Column
from expert.values.types import Sample, Variable

EDGE_SHARE = 50
"""A good value within one in this many of the instrument's range from an end (2 %, unverified) makes what is missing
next to it missing-high or missing-low."""


class Series:
    """Samples of one variable, by source time.

    Parameters
    ----------
    variable : Variable
    scale : Fraction
        House units per count.
    keep : int
        How far back samples are kept, ms.
    """

    __slots__ = (
        "arrivals",
        "ceiling",
        "counts",
        "floor",
        "high",
        "hourly",
        "keep",
        "low",
        "notes",
        "scale",
        "sources",
        "variable",
    )

    def __init__(self, variable: Variable, scale: Fraction, keep: int, hourly: HourlyMeans) -> None:
        self.variable = variable
        self.scale = scale
        self.keep = keep
        self.hourly = hourly
        self.sources: list[int] = []
        self.arrivals: list[int] = []
        self.counts: list[int | None] = []
        self.notes: list[str] = []
        self.low = variable.quantise(variable.valid[0])
        self.high = variable.quantise(variable.valid[1])
        margin = (self.high - self.low) // EDGE_SHARE
        self.floor, self.ceiling = self.low + margin, self.high - margin

    def judge(self, sample: Sample) -> tuple[int | None, str]:
        """Return the count that may be used, or None with the cause."""
        if sample.quality == "bad" or sample.count is None:
            return None, sample.note or "bad"
        if sample.quality == "uncertain" and self.variable.uncertainty is None:
            return None, sample.note or "uncertain"
        if sample.source > sample.arrival + self.variable.skew:
            return None, "skew"
        if not self.low <= sample.count <= self.high:
            return None, "range"
        return sample.count, ""

    def insert(self, sample: Sample) -> str:
        """Take in one sample; return what became of it: ``good``, ``late``, ``revised``, ``old`` or the bad cause."""
        count, note = self.judge(sample)
        if note == "skew" and sample.source - sample.arrival > self.keep:
            return note  # a clock this far ahead would fill the memory with marks that no scan ever reaches
        i = bisect_left(self.sources, sample.source)
        if i < len(self.sources) and self.sources[i] == sample.source:
            if not self._supersedes(i, sample.arrival, count, note):
                return "old"
            self.arrivals[i], self.counts[i], self.notes[i] = sample.arrival, count, note
            return note or "revised"
        late = i < len(self.sources)
        self.sources.insert(i, sample.source)
        self.arrivals.insert(i, sample.arrival)
        self.counts.insert(i, count)
        self.notes.insert(i, note)
        return note or ("late" if late else "good")

    def take(self, column: Column) -> None:
        """Take in a column: the same as its samples one by one, and quick where none is late or a revision."""
        import numpy as np

        if self.sources or bool(np.any(np.diff(column.source) <= 0)):
            for sample in column.samples(self.variable.id):
                self.insert(sample)
            return
        notes = [column.notes[i] for i in column.note.tolist()] if column.note.any() else [""] * len(column)
        early = column.source - column.arrival
        usable = column.good if self.variable.uncertainty is None else column.quality < BAD
        skew = usable & (early > self.variable.skew)
        outside = (column.count < self.low) | (column.count > self.high)
        counts: list[int | None] = column.count.tolist()
        for i in np.flatnonzero(~usable | skew | outside).tolist():
            said = notes[i] or QUALITIES[column.quality[i]]
            notes[i] = said if not usable[i] else "skew" if skew[i] else "range"
            counts[i] = None
        for i in np.flatnonzero(usable & ~skew & ~outside & (column.note != 0)).tolist():
            notes[i] = ""
        kept = ~(skew & (early > self.keep))
        self.sources, self.arrivals = column.source[kept].tolist(), column.arrival[kept].tolist()
        self.counts = [x for x, ok in zip(counts, kept, strict=True) if ok]
        self.notes = [x for x, ok in zip(notes, kept, strict=True) if ok]

    def _supersedes(self, i: int, arrival: int, count: int | None, note: str) -> bool:
        if arrival != self.arrivals[i]:
            return arrival > self.arrivals[i]
        old = self.counts[i]
        if old is None and count is None:
            return note > self.notes[i]
        if old is None or count is None:
            return old is not None
        return count > old

    def forget(self, now: int) -> None:
        """Drop what is older than ``keep``, always leaving the newest sample and the newest good one."""
        cut = min(bisect_left(self.sources, now - self.keep), len(self.sources) - 1)
        if cut > 256 or cut * 4 > len(self.sources) > 0:
            lost = all(x is None for x in self.counts[cut:])
            kept = next((k for k in range(cut - 1, -1, -1) if self.counts[k] is not None), cut) if lost else cut
            for column in (self.sources, self.arrivals, self.counts, self.notes):
                del column[kept + 1 : cut], column[:kept]

    def newest(self, now: int) -> int:
        """Index of the newest sample with source time <= ``now``, or -1."""
        return bisect_right(self.sources, now) - 1

    def window(self, now: int, duration: int) -> tuple[int, int]:
        """Index range of samples with source time in (now - duration, now]."""
        return bisect_right(self.sources, now - duration), bisect_right(self.sources, now)

    def good(self, i: int, j: int) -> tuple[list[int], list[int]]:
        """Source times and counts of the good samples in an index range."""
        counts = self.counts[i:j]
        if None not in counts:
            return self.sources[i:j], counts  # type: ignore[return-value]
        pairs = [(t, x) for t, x in zip(self.sources[i:j], counts, strict=True) if x is not None]
        return [t for t, _ in pairs], [x for _, x in pairs]

    def edges(self, i: int, j: int, since: int, now: int) -> tuple[bool, bool]:
        """Whether samples are missing next to the (low, high) end of the range.

        Parameters
        ----------
        i, j : int
            Index range of the samples looked at.
        since, now : int
            Source times (ms) between which something may be missing.

        Notes
        -----
        Missing is what is marked bad, and what leaves more than one and a half periods without a sample. It lies next
        to an end of the range when the good sample before or after it does. Counters and switches have no such ends.
        """
        if self.variable.kind != "analog":
            return False, False
        start = i
        while start > 0 and (start == i or self.counts[start] is None):
            start -= 1
        floor, ceiling = self.floor, self.ceiling
        values: list[int] = self.counts[start:j]  # type: ignore[assignment]
        if None in values:
            values = [x for x in values if x is not None]
        if not values or (floor < min(values) and max(values) < ceiling):
            return False, False
        good = [(k, x) for k, x in enumerate(self.counts[start:j], start) if x is not None]
        ends: list[tuple[int, int | None]] = [] if good[0][0] < i else [(i - 1, None)]
        ends += [*good, (j, None)]
        low = high = False
        for (k, before), (after_k, after) in pairwise(ends):
            begin = since if before is None else max(self.sources[k], since)
            end = now if after is None else self.sources[after_k]
            if after_k > max(k + 1, i) or (end - begin) * 2 > self.variable.period * 3:
                beside = [x for x in (before, after) if x is not None]
                low |= min(beside) <= floor
                high |= max(beside) >= ceiling
        return low, high

    def load(self, source: Sequence[int], arrival: Sequence[int], count: Sequence[int], good: Sequence[bool]) -> bool:
        """Bulk load of history: hourly means from all of it, samples from the kept tail.

        Returns
        -------
        bool
            False, and nothing is taken in, when the source times are not sorted, oldest first.
        """
        if not self.hourly.load(source, count, good, self.low, self.high):
            return False
        if not len(source):
            return True
        start = bisect_left(source, int(source[-1]) - self.keep)
        for s, a, x, ok in zip(source[start:], arrival[start:], count[start:], good[start:], strict=True):
            self.insert(
                Sample(
                    self.variable.id,
                    int(s),
                    int(a),
                    int(x) if ok else None,
                    "good" if ok else "bad",
                    "" if ok else "missing",
                )
            )
        return True

    def snapshot(self) -> dict[str, Any]:
        """Plain JSON state."""
        return {
            "s": self.sources,
            "a": [a - s for s, a in zip(self.sources, self.arrivals, strict=True)],
            "x": self.counts,
            "n": {str(i): n for i, n in enumerate(self.notes) if n},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Inverse of `snapshot`."""
        self.sources = list(state["s"])
        self.arrivals = [s + d for s, d in zip(self.sources, state["a"], strict=True)]
        self.counts = list(state["x"])
        self.notes = [state["n"].get(str(i), "") for i in range(len(self.sources))]


class Memory:
    """All series of a session, made on demand for installed ground variables."""

    def __init__(self, series: Iterable[Series]) -> None:
        self.series: dict[str, Series] = {s.variable.id: s for s in series}

    def insert(self, samples: Iterable[Sample], counts: dict[str, int]) -> list[Sample]:
        """Take in samples; count what became of them by cause; return those of unknown variables.

        They go in by source time, so that the counts do not depend on the order in which they were handed over.
        """
        strangers: list[Sample] = []
        for sample in sorted(samples, key=_canonical):
            series = self.series.get(sample.variable)
            if series is None:
                strangers.append(sample)
                outcome = "unknown variable"
            else:
                outcome = series.insert(sample)
            counts[outcome] = counts.get(outcome, 0) + 1
        return strangers

    def history(self, name: str, start: int, end: int) -> list[tuple[int, float | None]]:
        """Samples of a variable with source time in (start, end]: (ms, value in its unit, None where it is bad)."""
        series = self.series.get(name)
        if series is None:
            return []
        i, j = series.window(end, max(0, end - start))
        v = series.variable
        columns = zip(series.sources[i:j], series.counts[i:j], strict=True)
        return [(t, None if x is None else v.value(x)) for t, x in columns]

    def forget(self, now: int) -> None:
        """Drop what no window can reach any more."""
        for series in self.series.values():
            series.forget(now)

    def roll_baselines(self, now: int, guard: int) -> None:
        """Close every hour that ended before ``now - guard``."""
        for series in self.series.values():
            if series.sources:
                reach = (now - guard - series.hourly.span) // HOUR * HOUR
                hour = max(series.hourly.next_hour(series.sources[0]), reach)
                while hour + HOUR <= now - guard:
                    i, j = bisect_left(series.sources, hour), bisect_left(series.sources, hour + HOUR)
                    series.hourly.close(hour, series.good(i, j)[1])
                    series.hourly.forget(hour - series.hourly.span)
                    hour += HOUR


def _canonical(sample: Sample) -> tuple[int, int, str, bool, int, str, str]:
    count = sample.count
    return sample.source, sample.arrival, sample.variable, count is None, count or 0, sample.quality, sample.note
