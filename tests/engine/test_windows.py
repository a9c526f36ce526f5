"""Windows against an oracle written from the contract's sentences, with fractions and no sharing of code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.engine import numbers, windows
from expert.engine.baseline import HourlyMeans
from expert.engine.memory import Series
from expert.values.types import Sample, Variable

MINUTE = 60_000
COVERAGE = Fraction(3, 5)
SCALE = Fraction(1, 4)
FUNCTIONS = ("mean", "min", "max", "std", "range", "slope", "change", "drop", "rise")


def series(kind: str = "counter", uncertainty: float | None = None) -> Series:
    """An empty series of a variable of 0.5 units resolution, range 0..100; a counter has no ends of its range."""
    v = Variable("a.x", "u", "0.5", MINUTE, 10 * MINUTE, (0, 100), {}, kind=kind, uncertainty=uncertainty)  # type: ignore[arg-type]
    return Series(v, SCALE, 10**9, HourlyMeans(v, SCALE, 10**9, 10**9, COVERAGE))


@dataclass(frozen=True)
class Reading:
    """A sample of the oracle: count None is bad."""

    source: int
    arrival: int
    count: int | None


READINGS = st.lists(
    st.builds(
        Reading,
        source=st.integers(0, 12 * 60).map(lambda s: s * 1000),
        arrival=st.just(10**6),
        count=st.one_of(st.integers(0, 200), st.integers(90, 110), st.none()),
    ),
    max_size=20,
    unique_by=lambda r: r.source,
)


def filled(readings: list[Reading], **more: object) -> Series:
    """A series of these readings."""
    s = series(**more)  # type: ignore[arg-type]
    for r in readings:
        s.insert(Sample("a.x", r.source, r.arrival, r.count, "good" if r.count is not None else "bad"))
    return s


def oracle(function: str, points: list[tuple[int, Fraction]]) -> float | None:
    """The feature of good (time, value) pairs in order of time; None where it takes more of them."""
    values = [x for _, x in points]
    n = len(points)
    if n < (1 if function in ("mean", "min", "max") else 2):
        return None
    if function == "mean":
        return float(sum(values) / n)
    if function in ("min", "max"):
        return float(min(values) if function == "min" else max(values))
    if function == "range":
        return float(max(values) - min(values))
    if function == "change":
        return float(values[-1] - values[0])
    if function in ("drop", "rise"):
        steps = [(a - b if function == "drop" else b - a) for a, b in combinations(values, 2)]
        return float(max([*steps, Fraction(0)]))
    middle = sum(values) / n
    if function == "std":
        return math.sqrt(float(sum((x - middle) ** 2 for x in values) / n))
    centre = Fraction(sum(t for t, _ in points), n)
    top = sum((t - centre) * (x - middle) for t, x in points)
    return float(top / sum((t - centre) ** 2 for t, _ in points) * 1000)


@given(READINGS, st.integers(0, 13 * 60).map(lambda s: s * 1000), st.integers(60, 600).map(lambda s: s * 1000))
@pytest.mark.parametrize("function", FUNCTIONS)
def test_window_equals_the_oracle(function: str, readings: list[Reading], now: int, duration: int) -> None:
    """Samples in (t-T, t], coverage min(1, valid / floor(T / period)), unknown below the least coverage."""
    inside = sorted((r.source, r.count) for r in readings if now - duration < r.source <= now)
    points = [(t, x * SCALE) for t, x in inside if x is not None]
    expected, n = duration // MINUTE, len(points)
    c = min(Fraction(1), Fraction(n, expected))
    value = oracle(function, points) if c >= COVERAGE else None
    found = numbers.window(filled(readings), now, function, duration, COVERAGE, False)  # type: ignore[arg-type]
    assert (value, n, expected) == (found.v, found.n, found.m)
    if value is not None:
        assert (c, value, value) == (found.c, found.lo, found.hi)
        assert points[-1][0] == found.at


@given(
    st.lists(st.integers(0, 200), min_size=1, max_size=5),
    st.lists(st.one_of(st.integers(0, 200), st.sampled_from([0, 200])), max_size=3),
    st.randoms(),
)
@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f != "slope"])
def test_bounds_hold_whatever_is_missing(function: str, seen: list[int], lost: list[int], random: object) -> None:
    """The feature of all samples lies between the bounds that those not lost give, for any value of the others."""
    slots = [(x, False) for x in seen] + [(x, True) for x in lost]
    random.shuffle(slots)  # type: ignore[attr-defined]
    total = len(slots)
    readings = [Reading(i * MINUTE, 10**6, None if gone else x) for i, (x, gone) in enumerate(slots, 1)]
    whole = [(i * MINUTE, x * SCALE) for i, (x, _) in enumerate(slots, 1)]
    now, duration = total * MINUTE, total * MINUTE
    found = numbers.window(filled(readings), now, function, duration, COVERAGE, True)  # type: ignore[arg-type]
    truth = oracle(function, whole)
    if truth is not None:
        assert found.lo is not None and found.hi is not None
        assert found.lo <= truth <= found.hi
        assert 1 == found.c


def test_bounds_of_a_slope_are_unknown_as_soon_as_a_sample_is_missing() -> None:
    """A slope with a missing sample can be anything."""
    whole = [Reading(i * MINUTE, 10**6, 100 + i) for i in range(1, 6)]
    lost = [*whole[:4], Reading(5 * MINUTE, 10**6, None)]
    assert numbers.window(filled(whole), 5 * MINUTE, "slope", 5 * MINUTE, COVERAGE, True).known
    assert not numbers.window(filled(lost), 5 * MINUTE, "slope", 5 * MINUTE, COVERAGE, True).known


@given(READINGS, st.randoms())
def test_order_of_arrival_does_not_matter(readings: list[Reading], random: object) -> None:
    """A series filled in any order is the same."""
    mixed = list(readings)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert filled(readings).snapshot() == filled(mixed).snapshot()


REVISIONS = st.lists(
    st.tuples(st.integers(1, 3), st.one_of(st.none(), st.integers(0, 200)), st.sampled_from(["a", "b"])),
    min_size=1,
    max_size=6,
)


@given(REVISIONS, st.randoms())
def test_revision_rule(revisions: list[tuple[int, int | None, str]], random: object) -> None:
    """Of one source time the latest arrival counts; at equal arrivals bad wins, then the larger value."""
    mixed = list(revisions)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    s = series()
    for arrival, count, note in mixed:
        quality = "bad" if count is None else "good"
        s.insert(Sample("a.x", 0, arrival, count, quality, note))  # type: ignore[arg-type]
    newest = max(a for a, _, _ in revisions)
    last = [(x, note) for a, x, note in revisions if a == newest]
    wanted = None if any(x is None for x, _ in last) else max(x for x, _ in last if x is not None)
    assert ([wanted], [newest]) == (s.counts, s.arrivals)
    if wanted is None:
        assert [max(note for x, note in last if x is None)] == s.notes


@pytest.mark.parametrize(
    ("sample", "note"),
    [
        (Sample("a.x", 0, 0, 100), ""),
        (Sample("a.x", 0, 0, 100, "uncertain"), "uncertain"),
        (Sample("a.x", 0, 0, 100, "bad"), "bad"),
        (Sample("a.x", 0, 0, 100, "bad", "status"), "status"),
        (Sample("a.x", 0, 0, None), "bad"),
        (Sample("a.x", 5_000, 0, 100), ""),
        (Sample("a.x", 5_001, 0, 100), "skew"),
        (Sample("a.x", 0, 0, 200), ""),
        (Sample("a.x", 0, 0, 201), "range"),
        (Sample("a.x", 0, 0, -1), "range"),
    ],
)
def test_what_makes_a_sample_bad(sample: Sample, note: str) -> None:
    """Quality, a clock ahead by more than the skew, a value outside the range."""
    s = series()
    s.insert(sample)
    assert ([note], [None if note else sample.count]) == (s.notes, s.counts)


def test_uncertain_counts_with_a_declared_uncertainty() -> None:
    """A sample of quality uncertain is used where the variable says how uncertain that is."""
    s = series(uncertainty=1.0)
    s.insert(Sample("a.x", 0, 0, 100, "uncertain"))
    found = numbers.held_value(s, 0)
    assert (25.0, 24.5, 25.5) == (found.v, found.lo, found.hi)


def test_a_clock_far_ahead_leaves_no_marks() -> None:
    """Samples from a clock that is years ahead do not pile up."""
    s = series()
    for i in range(100):
        s.insert(Sample("a.x", 10**12 + i, i, 100))
    assert [] == s.sources


@given(st.integers(0, 20 * 60).map(lambda s: s * 1000))
def test_age_factor_is_linear_from_period_to_max_age(age: int) -> None:
    """1 up to the period, 0 from the maximal age on."""
    wanted = min(Fraction(1), max(Fraction(0), Fraction(10 * MINUTE - age, 9 * MINUTE)))
    assert wanted == numbers.age_factor(series(), age)


def test_history_before_the_newest_sample_is_not_read_from_the_future() -> None:
    """A scan that is run late sees nothing that was true after its own time."""
    s = series("analog")
    for minute, count in ((0, 200), (1, 200), (5, 10)):
        s.insert(Sample("a.x", minute * MINUTE, 10**6, count))
    assert (50.0, 50.0, 50.0) == (lambda x: (x.v, x.lo, x.hi))(numbers.held_value(s, MINUTE))


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=50), st.integers(-(10**6), 10**6))
def test_spread_features_do_not_depend_on_the_level(counts: list[int], shift: int) -> None:
    """Exact integers: adding a constant changes neither spread nor slope by a bit."""
    times = [i * MINUTE for i in range(len(counts))]
    moved = [x + shift for x in counts]
    for function in ("std", "range", "slope", "change", "drop", "rise"):
        feature = windows.FEATURES[function]
        assert feature(times, counts, SCALE) == feature(times, moved, SCALE)
