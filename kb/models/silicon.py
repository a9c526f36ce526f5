"""Silicon two hours ahead: the port through which the rules ask, with intervals from the model's own past errors.

Every five minutes of plant time the model predicts from what has arrived by then. The predictions made on the hour
wait until the laboratory has reported their outcome; their errors, at most `WINDOW` of them, make the intervals of
the later ones. All this happens at times of arrival, so it does not depend on when scans run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Literal

from expert.models.conformal import Band, Conformal
from expert.models.port import Question
from expert.values.interval import ONE
from expert.values.types import ModelAnswer, Sample, Variable
from kb.models.artifact import Artifact, ArtifactError, load, missing
from kb.models.features import FRESH, HOUR, LABELLED, TARGET, VARIABLES, Store, outcome, vector
from kb.models.replay import Readings, arrivals
from kb.paths import data_file

MODEL = "silicon_outlook"
HORIZON = 2 * HOUR
GRID = 5 * 60_000
MOST_MISSING = 2
"""With more of its inputs missing, the model goes by the assays alone; unverified."""
WORSE = 1.2
"""So many times the mean square error of AR(1), and Ridge gives way to it; unverified."""
DIGITS = 4
"""Decimals of a prediction, %: a tenth of the assay's resolution."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Predictions made at time ``t``, %; ``last``: the newest assay.

    ``why``: a reason code for what they lack; ``silent``: it forbids an answer, the predictions only count for score.
    """

    t: int
    last: float | None
    ridge: float | None
    ar1: float | None
    why: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A forecast with the intervals issued with it, until its outcome is known."""

    forecast: Forecast
    ridge: Band | None
    ar1: Band | None


