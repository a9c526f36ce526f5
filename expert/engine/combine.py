"""Numbers against each other: comparisons, soft thresholds, aggregates over a set."""

from __future__ import annotations

import math

from expert.engine.results import NO_DISCOUNT, Ends, Num, at_level, further_layers, least_factor, levels, with_bounds
from expert.values.interval import FALSE, TRUE, UNKNOWN, Interval, millionths


def compare(op: str, left: Num, right: Num) -> Interval:
    """Compare two numbers with bounds; discounted by the smaller coverage, rounded once.

    >>> compare(">", Num(5.0, 4.0, 6.0), Num(4.5, 4.5, 4.5))
    Interval(s=0, p=1000000)
    """
    if left.c is NO_DISCOUNT and right.c is NO_DISCOUNT:
        assert left.lo is not None and left.hi is not None and right.lo is not None and right.hi is not None
        return _compare_ends(op, (left.lo, left.hi), (right.lo, right.hi))
    xs = (left, right)
    out = UNKNOWN
    for c in levels(xs):
        ends = [e for e in (at_level(x, c) for x in xs) if e is not None]
        if len(ends) < len(xs):
            break
        out = _tighter(out, _compare_ends(op, *ends).discount(c))
    return out


def graded(x: Num, zero: float, one: float) -> Interval:
    """Certainty of a soft threshold: 0 at ``zero``, 1 at ``one``."""
    out = UNKNOWN
    for c in levels([x]):
        found = at_level(x, c)
        if found is not None:
            ends = sorted(grade(e, zero, one) for e in found)
            out = _tighter(out, Interval(ends[0], ends[1]).discount(c))
    return out


def _tighter(x: Interval, y: Interval) -> Interval:
    """What both say together."""
    return Interval(max(x.s, y.s), min(x.p, y.p))


def _compare_ends(op: str, left: Ends, right: Ends) -> Interval:
    (a, b), (c, d) = left, right
    if op in ("==", "!="):
        equal = TRUE if a == b == c == d else UNKNOWN if a <= d and c <= b else FALSE
        return equal if op == "==" else ~equal
    sure, possible = {
        ">": (a > d, b > c),
        ">=": (a >= d, b >= c),
        "<": (b < c, a < d),
        "<=": (b <= c, a <= d),
    }[op]
    return TRUE if sure else UNKNOWN if possible else FALSE


def grade(x: float, zero: float, one: float) -> int:
    """Certainty in millionths: 0 at ``zero``, 1 at ``one``, linear between.

    >>> grade(1.0, 0.5, 1.5), grade(1470.0, 1480.0, 1460.0)
    (500000, 500000)
    """
    return millionths(min(1.0, max(0.0, (x - zero) / (one - zero))))


def aggregate(function: str, xs: list[Num]) -> Num:
    """Over the members of a set: min, max, mean, median, sum, spread (max - min).

    The bounds come from the bounds of the members, which is exact for all but the spread of overlapping ones.
    """
    for x in xs:
        if not x.known:
            return x
    c = least_factor(xs)
    at = max((x.at for x in xs if x.at is not None), default=None)
    n = sum(1 for x in xs if x.v is not None)
    los, his = [x.lo for x in xs if x.lo is not None], [x.hi for x in xs if x.hi is not None]
    vs = [x.v for x in xs if x.v is not None]

    def ends(lows: list[float], highs: list[float]) -> Ends:
        if function == "spread":
            return max(0.0, max(lows) - min(highs)), max(highs) - min(lows)
        return _over(function, lows), _over(function, highs)

    lo, hi = ends(los, his)
    v = _over(function, vs) if vs else None
    return with_bounds(Num(v, lo, hi, c, n, len(xs), at, layers=further_layers(xs, ends)), lo, hi)


def _over(function: str, vs: list[float]) -> float:
    ordered = sorted(vs)
    if function == "min":
        return ordered[0]
    if function == "max":
        return ordered[-1]
    if function == "spread":
        return ordered[-1] - ordered[0]
    if function == "median":
        k = len(ordered) // 2
        return ordered[k] if len(ordered) % 2 else (ordered[k - 1] + ordered[k]) / 2
    total = math.fsum(ordered)
    return total if function == "sum" else total / len(ordered)
