"""`for: T` against an oracle that looks at every scan time of the window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.engine.hold import Hold
from expert.values.interval import ONE, UNKNOWN, Interval
from tests.engine.build import Bench, out, rule, run_of

PERIOD = 60_000
ENDS = st.tuples(st.sampled_from([0, 300_000, ONE]), st.sampled_from([0, 400_000, ONE]))
CERTAINTIES = ENDS.map(lambda x: Interval(min(x), max(x)))
SCANS = st.lists(st.one_of(CERTAINTIES, CERTAINTIES, CERTAINTIES, st.none()), min_size=1, max_size=30)


def oracle(scans: dict[int, Interval], now: int, length: int) -> Interval:
    """Minimum over the scans in [now-length, now]; minutes; a minute without an entry never ran."""
    started = min(scans)
    begin = started
    run = total = 0
    for minute in range(now, started, -1):
        if minute in scans:
            run = 0
            continue
        run += 1
        whole = run
        while minute - whole + run - 1 > started and minute - whole + run - 1 not in scans:
            whole += 1
        total += minute >= now - length
        if minute >= now - length and (whole > 2 or total > max(2, length // 20)):
            begin = min(m for m in scans if m > minute)
            break
    inside = [x for m, x in scans.items() if max(begin, now - length) <= m <= now]
    p = min(x.p for x in inside)
    return Interval(min(p, min(x.s for x in inside)) if begin <= now - length else 0, p)


@given(SCANS, st.integers(1, 12))
def test_hold_equals_the_oracle(scans: list[Interval | None], length: int) -> None:
    """For every pattern of scans that ran, saw less, or never ran."""
    hold, known = Hold(), {}
    for minute, x in enumerate(scans):
        if x is None:
            continue
        known[minute] = x
        found, _ = hold.over(minute * PERIOD, x, length * PERIOD, PERIOD)
        hold.record(minute * PERIOD, x, length * PERIOD, PERIOD)
        assert oracle(known, minute, length) == found


@given(SCANS, st.integers(1, 12))
def test_since_is_the_start_of_the_run(scans: list[Interval | None], length: int) -> None:
    """However long ago that was: the first scan of the run of positive support, or the scan after a gap too long."""
    hold = Hold()
    start, last = None, -1
    for minute, x in enumerate(scans):
        if x is None:
            continue
        if x.s == 0:
            start = None
        elif start is None or minute - last > 3:
            start = minute
        last = minute
        _, since = hold.over(minute * PERIOD, x, length * PERIOD, PERIOD)
        hold.record(minute * PERIOD, x, length * PERIOD, PERIOD)
        if start is None:
            assert since is None
        elif minute - start <= max(2, length // 20):
            assert start * PERIOD == since


def test_since_outlives_the_window() -> None:
    """A hold of two minutes that has lasted for an hour is an hour old."""
    bench = Bench(rule("one", "a.x > 50 kPa", "for: 2 min"))
    bench.play("a.x", [40, *[60] * 60])
    record = bench.scan(61)
    first = bench.program.site.period
    since = record.nodes["rule:t.one"]["since"]
    assert 60 * first == record.input.time - since


def test_memory_of_a_hold_is_bounded() -> None:
    """Only what a later scan can reach is kept."""
    hold = Hold()
    for minute in range(1000):
        hold.record(minute * PERIOD, UNKNOWN, 5 * PERIOD, PERIOD)
    assert len(hold.past) <= 5 + 5


@pytest.mark.parametrize(("length", "allowed"), [(10, 2), (40, 2), (60, 3), (100, 5)])
def test_five_per_cent_may_be_missing_in_total(length: int, allowed: int) -> None:
    """max(2, 5 %) of the scans in T, one at a time."""
    for missing, holds in ((allowed, True), (allowed + 1, False)):
        gone = {2 * i + 1 for i in range(missing)}
        hold = Hold()
        for minute in range(length + 1):
            if minute not in gone:
                found, _ = hold.over(minute * PERIOD, Interval(ONE, ONE), length * PERIOD, PERIOD)
                hold.record(minute * PERIOD, Interval(ONE, ONE), length * PERIOD, PERIOD)
        assert holds == (found.s == ONE)


def test_until_the_time_has_passed_plausibility_is_the_least_since() -> None:
    """[0, least plausibility since]."""
    bench = Bench(rule("one", "a.x rises 40 kPa to 60 kPa", "for: 5 min"))
    assert (0, 500_000) == out(bench.play("a.x", [60, 50, 60]))


def test_a_scan_that_saw_unknown_is_not_missing() -> None:
    """Lost data is no gap: it takes the support away, and leaves the plausibility."""
    bench = Bench(rule("one", "a.x > 50 kPa", "for: 5 min"))
    bench.play("a.x", [60] * 6)
    assert (0, ONE) == out(bench.play("a.x", [None, 60, 60, 60, 60], first=6))
    assert (0, ONE) == out(bench.scan(11, run_of("a.x", [60], first=11)))
    assert (ONE, ONE) == out(bench.scan(12, run_of("a.x", [60], first=12)))
