"""`for: T`: the minimum of both ends over the scans in [t-T, t].

Scans that never ran are left out, up to two in a row and max(2, 5 %) in total. The hold starts after the
newest gap that breaks this limit, or at the session's start; until T has passed since then support is 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from expert.values.interval import Interval

MISSING_IN_A_ROW = 2
MISSING_SHARE = 20
"""One scan in this many may be missing in total (5 %), but at least two."""


@dataclass(slots=True)
class Hold:
    """Past scans of one condition: (time, support, plausibility), oldest first."""

    past: list[tuple[int, int, int]] = field(default_factory=list)

    def over(self, now: int, current: Interval, duration: int, period: int) -> tuple[Interval, int | None]:
        """Interval of the held condition at ``now`` and since when it has held without a break.

        Parameters
        ----------
        now, duration, period : int
            Scan time, T and the grid's period, ms.
        current : Interval
            The condition in this scan (not yet recorded).

        Returns
        -------
        Interval, int or None
            The second is the first scan of the unbroken run of positive support, None when there is none.
        """
        scans = [x for x in self.past if x[0] >= now - duration] + [(now, current.s, current.p)]
        begin = self._begin(scans, now, duration, period)
        inside = [x for x in scans if x[0] >= begin]
        p = min(x[2] for x in inside)
        s = min(x[1] for x in inside) if begin <= now - duration else 0
        return Interval(min(s, p), p), self._since(now, current)

    def _begin(self, scans: list[tuple[int, int, int]], now: int, duration: int, period: int) -> int:
        """Start of the hold: ``now - duration`` or later."""
        allowed = max(MISSING_IN_A_ROW, duration // period // MISSING_SHARE)
        total = 0
        known = [x[0] for x in scans]
        before = [x[0] for x in self.past if x[0] < now - duration]
        chain = (before[-1:] or []) + known
        for later, earlier in zip(reversed(chain), reversed(chain[:-1]), strict=False):
            missing = max(0, (later - max(earlier, now - duration - period)) // period - 1)
            total += missing
            if missing > MISSING_IN_A_ROW or total > allowed:
                return later
        first = chain[0]
        return max(now - duration, first)

    def _since(self, now: int, current: Interval) -> int | None:
        if current.s == 0:
            return None
        since = now
        for t, s, _ in reversed(self.past):
            if s == 0:
                break
            since = t
        return since

    def record(self, now: int, current: Interval, duration: int, period: int) -> None:
        """Remember this scan; forget what no later scan can reach."""
        self.past.append((now, current.s, current.p))
        cut = now - duration - 3 * period
        while len(self.past) > 1 and self.past[1][0] <= cut:
            self.past.pop(0)

    def snapshot(self) -> list[Any]:
        """Plain JSON state."""
        return [list(x) for x in self.past]

    @classmethod
    def restore(cls, state: list[Any]) -> Hold:
        """Inverse of `snapshot`."""
        return cls([(x[0], x[1], x[2]) for x in state])
