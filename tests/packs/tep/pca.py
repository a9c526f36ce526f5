"""Principal components as a yardstick: T2 and SPE of each row, or of the hour up to it, fitted on a fault-free run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
EXPLAINED = 0.85
"""Share of the variance that the components kept explain."""
BLOCKS = 5
HOUR = 20
"""Rows of an hour."""


@dataclass(frozen=True)
class Model:
    """A fitted model; ``kept``: loadings of the components kept, ``variances``: theirs."""

    mean: Rows
    scale: Rows
    kept: Rows
    variances: Rows

    @classmethod
    def fit(cls, rows: Rows) -> Model:
        """Components of standardised rows, as many as explain enough."""
        mean, scale = rows.mean(axis=0), rows.std(axis=0, ddof=1)
        _, singular, loadings = np.linalg.svd((rows - mean) / scale, full_matrices=False)
        variances = singular**2 / (len(rows) - 1)
        count = int(np.searchsorted(np.cumsum(variances) / variances.sum(), EXPLAINED)) + 1
        return cls(mean, scale, loadings[:count].T, variances[:count])

    def statistics(self, rows: Rows) -> dict[str, Rows]:
        """T2 and SPE of each row."""
        x = (rows - self.mean) / self.scale
        scores = x @ self.kept
        return {"t2": (scores**2 / self.variances).sum(axis=1), "spe": ((x - scores @ self.kept.T) ** 2).sum(axis=1)}


def held_out(rows: Rows) -> dict[str, Rows]:
    """Statistics of each fifth of a run by a model of the other four: what limits from training alone are set on."""
    parts = np.array_split(np.arange(len(rows)), BLOCKS)
    found = [Model.fit(np.delete(rows, part, axis=0)).statistics(rows[part]) for part in parts]
    return {name: np.concatenate([f[name] for f in found]) for name in ("t2", "spe")}


def limit(values: Rows, rate: float) -> float:
    """Value that a share of ``rate`` lies above.

    >>> limit(np.arange(101.0), 0.05)
    95.0
    """
    return float(np.quantile(values, 1 - rate))


def hourly(rows: Rows) -> Rows:
    """Mean of the hour up to each row, of fewer rows at the start.

    >>> hourly(np.arange(3.0)[:, None]).ravel().tolist()
    [0.0, 0.5, 1.0]
    """
    sums = np.cumsum(np.vstack([np.zeros((1, rows.shape[1])), rows]), axis=0)
    ends = np.arange(1, len(rows) + 1)
    starts = np.maximum(ends - HOUR, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)[:, None]
