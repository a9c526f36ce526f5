"""Registered window features: pure functions from the samples of a window to one number.

A feature is written like any window, ``residual(x, 60 min)``, with its own settings behind the duration,
``band_rms(x, 10 min, 0.05 Hz, 0.2 Hz)``. It is one function, the same for one scan and for years at once, and gets
what a window of integer samples is: source times (ms, ascending) and counts, as lists or arrays.

Where its ``tolerance`` is 0 it computes with exact integers and one quotient or square root, so that every machine gets
the same bits. Where it is not (spectra, logarithms), its results are recorded with the scan's input, and a replay takes
the recorded number when its own lies within the tolerance, relative to the range of the window's samples.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Samples:
    """Good samples of one window.

    ``scale``: house units per count; ``period``: of the variable, ms; ``expected``: samples of a complete window;
    ``settings``: of the feature, in house units (s, Hz, 1).
    """

    times: Sequence[int]
    counts: Sequence[int]
    scale: Fraction
    period: int
    expected: int
    settings: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A further argument: its name, a unit of its dimension ('1': a plain number), and an example."""

    name: str
    unit: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFeature:
    """One feature.

    Parameters
    ----------
    name : str
    compute : callable
        Samples -> number in the variable's house unit to the power of ``power``; None where it is not defined.
    power : int
        Unit rule: 0 for a plain number, 1 for the variable's own unit.
    least : int
        Fewest good samples.
    words : mapping
        Language -> what it is, with ``{T}`` for the window and a gap for every setting.
    doc : str
        One sentence for the guide of rule writers.
    settings : tuple of Setting
    tolerance : float
        0 when exact.
    unfit : callable, optional
        (period ms, duration ms, settings) -> why it cannot be asked so, or ''.
    """

    name: str
    compute: Callable[[Samples], float | None]
    power: int
    least: int
    words: Mapping[str, str]
    doc: str
    settings: tuple[Setting, ...] = ()
    tolerance: float = 0.0
    unfit: Callable[[int, int, tuple[float, ...]], str] = field(default=lambda period, duration, settings: "")

    @property
    def form(self) -> str:
        """How it is written."""
        return f"{self.name}({', '.join(['variable', '60 min', *(s.example for s in self.settings)])})"


FEATURES: dict[str, WindowFeature] = {}


def register(feature: WindowFeature) -> WindowFeature:
    """Make a feature known to the language.

    Raises
    ------
    ValueError
        When the name is taken, or the feature asks for fewer than two samples.
    """
    if feature.name in FEATURES:
        raise ValueError(f"window feature {feature.name} is registered already")
    if feature.least < 2:
        raise ValueError(f"window feature {feature.name} needs at least two samples, not {feature.least}")
    FEATURES[feature.name] = feature
    return feature


# ---------------------------------------------------------------- the features that ship


def _residual(w: Samples) -> float | None:
    """Scatter about the least-squares line, by exact sums.

    >>> _residual(Samples([0, 1000, 2000, 3000], [0, 1, 0, 1], Fraction(1), 1000, 4))
    0.4472135954999579
    """
    ts, xs = [int(t) - int(w.times[0]) for t in w.times], [int(x) for x in w.counts]
    n, st, sx = len(xs), sum(ts), sum(xs)
    vt = n * sum(t * t for t in ts) - st * st
    vx = n * sum(x * x for x in xs) - sx * sx
    c = n * sum(t * x for t, x in zip(ts, xs, strict=True)) - st * sx
    if vt == 0:
        return None
    square = Fraction(vx * vt - c * c, n * n * vt) * w.scale * w.scale
    return math.sqrt(square.numerator / square.denominator)


