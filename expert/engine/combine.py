"""Numbers against each other: comparisons, soft thresholds, aggregates over a set."""

from __future__ import annotations

from fractions import Fraction

from expert.engine.results import Num, with_bounds
from expert.values.interval import ONE, Interval, millionths


def compare(op: str, left: Num, right: Num) -> Interval:
    """Compare two numbers with bounds; discounted by the smaller coverage, rounded once.

    >>> compare(">", Num(5.0, 4.0, 6.0), Num(4.5, 4.5, 4.5))
    Interval(s=0, p=1000000)
    """
    assert left.lo is not None and left.hi is not None and right.lo is not None and right.hi is not None
    a, b, c, d = left.lo, left.hi, right.lo, right.hi
    if op in ("==", "!="):
        equal = Interval(ONE if a == b == c == d else 0, ONE if a <= d and c <= b else 0)
        return (equal if op == "==" else ~equal).discount(min(left.c, right.c))
    sure, possible = {
        ">": (a > d, b > c),
        ">=": (a >= d, b >= c),
        "<": (b < c, a < d),
        "<=": (b <= c, a <= d),
    }[op]
    return Interval(ONE if sure else 0, ONE if possible else 0).discount(min(left.c, right.c))


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
    c = min(x.c for x in xs)
    at = max((x.at for x in xs if x.at is not None), default=None)
    n = sum(1 for x in xs if x.v is not None)
    los, his = [x.lo for x in xs if x.lo is not None], [x.hi for x in xs if x.hi is not None]
    vs = [x.v for x in xs if x.v is not None]
    if function == "spread":
        lo, hi = max(0.0, max(los) - min(his)), max(his) - min(los)
    else:
        lo, hi = _over(function, los), _over(function, his)
    return with_bounds(Num(_over(function, vs) if vs else None, lo, hi, c, n, len(xs), at), lo, hi)


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
    total = float(sum(Fraction(v) for v in ordered))
    return total if function == "sum" else float(sum(Fraction(v) for v in ordered) / len(ordered))
