"""The baseline of a variable: median and inter-quartile range of its hourly means.

Source of the form: median and IQR over 30 days as the reference of z features, plant rule set of a
1780 m3 furnace (F2 in the domain notes); hourly means and the guard are this product's contract.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from expert.values.types import Variable

HOUR = 3_600_000
MIN_HOURS = 24
"""Hours of history a baseline needs before it says anything (unverified)."""


def quartile(ordered: Sequence[float], quarter: int) -> float:
    """Quartile of sorted values by linear interpolation between neighbours.

    >>> quartile([1.0, 2.0, 3.0, 4.0, 5.0], 1)
    2.0
    """
    at, rest = divmod((len(ordered) - 1) * quarter, 4)
    low = ordered[at]
    return low if rest == 0 else low + (ordered[at + 1] - low) * (rest / 4)


class HourlyMeans:
    """Hourly means of one variable and what follows from them.

    Parameters
    ----------
    variable : Variable
    scale : Fraction
        House units per count.
    span, max_exclude : int
        How far back the baseline reaches, and the longest run of excluded time that is left out, ms.
    """

    __slots__ = (
        "_cache",
        "accepted",
        "excluded",
        "fixed",
        "hours",
        "least",
        "max_exclude",
        "means",
        "regimes",
        "scale",
        "span",
        "upto",
    )

    def __init__(self, variable: Variable, scale: Fraction, span: int, max_exclude: int, coverage: Fraction) -> None:
        self.scale = scale
        self.span = span
        self.max_exclude = max_exclude
        self.least = max(1, int(coverage * (HOUR // variable.period)))
        self.hours: list[int] = []
        self.means: list[float] = []
        self.excluded: set[int] = set()
        self.regimes: list[int] = []
        self.accepted: int | None = None
        self.upto: int | None = None
        self.fixed: tuple[float, float] | None = None
        self._cache: tuple[tuple[int, int, int], tuple[float, float] | None] | None = None

    def next_hour(self, first_source: int) -> int:
        """Start of the next hour to close."""
        return self.upto if self.upto is not None else first_source // HOUR * HOUR

    def close(self, hour: int, counts: Sequence[int]) -> None:
        """Add the hour that starts at ``hour`` from its good counts, when there are enough of them."""
        self.upto = hour + HOUR
        if len(counts) >= self.least:
            self._add(hour, sum(counts), len(counts))

    def _add(self, hour: int, total: int, n: int) -> None:
        self.hours.append(hour)
        self.means.append((total * self.scale.numerator) / (n * self.scale.denominator))

    def forget(self, before: int) -> None:
        """Drop what no baseline can reach any more."""
        i = bisect_left(self.hours, before)
        del self.hours[:i], self.means[:i]
        self.excluded = {h for h in self.excluded if h >= before}
        self.regimes = [h for h in self.regimes if h >= before]

    def load(self, source: Sequence[int], count: Sequence[int], good: Sequence[bool], low: int, high: int) -> bool:
        """Add all complete hours of a history; False when it is not sorted by source time, then none is added."""
        import numpy as np

        s, x = np.asarray(source, dtype=np.int64), np.asarray(count, dtype=np.int64)
        ok = np.asarray(good, dtype=bool) & (x >= low) & (x <= high)
        if not len(s):
            return True
        if np.any(s[1:] < s[:-1]):
            return False
        hour = s // HOUR
        starts = np.flatnonzero(np.r_[True, hour[1:] != hour[:-1]])
        sums = np.add.reduceat(np.where(ok, x, 0), starts)
        sizes = np.add.reduceat(ok.astype(np.int64), starts)
        for h, total, n in zip(hour[starts[:-1]], sums[:-1], sizes[:-1], strict=True):
            if n >= self.least:
                self._add(int(h) * HOUR, int(total), int(n))
        self.upto = int(hour[-1]) * HOUR
        return True

    def exclude(self, now: int) -> int | None:
        """Mark the hour of ``now`` as abnormal; return the hour of a regime change when the run is too long.

        From a regime change on, the level is normal for as long as the fact goes on without a free hour.
        """
        hour = now // HOUR * HOUR
        if hour in self.excluded or hour == self.accepted:
            return None
        if self.accepted is not None and hour - self.accepted <= HOUR:
            self.accepted = hour
            return None
        run = 1
        while hour - run * HOUR in self.excluded:
            run += 1
        if run * HOUR > self.max_exclude:
            self.excluded -= {hour - k * HOUR for k in range(1, run)}
            self.regimes.append(hour)
            self.accepted = hour
            self._cache = None
            return hour
        self.excluded.add(hour)
        return None

    def at(self, now: int, guard: int) -> tuple[float, float] | None:
        """Median and inter-quartile range in house units as known at ``now``, or None with too little history."""
        if self.fixed is not None:
            return self.fixed
        end = (now - guard) // HOUR * HOUR
        key = (end, len(self.hours), len(self.excluded))
        if self._cache is None or self._cache[0] != key:
            self._cache = (key, self._compute(end))
        return self._cache[1]

    def _compute(self, end: int) -> tuple[float, float] | None:
        i, j = bisect_left(self.hours, end - self.span), bisect_left(self.hours, end)
        pairs = zip(self.hours[i:j], self.means[i:j], strict=True)
        used = sorted(m for h, m in pairs if h not in self.excluded)
        if len(used) < MIN_HOURS:
            return None
        return quartile(used, 2), quartile(used, 3) - quartile(used, 1)

    def snapshot(self) -> dict[str, Any]:
        """Plain JSON state."""
        return {
            "h": [h // HOUR for h in self.hours],
            "m": self.means,
            "x": sorted(h // HOUR for h in self.excluded),
            "r": self.regimes,
            "a": self.accepted,
            "u": self.upto,
            "f": list(self.fixed) if self.fixed else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Inverse of `snapshot`."""
        self.hours = [h * HOUR for h in state["h"]]
        self.means = list(state["m"])
        self.excluded = {h * HOUR for h in state["x"]}
        self.regimes = list(state["r"])
        self.accepted = state["a"]
        self.upto = state["u"]
        self.fixed = (state["f"][0], state["f"][1]) if state["f"] else None
        self._cache = None
