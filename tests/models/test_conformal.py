"""Intervals from past errors: honest, monotone, independent of order, silent when there is too little to go by."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.models.conformal import Band, Conformal
from expert.values.interval import ONE, UNKNOWN, Interval

numbers = st.integers(-400, 400).map(lambda x: x / 256)
errors = st.lists(numbers, min_size=30, max_size=120)


def taught(residuals: list[float], **options: int) -> Conformal:
    found = Conformal(**options)
    for r in residuals:
        found.learn(0.0, r)
    return found


def noise(seed: int, n: int) -> list[float]:
    random_ = random.Random(seed)
    return [random_.gauss(0.0, 1.0) * (3.0 if random_.random() < 0.1 else 1.0) for _ in range(n)]


def drifting(n: int) -> list[float]:
    """An autocorrelated series that climbs by three and doubles its noise half-way."""
    random_, rest, out = random.Random(5), 0.0, []
    for i in range(n):
        rest = 0.6 * rest + random_.gauss(0.0, 1.6 if i > n // 2 else 0.8)
        out.append(3.0 * i / n + rest)
    return out


def coverage(series: list[float], gamma: Fraction, delay: int = 0, window: int = 200) -> float:
    """Share of outcomes inside the interval issued before, when outcomes are learned ``delay`` steps late."""
    errors_, issued, held = Conformal(window=window, gamma=gamma), [], []
    for truth in series:
        band = errors_.band(0.0)
        issued.append((truth, band))
        if band is not None:
            held.append(band.holds(truth))
        if len(issued) > delay:
            known, then = issued.pop(0)
            errors_.learn(0.0, known, then)
    return sum(held) / len(held)


@given(errors, numbers, numbers, numbers)
def test_probability_grows_with_the_limit(residuals: list[float], value: float, a: float, b: float) -> None:
    """A higher limit is passed from below with no smaller probability, at both ends."""
    c = taught(residuals)
    low, high = c.below(value, min(a, b)), c.below(value, max(a, b))
    assert (True, True) == (low.s <= high.s, low.p <= high.p)


@given(errors, numbers, numbers)
def test_probability_falls_with_the_prediction(residuals: list[float], value: float, limit: float) -> None:
    """A higher prediction makes it no more probable to stay below a limit."""
    c = taught(residuals)
    assert c.below(value + 0.5, limit).p <= c.below(value, limit).p


@given(errors, numbers, numbers)
def test_above_is_the_complement_of_below(residuals: list[float], value: float, limit: float) -> None:
    """What is not below is above: both intervals mirror each other."""
    c = taught(residuals)
    assert ~c.below(value, limit) == c.above(value, limit)


@given(st.lists(numbers, min_size=30, max_size=60), st.randoms(use_true_random=False), numbers)
def test_order_of_the_residuals_does_not_matter(residuals: list[float], shuffler: random.Random, limit: float) -> None:
    """Learned in any order, ties included, the same residuals say the same."""
    shuffled = list(residuals)
    shuffler.shuffle(shuffled)
    a, b = taught(residuals), taught(shuffled)
    assert (a.band(0.0), a.below(0.0, limit)) == (b.band(0.0), b.below(0.0, limit))


@given(errors, numbers)
def test_interval_is_one_residual_wide_without_ties(residuals: list[float], limit: float) -> None:
    """Support and plausibility are k/(n+1) and (k+1)/(n+1), plus the residuals that fall on the limit."""
    n = len(residuals) + 1
    below, equal = sum(r < limit for r in residuals), sum(r == limit for r in residuals)
    expected = Interval(round(Fraction(below * ONE, n)), round(Fraction((below + equal + 1) * ONE, n)))
    assert expected == taught(residuals).below(0.0, limit)


@given(st.lists(numbers, min_size=41, max_size=90))
def test_only_the_newest_residuals_count(residuals: list[float]) -> None:
    """What has left the window says nothing any more."""
    assert taught(residuals[-40:], window=40).band(1.0) == taught(residuals, window=40).band(1.0)


@given(errors, errors)
def test_snapshot_continues_exactly(before: list[float], after: list[float]) -> None:
    """A restored state, sent through JSON, goes on as if nothing had happened."""
    first, second = taught(before, window=60), Conformal(window=60)
    second.restore(json.loads(json.dumps(first.snapshot())))
    for r in after:
        first.learn(0.0, r, first.band(0.0))
        second.learn(0.0, r, second.band(0.0))
    assert first.snapshot() == second.snapshot()


def test_interval_holds_nine_of_ten_exchangeable_outcomes() -> None:
    """On independent errors with heavy tails the 90 % interval covers 90 %, with a fixed miscoverage."""
    assert coverage(noise(1, 6_000), Fraction(0)) == pytest.approx(0.90, abs=0.012)


def test_probability_is_calibrated_on_exchangeable_outcomes() -> None:
    """The share of outcomes below a limit lies between the mean support and the mean plausibility."""
    c, said, seen = Conformal(), [], []
    for truth in noise(2, 6_000):
        if not c.refusal:
            said.append(c.below(0.0, -0.8))
            seen.append(truth < -0.8)
        c.learn(0.0, truth)
    share = sum(seen) / len(seen)
    low, high = sum(x.s for x in said) / len(said) / ONE, sum(x.p for x in said) / len(said) / ONE
    assert (True, True) == (low - 0.01 <= share, share <= high + 0.01)


@pytest.mark.parametrize("delay", [0, 12])
def test_interval_keeps_its_coverage_under_drift(delay: int, capsys: pytest.CaptureFixture[str]) -> None:
    """On a climbing series whose noise doubles, adaptive intervals hold what they promise, also with late outcomes."""
    series = drifting(4_000)
    adaptive, rolling = coverage(series, Fraction(1, 100), delay), coverage(series, Fraction(0), delay)
    fixed = sum(Band(*ends(series[:400])).holds(y) for y in series[400:]) / len(series[400:])
    with capsys.disabled():
        print(f"\ndrift, outcomes {delay} late: adaptive {adaptive:.3f}, rolling {rolling:.3f}, fixed {fixed:.3f}")
    assert adaptive >= 0.86


def ends(sample: list[float]) -> tuple[float, float]:
    """The 5 % and 95 % quantiles."""
    ordered = sorted(sample)
    return ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]


def test_few_residuals_say_nothing() -> None:
    """One residual less than needed: no interval, the unknown probability, and the reason."""
    c = taught([0.1] * 29)
    assert (None, UNKNOWN, "few residuals|29") == (c.band(0.0), c.below(0.0, 0.0), c.refusal)


def test_no_bound_when_the_miscoverage_is_used_up() -> None:
    """After a run of misses the wanted interval is infinite: nothing is published, and the reason is given."""
    c = taught(noise(3, 60))
    c.alpha = 0
    assert (Band(None, None), UNKNOWN, "no bound") == (c.band(0.0), c.below(0.0, 0.0), c.refusal)


def test_miscoverage_moves_by_hits_and_misses() -> None:
    """A miss takes 0.009 from the miscoverage, a hit gives 0.001 back."""
    c = Conformal()
    c.learn(0.0, 5.0, Band(-1.0, 1.0))
    c.learn(0.0, 0.5, Band(-1.0, 1.0))
    assert (92_000, 2, 1) == (c.alpha, c.issued, c.missed)


def test_prediction_without_an_interval_moves_no_miscoverage() -> None:
    """Before the first interval was issued there is nothing to miss."""
    assert 100_000 == taught(noise(4, 50)).alpha


def test_infinite_interval_counts_as_held() -> None:
    """An interval without ends holds everything, so the miscoverage comes back."""
    c = Conformal()
    c.learn(0.0, 1e9, Band(None, None))
    assert (101_000, 0) == (c.alpha, c.missed)


@pytest.mark.parametrize("truth", [float("nan"), float("inf")])
def test_residual_that_is_no_number_is_refused(truth: float) -> None:
    """Not a number and infinity are an error and leave no mark."""
    c = taught([0.1] * 30)
    with pytest.raises(ValueError, match="finite"):
        c.learn(0.0, truth)
    assert 30 == len(c)


@pytest.mark.parametrize("options", [{"window": 20}, {"least": 0}, {"target": 0}, {"target": ONE}])
def test_impossible_settings_are_refused(options: dict[str, int]) -> None:
    """A window below the least number, or a target of nothing or all, is an error."""
    with pytest.raises(ValueError, match="window and 0 < target"):
        Conformal(**options)


def test_state_of_a_longer_window_is_refused() -> None:
    """Residuals that do not fit are an error, not silently cut."""
    with pytest.raises(ValueError, match="does not fit"):
        Conformal(window=40).restore(taught([0.1] * 60).snapshot())
