"""Variables of different rates, 20 Hz to daily, in one program: windows, holds, ages, baselines, memory."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable

import pytest

from expert.engine.session import Session
from expert.language.ast import Program
from expert.values.types import Sample, ScanInput, ScanRecord
from tests.engine.build import SITE, T0, VARIABLES, bytes_of, out, program, rule, state

FAST, SECOND, MINUTE, HOUR, DAY = 50, 1_000, 60_000, 3_600_000, 86_400_000
RATES = (
    VARIABLES
    + """
  - {id: a.fast, unit: kPa, resolution: "0.1", period: 50 ms, max_age: 2 s, valid: [0, 100], title: {en: F, zh: F}}
  - {id: a.daily, unit: kPa, resolution: "0.1", period: 1 d, max_age: 3 d, valid: [0, 100], title: {en: D, zh: D}}
"""
)


def rates(*rules: str, period: str = "1 min") -> Program:
    """The test site with a variable of 50 ms and a daily one, scanned with a period."""
    site = SITE["site/site.yaml"].replace("period: 1 min", f"period: {period}")
    return program(*rules, files={"site/variables.yaml": RATES, "site/site.yaml": site})


def fast(start: int, end: int, value: object = 500) -> list[Sample]:
    """Samples of a.fast in (start, end] ms after T0; ``value``: counts, or a function of the time."""
    times = range(start + FAST, end + 1, FAST)
    at = value if callable(value) else lambda t: value
    return [Sample("a.fast", T0 + t, T0 + t, at(t)) for t in times]


def daily(day: int, count: int) -> Sample:
    """The sample of a day."""
    return Sample("a.daily", T0 + day * DAY, T0 + day * DAY, count)


def scan(session: Session, at: int, samples: Iterable[Sample] = ()) -> ScanRecord:
    """One scan ``at`` ms after T0."""
    return session.scan(ScanInput(T0 + at, T0 + at, tuple(samples)))


# ---------------------------------------------------------------- 20 Hz


def test_a_window_of_seconds_over_twenty_samples_each() -> None:
    """Every sample of a scan's 1200 counts, and the coverage is of 200 in ten seconds."""
    session = Session(rates(rule("one", "mean(a.fast, 10 s) > 50 kPa")))
    record = scan(session, MINUTE, fast(0, MINUTE, lambda t: 600 if t > 50 * SECOND else 400))
    node = next(n for n in record.nodes.values() if isinstance(n, dict) and n.get("m") == 200)
    assert ((1_000_000, 1_000_000), 60.0, 200) == (out(record), node["v"], node["n"])


def test_lost_samples_of_a_fast_variable_are_coverage() -> None:
    """A quarter of them lost discounts by a quarter."""
    session = Session(rates(rule("one", "mean(a.fast, 10 s) > 50 kPa")))
    kept = [s for i, s in enumerate(fast(0, MINUTE, 600)) if i % 4]
    assert (750_000, 1_000_000) == out(scan(session, MINUTE, kept))


def test_a_fast_value_is_stale_after_seconds() -> None:
    """Discounted from 50 ms to its max_age of 2 s."""
    session = Session(rates(rule("one", "a.fast > 50 kPa"), period="100 ms"))
    records = [scan(session, 0, fast(-FAST, 0, 600)), scan(session, 1_000), scan(session, 2_000)]
    assert [(1_000_000, 1_000_000), (512_821, 1_000_000), (0, 1_000_000)] == [out(r) for r in records]


def test_age_and_unchanged_of_a_fast_variable() -> None:
    """To the sampling period."""
    session = Session(
        rates(rule("one", "age(a.fast) < 60 ms"), rule("two", "unchanged(a.fast) > 500 ms", conclude="b"))
    )
    record = scan(session, MINUTE, fast(0, MINUTE, lambda t: 500 if t <= MINUTE - 600 else 501))
    assert ((1_000_000, 1_000_000), (1_000_000, 1_000_000)) == (out(record), out(record, "two"))


def test_a_hold_of_seconds_on_a_grid_of_a_fifth_of_a_second() -> None:
    """`for` counts scans of any period; three missing ones break it."""
    held = rule("one", "a.fast > 50 kPa", "for: 2 s")
    session = Session(rates(held, period="200 ms"))
    rises = [state(scan(session, t, fast(t - 200, t, 600))) for t in range(0, 2_401, 200)]
    assert ["normal"] * 10 + ["raised"] * 3 == rises
    session = Session(rates(held, period="200 ms"))
    times = [t for t in range(0, 3_601, 200) if t not in (600, 800, 1_000)]
    assert [3_200, 3_400, 3_600] == [t for t in times if state(scan(session, t, fast(t - 200, t, 600))) == "raised"]


