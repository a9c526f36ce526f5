"""Baselines: hourly means, guard, exclusion, change of regime; loading history equals living through it."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expert.engine.baseline import HourlyMeans, quartile
from expert.engine.session import SessionError
from expert.values.types import Sample
from tests.engine.build import MINUTE, T0, Bench, good, rule

HOUR = 60
RULES = (rule("one", "z(a.e, 5 min) > 0.5"), rule("away", "a.w > 0.5", conclude="away"))


def hourly(bench: Bench, name: str = "a.e") -> HourlyMeans:
    """The hourly means of a variable."""
    return bench.session.memory.series[name].hourly


def hour_of(hour: int, value: int, name: str = "a.e") -> list[Sample]:
    """A sample every minute of an hour after `T0`."""
    return [good(name, hour * HOUR + m, value) for m in range(HOUR)]


def live(bench: Bench, hours: range, value: int, away: bool = False) -> list[str]:
    """One scan at the end of each hour; the notes of all of them."""
    notes: list[str] = []
    for hour in hours:
        end = hour * HOUR + HOUR - 1
        record = bench.scan(end, [*hour_of(hour, value), good("a.w", end, int(away))])
        notes += record.notes
    return notes


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40))
def test_quartiles_are_the_inclusive_ones(values: list[float]) -> None:
    """The textbook's quartiles with linear interpolation."""
    wanted = statistics.quantiles(values, n=4, method="inclusive")
    found = [quartile(sorted(values), q) for q in (1, 2, 3)]
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


MINUTES_OF_3_DAYS = 3 * 24 * HOUR


