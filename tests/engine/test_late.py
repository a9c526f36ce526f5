"""Two times: what a scan sees depends on source and arrival alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given

from expert.values.types import ScanRecord
from tests.engine.build import MINUTE, T0, Bench, bad, fact, good, out, rule, run_of, state
from tests.engine.strategies import BOUNDS, ESTIMATES, HELD, SETS, Stream, rules, streams


def seen(record: ScanRecord) -> Any:
    """What a scan concluded."""
    return record.facts, record.nodes


@given(rules(*HELD, *SETS, *BOUNDS, *ESTIMATES, holds=False), streams())
def test_a_late_sample_equals_one_in_time_once_it_has_arrived(texts: tuple[str, ...], stream: Stream) -> None:
    """When everything has arrived, nothing tells whether it came late (no operator here looks at past scans)."""
    in_time = Stream(stream.minutes, tuple(replace(s, arrival=s.source) for s in stream.samples))
    late, prompt = Bench(*texts), Bench(*texts)
    last = stream.minutes + 2
    for minute in range(last):
        late.scan(minute, stream.arriving(minute))
        prompt.scan(minute, in_time.arriving(minute))
    assert seen(prompt.scan(last, in_time.arriving(last))) == seen(late.scan(last, stream.arriving(last)))


@given(rules(*HELD, *SETS, *BOUNDS, *ESTIMATES, holds=False), streams(delays=False))
def test_a_scan_run_late_sees_nothing_of_later_times(texts: tuple[str, ...], stream: Stream) -> None:
    """Caught up in one go with everything at hand, each scan concludes what it would have in time."""
    live, behind = Bench(*texts), Bench(*texts)
    for minute in range(stream.minutes):
        a = live.scan(minute, stream.arriving(minute))
        b = behind.scan(minute, stream.samples if minute == 0 else (), run_at=stream.minutes)
        assert seen(a) == seen(b)


def test_a_sample_is_not_seen_before_it_arrives() -> None:
    """A scan run at r sees arrival <= r, even when it is handed more."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    first = bench.scan(0, [good("a.x", 0, 40), good("a.x", 1, 60, arrival=3)])
    results = [out(first)] + [out(bench.scan(m)) for m in (1, 2, 3)]
    assert [(0, 0), (0, 0), (0, 100_000), (900_000, 1_000_000)] == results
    assert 1 == first.counts["not yet arrived"]


def test_a_revision_replaces_what_was_known() -> None:
    """Same source time, later arrival: from its arrival on it counts instead."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    results = [
        out(bench.scan(0, [good("a.x", 0, 60)])),
        out(bench.scan(1, [good("a.x", 0, 40, arrival=1)])),
        out(bench.scan(1.5, [good("a.x", 0, 60, arrival=0.5)])),
    ]
    assert (1_000_000, 1_000_000) == results[0]
    assert (0, 0) == results[1]
    assert (0, 50_000) == results[2]


def test_a_revision_to_bad_makes_unknown() -> None:
    """A value that is taken back is not known."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    bench.scan(0, [good("a.x", 0, 60)])
    assert (0, 1_000_000) == out(bench.scan(1, [bad("a.x", 0, arrival=1)]))


def test_late_samples_do_not_change_a_hold() -> None:
    """A hold is over what the scans saw."""
    bench = Bench(rule("one", "a.x > 50 kPa", "for: 2 min"))
    for minute in range(3):
        record = bench.scan(minute, [good("a.x", minute + 0.5, 40, arrival=3)] if minute < 2 else [good("a.x", 2, 60)])
        if minute < 2:
            assert (0, 1_000_000) == out(record)
    assert (0, 1_000_000) == out(record)


def test_found_late_is_marked() -> None:
    """An episode that a scan run late found says so; one found in time does not."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    bench.scan(0, [good("a.x", 0, 40)])
    late = bench.scan(1, [good("a.x", 1, 60)], run_at=5)
    again = bench.scan(5, [good("a.x", 5, 60)])
    assert ("raised", True, True) == (state(late), late.episodes[0].found_late, again.episodes[0].found_late)
    assert [True, False] == [f.rising for r in (late, again) for f in r.firings]


def test_counts_say_what_became_of_samples() -> None:
    """Every sample is counted by what became of it."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    record = bench.scan(
        3,
        [
            *run_of("a.x", [50, 51, None, 200]),
            good("a.x", 1, 50, arrival=1.5),
            good("a.y", 3, 40, quality="uncertain"),
            good("b.z", 3, 40),
        ],
    )
    assert {"good": 2, "status": 1, "range": 1, "revised": 1, "uncertain": 1, "unknown variable": 1} == record.counts


def test_a_hold_is_over_scans_that_were_caught_up() -> None:
    """Scans run late are no missing scans."""
    bench = Bench(rule("one", "a.x > 50 kPa", "for: 4 min"))
    bench.scan(0, [good("a.x", 0, 60)])
    for minute in range(1, 5):
        record = bench.scan(
            minute, [good("a.x", m, 60, arrival=4) for m in range(1, 5)] if minute == 1 else (), run_at=4
        )
    assert fact(record, "a").s == 1_000_000


def test_times_of_a_record_are_those_of_its_input() -> None:
    """The record keeps plant time and the time at which the scan ran."""
    record = Bench(rule("one", "a.x > 50 kPa")).scan(1, run_at=7)
    assert (T0 + MINUTE, T0 + 7 * MINUTE, True) == (record.input.time, record.input.run_at, record.input.caught_up)
