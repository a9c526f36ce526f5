"""From a model's past errors to an honest statement about its next prediction.

The newest residuals (truth minus prediction) stand for the error that is about to be made. A conformal predictive
distribution gives the probability of passing a limit as an interval; adaptive conformal inference (ACI) moves the
miscoverage that the displayed interval is built for, so that it keeps its long-run coverage when the process drifts.

Sources: conformal predictive distributions after Vovk, Gammerman and Shafer, *Algorithmic Learning in a Random World*;
ACI after Gibbs and Candes 2021. On a drifting, autocorrelated series a fixed calibration covered 0.63 instead of 0.90,
ACI over rolling residuals 0.90, also with late labels: the project's own measurement, repeated in its tests.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from expert.values.interval import ONE, UNKNOWN, Interval

WINDOW = 200
LEAST = 30
TARGET = 100_000
"""Miscoverage of the displayed interval, millionths."""
GAMMA = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Band:
    """A prediction interval in the target's unit; an end that is None is infinite."""

    low: float | None
    high: float | None

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return self.low is not None and self.high is not None

    def holds(self, truth: float) -> bool:
        """Whether the truth lies inside, ends included.

        >>> Band(0.3, None).holds(0.3), Band(0.3, 0.5).holds(0.6)
        (True, False)
        """
        return (self.low is None or self.low <= truth) and (self.high is None or truth <= self.high)


class Conformal:
    """Rolling residuals of one model at one horizon.

    Parameters
    ----------
    window : int
        How many of the newest residuals count.
    least : int
        Below so many residuals nothing is said.
    target : int
        Miscoverage aimed at, millionths: 100_000 for a 90 % interval.
    gamma : Fraction
        Step of ACI: 0 keeps the miscoverage fixed.

    Examples
    --------
    >>> c = Conformal(window=40)
    >>> for i in range(39):
    ...     c.learn(0.0, (i - 19) / 64)
    >>> c.band(0.5)
    Band(low=0.21875, high=0.78125)
    >>> c.below(0.5, 0.42)
    Interval(s=350000, p=375000)
    """

    def __init__(self, window: int = WINDOW, least: int = LEAST, target: int = TARGET, gamma: Fraction = GAMMA) -> None:
        if not 0 < least <= window or not 0 < target < ONE:
            raise ValueError(f"need 0 < least <= window and 0 < target < {ONE}, got {least}, {window} and {target}")
        self.window, self.least, self.target, self.gamma = window, least, target, gamma
        self.alpha = target
        """Miscoverage that the next interval is built for, millionths; may leave 0..1 for a while."""
        self.issued = self.missed = 0
        """Intervals whose truth has become known, and how many of them did not hold it."""
        self._newest: deque[float] = deque()
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._sorted)

    @property
    def refusal(self) -> str:
        """Why nothing can be said now, as a reason code: ``few residuals|12`` or ``no bound``; '' when it can."""
        if len(self) < self.least:
            return f"few residuals|{len(self)}"
        low, _ = self._ranks()
        return "" if low >= 1 else "no bound"

    @property
    def mean_square(self) -> float | None:
        """Mean of the squared residuals in the window; None while it is empty."""
        return math.fsum(r * r for r in self._sorted) / len(self) if self._sorted else None

    def band(self, value: float) -> Band | None:
        """Interval around a prediction; None with too few residuals, no ends when ACI asks for more than there are."""
        if len(self) < self.least:
            return None
        low, high = self._ranks()
        if low < 1:
            return Band(None, None)
        return Band(value + self._sorted[low - 1], value + self._sorted[high - 1])

    def _ranks(self) -> tuple[int, int]:
        """Ranks (from 1) of the residuals at both ends of the interval; the lower one is 0 where none is left."""
        n = len(self)
        tail = (n + 1) * min(max(self.alpha, 0), ONE)
        low = tail // (2 * ONE)
        return low, n + 1 - low

    def below(self, value: float, limit: float) -> Interval:
        """Probability that the truth is below a limit, given the prediction.

        With k of n residuals that put the truth below: ``[k/(n+1), (k+1)/(n+1)]``, wider by the ties.
        The unknown interval when `refusal` is not empty.
        """
        if self.refusal:
            return UNKNOWN
        # limit - value, once, against the sorted residuals: the same cut for every residual and monotone in the limit
        cut = limit - value
        strictly, within = bisect_left(self._sorted, cut), bisect_right(self._sorted, cut)
        n = len(self) + 1
        return Interval(round(Fraction(strictly * ONE, n)), round(Fraction((within + 1) * ONE, n)))

    def above(self, value: float, limit: float) -> Interval:
        """Probability that the truth is above a limit: the complement of `below`, ties counted on the open side."""
        return ~self.below(value, limit)

    def learn(self, value: float, truth: float, band: Band | None = None) -> None:
        """Take in what became of a prediction.

        Parameters
        ----------
        value, truth : float
            Prediction and outcome, in the target's unit.
        band : Band, optional
            The interval as issued with the prediction; None when none was.

        Raises
        ------
        ValueError
            When a number is not finite.
        """
        residual = truth - value
        if not math.isfinite(residual):
            raise ValueError(f"a residual must be finite, got prediction {value} and truth {truth}")
        if band is not None:
            miss = not band.holds(truth)
            self.issued += 1
            self.missed += miss
            self.alpha += round(self.gamma * (self.target - miss * ONE))
        self._newest.append(residual)
        insort(self._sorted, residual)
        if len(self._newest) > self.window:
            del self._sorted[bisect_left(self._sorted, self._newest.popleft())]

    def snapshot(self) -> dict[str, Any]:
        """Exact state as plain JSON."""
        return {
            "alpha": self.alpha, "issued": self.issued, "missed": self.missed, "residuals": list(self._newest)
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Inverse of `snapshot`.

        Raises
        ------
        ValueError
            When it is the state of a longer window.
        """
        if len(state["residuals"]) > self.window:
            raise ValueError(f"state of {len(state['residuals'])} residuals does not fit a window of {self.window}")
        self.alpha, self.issued, self.missed = state["alpha"], state["issued"], state["missed"]
        self._newest = deque(state["residuals"])
        self._sorted = sorted(self._newest)
