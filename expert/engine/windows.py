"""Window features: pure functions from integer samples to one number.

Sums are exact integers; every quotient is one correctly rounded division of two integers, so a
running and a fresh evaluation, here and on another machine, agree to the bit. ``scale`` is the size of
one count in house units, a rational number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

Feature = Callable[[Sequence[int], Sequence[int], Fraction], float]


def quotient(n: int, d: int, scale: Fraction) -> float:
    """``n / d * scale`` with one rounding.

    >>> quotient(1, 3, Fraction(1, 10))
    0.03333333333333333
    """
    return (n * scale.numerator) / (d * scale.denominator)


def mean(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Arithmetic mean.

    >>> mean([0, 1], [3, 4], Fraction(1, 10))
    0.35
    """
    return quotient(sum(counts), len(counts), scale)


def minimum(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Smallest value."""
    return quotient(min(counts), 1, scale)


def maximum(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Largest value."""
    return quotient(max(counts), 1, scale)


def spread(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Largest minus smallest value (``range`` in the language)."""
    return quotient(max(counts) - min(counts), 1, scale)


def std(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Population standard deviation: square root of one exact quotient.

    >>> std([0, 1], [1, 3], Fraction(1))
    1.0
    """
    n, s = len(counts), sum(counts)
    return math.sqrt(quotient(n * sum(x * x for x in counts) - s * s, n * n, scale * scale))


def slope(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Least-squares slope over time, house units per second; of fewer than two distinct times: 0/0.

    >>> slope([0, 60_000, 120_000], [1, 2, 3], Fraction(60))
    1.0
    """
    n, t0 = len(counts), times[0]
    ts = [t - t0 for t in times]
    st, sx = sum(ts), sum(counts)
    num = n * sum(t * x for t, x in zip(ts, counts, strict=True)) - st * sx
    den = n * sum(t * t for t in ts) - st * st
    return quotient(num * 1000, den, scale)


def change(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Last minus first value."""
    return quotient(counts[-1] - counts[0], 1, scale)


def drop(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Largest fall from an earlier to a later value, >= 0.

    >>> drop([0, 1, 2], [5, 7, 4], Fraction(1))
    3.0
    """
    best, peak = 0, counts[0]
    for x in counts:
        peak = max(peak, x)
        best = max(best, peak - x)
    return quotient(best, 1, scale)


def rise(times: Sequence[int], counts: Sequence[int], scale: Fraction) -> float:
    """Largest climb from an earlier to a later value, >= 0."""
    return drop(times, [-x for x in counts], scale)


FEATURES: dict[str, Feature] = {
    "mean": mean,
    "min": minimum,
    "max": maximum,
    "std": std,
    "range": spread,
    "slope": slope,
    "change": change,
    "drop": drop,
    "rise": rise,
}

AT_LEAST_TWO = frozenset({"slope", "std", "change", "drop", "rise", "range"})


def bounds(
    function: str, counts: Sequence[int], missing: int, low: int, high: int, scale: Fraction
) -> tuple[float, float] | None:
    """What the feature could be with ``missing`` samples anywhere in ``low..high`` (counts).

    Returns
    -------
    tuple of float or None
        Lower and upper end in house units; None where nothing useful can be said (a slope).
    """
    span = high - low
    if function == "mean":
        n, s = len(counts) + missing, sum(counts)
        return quotient(s + missing * low, n, scale), quotient(s + missing * high, n, scale)
    if function == "min":
        top = min(counts) if counts else high
        return quotient(low, 1, scale), quotient(top, 1, scale)
    if function == "max":
        bottom = max(counts) if counts else low
        return quotient(bottom, 1, scale), quotient(high, 1, scale)
    if function == "range":
        inner = max(counts) - min(counts) if counts else 0
        outer = max(high - min(counts), max(counts) - low) if counts and missing == 1 else span
        return quotient(inner, 1, scale), quotient(outer, 1, scale)
    if function in ("drop", "rise"):
        seen = (drop if function == "drop" else rise)((), counts, scale) if counts else 0.0
        return seen, quotient(span, 1, scale)
    if function == "change":
        return quotient(-span, 1, scale), quotient(span, 1, scale)
    if function == "std":
        return 0.0, quotient(span, 2, scale)
    return None
