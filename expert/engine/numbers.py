"""Reference evaluation of numeric nodes: one small function each, obviously following the contract."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import replace
from fractions import Fraction

from expert.engine import windows
from expert.engine.memory import Series
from expert.engine.results import NO_DISCOUNT, Num, further_layers, least_factor, point, unknown, with_bounds
from expert.language.ast import WindowFunction, ZFunction

SIDED = frozenset({"mean", "min", "max"})
"""Windows that are a level: what is missing at one end of the range moves them to that side."""


def held_value(series: Series, now: int) -> Num:
    """The newest sample, held: unknown when it is bad or stale, discounted from its period to its maximal age."""
    i = series.newest(now)
    if i < 0:
        return unknown("no data")
    at, count = series.sources[i], series.counts[i]
    if count is None:
        return unknown(f"bad|{series.notes[i]}", at=at)
    c = age_factor(series, now - at)
    if c <= 0:
        return unknown(f"stale|{now - at}", at=at)
    num = _with_uncertainty(point(windows.quotient(count, 1, series.scale), c=c, at=at), series)
    low, high = series.edges(i, i + 1, at, now)
    if not (low or high) or num.lo is None or num.hi is None:
        return num
    lo = min(num.lo, windows.quotient(series.low, 1, series.scale)) if low else num.lo
    hi = max(num.hi, windows.quotient(series.high, 1, series.scale)) if high else num.hi
    return with_bounds(num, lo, hi)


def age_factor(series: Series, age: int) -> Fraction:
    """Linear from 1 at the sampling period to 0 at the maximal age."""
    period, max_age = series.variable.period, series.variable.max_age
    if age <= period:
        return NO_DISCOUNT
    return Fraction(max(0, max_age - age), max_age - period) if max_age > period else Fraction(0)


def _with_uncertainty(num: Num, series: Series) -> Num:
    u = series.variable.uncertainty
    if u is None or num.lo is None or num.hi is None:
        return num
    width = float(Fraction(u) * series.scale / Fraction(series.variable.resolution))
    return with_bounds(num, num.lo - width, num.hi + width)


def window(
    series: Series, now: int, function: WindowFunction, duration: int, min_coverage: Fraction, bounded: bool
) -> Num:
    """``f(x, T)`` with its coverage; ``bounded`` puts missing samples at the ends of the range instead."""
    i, j = series.window(now, duration)
    times, counts = series.good(i, j)
    expected = max(1, duration // series.variable.period)
    n = len(counts)
    at = times[-1] if times else None
    if bounded:
        return _bounded(series, function, times, counts, max(expected - n, j - i - n), expected)
    c = NO_DISCOUNT if n >= expected else Fraction(n, expected)
    if c < min_coverage or n == 0:
        return unknown(f"coverage|{n}/{expected}", n=n, m=expected, at=at)
    if function in windows.AT_LEAST_TWO and n < 2:
        return unknown(f"coverage|{n}/2", n=n, m=expected, at=at)
    num = point(windows.FEATURES[function](times, counts, series.scale), c=c, n=n, m=expected, at=at)
    if function in SIDED:
        num = _with_uncertainty(num, series)
    low, high = series.edges(i, j, now - duration, now)
    if (low or high) and num.known:
        missing = max(1, expected - n, j - i - n)
        return _missing_at_ends(num, series, function, counts, missing, low, high)
    return num


def _missing_at_ends(
    num: Num, series: Series, function: str, counts: list[int], missing: int, low: bool, high: bool
) -> Num:
    """The same feature when samples are missing next to an end of the range.

    A mean, minimum or maximum moves towards that end; every other feature may then be anything it can be.
    """
    ends = windows.bounds(function, counts, missing, series.low, series.high, series.scale)
    if ends is None:
        return unknown(f"coverage|{num.n}/{num.m}", n=num.n, m=num.m, at=num.at)
    assert num.lo is not None and num.hi is not None
    lo = min(ends[0], num.lo) if low or function not in SIDED else num.lo
    hi = max(ends[1], num.hi) if high or function not in SIDED else num.hi
    return with_bounds(num, lo, hi)


def _bounded(series: Series, function: str, times: list[int], counts: list[int], missing: int, expected: int) -> Num:
    """The feature with missing samples anywhere in the range. What is marked bad is missing even where more samples
    came than were expected, so that another bad mark can only widen the result."""
    n, at = len(counts), (times[-1] if times else None)
    v = None
    if counts and not (function in windows.AT_LEAST_TWO and n < 2):
        v = windows.FEATURES[function](times, counts, series.scale)
    if missing <= 0 and v is not None:
        num = point(v, n=n, m=expected, at=at)
    else:
        ends = windows.bounds(function, counts, max(1, missing), series.low, series.high, series.scale)
        if ends is None:
            return unknown(f"coverage|{n}/{expected}", n=n, m=expected, at=at)
        num = Num(v, ends[0], ends[1], n=n, m=expected, at=at)
    return _with_uncertainty(num, series) if function in SIDED else num


def z_score(base: tuple[float, float] | None, feature: Num, function: ZFunction, duration: int) -> Num:
    """A window feature against the baseline's median and inter-quartile range."""
    if not feature.known:
        return feature
    if base is None:
        return replace(unknown("no baseline"), n=feature.n, m=feature.m, at=feature.at)
    median, iqr = base
    if iqr == 0:
        return replace(unknown("division by zero"), n=feature.n, m=feature.m, at=feature.at)

    def z(x: float) -> float:
        if function == "z":
            return (x - median) / iqr
        if function == "z_std":
            return x / (iqr / 1.35)
        if function == "z_slope":
            return x * (duration / 1000) / iqr
        return x / iqr

    assert feature.lo is not None and feature.hi is not None
    v = None if feature.v is None else z(feature.v)
    num = Num(v, None, None, feature.c, feature.n, feature.m, feature.at, feature.why)
    return with_bounds(num, z(feature.lo), z(feature.hi))


