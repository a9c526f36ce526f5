"""Registered window features of a series, and how an inexact one is taken from the record."""

from __future__ import annotations

from fractions import Fraction

from expert.engine.memory import Series
from expert.engine.results import NO_DISCOUNT, Num, point, unknown
from expert.language.ast import Feature, PairFeature
from expert.values.features import FEATURES, Samples
from expert.values.pairs import PAIRS, Pairs


def settings_of(node: Feature | PairFeature) -> tuple[float, ...]:
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


def pair_fits(node: PairFeature, period: int, other: int) -> bool:
    """Whether a plant samples both alike and fast enough; if not, the node was removed at grounding."""
    return period == other and not PAIRS[node.function].unfit(period, node.duration, settings_of(node))


def pair_feature(
    series: tuple[Series, Series], now: int, node: PairFeature, min_coverage: Fraction, told: float | None
) -> Num:
    """The feature of the pairs of a window with their coverage; as `feature`.

    Parameters
    ----------
    series : tuple of Series
        Of the two variables, sampled at one period.
    told : float, optional
        The number as the scan's input has it.
    """
    declared, period = PAIRS[node.function], series[0].variable.period
    ranges = [s.window(now, node.duration) for s in series]
    found = [s.good(i, j) for s, (i, j) in zip(series, ranges, strict=True)]
    expected = node.duration // period
    newest = max((times[-1] for times, _ in found if times), default=None)
    places = _pairs(found, period, expected)
    n = len(places)
    c = NO_DISCOUNT if n >= expected else Fraction(n, expected)
    near = [s.edges(i, j, now - node.duration, now) for s, (i, j) in zip(series, ranges, strict=True)]
    if c < min_coverage or any(map(any, near)):
        return unknown(f"coverage|{n}/{expected}", n=n, m=expected, at=newest)
    if n < declared.least:
        return unknown(f"coverage|{n}/{declared.least}", n=n, m=expected, at=newest)
    first, second = ([pair[k] for pair in places.values()] for k in (0, 1))
    value = declared.compute(Pairs(tuple(places), first, second, period, expected, settings_of(node)))
    if value is None:
        return unknown("division by zero", n=n, m=expected, at=newest)
    same = told is not None and declared.tolerance > 0 and abs(told - value) <= declared.tolerance
    return point(told if same and told is not None else value, c=c, n=n, m=expected, at=newest)


def _pairs(found: list[tuple[list[int], list[int]]], period: int, expected: int) -> dict[int, tuple[int, int]]:
    """Place in a complete window -> counts of both, in order; places are counted from the first's newest sample."""
    times = found[0][0]
    if not times:
        return {}
    at = [
        {expected - 1 - (2 * (times[-1] - t) + period) // (2 * period): x for t, x in zip(*one, strict=True)}
        for one in found
    ]
    return {k: (x, at[1][k]) for k, x in sorted(at[0].items()) if k in at[1] and 0 <= k < expected}