def test_a_spectrum_of_a_fast_variable() -> None:
    """A swing of 4 Hz is seen between 3 and 5 Hz, not below."""
    quiet = rule("two", "band_rms(a.fast, 10 s, 0.5 Hz, 2 Hz) < 1 kPa", conclude="b")
    session = Session(rates(rule("one", "band_rms(a.fast, 10 s, 3 Hz, 5 Hz) > 6 kPa"), quiet))
    record = scan(session, MINUTE, fast(0, MINUTE, lambda t: 500 + round(100 * math.sin(8 * math.pi * t / 1000))))
    assert ("raised", (1_000_000, 1_000_000)) == (state(record), out(record, "two"))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_thousands_of_samples_does_not_matter(seed: int) -> None:
    """Late ones, revisions and all: the same bytes but for the order in which they were handed over."""
    rules = (rule("one", "std(a.fast, 20 s) > 1 kPa"), rule("two", "slope(a.fast, 20 s) > 0", conclude="b"))
    minutes = [fast(m * MINUTE, (m + 1) * MINUTE, lambda t: 500 + t // FAST % 7) for m in range(3)]
    minutes[1] += [Sample(s.variable, s.source, s.arrival + SECOND, 510) for s in minutes[1][-400::7]]
    sessions = Session(rates(*rules)), Session(rates(*rules))
    for m, samples in enumerate(minutes):
        shuffled = list(samples)
        random.Random(seed).shuffle(shuffled)
        at = (m + 1) * MINUTE + 2 * SECOND
        first, second = scan(sessions[0], at, samples), scan(sessions[1], at, shuffled)
        assert (first.nodes, first.counts, first.facts) == (second.nodes, second.counts, second.facts)


def test_memory_of_a_fast_variable_is_bounded() -> None:
    """Some thousand seconds are kept, not hours, unless its baseline is read."""
    session = Session(rates(rule("one", "mean(a.fast, 10 s) > 50 kPa")))
    for m in range(40):
        scan(session, (m + 1) * MINUTE, fast(m * MINUTE, (m + 1) * MINUTE))
    assert 20_000 <= len(session.memory.series["a.fast"].sources) < 27_000
    reader = Session(rates(rule("one", "z(a.fast, 10 s) > 1")))
    assert (3 * HOUR, 1_000 * SECOND) == (
        reader.memory.series["a.fast"].keep // HOUR * HOUR - HOUR,
        session.memory.series["a.fast"].keep - 2 * SECOND,
    )


def test_a_tenth_of_the_samples_makes_no_hour_of_a_fast_variable() -> None:
    """An hourly mean of a baseline needs 60 % of 72,000."""
    session = Session(rates(rule("one", "z(a.fast, 10 s) > 1")))
    times = range(T0 - 26 * HOUR, T0, 500)
    session.load_history("a.fast", times, times, [500] * len(times), [True] * len(times))
    assert [] == session.memory.series["a.fast"].hourly.hours


# ---------------------------------------------------------------- once a day


def test_a_daily_value_is_held_for_a_day_and_fades_until_its_max_age() -> None:
    """Like any other, days for minutes."""
    session = Session(rates(rule("one", "a.daily > 50 kPa"), period="1 h"))
    records = [scan(session, 0, [daily(0, 600)])] + [scan(session, t) for t in (DAY, 2 * DAY, 3 * DAY)]
    assert [1_000_000, 1_000_000, 500_000, 0] == [out(r)[0] for r in records]


def test_a_window_of_a_week_over_daily_samples() -> None:
    """Seven are expected; one lost is a seventh of coverage."""
    session = Session(rates(rule("one", "mean(a.daily, 7 d) > 50 kPa"), period="1 h"))
    for day in range(7):
        record = scan(session, day * DAY, [daily(day, 600)] if day != 3 else [])
    assert (857_143, 1_000_000) == out(record)


def test_a_daily_hold_on_an_hourly_grid() -> None:
    """`for: 2 d` over 48 scans, fed once a day."""
    session = Session(rates(rule("one", "a.daily > 50 kPa", "for: 2 d"), period="1 h"))
    states = [state(scan(session, h * HOUR, [daily(h // 24, 600)] if h % 24 == 0 else [])) for h in range(50)]
    assert ["normal"] * 48 + ["raised"] * 2 == states


def test_the_baseline_of_a_daily_variable() -> None:
    """One value makes its hour; twenty-four days are enough."""
    session = Session(rates(rule("one", "z(a.daily, 2 d) > 1"), period="1 h"))
    days = range(-28, 0)
    times = [T0 + d * DAY for d in days]
    session.load_history("a.daily", times, times, [500 + d % 5 * 10 for d in days], [True] * len(times))
    records = [scan(session, d * DAY + HOUR, [daily(d, 700)]) for d in range(2)]
    assert "raised" == state(records[-1])


# ---------------------------------------------------------------- together


def both() -> Program:
    """Rules that read a fast and a daily variable at once."""
    return rates(
        rule("one", "mean(a.fast, 10 s) > a.daily and std(a.fast, 1 min) < 5 kPa", "for: 2 min"),
        rule("two", "max(a.fast, 5 s) > 1.1 * mean(a.daily, 3 d)", conclude="b"),
    )


def play(session: Session, minutes: range) -> list[ScanRecord]:
    """A daily value each midnight and 20 Hz in between, scanned each minute."""
    found = []
    for m in minutes:
        days = [daily(d, 450) for d in (-2, -1, 0)] if m == 0 else []
        found.append(scan(session, (m + 1) * MINUTE, [*days, *fast(m * MINUTE, (m + 1) * MINUTE, 520)]))
    return found


def test_a_rule_over_both_rates() -> None:
    """Each window keeps its own time."""
    records = play(Session(both()), range(4))
    assert (["normal", "normal", "raised", "raised"], "raised") == (
        [state(r) for r in records],
        state(records[-1], "two"),
    )


def test_a_restart_between_two_rates_changes_no_byte() -> None:
    """The snapshot holds the samples of both."""
    whole = [bytes_of(r) for r in play(Session(both()), range(5))]
    session = Session(both())
    play(session, range(3))
    session = Session.restore(both(), json.loads(json.dumps(session.snapshot())))
    assert whole[3:] == [bytes_of(r) for r in play(session, range(3, 5))]