def since_change(series: Series, now: int) -> Num:
    """Seconds since the value last changed; exact to one period, a lower bound when no change is remembered.

    A change may hide among samples marked bad: after the newest good one always, before it unless the value is a
    counter, which does not come back to the same number.
    """
    last = series.newest(now)
    i = _good_at_or_before(series, last)
    if i < 0:
        return unknown("no data")
    at = series.sources[i]
    c = age_factor(series, now - at)
    if c <= 0:
        return unknown(f"stale|{now - at}", at=at)
    first, hidden = i, last if last > i else None
    before = _good_at_or_before(series, i - 1)
    while before >= 0 and series.counts[before] == series.counts[i]:
        if hidden is None and before < first - 1 and series.variable.kind != "counter":
            hidden = first
        first, before = before, _good_at_or_before(series, before - 1)
    v = (now - series.sources[first]) / 1000
    lo = v if hidden is None else (now - series.sources[hidden]) / 1000
    if before < 0:
        ten_years = 315_360_000.0
        return with_bounds(point(v, c=c, at=at, why="at least"), lo, ten_years)
    gap = series.sources[first] - series.sources[before]
    return with_bounds(point(v, c=c, at=at), lo, v + max(0, gap - series.variable.period) / 1000)


def _good_at_or_before(series: Series, i: int) -> int:
    """Index of the newest good sample not after index ``i``, or -1."""
    while i >= 0 and series.counts[i] is None:
        i -= 1
    return i


def unchanged(series: Series, now: int) -> Num:
    """Seconds for which the samples have shown exactly the newest value; 0 while the newest is missing."""
    i = series.newest(now)
    if i < 0:
        return unknown("no data")
    at = series.sources[i]
    first = _first_of_run(series, i, now)
    return point(0.0 if first is None else (at - series.sources[first]) / 1000, at=at)


