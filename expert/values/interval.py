"""Certainty as an interval `[support, plausibility]` in integer millionths.

Every operation rounds half to even to 1e-6 after each step, so every evaluator
and every machine gets the same two integers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Accumulation = Literal["odds", "dempster"]
ONE = 1_000_000


def millionths(x: Fraction | float) -> int:
    """Round a number in 0..1 half-even to integer millionths, clipped to 0..ONE.

    >>> millionths(0.5), millionths(Fraction(1, 3))
    (500000, 333333)
    """
    if isinstance(x, float):
        x = Fraction(x)
    return min(ONE, max(0, round(x * ONE)))


@dataclass(frozen=True, slots=True)
class Interval:
    """How far the evidence goes for a statement, and how far it could still go.

    Parameters
    ----------
    s, p : int
        Support and plausibility in millionths, ``0 <= s <= p <= 1_000_000``.

    Examples
    --------
    >>> TRUE & UNKNOWN
    Interval(s=0, p=1000000)
    >>> ~Interval(200_000, 700_000)
    Interval(s=300000, p=800000)
    """

    s: int
    p: int

    def __post_init__(self) -> None:
        if not 0 <= self.s <= self.p <= ONE:
            raise ValueError(f"certainty must satisfy 0 <= s <= p <= 1, got [{self.s}, {self.p}] millionths")

    def __and__(self, other: Interval) -> Interval:
        return Interval(min(self.s, other.s), min(self.p, other.p))

    def __or__(self, other: Interval) -> Interval:
        return Interval(max(self.s, other.s), max(self.p, other.p))

    def __invert__(self) -> Interval:
        return Interval(ONE - self.p, ONE - self.s)

    def attenuate(self, strength: int) -> Interval:
        """Multiply support by a rule's strength (millionths); plausibility stays."""
        if strength == ONE:
            return self
        return Interval(_mul(self.s, Fraction(strength, ONE)), self.p)

    def discount(self, c: Fraction) -> Interval:
        """Discount by coverage or age ``c`` in 0..1: ``[c s, 1 - c (1 - p)]``, rounded once."""
        if c >= 1:
            return self
        return Interval(_mul(self.s, c), ONE - _mul(ONE - self.p, c))

    def refute(self, r: int) -> Interval:
        """What readers see when a refuter has support ``r``: ``p' = min(p, 1-r)``, ``s' = min(s, p')``."""
        p = min(self.p, ONE - r)
        return Interval(min(self.s, p), p)

    def at_least(self, a: int) -> Interval:
        """Crisp ends ``[s >= a, p >= a]``."""
        return Interval(ONE if self.s >= a else 0, ONE if self.p >= a else 0)

    def compared(self, op: str, a: int) -> Interval:
        """The comparison with ``a`` (millionths) as crisp ends; ``op`` is one of < <= > >= ==.

        >>> Interval(300_000, 600_000).compared(">=", 500_000)
        Interval(s=0, p=1000000)
        """
        if op == ">=":
            return self.at_least(a)
        if op == ">":
            return self.at_least(a + 1)
        if op == "<":
            return ~self.at_least(a)
        if op == "<=":
            return ~self.at_least(a + 1)
        return self.at_least(a) & ~self.at_least(a + 1)

    @property
    def known(self) -> bool:
        """True when both ends agree."""
        return self.s == self.p

    def __str__(self) -> str:
        return f"[{self.s / ONE:.2f}, {self.p / ONE:.2f}]"


TRUE = Interval(ONE, ONE)
FALSE = Interval(0, 0)
UNKNOWN = Interval(0, ONE)


def crisp(holds: bool) -> Interval:
    """Certain truth of a Python bool."""
    return TRUE if holds else FALSE


def conj(xs: Iterable[Interval]) -> Interval:
    """AND of any number of intervals; of none: true."""
    out = TRUE
    for x in xs:
        out = out & x
    return out


def disj(xs: Iterable[Interval]) -> Interval:
    """OR of any number of intervals; of none: false."""
    out = FALSE
    for x in xs:
        out = out | x
    return out


def score(terms: Sequence[tuple[Fraction, Interval]]) -> Interval:
    """Weighted mean of both ends; weights > 0.

    >>> score([(Fraction(3), TRUE), (Fraction(1), UNKNOWN)])
    Interval(s=750000, p=1000000)
    """
    scale = math.lcm(*(w.denominator for w, _ in terms))
    weights = [w.numerator * (scale // w.denominator) for w, _ in terms]
    total = sum(weights)
    if total <= 0:
        return UNKNOWN
    s = sum(w * x.s for w, (_, x) in zip(weights, terms, strict=True))
    p = sum(w * x.p for w, (_, x) in zip(weights, terms, strict=True))
    return Interval(min(ONE, round(Fraction(s, total))), min(ONE, round(Fraction(p, total))))


def kth(k: int, xs: Sequence[Interval]) -> Interval:
    """At least ``k`` of ``xs``: the k-th largest of each end; false when there are fewer than ``k``."""
    if k <= 0:
        return TRUE
    if len(xs) < k:
        return FALSE
    return Interval(sorted((x.s for x in xs), reverse=True)[k - 1], sorted((x.p for x in xs), reverse=True)[k - 1])


def accumulate(how: Accumulation, xs: Sequence[Interval]) -> Interval:
    """What independent pieces of evidence come to together, end by end; of none: false.

    Never less than the strongest of them, the same in any order, exact until one rounding. Two that are unknown stay
    unknown: what each could still become is accumulated for the plausibility. ``dempster``: simple supports for the
    statement, 1 - (1-x)(1-y). ``odds``: odds multiply, from even odds on; what supports it less than that adds nothing.

    >>> accumulate("dempster", [Interval(800_000, ONE), Interval(500_000, ONE)])
    Interval(s=900000, p=1000000)
    >>> accumulate("odds", [Interval(800_000, 800_000), Interval(800_000, 900_000), Interval(0, 0)])
    Interval(s=941176, p=972973)
    """
    end = _dempster if how == "dempster" else _odds
    return Interval(end([x.s for x in xs]), end([x.p for x in xs]))


def _dempster(ends: Sequence[int]) -> int:
    against = Fraction(math.prod(ONE - x for x in ends), ONE ** len(ends))
    return round((1 - against) * ONE)


def _odds(ends: Sequence[int]) -> int:
    strongest = max(ends, default=0)
    if strongest * 2 <= ONE:
        return strongest
    telling = [x for x in ends if x * 2 > ONE]
    for_, against = math.prod(telling), math.prod(ONE - x for x in telling)
    return round(Fraction(for_ * ONE, for_ + against))


def _mul(x: int, c: Fraction) -> int:
    return round(x * c)
