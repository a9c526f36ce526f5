"""Registered window features of a series, and how an inexact one is taken from the record."""

from __future__ import annotations

from fractions import Fraction

from expert.engine.memory import Series
from expert.engine.results import NO_DISCOUNT, Num, point, unknown
from expert.language.ast import Feature
from expert.values.features import FEATURES, Samples


def settings_of(node: Feature) -> tuple[float, ...]:
    """The settings of a feature in house units."""
    return tuple(s.value for s in node.settings)


def fits(node: Feature, period: int) -> bool:
    """Whether a plant samples fast enough for what is asked; if not, the node was removed at grounding."""
    return node.duration >= period and not FEATURES[node.function].unfit(period, node.duration, settings_of(node))


def feature(series: Series, now: int, node: Feature, min_coverage: Fraction, told: float | None) -> Num:
    """The feature of a window with its coverage; unknown where samples are missing next to an end of the range.

    Parameters
    ----------
    told : float, optional
        The number as the scan's input has it, for an inexact feature: it is taken when what is computed here lies
        within the feature's tolerance. Another machine's last bits may differ; what is concluded must not.
    """
    declared = FEATURES[node.function]
    i, j = series.window(now, node.duration)
    times, counts = series.good(i, j)
    expected = node.duration // series.variable.period
    n, at = len(counts), (times[-1] if times else None)
    c = NO_DISCOUNT if n >= expected else Fraction(n, expected)
    if c < min_coverage or any(series.edges(i, j, now - node.duration, now)):
        return unknown(f"coverage|{n}/{expected}", n=n, m=expected, at=at)
    if n < declared.least:
        return unknown(f"coverage|{n}/{declared.least}", n=n, m=expected, at=at)
    window = Samples(times, counts, series.scale, series.variable.period, expected, settings_of(node))
    found = declared.compute(window)
    if found is None:
        return unknown("division by zero", n=n, m=expected, at=at)
    width = declared.tolerance * float((max(counts) - min(counts)) * series.scale)
    same = told is not None and declared.tolerance > 0 and abs(told - found) <= width
    return point(told if same and told is not None else found, c=c, n=n, m=expected, at=at)
