"""Laws of the certainty calculus, and rounding once per step."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.values.interval import (
    FALSE,
    ONE,
    TRUE,
    UNKNOWN,
    Interval,
    conj,
    crisp,
    disj,
    kth,
    millionths,
    score,
)

ENDS = st.integers(0, ONE)
INTERVALS = st.tuples(ENDS, ENDS).map(lambda x: Interval(min(x), max(x)))
SHARES = st.fractions(0, 1, max_denominator=10_000)
WEIGHTS = st.fractions(Fraction(1, 100), 100, max_denominator=1000)


def within(inner: Interval, outer: Interval) -> bool:
    """Whether ``outer`` says no more than ``inner``: it reaches at least as far on both sides."""
    return outer.s <= inner.s and inner.p <= outer.p


@st.composite
def widened(draw: st.DrawFn) -> tuple[Interval, Interval]:
    """An interval and one that says no more."""
    x = draw(INTERVALS)
    return x, Interval(draw(st.integers(0, x.s)), draw(st.integers(x.p, ONE)))


@given(INTERVALS, INTERVALS, INTERVALS)
def test_and_or_are_associative(a: Interval, b: Interval, c: Interval) -> None:
    """Brackets do not matter."""
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)


@given(INTERVALS, INTERVALS)
def test_and_or_are_commutative(a: Interval, b: Interval) -> None:
    """Order does not matter."""
    assert a & b == b & a
    assert a | b == b | a


@given(INTERVALS)
def test_and_or_are_idempotent(a: Interval) -> None:
    """Saying it twice makes it no surer, so cycles are safe."""
    assert a & a == a
    assert a | a == a


@given(INTERVALS)
def test_neutral_and_absorbing(a: Interval) -> None:
    """True and false are the ends of the calculus."""
    assert (a & TRUE, a & FALSE, a | FALSE, a | TRUE) == (a, FALSE, a, TRUE)


@given(INTERVALS, INTERVALS)
def test_not_is_an_involution_and_swaps_and_with_or(a: Interval, b: Interval) -> None:
    """NOT NOT a = a, and De Morgan."""
    assert ~~a == a
    assert ~(a & b) == ~a | ~b


@given(widened(), widened(), SHARES, ENDS, WEIGHTS, WEIGHTS)
def test_every_operation_is_monotone(
    x: tuple[Interval, Interval], y: tuple[Interval, Interval], c: Fraction, a: int, v: Fraction, w: Fraction
) -> None:
    """Less known in, less known out: no operation gains support or loses plausibility from wider operands."""
    (a1, a2), (b1, b2) = x, y
    pairs = [
        (a1 & b1, a2 & b2),
        (a1 | b1, a2 | b2),
        (~a1, ~a2),
        (a1.attenuate(a), a2.attenuate(a)),
        (a1.discount(c), a2.discount(c)),
        (a1.at_least(a), a2.at_least(a)),
        (score([(v, a1), (w, b1)]), score([(v, a2), (w, b2)])),
        (kth(1, [a1, b1]), kth(1, [a2, b2])),
        (kth(2, [a1, b1]), kth(2, [a2, b2])),
    ]
    for known, less in pairs:
        assert within(known, less)


@given(INTERVALS, SHARES)
def test_discount_is_rounded_once_half_even(x: Interval, c: Fraction) -> None:
    """[c s, 1 - c(1 - p)] with c a fraction."""
    assert x.discount(c) == Interval(round(c * x.s), ONE - round(c * (ONE - x.p)))


@given(INTERVALS, SHARES, SHARES)
def test_a_smaller_coverage_says_less(x: Interval, c: Fraction, d: Fraction) -> None:
    """Discounting is monotone in the coverage; none of it is unknown."""
    assert within(x.discount(max(c, d)), x.discount(min(c, d)))
    assert UNKNOWN == x.discount(Fraction(0))


@given(INTERVALS, ENDS)
def test_strength_works_on_support_only(x: Interval, strength: int) -> None:
    """Plausibility stays, support never grows."""
    y = x.attenuate(strength)
    assert (y.p, y.s <= x.s) == (x.p, True)


@given(INTERVALS, ENDS)
def test_refuter_caps_both_ends(x: Interval, r: int) -> None:
    """p' = min(p, 1 - r), s' = min(s, p')."""
    y = x.refute(r)
    assert (y.p, y.s) == (min(x.p, ONE - r), min(x.s, x.p, ONE - r))


@given(st.lists(st.tuples(WEIGHTS, INTERVALS), min_size=1, max_size=6), st.randoms())
def test_score_is_the_same_in_any_order(terms: list[tuple[Fraction, Interval]], random: object) -> None:
    """A weighted mean of exact fractions, rounded once."""
    shuffled = list(terms)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    total = sum((w for w, _ in terms), Fraction(0))
    s = round(sum((w * x.s for w, x in terms), Fraction(0)) / total)
    assert s == score(terms).s
    assert score(terms) == score(shuffled)


@given(st.lists(INTERVALS, min_size=1, max_size=6), st.integers(1, 7))
def test_kth_counts_each_end(xs: list[Interval], k: int) -> None:
    """At least k of them: as sure as the k-th surest; false when there are fewer."""
    x = kth(k, xs)
    for level in (1, 400_000, ONE):
        assert (x.s >= level) == (sum(y.s >= level for y in xs) >= k)
        assert (x.p >= level) == (sum(y.p >= level for y in xs) >= k)


@given(st.lists(INTERVALS, max_size=6))
def test_one_of_and_all_of_are_counts(xs: list[Interval]) -> None:
    """OR is at least one, AND is at least all."""
    assert disj(xs) == kth(1, xs)
    assert conj(xs) == kth(len(xs), xs)


@given(st.fractions(0, 1))
def test_millionths_round_half_even(x: Fraction) -> None:
    """A share becomes the nearest integer of millionths."""
    assert round(x * ONE) == millionths(x)


def test_half_a_millionth_goes_to_the_even_neighbour() -> None:
    """Rounding is half-even, on every machine."""
    assert (0, 2) == (millionths(Fraction(1, 2 * ONE)), millionths(Fraction(3, 2 * ONE)))


@pytest.mark.parametrize(("s", "p"), [(2, 1), (-1, 0), (0, ONE + 1)])
def test_impossible_ends_are_refused(s: int, p: int) -> None:
    """Support above plausibility, or outside 0..1, is no certainty."""
    with pytest.raises(ValueError, match="certainty must satisfy"):
        Interval(s, p)


def test_crisp_is_known() -> None:
    """A Python bool is certain."""
    assert (TRUE, FALSE) == (crisp(True), crisp(False))
