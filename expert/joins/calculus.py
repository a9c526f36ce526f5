"""Certainties as pairs of integers and numbers as plain floats where they are exact: the operators of the joins.

A certainty is ``(support, plausibility)`` in millionths. A number is a ``float`` when it is known exactly, and a `Num`
when it is unknown, has bounds or an age; `plain` brings a `Num` into that form. Nothing here is shared with the
reference evaluator, so that the two can be held against each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from expert.engine.results import NO_DISCOUNT, Num, unknown

ONE = 1_000_000
Pair = tuple[int, int]
Number = float | Num
TRUE: Pair = (ONE, ONE)
FALSE: Pair = (0, 0)
UNKNOWN: Pair = (0, ONE)
HUGE = 1.7976931348623157e308
"""Largest finite float."""


def plain(x: Num) -> Number:
    """A number as a float when that says everything.

    >>> plain(Num(2.0, 2.0, 2.0)), plain(Num(None, why="no data")).why
    (2.0, 'no data')
    """
    exact = x.v is not None and x.v == x.lo == x.hi and x.c is NO_DISCOUNT
    bare = x.n is None and x.m is None and x.at is None and not x.why and not x.layers
    return x.v if exact and bare and x.v is not None else x


def full(x: Number) -> Num:
    """Inverse of `plain`."""
    return Num(x, x, x) if x.__class__ is float else x  # type: ignore[return-value]


def attenuate(s: int, strength: int) -> int:
    """Support times a rule's strength, rounded half to even.

    >>> attenuate(500_001, 500_000), attenuate(500_003, 500_000)
    (250000, 250002)
    """
    whole, rest = divmod(s * strength, ONE)
    return whole + (rest * 2 > ONE or (rest * 2 == ONE and whole & 1))


def refuted(x: Pair, r: int) -> Pair:
    """What readers see when a refuter has support ``r``."""
    p = min(x[1], ONE - r)
    return min(x[0], p), p


def compared(x: Pair, op: str, limit: int) -> Pair:
    """Crisp ends of comparing a certainty with a limit.

    >>> compared((300_000, 600_000), ">=", 500_000), compared((300_000, 600_000), "<", 700_000)
    ((0, 1000000), (1000000, 1000000))
    """
    s, p = x
    if op == ">=":
        return (ONE if s >= limit else 0), (ONE if p >= limit else 0)
    if op == ">":
        return (ONE if s > limit else 0), (ONE if p > limit else 0)
    if op == "<":
        return (ONE if p < limit else 0), (ONE if s < limit else 0)
    if op == "<=":
        return (ONE if p <= limit else 0), (ONE if s <= limit else 0)
    return (ONE if s >= limit and p <= limit else 0), (ONE if s <= limit <= p else 0)


def weighted(terms: Sequence[tuple[Fraction, Pair]]) -> Pair:
    """Weighted mean of both ends."""
    total = sum((w for w, _ in terms), Fraction(0))
    if total <= 0:
        return UNKNOWN
    s = round(sum((w * x[0] for w, x in terms), Fraction(0)) / total)
    p = round(sum((w * x[1] for w, x in terms), Fraction(0)) / total)
    return min(ONE, s), min(ONE, p)


def counted(k: int, xs: Sequence[Pair]) -> Pair:
    """The k-th largest of each end."""
    if k <= 0:
        return TRUE
    if len(xs) < k:
        return FALSE
    return sorted([x[0] for x in xs])[-k], sorted([x[1] for x in xs])[-k]


# ---------------------------------------------------------------- numbers

Ends = tuple[float, float]


def _levels(xs: Sequence[Num]) -> list[Fraction]:
    found = {x.c for x in xs}
    for x in xs:
        found.update(layer[0] for layer in x.layers)
    return sorted(found)


def _within(x: Num, level: Fraction) -> Ends | None:
    """Tightest bounds that hold with at least this factor."""
    if x.lo is not None and x.hi is not None and x.c >= level:
        return x.lo, x.hi
    for factor, lo, hi in x.layers:
        if factor >= level:
            return lo, hi
    return None


def _discounted(x: Pair, c: Fraction) -> Pair:
    return x if c >= 1 else (round(x[0] * c), ONE - round((ONE - x[1]) * c))


def _verdict(op: str, a: float, b: float, c: float, d: float) -> Pair:
    """Something in [a, b] against something in [c, d]."""
    if op == "<" or op == "<=":
        a, b, c, d = c, d, a, b
        op = ">" if op == "<" else ">="
    if op == ">":
        return TRUE if a > d else UNKNOWN if b > c else FALSE
    if op == ">=":
        return TRUE if a >= d else UNKNOWN if b >= c else FALSE
    apart = b < c or d < a
    one = a == b == c == d
    if op == "==":
        return TRUE if one else FALSE if apart else UNKNOWN
    return FALSE if one else TRUE if apart else UNKNOWN


def compare(op: str, left: Number | str, right: Number | str) -> tuple[Pair, str]:
    """Two numbers, or two texts, against each other, and why the answer is unknown."""
    if isinstance(left, str) or isinstance(right, str):
        for side in (left, right):
            if isinstance(side, Num):
                return UNKNOWN, side.why
        return (TRUE if (left == right) == (op == "==") else FALSE), ""
    if left.__class__ is float and right.__class__ is float:
        return _verdict(op, left, left, right, right), ""
    x, y = full(left), full(right)
    for side in (x, y):
        if not side.known:
            return UNKNOWN, side.why
    s, p = UNKNOWN
    for level in _levels((x, y)):
        a, b = _within(x, level), _within(y, level)
        if a is None or b is None:
            break
        found = _discounted(_verdict(op, *a, *b), level)
        s, p = max(s, found[0]), min(p, found[1])
    return (s, p), ""


def graded(x: Number, zero: float, one: float) -> tuple[Pair, str]:
    """Certainty of a soft threshold: 0 at ``zero``, 1 at ``one``; and why it is unknown."""
    n = full(x)
    if not n.known:
        return UNKNOWN, n.why
    s, p = UNKNOWN
    for level in _levels((n,)):
        ends = _within(n, level)
        if ends is not None:
            a, b = sorted(_grade(e, zero, one) for e in ends)
            found = _discounted((a, b), level)
            s, p = max(s, found[0]), min(p, found[1])
    return (s, p), ""


def _grade(x: float, zero: float, one: float) -> int:
    share = (x - zero) / (one - zero)
    return 0 if share <= 0 else ONE if share >= 1 else round(Fraction(share) * ONE)


def arith(op: str, xs: Sequence[Number]) -> Number:
    """``+ - * /``, ``abs``, ``sqrt``, ``min``, ``max``; unknown in, unknown out, with its reason."""
    if all(x.__class__ is float for x in xs):
        found = _exact(op, xs)  # type: ignore[arg-type]
        return found if isinstance(found, float) else unknown(found)
    nums = [full(x) for x in xs]
    for n in nums:
        if not n.known:
            return n
    seen = [n.at for n in nums if n.at is not None]
    at = max(seen) if seen else None
    ends = _span(op, [(n.lo, n.hi) for n in nums])  # type: ignore[misc]
    if isinstance(ends, str):
        return unknown(ends, at=at)
    values = [n.v for n in nums]
    v = None
    if None not in values:
        exact = _exact(op, values)  # type: ignore[arg-type]
        if isinstance(exact, str):
            return unknown(exact, at=at)
        v = exact
    if not (math.isfinite(ends[0]) and math.isfinite(ends[1])):
        return unknown("overflow", at=at)
    c = min(n.c for n in nums)
    layers = _layers(op, nums)
    return plain(Num(v, ends[0], ends[1], NO_DISCOUNT if c == 1 else c, at=at, layers=layers))


def _layers(op: str, nums: Sequence[Num]) -> tuple[tuple[Fraction, float, float], ...]:
    found = []
    for level in _levels(nums)[1:]:
        inside = [_within(n, level) for n in nums]
        if None in inside:
            break
        ends = _span(op, inside)  # type: ignore[arg-type]
        if isinstance(ends, str) or not (math.isfinite(ends[0]) and math.isfinite(ends[1])):
            break
        found.append((level, *ends))
    return tuple(found)


def _exact(op: str, xs: Sequence[float]) -> float | str:
    """The operation on exact numbers, or why it has no result."""
    a = xs[0]
    if op == "min":
        found = min(xs)
    elif op == "max":
        found = max(xs)
    elif op == "abs":
        found = abs(a)
    elif op == "sqrt":
        if a < 0:
            return "negative root"
        found = math.sqrt(a)
    elif len(xs) == 1:
        found = -a if op == "-" else a
    elif op == "/":
        if xs[1] == 0:
            return "division by zero"
        found = a / xs[1]
    else:
        b = xs[1]
        found = a + b if op == "+" else a - b if op == "-" else a * b
    return found if -HUGE <= found <= HUGE else "overflow"


def _span(op: str, ends: Sequence[Ends]) -> Ends | str:
    """Both ends of the operation on ranges, or why there are none."""
    a, b = ends[0]
    if op == "min":
        return min(e[0] for e in ends), min(e[1] for e in ends)
    if op == "max":
        return max(e[0] for e in ends), max(e[1] for e in ends)
    if op == "abs":
        low = 0.0 if a <= 0 <= b else min(abs(a), abs(b))
        return low, max(abs(a), abs(b))
    if op == "sqrt":
        return "negative root" if a < 0 else (math.sqrt(a), math.sqrt(b))
    if len(ends) == 1:
        return (-b, -a) if op == "-" else (a, b)
    c, d = ends[1]
    if op == "+":
        return a + c, b + d
    if op == "-":
        return a - d, b - c
    if op == "*":
        corners = (a * c, a * d, b * c, b * d)
    elif c <= 0 <= d:
        return "division by zero"
    else:
        corners = (a / c, a / d, b / c, b / d)
    return min(corners), max(corners)


def alternatives(combine: str, said: Sequence[tuple[Pair, Number | None]], cyclic: bool) -> Number:
    """Number of a fact from what its rules say, in order of the rules.

    The largest (``max``) or smallest of the plausible ones; one without support can push the end up or down, but does
    not hold it there.
    """
    if cyclic:
        return unknown("cycle in the data")
    every = [n for x, n in said if x[1] > 0 and n is not None]
    if not every:
        return unknown("no value")
    both = arith(combine, every) if len(every) > 1 else every[0]
    firm = [n for x, n in said if x[0] > 0 and n is not None]
    if len(firm) == len(every) or not firm:
        return both
    outer = full(both)
    if not outer.known:
        return both
    inner = full(arith(combine, firm) if len(firm) > 1 else firm[0])
    lo, hi = (inner.lo, outer.hi) if combine == "max" else (outer.lo, inner.hi)
    return plain(Num(inner.v, lo, hi, outer.c, outer.n, outer.m, outer.at, outer.why))
