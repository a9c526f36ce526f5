"""How good the silicon model is on furnaces that it has never seen: the port lives through them, hour by hour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from expert.values.interval import ONE
from expert.values.types import ModelAnswer
from kb.models.artifact import Artifact
from kb.models.dataset import DAY, furnace
from kb.models.features import HOUR, VARIABLES
from kb.models.replay import arrivals
from kb.models.silicon import HORIZON, MODEL, Pending, SiliconPort

LOW = 0.35
"""Limit of the scored probability, %: the one that the rules ask for."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One hour: the port's answer as a rule would have seen it, and what came of it, %."""

    t: int
    answer: ModelAnswer
    last: float
    ridge: float | None
    ar1: float
    truth: float


def live(artifact: Artifact, seed: int, days: int, rough: bool) -> list[Scored]:
    """Let a fresh port live through a furnace; hours without an outcome are left out."""
    port = SiliconPort(artifact)
    said: dict[int, ModelAnswer] = {}
    found: list[Scored] = []

    def note(pending: Pending, truth: float) -> None:
        f = pending.forecast
        if f.t in said and f.last is not None and f.ar1 is not None:
            found.append(Scored(f.t, said[f.t], f.last, f.ridge, f.ar1, truth))

    port.on_outcome = note
    hour = HOUR
    for sample in arrivals(furnace(seed, days, rough).history(days * DAY), VARIABLES):
        while hour < sample[2]:
            said[hour] = port.answer(hour, hour, [(MODEL, "below", LOW, HORIZON)])[0]
            hour += HOUR
        port.take(*sample)
    return found


def rmse(errors: Iterable[float]) -> float:
    """Root of the mean square.

    >>> rmse([3.0, -4.0, 0.0, 0.0])
    2.5
    """
    squares = [e * e for e in errors]
    return math.sqrt(math.fsum(squares) / len(squares))


def table(rows: Sequence[Scored], level: float) -> dict[str, float | int]:
    """Errors of the model and of what it must beat, and how honest its intervals were.

    Parameters
    ----------
    rows : sequence of Scored
        All hours with an outcome.
    level : float
        Mean of the training's outcomes, %.

    Returns
    -------
    dict
        RMSE in % over the hours with a Ridge prediction; coverage, width (%) and Brier scores over the hours with an
        answer, ``silent``: the share of hours without one after the first errors had been collected.
    """
    full = [r for r in rows if r.ridge is not None]
    answered = [r for r in rows if r.answer.value is not None]
    started = [r for r in rows if answered and r.t >= answered[0].t]
    chances = [(r.answer.support + r.answer.plausibility) / (2 * ONE) for r in answered]
    below = [float(r.truth < LOW) for r in answered]
    base = math.fsum(below) / len(below)
    inside = [r.answer.low <= r.truth <= r.answer.high for r in answered]  # type: ignore[operator]
    figures = {
        "mean": rmse(r.truth - level for r in full),
        "persistence": rmse(r.truth - r.last for r in full),
        "ar1": rmse(r.truth - r.ar1 for r in full),
        "ridge": rmse(r.truth - r.ridge for r in full if r.ridge is not None),
        "coverage90": sum(inside) / len(inside),
        "width": math.fsum(r.answer.high - r.answer.low for r in answered) / len(answered),  # type: ignore[operator]
        "brier": math.fsum((p - y) ** 2 for p, y in zip(chances, below, strict=True)) / len(below),
        "brier_base_rate": base * (1.0 - base),
        "base_rate": base,
        "silent": 1.0 - len(answered) / len(started),
    }
    return {"hours": len(full)} | {name: round(x, 4) for name, x in figures.items()}
