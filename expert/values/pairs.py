"""Registered window features of two variables: pure functions from the pairs of samples of a window to one number.

``coherence(x, y, 60 min, 0.002 Hz, 0.005 Hz)``: both variables are sampled at one period, and a sample of the first
belongs to the nearest one of the second, less than half a period away. Where one of them is missing or bad the pair is
missing; coverage counts pairs. As with features of one variable (`expert.values.features`), one function serves a scan
and years at once, and the results of an inexact one are recorded with the scan's input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from expert.values.features import FEATURES, Setting


@dataclass(frozen=True, slots=True)
class Pairs:
    """Good pairs of one window.

    ``places``: of the ``expected`` places of a complete window, oldest first, those that have a pair; ``first``,
    ``second``: counts of the two variables there; ``period``: of both, ms; ``settings``: in house units.
    """

    places: Sequence[int]
    first: Sequence[int]
    second: Sequence[int]
    period: int
    expected: int
    settings: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFeature:
    """One feature of two variables, a plain number.

    Parameters
    ----------
    name : str
    compute : callable
        Pairs -> number; None where it is not defined.
    least : int
        Fewest good pairs.
    ends : tuple of float
        Smallest and largest value that it can have.
    words : mapping
        Language -> what it is, with ``{y}`` for the second variable, ``{T}`` and a gap for every setting.
    doc : str
        One sentence for the guide of rule writers.
    unfit : callable
        (period ms, duration ms, settings) -> why it cannot be asked so, or ''.
    settings : tuple of Setting
    tolerance : float
        Absolute; 0 when exact.
    """

    name: str
    compute: Callable[[Pairs], float | None]
    least: int
    ends: tuple[float, float]
    words: Mapping[str, str]
    doc: str
    unfit: Callable[[int, int, tuple[float, ...]], str]
    settings: tuple[Setting, ...] = ()
    tolerance: float = 0.0

    @property
    def form(self) -> str:
        """How it is written."""
        return f"{self.name}({', '.join(['variable', 'other', '60 min', *(s.example for s in self.settings)])})"


PAIRS: dict[str, PairFeature] = {}


def register_pair(feature: PairFeature) -> PairFeature:
    """Make a feature of two variables known to the language.

    Raises
    ------
    ValueError
        When the name is taken, or the feature asks for fewer than two pairs.
    """
    if feature.name in PAIRS or feature.name in FEATURES:
        raise ValueError(f"window feature {feature.name} is registered already")
    if feature.least < 2:
        raise ValueError(f"window feature {feature.name} needs at least two pairs, not {feature.least}")
    PAIRS[feature.name] = feature
    return feature


# ---------------------------------------------------------------- the features that ship

LENGTHS = 4
"""A segment is the window's fourth part; overlapping by half, seven of them fill it (one or two more or fewer where the
samples do not divide)."""
LEAST_SEGMENTS = 4
"""Of fewer, anything would cohere with anything: of one segment it is always 1."""
SHORTEST = 4
"""Fewest samples of a segment."""
NOTHING = 1e-12
"""A frequency with less than this share of a variable's strongest is none at which it swings."""


def _coherence(w: Pairs) -> float | None:
    """Magnitude-squared coherence, mean over the frequencies nearest to a band: averaged periodograms.

    Hann window, each segment without its mean; missing pairs stand at the mean, and segments of which more than half is
    missing are left out. Two variables that have nothing in common come out near one over the number of independent
    segments, here about 0.2.

    Source: P. D. Welch, IEEE Trans. Audio Electroacoust. AU-15 (1967) 70-73 (segments); G. C. Carter, C. H. Knapp,
    A. H. Nuttall, same journal AU-21 (1973) 337-344 (coherence and its bias).

    >>> x = [0, 3, 1, 7, 2, 9, 4, 4] * 4
    >>> round(_coherence(Pairs(range(32), x, [2 * i for i in x], 1000, 32, (0.2, 0.4))), 9)
    1.0
    """
    import numpy as np

    length = w.expected // LENGTHS
    known = np.zeros(w.expected, dtype=bool)
    known[list(w.places)] = True
    both = np.zeros((2, w.expected))
    both[0, known], both[1, known] = w.first, w.second
    taper = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    spectra = []
    for start in range(w.expected - length, -1, length // 2 - length):
        there = known[start : start + length]
        if 2 * int(there.sum()) >= length:
            part = both[:, start : start + length].copy()
            part[:, there] -= part[:, there].mean(axis=1, keepdims=True)
            spectra.append(np.fft.rfft(part * taper, axis=1))
    if len(spectra) < LEAST_SEGMENTS:
        return None
    found = np.array(spectra)
    power = (np.abs(found) ** 2).sum(axis=0)[:, 1:]
    cross = np.abs((np.conj(found[:, 0]) * found[:, 1]).sum(axis=0))[1:] ** 2
    most = power.max(axis=1)
    if not most.all():
        return None
    first, last = (round(f * length * w.period / 1000.0) for f in w.settings)
    band = slice(max(first, 1) - 1, max(last, 1))
    swings = (power[:, band] > NOTHING * most[:, None]).all(axis=0)
    shares = np.where(swings, cross[band] / np.where(swings, power[0, band] * power[1, band], 1.0), 0.0)
    return min(1.0, float(shares.mean()))


def _coherence_unfit(period: int, duration: int, settings: tuple[float, ...]) -> str:
    low, high = settings
    length = duration // period // LENGTHS
    if low > high:
        return "the band ends below where it begins"
    if high * period * 2 > 1000:
        return "the samples are too slow for that: the fastest that they show is half a swing a sample"
    if length < SHORTEST:
        return f"each of its segments, a quarter of the window, has {length} samples; it takes {SHORTEST}"
    short = low * length * period < 1000
    return "a segment, which is a quarter of the window, is shorter than one swing of that" if short else ""


register_pair(
    PairFeature(
        name="coherence",
        compute=_coherence,
        least=LENGTHS * SHORTEST // 2,
        ends=(0.0, 1.0),
        words={"en": "coherence with {y} from {0} to {1} in {T}", "zh": "{T} 内 {0} 至 {1} 与{y}的相干性"},
        doc="share, 0 to 1, of what swings within a band in one variable that the other explains",
        settings=(Setting("from", "Hz", "0.002 Hz"), Setting("to", "Hz", "0.005 Hz")),
        tolerance=1e-9,
        unfit=_coherence_unfit,
    )
)
