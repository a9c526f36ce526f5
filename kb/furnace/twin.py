"""The true effect of a cause: a run with it beside the run of the same seed without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from expert.values.types import Variable
from kb.furnace.causes import MINUTE, Cause
from kb.furnace.instruments import THIRDS
from kb.furnace.noise import Floats
from kb.furnace.simulator import History, VirtualFurnace

VISIBLE = 3.0
"""Sigmas of a normal day from which an effect shows on an instrument."""
NORMAL = 3 * 1440 * MINUTE
"""Length of the run that the sigmas come from."""
SMOOTH, SMOOTH_LEVEL = 3, 15 * THIRDS
"""Samples that a difference is averaged over: a charge that falls a minute earlier is no effect."""
COUNTERS = ("charge.count", "cast.count")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a cause does to one instrument.

    ``first``: ms of the first sample beyond three sigma, None when there is none; ``peak``: largest difference in
    sigmas; ``at``: when it is that large; ``last``: ms of the last sample beyond three sigma.
    """

    tag: str
    first: int | None
    peak: float
    at: int | None = None
    last: int | None = None


def twin(
    seed: int,
    start: int,
    causes: Sequence[Cause],
    which: int,
    until: int,
    variables: Mapping[str, Variable] | None = None,
    wide: bool = False,
) -> tuple[Effect, ...]:
    """Effect of ``causes[which]``: a run with all of them minus a run with all others, by instrument name.

    Parameters
    ----------
    seed, start, causes
        As for `VirtualFurnace`.
    which : int
        Index of the cause in question.
    until : int
        End of both runs, ms.
    variables, wide : optional
        As for `VirtualFurnace`.

    Returns
    -------
    tuple of Effect
        One per instrument that differs at all.

    Examples
    --------
    >>> hang = Cause("hang", 60 * MINUTE, 30 * MINUTE)
    >>> found = twin(1, 0, [hang], 0, 100 * MINUTE)
    >>> (clear_at(found, hang.onset, 60 * MINUTE) or 0) - hang.onset < 40 * MINUTE
    True
    """
    furnace = VirtualFurnace(seed, start, causes, variables, wide)
    furnace.skip(min(until, causes[which].onset))
    return effect(furnace, causes[which], until)


def effect(furnace: VirtualFurnace, cause: Cause, until: int) -> tuple[Effect, ...]:
    """Effect of one of the furnace's causes from its clock on; the furnace itself is not moved.

    The clock must not be past the onset.
    """
    having, lacking = furnace.fork(), furnace.fork()
    lacking.withdraw(cause)
    sigma = normal_sigmas(furnace)
    plain = lacking.history(until)
    found = [_compare(name, h, plain[name], sigma[name]) for name, h in having.history(until).items() if name in plain]
    return tuple(x for x in found if x is not None)


def clear_at(effects: Iterable[Effect], onset: int, window: int, instruments: int = 2) -> int | None:
    """When the effect shows on so many instruments, if within the window after the onset (ms).

    Examples
    --------
    >>> clear_at([Effect("a", 70, 4.0), Effect("b", 90, 3.5), Effect("c", None, 1.0)], 50, 60)
    90
    """
    firsts = sorted(e.first for e in effects if e.first is not None and e.first <= onset + window)
    return firsts[instruments - 1] if len(firsts) >= instruments else None


def normal_sigmas(furnace: VirtualFurnace) -> dict[str, float]:
    """Standard deviation of each instrument over normal days of the same furnace, at least half a resolution."""
    return _sigmas(furnace.seed, furnace.wide, furnace.measured)


@lru_cache(maxsize=64)
def _sigmas(seed: int, wide: bool, names: tuple[str, ...]) -> dict[str, float]:
    plain = VirtualFurnace(seed, 0, (), None, wide)
    wanted = {name: variable for name, variable in plain.variables.items() if name in names}
    history = VirtualFurnace(seed, 0, (), wanted, wide).history(NORMAL)
    return {name: max(0.5, float(np.std(h.count[h.good]))) if h.good.any() else 0.5 for name, h in history.items()}


def _compare(name: str, ours: History, plain: History, sigma: float) -> Effect | None:
    if name in COUNTERS or not plain.good.any():
        return None
    source = plain.source[plain.good]
    if not ours.good.any():
        return Effect(name, int(source[0]), VISIBLE, None, int(source[-1]))
    missing = _missing(ours, source)
    times = ours.source[ours.good]
    other = np.interp(times, source, plain.count[plain.good].astype(np.float64))
    width = SMOOTH_LEVEL if name.startswith("stockline.") else SMOOTH
    apart = np.abs(_smooth(ours.count[ours.good] - other, width)) / sigma
    peak = float(apart.max())
    beyond = times[apart > VISIBLE]
    firsts, lasts = ([int(beyond[0])], [int(beyond[-1])]) if len(beyond) else ([], [])
    if missing is not None:
        firsts.append(missing)
        lasts.append(missing)
        peak = max(peak, VISIBLE)
    at = int(times[int(apart.argmax())]) if apart.any() else None
    return (
        Effect(name, min(firsts, default=None), peak, at, max(lasts, default=None))
        if at is not None or firsts
        else None
    )


def _missing(ours: History, source: np.ndarray) -> int | None:
    """First time of ten samples in a row that the twin has and the run has not."""
    lost = ~np.isin(source, ours.source[ours.good])
    if int(lost.sum()) < 10 or len(source) < 10:
        return None
    runs = np.convolve(lost, np.ones(10), "valid")
    at = np.flatnonzero(runs == 10.0)
    return int(source[at[0]]) if len(at) else None


def _smooth(values: Floats, width: int) -> Floats:
    """Mean of the last `width` values; before the start stands zero, because runs are equal until the onset."""
    total = np.cumsum(np.concatenate((np.zeros(width), values)))
    return np.asarray((total[width:] - total[:-width]) / width)