def _autocorrelation(w: Samples) -> float | None:
    """Correlation of the window with itself some time earlier: pairs that lie that far apart to half a period.

    >>> _autocorrelation(Samples([0, 1000, 2000, 3000], [0, 1, 0, 1], Fraction(1), 1000, 4, (2.0,)))
    1.0
    """
    apart = round(w.settings[0] * 1000)
    ts, xs = [int(t) for t in w.times], [int(x) for x in w.counts]
    n, sx = len(xs), sum(xs)
    d = [n * x - sx for x in xs]
    power = sum(y * y for y in d)
    pairs = list(_pairs(ts, apart, w.period))
    if power == 0 or not pairs:
        return None
    return (n * sum(d[i] * d[j] for i, j in pairs)) / (len(pairs) * power)


def _pairs(ts: Sequence[int], apart: int, period: int) -> list[tuple[int, int]]:
    """For each sample the nearest one ``apart`` later, when it is nearer than half a period."""
    out, j = [], 0
    for i, t in enumerate(ts):
        while j + 1 < len(ts) and abs(ts[j + 1] - t - apart) <= abs(ts[j] - t - apart):
            j += 1
        if j > i and abs(ts[j] - t - apart) * 2 <= period:
            out.append((i, j))
    return out


def _lag_unfit(period: int, duration: int, settings: tuple[float, ...]) -> str:
    apart = settings[0] * 1000
    if apart < period:
        return "the samples lie further apart than that"
    return "" if apart * 2 <= duration else "the window is shorter than twice that"


def _band_rms(w: Samples) -> float | None:
    """Root mean square of what oscillates within a band of frequencies: the spectrum of the samples on their grid."""
    import numpy as np

    n, low, high = w.expected, w.settings[0], w.settings[1]
    times, counts = np.asarray(w.times, dtype=np.int64), np.asarray(w.counts, dtype=np.int64)
    place = n - 1 - np.rint((times[-1] - times) / w.period).astype(np.int64)
    grid, known = np.zeros(n), np.zeros(n, dtype=bool)
    inside = place >= 0
    grid[place[inside]], known[place[inside]] = counts[inside], True
    grid[known] -= grid[known].mean()
    power = np.abs(np.fft.rfft(grid)) ** 2 * 2.0
    power[0] = 0.0
    if n % 2 == 0:
        power[-1] /= 2.0
    frequency = np.arange(len(power)) * (1000.0 / (n * w.period))
    chosen = power[(frequency >= low) & (frequency <= high)].sum() / (n * n) * (n / known.sum())
    return math.sqrt(float(chosen)) * w.scale.numerator / w.scale.denominator


def _band_unfit(period: int, duration: int, settings: tuple[float, ...]) -> str:
    low, high = settings
    if low >= high:
        return "the band ends below where it begins"
    if high * period * 2 > 1000:
        return "the samples are too slow for that: the fastest that they show is half a swing a sample"
    return "" if low * duration >= 1000 else "the window is shorter than one swing of that"


register(
    WindowFeature(
        name="residual",
        compute=_residual,
        power=1,
        least=3,
        words={"en": "scatter about its trend in {T}", "zh": "{T} 内去趋势后的散布"},
        doc="standard deviation about the straight line through the window",
    )
)
register(
    WindowFeature(
        name="autocorrelation",
        compute=_autocorrelation,
        power=0,
        least=4,
        words={"en": "likeness to itself {0} before, in {T}", "zh": "{T} 内与 {0} 前的自相关"},
        doc="correlation, -1 to 1, of the window with itself so much earlier: near 1 for a swing of that length",
        settings=(Setting("apart", "s", "5 min"),),
        unfit=_lag_unfit,
    )
)
register(
    WindowFeature(
        name="band_rms",
        compute=_band_rms,
        power=1,
        least=6,
        words={"en": "swing from {0} to {1} in {T}", "zh": "{T} 内 {0} 至 {1} 的波动"},
        doc="root mean square of what swings within a band of frequencies",
        settings=(Setting("from", "Hz", "0.001 Hz"), Setting("to", "Hz", "0.005 Hz")),
        tolerance=1e-9,
        unfit=_band_unfit,
    )
)
