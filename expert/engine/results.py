"""Results of numeric nodes and their plain JSON form in a scan record."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from expert.values.interval import Interval

NO_DISCOUNT = Fraction(1)
Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Num:
    """A number in house units with the range it may lie in.

    Parameters
    ----------
    v, lo, hi : float or None
        Best value and its bounds; all None when unknown (``v`` alone may be None when only bounds are known).
    c : Fraction
        Coverage or age factor that discounts what is concluded from it.
    n, m : int or None
        Valid and expected samples of the window it came from.
    at : int or None
        Source time (ms) of the newest sample used.
    why : str
        Reason when unknown, as ``code`` or ``code|detail``.
    layers : tuple of (Fraction, float, float)
        Wider bounds that hold with a larger factor than ``c``: (factor, low, high), by factor. They come from a set
        of which one member is old: what the others say alone is not discounted.
    """

    v: float | None
    lo: float | None = None
    hi: float | None = None
    c: Fraction = NO_DISCOUNT
    n: int | None = None
    m: int | None = None
    at: int | None = None
    why: str = ""
    layers: tuple[tuple[Fraction, float, float], ...] = ()

    @property
    def known(self) -> bool:
        """True when there are bounds to compare with."""
        return self.lo is not None and self.hi is not None


def point(v: float, **more: Any) -> Num:
    """An exact number; unknown when it is not finite.

    >>> point(2.0).lo
    2.0
    """
    if not math.isfinite(v):
        return unknown("overflow", **more)
    return Num(v, v, v, **more)


def unknown(why: str, **more: Any) -> Num:
    """A number that is not known, with the reason."""
    return Num(None, None, None, why=why, **more)


def with_bounds(num: Num, lo: float, hi: float) -> Num:
    """The same number with wider bounds; unknown when a bound is not finite."""
    if not (math.isfinite(lo) and math.isfinite(hi)):
        return unknown("overflow", at=num.at)
    return Num(num.v, min(lo, hi), max(lo, hi), num.c, num.n, num.m, num.at, num.why, num.layers)


def least_factor(xs: Sequence[Num]) -> Fraction:
    """Smallest factor of some numbers."""
    if all(x.c is NO_DISCOUNT for x in xs):
        return NO_DISCOUNT
    return min(x.c for x in xs)


def levels(xs: Sequence[Num]) -> list[Fraction]:
    """All factors of some numbers, smallest first."""
    return sorted({c for x in xs for c in (x.c, *(layer[0] for layer in x.layers))})


def at_level(x: Num, c: Fraction) -> Ends | None:
    """Tightest bounds that hold with a factor of ``c`` at least."""
    if x.c >= c and x.lo is not None and x.hi is not None:
        return x.lo, x.hi
    return next(((lo, hi) for factor, lo, hi in x.layers if factor >= c), None)


def further_layers(
    xs: Sequence[Num], combine: Callable[[list[float], list[float]], Ends | str]
) -> tuple[tuple[Fraction, float, float], ...]:
    """Layers of a number that is combined from others; ``combine``: all lows, all highs -> bounds or a reason."""
    if all(x.c is NO_DISCOUNT or x.c == 1 for x in xs):
        return ()
    out = []
    for c in levels(xs)[1:]:
        ends = [e for e in (at_level(x, c) for x in xs) if e is not None]
        if len(ends) < len(xs):
            break
        found = combine([lo for lo, _ in ends], [hi for _, hi in ends])
        if isinstance(found, str) or not (math.isfinite(found[0]) and math.isfinite(found[1])):
            break
        out.append((c, *found))
    return tuple(out)


def num_json(x: Num) -> dict[str, Any]:
    """Plain JSON of a number; only what differs from the default."""
    out: dict[str, Any] = {}
    if x.v is not None:
        out["v"] = x.v
    if x.known and (x.lo != x.v or x.hi != x.v):
        out["lo"], out["hi"] = x.lo, x.hi
    if x.c is not NO_DISCOUNT and x.c != 1:
        out["c"] = [x.c.numerator, x.c.denominator]
    for name, value in (("n", x.n), ("m", x.m), ("at", x.at)):
        if value is not None:
            out[name] = value
    if x.why:
        out["why"] = x.why
    if x.layers:
        out["layers"] = [[c.numerator, c.denominator, lo, hi] for c, lo, hi in x.layers]
    return out


def num_from_json(d: dict[str, Any]) -> Num:
    """Inverse of `num_json`."""
    v = d.get("v")
    c = d.get("c")
    return Num(
        v,
        d.get("lo", v),
        d.get("hi", v),
        Fraction(c[0], c[1]) if c else NO_DISCOUNT,
        d.get("n"),
        d.get("m"),
        d.get("at"),
        d.get("why", ""),
        tuple((Fraction(n, m), lo, hi) for n, m, lo, hi in d.get("layers", ())),
    )


def interval_json(x: Interval | None, why: str = "") -> list[Any] | None:
    """Plain JSON of a condition's result; None when it was removed at grounding."""
    if x is None:
        return None
    return [x.s, x.p, why] if why else [x.s, x.p]
