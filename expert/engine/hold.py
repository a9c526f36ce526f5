"""`for: T`: the minimum of both ends over the scans in [t-T, t].

Scans that never ran are left out, up to two in a row and max(2, 5 %) in total. The hold starts after the
newest gap that breaks this limit, or at the session's start; until T has passed since then support is 0. A gap of
more than two in a row breaks it for as long as one of its scans lies in [t-T, t].
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
    """Past scans of one condition: (time, support, plausibility), oldest first.

    ``start``: first scan of the run of positive support that goes on, None when there is none.
    """

    past: list[tuple[int, int, int]] = field(default_factory=list)
    start: int | None = None

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
        begin = self._begin(now, duration, period)
        inside = [x for x in self.past if x[0] >= begin] + [(now, current.s, current.p)]
        p = min(x[2] for x in inside)
        s = min(x[1] for x in inside) if begin <= now - duration else 0
        return Interval(min(s, p), p), self._since(now, current, begin, duration)

    def _begin(self, now: int, duration: int, period: int) -> int:
        """Start of the hold: ``now - duration`` or later."""
        allowed = max(MISSING_IN_A_ROW, duration // period // MISSING_SHARE)
        total = 0
        later = now
        for earlier, _, _ in reversed(self.past):
            if later <= now - duration:
                break
            inside = (later - max(earlier, now - duration - period)) // period - 1
            total += max(0, inside)
            too_long = inside > 0 and (later - earlier) // period - 1 > MISSING_IN_A_ROW
            if too_long or total > allowed:
                return later
            later = earlier
        return max(now - duration, later)

    def _since(self, now: int, current: Interval, begin: int, duration: int) -> int | None:
        if current.s == 0:
            return None
        since = now if self.start is None else self.start
        return max(since, begin) if begin > now - duration else since

    def record(self, now: int, current: Interval, duration: int, period: int) -> None:
        """Remember this scan; forget what no later scan can reach."""
        self.start = self._since(now, current, self._begin(now, duration, period), duration)
        self.past.append((now, current.s, current.p))
        cut = now - duration - 3 * period
        while len(self.past) > 1 and self.past[1][0] <= cut:
            self.past.pop(0)

    def snapshot(self) -> list[Any]:
        """Plain JSON state."""
        return [self.start, [list(x) for x in self.past]]

    @classmethod
    def restore(cls, state: list[Any]) -> Hold:
        """Inverse of `snapshot`."""
        return cls([(x[0], x[1], x[2]) for x in state[1]], state[0])
