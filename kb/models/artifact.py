"""The silicon model as it is kept: coefficients in a small JSON file, no code in it and no library needed to use it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.models.features import FEATURES, VARIABLES

FORMAT = 1


class ArtifactError(ValueError):
    """A model file that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One feature in the linear model.

    ``mean`` stands in for a missing value; ``low`` and ``high`` bound what the training saw; ``slope`` is per unit.
    """

    mean: float
    low: float
    high: float
    slope: float


@dataclass(frozen=True, slots=True)
class Artifact:
    """A trained model: Ridge over `FEATURES`, and AR(1) from the last assay alone.

    ``digest``: SHA-256 of the file, hex; ``card``: training and scores, as stored.
    """

    digest: str
    units: Mapping[str, str]
    resolutions: Mapping[str, str]
    intercept: float
    weights: tuple[Weight, ...]
    level: float
    memory: float
    card: Mapping[str, Any]

    def ridge(self, values: Sequence[float | None]) -> float:
        """Prediction in the target's unit; a missing input counts as its training mean."""
        total = self.intercept
        for value, w in zip(values, self.weights, strict=True):
            if value is not None:
                total += w.slope * (value - w.mean)
        return total

    def ar1(self, last: float) -> float:
        """Prediction from the last assay: it falls back to the level."""
        return self.level + self.memory * (last - self.level)

    def outside(self, values: Sequence[float | None]) -> tuple[str, ...]:
        """Variables of which a feature lies outside what the training saw."""
        checked = zip(FEATURES, values, self.weights, strict=True)
        return tuple(dict.fromkeys(f.variable for f, v, w in checked if v is not None and not w.low <= v <= w.high))


def missing(values: Sequence[float | None]) -> tuple[str, ...]:
    """Variables of which a feature has no value."""
    return tuple(dict.fromkeys(f.variable for f, v in zip(FEATURES, values, strict=True) if v is None))


def load(path: Path) -> Artifact:
    """Read a model file.

    Raises
    ------
    ArtifactError
        When it is missing or cannot be used, see `parse`.
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise ArtifactError(f"model file {path.name} cannot be read: {e.strerror}; `make models` writes it") from e
    return parse(data, path.name)


def parse(data: bytes, name: str) -> Artifact:
    """A model from the bytes of its file.

    Raises
    ------
    ArtifactError
        When they are no JSON, were made for other features, or hold a number that is none.
    """
    try:
        return _artifact(json.loads(data), hashlib.sha256(data).hexdigest())
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise ArtifactError(f"model file {name} cannot be used: {e}; `make models` writes a new one") from e


def _artifact(found: Any, digest: str) -> Artifact:
    if found["format"] != FORMAT:
        raise ValueError(f"format {found['format']} instead of {FORMAT}")
    names, expected = [f["name"] for f in found["features"]], [f.name for f in FEATURES]
    if names != expected:
        differ = sorted(set(names) ^ set(expected)) or ["their order"]
        raise ValueError(f"made for other features ({', '.join(differ)})")
    if list(found["inputs"]) != list(VARIABLES):
        raise ValueError(f"inputs are {', '.join(found['inputs'])} instead of {', '.join(VARIABLES)}")
    return Artifact(
        digest=digest,
        units={name: str(x["unit"]) for name, x in found["inputs"].items()},
        resolutions={name: str(x["resolution"]) for name, x in found["inputs"].items()},
        intercept=_number(found["ridge"]["intercept"]),
        weights=tuple(Weight(*(_number(f[k]) for k in ("mean", "low", "high", "slope"))) for f in found["features"]),
        level=_number(found["ar1"]["level"]),
        memory=_number(found["ar1"]["memory"]),
        card={k: found[k] for k in ("model", "training", "scores")},
    )


def _number(x: Any) -> float:
    if isinstance(x, bool) or not isinstance(x, int | float) or not math.isfinite(x):
        raise ValueError(f"{x!r} is not a number")
    return float(x)
