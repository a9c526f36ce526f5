"""Shares with their intervals, and the load of notifications."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959964
"""Quantile of the normal distribution for intervals of 95 %."""
FLOOD_WIDTH = 10 * 60_000
FLOOD_START, FLOOD_STOP = 10, 5
"""A flood starts with more than ten notifications in ten minutes and ends with fewer than five."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's interval of 95 %.

    Examples
    --------
    >>> s = Share(9, 10)
    >>> [round(x, 3) for x in (s.value, s.low, s.high)]
    [0.9, 0.596, 0.982]
    """

    hits: float
    of: float
    odds: float = 1.0
    """What the odds are multiplied by: shares of a world where hits are that much more frequent."""

    @property
    def known(self) -> bool:
        """Whether there is anything to take a share of."""
        return self.of > 0

    @property
    def value(self) -> float:
        """The share, 0 to 1; NaN of nothing."""
        return self._shifted(self.hits / self.of) if self.of else math.nan

    @property
    def low(self) -> float:
        """Lower end of the interval; 0 of nothing."""
        return self._shifted(wilson(self.hits, self.of)[0])

    @property
    def high(self) -> float:
        """Upper end of the interval; 1 of nothing."""
        return self._shifted(wilson(self.hits, self.of)[1])

    def _shifted(self, p: float) -> float:
        return p * self.odds / (p * self.odds + 1.0 - p) if p < 1.0 else 1.0

    def as_json(self) -> dict[str, float | None]:
        """Plain JSON form; ``value`` is null of nothing."""
        value = round(self.value, 4) if self.known else None
        return {"value": value, "low": round(self.low, 4), "high": round(self.high, 4), "of": round(self.of, 2)}


def wilson(hits: float, of: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share.

    >>> [round(x, 4) for x in wilson(0, 10)]
    [0.0, 0.2775]
    """
    if not of:
        return 0.0, 1.0
    p, zz = hits / of, z * z
    centre = (p + zz / (2 * of)) / (1 + zz / of)
    half = z / (1 + zz / of) * math.sqrt(p * (1 - p) / of + zz / (4 * of * of))
    return max(0.0, centre - half), min(1.0, centre + half)


def flood_time(times: Sequence[int], end: int) -> int:
    """How long the notifications at these times (ms, sorted) were a flood, up to the end (ms).

    Examples
    --------
    Eleven at once: a flood until fewer than five are left in ten minutes.

    >>> flood_time([0] * 11, 3_600_000) // 60_000
    10
    """
    changes = sorted({*times, *(t + FLOOD_WIDTH for t in times)})
    total, since = 0, -1
    for at in changes:
        inside = sum(at - FLOOD_WIDTH < t <= at for t in times)
        if since < 0 and inside > FLOOD_START:
            since = at
        elif since >= 0 and inside < FLOOD_STOP:
            total += min(at, end) - min(since, end)
            since = -1
    return total + (end - min(since, end) if since >= 0 else 0)


def most_in(times: Sequence[int], width: int) -> int:
    """The most of these times (sorted) that any window of this width holds.

    >>> most_in([0, 5, 9, 30], 10)
    3
    """
    first = best = 0
    for i, t in enumerate(times):
        while times[first] <= t - width:
            first += 1
        best = max(best, i - first + 1)
    return best