@given(
    st.lists(st.integers(0, 100), min_size=24 * 3, max_size=24 * 3),
    st.sets(st.integers(0, MINUTES_OF_3_DAYS - 1), max_size=400),
)
@settings(max_examples=5)
def test_loading_history_equals_living_through_it(levels: list[int], lost: set[int]) -> None:
    """The same hours, the same baseline, the same windows."""
    samples = [good("a.e", m, levels[m // HOUR]) for m in range(MINUTES_OF_3_DAYS)]
    samples = [Sample(s.variable, s.source, s.arrival, None, "bad") if i in lost else s for i, s in enumerate(samples)]
    loaded, lived = Bench(*RULES), Bench(*RULES)
    loaded.session.load_history(
        "a.e",
        [s.source for s in samples],
        [s.arrival for s in samples],
        [s.count or 0 for s in samples],
        [s.quality == "good" for s in samples],
    )
    for i in range(0, MINUTES_OF_3_DAYS, 3 * HOUR):
        lived.scan(i + 3 * HOUR - 1, samples[i : i + 3 * HOUR])
    end = MINUTES_OF_3_DAYS + 10
    first, second = loaded.scan(end), lived.scan(end)
    assert first.nodes == second.nodes
    now, guard = T0 + end * MINUTE, loaded.program.site.baseline_guard
    assert hourly(loaded).at(now, guard) == hourly(lived).at(now, guard)
    closed = [h for h in hourly(loaded).hours if h < now - guard - HOUR * MINUTE]
    assert closed == hourly(lived).hours[: len(closed)]


def test_baseline_by_hand() -> None:
    """Median and inter-quartile range of the hourly means outside the guard."""
    bench = Bench(*RULES)
    for hour in range(30):
        live(bench, range(hour, hour + 1), 40 + hour)
    # scans stand at minute 59 of hour 29: hours up to 26 ended two hours ago
    levels = [40.0 + h for h in range(27)]
    q1, _, q3 = statistics.quantiles(levels, n=4, method="inclusive")
    found = hourly(bench).at(T0 + (30 * HOUR - 1) * MINUTE, bench.program.site.baseline_guard)
    assert (statistics.median(levels), q3 - q1) == found


def test_too_little_history_says_nothing() -> None:
    """23 hours are no baseline."""
    bench = Bench(*RULES)
    live(bench, range(25), 50)
    guard = bench.program.site.baseline_guard
    assert hourly(bench).at(T0 + 25 * HOUR * MINUTE, guard) is None
    live(bench, range(25, 27), 50)
    assert (50.0, 0.0) == hourly(bench).at(T0 + 27 * HOUR * MINUTE, guard)


def test_an_hour_with_few_samples_has_no_mean() -> None:
    """Below the least coverage an hour does not count."""
    bench = Bench(*RULES)
    bench.scan(4 * HOUR, [good("a.e", m, 50) for m in range(35)] + [good("a.e", HOUR + m, 60) for m in range(36)])
    assert [60.0] == hourly(bench).means


def test_excluded_hours_do_not_count() -> None:
    """Hours in which the variable's fact held are left out of its baseline, and of no other's."""
    bench = Bench(*RULES)
    live(bench, range(40), 50)
    live(bench, range(40, 50), 90, away=True)
    live(bench, range(50, 53), 50)
    guard = bench.program.site.baseline_guard
    assert (50.0, 0.0) == hourly(bench).at(T0 + 53 * HOUR * MINUTE, guard)
    assert 10 == len(hourly(bench).excluded)
    assert set() == hourly(bench, "a.x").excluded


def test_after_a_day_the_new_level_is_accepted() -> None:
    """One change of regime is noted; from then on the level is normal for as long as the fact goes on."""
    bench = Bench(*RULES)
    live(bench, range(30), 50)
    notes = live(bench, range(30, 30 + 60), 90, away=True)
    assert [f"regime change|a.e|{T0 + 54 * HOUR * MINUTE}"] == notes
    assert set() == hourly(bench).excluded
    found = hourly(bench).at(T0 + 90 * HOUR * MINUTE, bench.program.site.baseline_guard)
    assert found is not None
    assert 90.0 == found[0]


def test_a_free_hour_starts_the_count_anew() -> None:
    """24 h in a row: a pause begins a new run."""
    bench = Bench(*RULES)
    live(bench, range(30), 50)
    assert [] == live(bench, range(30, 50), 90, away=True)
    assert [] == live(bench, range(50, 51), 50)
    assert [] == live(bench, range(51, 71), 90, away=True)
    assert 40 == len(hourly(bench).excluded)


def test_old_hours_are_forgotten() -> None:
    """No baseline reaches further back than its span."""
    bench = Bench(*RULES)
    span = bench.program.site.baseline_span // (HOUR * MINUTE)
    for hour in range(span + 200):
        bench.scan(hour * HOUR + HOUR - 1, hour_of(hour, 50)[::1])
    assert len(hourly(bench).hours) <= span + 1


def test_a_clock_at_the_epoch_costs_no_scan_of_half_a_century() -> None:
    """A first sample with a source time of 1970 does not make hours of all the time since then."""
    bench = Bench(*RULES)
    bench.scan(0, [Sample("a.e", 0, T0, 50)])
    assert hourly(bench).upto is not None
    assert hourly(bench).means == []


def test_set_baseline_is_in_the_variables_unit() -> None:
    """Median and inter-quartile range as given, whatever the history."""
    bench = Bench(*RULES)
    bench.session.set_baseline("a.e", 50, 10)
    assert (50.0, 10.0) == hourly(bench).at(T0, 0)


@pytest.mark.parametrize(("median", "iqr"), [(float("nan"), 1), (1, float("inf")), (1, -1)])
def test_impossible_baselines_are_refused(median: float, iqr: float) -> None:
    """No infinity, no NaN, no negative range."""
    with pytest.raises(SessionError, match="is no baseline of a\\.e"):
        Bench(*RULES).session.set_baseline("a.e", median, iqr)


def test_unknown_variables_are_refused() -> None:
    """History or a baseline for a variable that the site does not have is an error that names it."""
    session = Bench(*RULES).session
    with pytest.raises(SessionError, match=r"no variable 'a\.q' at site T1"):
        session.set_baseline("a.q", 1, 1)
    with pytest.raises(SessionError, match=r"no variable 'a\.q' at site T1"):
        session.load_history("a.q", [0], [0], [1], [True])


def test_unsorted_history_is_refused_whole() -> None:
    """Nothing of a history that goes back in time is taken in."""
    bench = Bench(*RULES)
    with pytest.raises(SessionError, match="not sorted by source time"):
        bench.session.load_history("a.e", [0, 2, 1], [0, 2, 2], [1, 1, 1], [True] * 3)
    assert [] == bench.session.memory.series["a.e"].sources


def test_coverage_of_an_hour_is_rounded_down() -> None:
    """A variable that is sampled every 25 min needs one good sample an hour, not one and a fifth."""
    bench = Bench(*RULES)
    v = bench.program.site.variables["a.x"]
    slow = type(v)(**{**{f: getattr(v, f) for f in v.__dataclass_fields__}, "period": 25 * MINUTE})
    assert 1 == HourlyMeans(slow, Fraction(1), 1, 1, Fraction(3, 5)).least