class SiliconPort:
    """Answers how probable it is that silicon will be below or above a limit two hours from now.

    What is meant is the mean of the assays sampled in the second of the two hours.

    Parameters
    ----------
    artifact : Artifact, optional
        Default: the one that travels with the product.
    variables : mapping of str to Variable, optional
        The site's; when given, their units and resolutions must be those that the model was trained with.

    Attributes
    ----------
    on_outcome : callable, optional
        Called with a forecast and its outcome in %, before the port learns from it.

    Raises
    ------
    ArtifactError
        When the file cannot be used or does not fit the variables.
    """

    id = MODEL

    def __init__(self, artifact: Artifact | None = None, variables: Mapping[str, Variable] | None = None) -> None:
        self.artifact = artifact if artifact is not None else load(artifact_file())
        for name in VARIABLES:
            v = (variables or {}).get(name)
            trained = self.artifact.units[name], self.artifact.resolutions[name]
            if v is not None and (v.unit, v.resolution) != trained:
                raise ArtifactError(f"model {MODEL} was trained with {name} in {' of '.join(reversed(trained))}")
        self.store = Store(self.artifact.resolutions)
        self.ridge, self.ar1 = Conformal(), Conformal()
        self.on_outcome: Callable[[Pending, float], None] | None = None
        self._next: int | None = None
        self._pending: deque[Pending] = deque()
        self._made: deque[Forecast] = deque()

    # ------------------------------------------------------------ taking in

    def observe(self, samples: Sequence[Sample]) -> None:
        """Take in what arrived since the last scan."""
        mine = [s for s in samples if s.variable in self.store.series]
        for s in sorted(mine, key=lambda s: s.arrival):
            self.take(s.variable, s.source, s.arrival, s.count if s.quality == "good" else None)

    def warm_up(self, history: Mapping[str, Readings], before: int | None = None) -> None:
        """Live through a history at once, so that there are errors to judge by.

        ``before`` (ms): leave out what arrived then or later.
        """
        for variable, source, arrival, count in arrivals(history, VARIABLES):
            if before is not None and arrival >= before:
                break
            self.take(variable, source, arrival, count)
        while len(self._made) > 1:
            self._made.popleft()

    def take(self, variable: str, source: int, arrival: int, count: int | None) -> None:
        """Take in one sample (``count`` None: bad), after predicting for the times before its arrival."""
        self._advance(arrival - 1)
        self.store.take(variable, source, arrival, count)

    def _advance(self, until: int) -> None:
        """Predict and learn at every grid time up to that one, from what had arrived by then."""
        if self._next is None:
            self._next = (until // GRID + 1) * GRID
        while self._next <= until:
            t = self._next
            self._settle(t)
            forecast = self._forecast(t)
            self._made.append(forecast)
            if t % HOUR == 0 and forecast.ar1 is not None:
                bands = _band(self.ridge, forecast.ridge), _band(self.ar1, forecast.ar1)
                self._pending.append(Pending(forecast, *bands))
            self.store.prune(t)
            self._next = t + GRID

    def _settle(self, now: int) -> None:
        while self._pending and self._pending[0].forecast.t + LABELLED <= now:
            pending = self._pending.popleft()
            truth = outcome(self.store, pending.forecast.t)
            if truth is None:
                continue
            truth = round(truth, DIGITS)
            if self.on_outcome is not None:
                self.on_outcome(pending, truth)
            for value, band, errors in (
                (pending.forecast.ridge, pending.ridge, self.ridge),
                (pending.forecast.ar1, pending.ar1, self.ar1),
            ):
                if value is not None:
                    errors.learn(value, truth, band)

    # ------------------------------------------------------------ predicting

    def _forecast(self, t: int) -> Forecast:
        last = self.store.series[TARGET].last(t)
        if last is None:
            return Forecast(t, None, None, None, "no data", True)
        if t - last > FRESH[TARGET]:
            return Forecast(t, None, None, None, f"target stale|{(t - last) // HOUR} h", True)
        values = vector(self.store, t)
        outside, absent = self.artifact.outside(values), missing(values)
        assay = self.store.series[TARGET].mean_last(1, t)
        ar1 = None if assay is None else round(self.artifact.ar1(assay), DIGITS)
        if outside:
            return Forecast(t, assay, None, ar1, f"outside training|{', '.join(outside)}", True)
        if len(absent) > MOST_MISSING:
            return Forecast(t, assay, None, ar1, f"own history|{', '.join(absent)}")
        ridge = round(self.artifact.ridge(values), DIGITS)
        return Forecast(t, assay, ridge, ar1, f"inputs missing|{', '.join(absent)}" if absent else "")

    def answer(self, now: int, run_at: int, questions: Sequence[Question]) -> tuple[ModelAnswer, ...]:
        """Answer for a scan at ``now`` (ms), knowing only what has arrived by ``run_at``."""
        if self._next is not None:
            self._advance(run_at)
        while len(self._made) > 1 and self._made[1].t <= now:
            self._made.popleft()
        return tuple(self._reply(now, q) for q in questions)

    def _reply(self, now: int, question: Question) -> ModelAnswer:
        _, asked, limit, ahead = question
        op: Literal["below", "above"] = "below" if asked == "below" else "above"
        value, errors, why = self._basis(now, ahead)
        band = None if value is None else errors.band(value)
        if value is None or band is None or band.low is None or band.high is None:
            return ModelAnswer(MODEL, ahead, op, limit, 0, ONE, reason=why, artifact=self.artifact.digest)
        x = errors.below(value, limit) if op == "below" else errors.above(value, limit)
        # silicon is never negative, so nothing that can happen is cut off
        value, low, high = (max(0.0, round(end, DIGITS)) for end in (value, band.low, band.high))
        return ModelAnswer(MODEL, ahead, op, limit, x.s, x.p, value, low, high, why, self.artifact.digest)

    def _basis(self, now: int, ahead: int) -> tuple[float | None, Conformal, str]:
        """The prediction that counts now, the errors to judge it by, and a reason code."""
        if ahead != HORIZON:
            return None, self.ridge, f"other horizon|{HORIZON // HOUR} h"
        if not self._made:
            return None, self.ridge, "no data"
        forecast = self._made[0]
        if not 0 <= now - forecast.t < GRID:
            return None, self.ridge, "no forecast"
        if forecast.silent:
            return None, self.ridge, forecast.why
        if forecast.ridge is None:
            return forecast.ar1, self.ar1, self.ar1.refusal or forecast.why
        if self._worse():
            return forecast.ar1, self.ar1, "own history does better"
        return forecast.ridge, self.ridge, self.ridge.refusal or forecast.why

    def _worse(self) -> bool:
        """Whether Ridge has lately done clearly worse than the assays alone."""
        if self.ridge.refusal or self.ar1.refusal:
            return False
        ridge, ar1 = self.ridge.mean_square, self.ar1.mean_square
        return ridge is not None and ar1 is not None and ridge > WORSE * ar1

    # ------------------------------------------------------------ state

    def snapshot(self) -> dict[str, Any]:
        """Exact state as plain JSON."""
        return {
            "artifact": self.artifact.digest,
            "next": self._next,
            "store": self.store.snapshot(),
            "made": [list(astuple(f)) for f in self._made],
            "pending": [[list(astuple(p.forecast)), _ends(p.ridge), _ends(p.ar1)] for p in self._pending],
            "ridge": self.ridge.snapshot(),
            "ar1": self.ar1.snapshot(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Inverse of `snapshot`, for a fresh port.

        Errors and predictions of another artifact say nothing about this one: they are left behind, the samples stay.
        """
        self.store.restore(state["store"])
        self._next = state["next"]
        if state["artifact"] != self.artifact.digest:
            return
        self._made = deque(Forecast(*f) for f in state["made"])
        self._pending = deque(Pending(Forecast(*f), _from_ends(r), _from_ends(a)) for f, r, a in state["pending"])
        self.ridge.restore(state["ridge"])
        self.ar1.restore(state["ar1"])


def artifact_file() -> Path:
    """Where the model that travels with the product lies."""
    return data_file("models/silicon_outlook.json")


def _band(errors: Conformal, value: float | None) -> Band | None:
    return None if value is None else errors.band(value)


def _ends(band: Band | None) -> list[float | None] | None:
    return None if band is None else [band.low, band.high]


def _from_ends(ends: Sequence[float | None] | None) -> Band | None:
    return None if ends is None else Band(*ends)
