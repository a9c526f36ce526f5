"""Between which values a number can lie at all, given the valid ranges of instruments.

A value outside its variable's range is bad, so a number that is known was made of values inside. The ends are never too
narrow (interval arithmetic, R. E. Moore, Interval Analysis, 1966): what lies outside them cannot happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from expert.language import ast
from expert.language.units import Units
from expert.values.pairs import PAIRS


@dataclass(frozen=True, slots=True)
class Bounds:
    """Both ends in house units; None: no limit on that side."""

    low: Fraction | None = None
    high: Fraction | None = None


ANY = Bounds()
NOT_NEGATIVE = Bounds(Fraction(0))
SCALE = 10**12


def bounds_of(node: ast.Expr, site: ast.Site, units: Units) -> Bounds:
    """Ends of what an expression can be."""
    if isinstance(node, ast.Number):
        value = Fraction(node.value)
        return Bounds(value, value)
    if isinstance(node, ast.Ref):
        return _range(node, site, units)
    if isinstance(node, ast.Window):
        return _window(node, _range(node.ref, site, units))
    if isinstance(node, ast.Baseline):
        return _range(node.ref, site, units)
    if isinstance(node, (ast.Since, ast.Age, ast.Unchanged, ast.Repeats)):
        return NOT_NEGATIVE
    if isinstance(node, ast.PairFeature):
        low, high = PAIRS[node.function].ends
        return Bounds(Fraction(low), Fraction(high))
    if isinstance(node, ast.ZScore):
        return NOT_NEGATIVE if node.function in ("z_std", "z_range") else ANY
    if isinstance(node, ast.Lag):
        return bounds_of(node.arg, site, units)
    if isinstance(node, ast.SetAggregate):
        return _aggregate(node, bounds_of(node.arg, site, units), site)
    if isinstance(node, ast.Arithmetic):
        return _arithmetic(node.op, [bounds_of(a, site, units) for a in node.args])
    return ANY


def _range(ref: ast.Ref, site: ast.Site, units: Units) -> Bounds:
    variable = site.variables[ref.variable]
    factor = units.factor(variable.unit)
    low, high = (Fraction(repr(x)) * factor for x in variable.valid)
    return Bounds(low, high)


def _window(node: ast.Window, x: Bounds) -> Bounds:
    if node.function in ("mean", "min", "max"):
        return x
    width = _difference(x, x).high
    if node.function in ("std", "range", "drop", "rise"):
        return Bounds(Fraction(0), width)
    return Bounds(None if width is None else -width, width) if node.function == "change" else ANY


def _aggregate(node: ast.SetAggregate, x: Bounds, site: ast.Site) -> Bounds:
    if node.function == "spread":
        return Bounds(Fraction(0), _difference(x, x).high)
    if node.function == "sum":
        n = len(site.sets[node.set])
        return Bounds(None if x.low is None else n * x.low, None if x.high is None else n * x.high)
    return x


def _arithmetic(op: str, args: list[Bounds]) -> Bounds:
    if op == "+":
        return Bounds(_plus(args[0].low, args[1].low), _plus(args[0].high, args[1].high))
    if op == "-":
        return _difference(args[0], args[1])
    if op == "*":
        return _product(args[0], args[1])
    if op == "/":
        return _quotient(args[0], args[1])
    if op == "abs":
        return _absolute(args[0])
    if op == "sqrt":
        return Bounds(_root(args[0].low, up=False) or Fraction(0), _root(args[0].high, up=True))
    return _extreme(op, args)


def _plus(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def _difference(a: Bounds, b: Bounds) -> Bounds:
    return Bounds(
        None if a.low is None or b.high is None else a.low - b.high,
        None if a.high is None or b.low is None else a.high - b.low,
    )


def _product(a: Bounds, b: Bounds) -> Bounds:
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return NOT_NEGATIVE if _positive(a) and _positive(b) else ANY
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Bounds(min(corners), max(corners))


def _quotient(a: Bounds, b: Bounds) -> Bounds:
    if b.low is None or b.high is None or b.low <= 0 <= b.high:
        return NOT_NEGATIVE if _positive(a) and _positive(b) else ANY
    return _product(a, Bounds(1 / b.high, 1 / b.low))


def _positive(a: Bounds) -> bool:
    return a.low is not None and a.low >= 0


def _absolute(a: Bounds) -> Bounds:
    if a.low is None or a.high is None:
        return NOT_NEGATIVE
    low = Fraction(0) if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high))
    return Bounds(low, max(abs(a.low), abs(a.high)))


def _root(x: Fraction | None, up: bool) -> Fraction | None:
    """A square root rounded outwards to 1e-12; None for None and for what has no root."""
    if x is None or x < 0:
        return None
    root = isqrt(int(x * SCALE * SCALE))
    return Fraction(root + (2 if up else 0), SCALE)


def _extreme(op: str, args: list[Bounds]) -> Bounds:
    """Of ``min`` and ``max`` over several numbers."""
    lows, highs = [a.low for a in args], [a.high for a in args]
    known_lows, known_highs = [x for x in lows if x is not None], [x for x in highs if x is not None]
    if op == "max":
        high = max(known_highs) if len(known_highs) == len(highs) else None
        return Bounds(max(known_lows, default=None), high)
    low = min(known_lows) if len(known_lows) == len(lows) else None
    return Bounds(low, min(known_highs, default=None))
