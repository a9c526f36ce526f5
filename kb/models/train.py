"""Training of the silicon model on simulated furnaces; the only place that needs scikit-learn, never at run time."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, cross_val_score

from kb.furnace.catalogue import load_variables
from kb.models.artifact import FORMAT, parse
from kb.models.dataset import Example, examples
from kb.models.features import FEATURES, HOUR, TARGET, VARIABLES, Store, vector
from kb.models.scores import LOW, live, table
from kb.models.silicon import HORIZON, MODEL
from kb.paths import KB

SEEDS = tuple(range(1001, 1013))
TEST_SEEDS = tuple(range(2001, 2007))
DAYS = 60
PENALTIES = (1.0, 10.0, 100.0, 1000.0)
MARGIN = 0.5
"""The domain reaches so many standard deviations beyond what the training saw."""
FOLDS = 4

Floats = NDArray[np.float64]


def main(seeds: Sequence[int] | None = None, out: Path | None = None) -> str:
    """Train on the seeds, score on furnaces that were not among them, write the artifact and return the table.

    Raises
    ------
    ValueError
        When there are fewer seeds than folds, or one of them is a test seed.
    """
    chosen = tuple(SEEDS if seeds is None else seeds)
    if len(set(chosen)) < FOLDS or set(chosen) & set(TEST_SEEDS):
        raise ValueError(f"training needs {FOLDS} or more different seeds, none of {TEST_SEEDS[0]}-{TEST_SEEDS[-1]}")
    rows = [(seed, row) for seed in chosen for row in examples(seed, DAYS)]
    found = fit([row for _, row in rows], [seed for seed, _ in rows])
    found["scores"] = {}
    artifact = parse(_bytes(found), "in training")
    for name, rough in (("with_faults", True), ("quiet", False)):
        scored = [row for seed in TEST_SEEDS for row in live(artifact, seed, DAYS, rough)]
        found["scores"][name] = table(scored, artifact.level)
    path = KB / "models" / "silicon_outlook.json" if out is None else out
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_bytes(found))
    return describe(found) + f"\nwritten: {path.name}"


def fit(rows: Sequence[Example], groups: Sequence[int]) -> dict[str, Any]:
    """Coefficients and card as they stand in the file, from rows and the furnace that each comes from."""
    raw = np.array([[np.nan if x is None else x for x in row.values] for row in rows])
    y = np.array([row.outcome for row in rows])
    mean, spread = np.nanmean(raw, axis=0), np.nanstd(raw, axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    x = (np.where(np.isnan(raw), mean, raw) - mean) / spread
    tried = {penalty: _cross_validated(x, y, groups, penalty) for penalty in PENALTIES}
    best = min(PENALTIES, key=tried.__getitem__)
    model = Ridge(alpha=best, solver="cholesky").fit(x, y)
    low, high = np.nanmin(raw, axis=0) - MARGIN * spread, np.nanmax(raw, axis=0) + MARGIN * spread
    return {
        "format": FORMAT,
        "model": {"id": MODEL, "target": TARGET, "unit": "%", "horizon_hours": HORIZON // HOUR},
        "inputs": _inputs(),
        "features": [
            {"name": f.name} | _rounded(mean=mean[i], std=spread[i], low=low[i], high=high[i],
                                        slope=model.coef_[i] / spread[i])
            for i, f in enumerate(FEATURES)
        ],
        "ridge": _rounded(intercept=model.intercept_),
        "ar1": _ar1(raw[:, 0], y),
        "training": {
            "seeds": sorted(set(groups)), "days": DAYS, "rows": len(rows), "penalty": best,
            "cross_validated_rmse": {f"{p:g}": round(e, 5) for p, e in tried.items()},
            "scikit_learn": sklearn.__version__,
        },
        "golden": golden(),
    }  # fmt: skip


def _cross_validated(x: Floats, y: Floats, groups: Sequence[int], penalty: float) -> float:
    """RMSE over folds that never split a furnace."""
    errors = cross_val_score(
        Ridge(alpha=penalty, solver="cholesky"), x, y,
        groups=groups, cv=GroupKFold(FOLDS), scoring="neg_mean_squared_error",
    )  # fmt: skip
    return float(np.sqrt(-errors.mean()))


def _ar1(last: Floats, y: Floats) -> dict[str, float]:
    """Level and memory of ``y = level + memory * (last - level)`` by least squares."""
    level = float(y.mean())
    away = last - level
    return _rounded(level=level, memory=float(away @ (y - level) / (away @ away)))


def _inputs() -> dict[str, dict[str, str]]:
    variables = load_variables()
    return {name: {"unit": variables[name].unit, "resolution": variables[name].resolution} for name in VARIABLES}


def _rounded(**numbers: float) -> dict[str, float]:
    return {name: float(f"{x:.9g}") for name, x in numbers.items()}


def golden() -> dict[str, float | None]:
    """Features of a made-up day: stored with the coefficients, they show when the features have changed since."""
    store = Store({name: x["resolution"] for name, x in _inputs().items()})
    for i, name in enumerate(VARIABLES):
        for minute in range(0, 1440, 23):
            source = minute * 60_000 + i * 1_000
            store.take(name, source, source + 1_000, 400 + (minute * (7 + i)) % 211)
    return {f.name: value for f, value in zip(FEATURES, vector(store, 24 * HOUR), strict=True)}


def _bytes(found: Mapping[str, Any]) -> bytes:
    return (json.dumps(found, indent=1, allow_nan=False) + "\n").encode()


def describe(found: Mapping[str, Any]) -> str:
    """The scores as a table for people."""
    training, scores = found["training"], found["scores"]
    lines = [
        f"silicon {found['model']['horizon_hours']} h ahead, trained on {training['rows']} hours of "
        f"{len(training['seeds'])} furnaces, scored on {len(TEST_SEEDS)} others",
        f"{'':12}{'mean':>8}{'last':>8}{'AR(1)':>8}{'Ridge':>8}   RMSE, %",
    ]
    for name, s in scores.items():
        figures = "".join(f"{s[k]:8.4f}" for k in ("mean", "persistence", "ar1", "ridge"))
        lines.append(f"{name.replace('_', ' '):12}{figures}   {s['hours']} hours")
    for name, s in scores.items():
        lines.append(
            f"{name.replace('_', ' ')}: 90 % interval held {s['coverage90']:.1%}, width {s['width']:.3f} %; "
            f"P(< {LOW} %) Brier {s['brier']:.4f}, base rate {s['brier_base_rate']:.4f}; "
            f"no answer in {s['silent']:.1%} of the hours"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(main() + "\n")