def repeats(series: Series, now: int) -> Num:
    """How many samples in a row have shown exactly the newest value; 0 while the newest is missing."""
    i = series.newest(now)
    if i < 0:
        return unknown("no data")
    first = _first_of_run(series, i, now)
    return point(0.0 if first is None else float(i - first + 1), at=series.sources[i])


def _first_of_run(series: Series, i: int, now: int) -> int | None:
    """Index of the first sample of the run of equal ones that ends at ``i``; None when that one is missing."""
    count = series.counts[i]
    if count is None or age_factor(series, now - series.sources[i]) <= 0:
        return None
    while i > 0 and series.counts[i - 1] == count:
        i -= 1
    return i


def age(series: Series, now: int) -> Num:
    """Seconds since the source time of the newest good sample."""
    i = bisect_right(series.sources, now) - 1
    while i >= 0 and series.counts[i] is None:
        i -= 1
    if i < 0:
        return unknown("no data")
    return point((now - series.sources[i]) / 1000, at=series.sources[i])


def is_bad(series: Series, now: int) -> tuple[bool, str]:
    """Whether the newest sample is bad, stale or was never there, with the cause."""
    i = series.newest(now)
    if i < 0:
        return True, "no data"
    if series.counts[i] is None:
        return True, f"bad|{series.notes[i]}"
    old = now - series.sources[i]
    return (True, f"stale|{old}") if age_factor(series, old) <= 0 else (False, "")


def arithmetic(op: str, xs: list[Num]) -> Num:
    """``+ - * /``, ``abs``, ``sqrt``, ``min``, ``max`` on intervals; unknown in, unknown out."""
    for x in xs:
        if not x.known:
            return x
    c = least_factor(xs)
    at = max((x.at for x in xs if x.at is not None), default=None)
    los, his = [x.lo for x in xs if x.lo is not None], [x.hi for x in xs if x.hi is not None]
    vs = [x.v for x in xs if x.v is not None]
    v = _apply(op, vs) if len(vs) == len(xs) else None
    ends = _ends(op, los, his)
    if isinstance(ends, str):
        return unknown(ends, at=at)
    if v is None and len(vs) == len(xs):
        return unknown("division by zero" if op == "/" else "negative root", at=at)
    if v is not None and not math.isfinite(v):
        return unknown("overflow", at=at)
    layers = further_layers(xs, lambda lows, highs: _ends(op, lows, highs))
    return with_bounds(Num(v, ends[0], ends[1], c=c, at=at, layers=layers), *ends)


def _apply(op: str, vs: list[float]) -> float | None:
    a = vs[0]
    if op == "abs":
        return abs(a)
    if op == "sqrt":
        return math.sqrt(a) if a >= 0 else None
    if op == "min":
        return min(vs)
    if op == "max":
        return max(vs)
    if len(vs) == 1:
        return -a if op == "-" else a
    b = vs[1]
    if op == "/":
        return a / b if b != 0 else None
    return {"+": a + b, "-": a - b, "*": a * b}[op]


def _ends(op: str, los: list[float], his: list[float]) -> tuple[float, float] | str:
    """Lower and upper end of the result, or the reason why there is none."""
    a, b = los[0], his[0]
    if op == "abs":
        return (0.0 if a <= 0 <= b else min(abs(a), abs(b))), max(abs(a), abs(b))
    if op == "sqrt":
        return "negative root" if a < 0 else (math.sqrt(a), math.sqrt(b))
    if op in ("min", "max"):
        f = min if op == "min" else max
        return f(los), f(his)
    if len(los) == 1:
        return (-b, -a) if op == "-" else (a, b)
    c, d = los[1], his[1]
    if op == "+":
        return a + c, b + d
    if op == "-":
        return a - d, b - c
    if op == "/" and c <= 0 <= d:
        return "division by zero"
    corners = [a * c, a * d, b * c, b * d] if op == "*" else [a / c, a / d, b / c, b / d]
    return min(corners), max(corners)
