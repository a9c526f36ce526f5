"""Errors of a session in one sentence, and memory that does not grow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from expert.engine.session import Session, SessionError
from expert.values.types import OperatorEvent, Row
from tests.engine.build import MINUTE, T0, Bench, bad, good, program, rule, state

PLAIN = rule("one", "a.x > 50 kPa")


@pytest.mark.parametrize("minute", [5, 4])
def test_a_scan_must_be_later_than_the_last(minute: int) -> None:
    """Time goes one way."""
    bench = Bench(PLAIN)
    bench.scan(5)
    with pytest.raises(SessionError, match="is not later than the last one"):
        bench.scan(minute)


def test_a_refused_scan_changes_nothing() -> None:
    """The session goes on as if it had not been asked."""
    bench = Bench(PLAIN)
    bench.scan(5)
    before = json.dumps(bench.session.snapshot())
    with pytest.raises(SessionError):
        bench.scan(4, [good("a.x", 4, 60)])
    assert before == json.dumps(bench.session.snapshot())


def damaged(change: dict[str, Any]) -> dict[str, Any]:
    """A snapshot with some entries replaced; None removes one."""
    bench = Bench(PLAIN)
    bench.scan(0, [good("a.x", 0, 60)])
    state = {**json.loads(json.dumps(bench.session.snapshot())), **change}
    return {k: v for k, v in state.items() if v is not None}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99}, "snapshot format 99"),
        ({"format": None}, "snapshot format None"),
        ({"program": "0" * 64}, "snapshot of program 000000000000"),
        ({"program": None}, "snapshot of program None"),
        ({"series": None}, "the snapshot is damaged: KeyError"),
        ({"series": {"a.q": {}}}, "the snapshot is damaged: KeyError"),
        ({"holds": [1]}, "the snapshot is damaged"),
        ({"machines": {"t.one": {"state": "raised", "what": 1}}}, "the snapshot is damaged: TypeError"),
        ({"episodes": [{"id": "x"}]}, "the snapshot is damaged: KeyError"),
    ],
)
def test_a_snapshot_that_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    """Another format, another program, or damage: one sentence, no traceback."""
    with pytest.raises(SessionError, match=message):
        Session.restore(program(PLAIN), damaged(change))


LONG = (
    rule("held", "a.x > 50 kPa", "for: 5 min", "clear_for: 5 min", "severity: 2"),
    rule("row", "j.duration > 5 min", "match: {j: job}", "for: 2 min", conclude="late(job: j)"),
    rule("back", "lag(a.x, 3 min) > 50 kPa", conclude="b"),
    rule("back_row", "lag(j.duration, 3 min) > 5 min", "match: {j: job}", conclude="c"),
    rule("wide", "mean(a.y, 30 min) > 50 kPa", conclude="d"),
    rule("away", "a.w > 0.5", conclude="away"),
    rule("z", "z(a.e, 5 min) > 1", conclude="gate"),
)


def size(session: Session) -> int:
    """Length of the snapshot."""
    return len(json.dumps(session.snapshot()))


def test_memory_is_bounded_over_ten_thousand_scans() -> None:
    """Samples, holds, lags, machines, episodes, acknowledgements, rows that come and go: all of it is let go."""
    run_long(10_000)


def run_long(scans: int) -> None:
    """Check the size of the snapshot along the way."""
    bench = Bench(*LONG)
    sizes = []
    for minute in range(scans):
        x = 60 if minute // 20 % 2 else 40
        samples = [good(n, minute, x) for n in ("a.x", "a.y", "a.e", "pumps[A].t")] + [good("a.w", minute, minute % 2)]
        row = {"id": "", "after": "", "step": 1, "duration": 9.0, "due": 1.0}
        rows = [Row("job", f"J{minute}", row), Row("job", f"J{minute - 7}", None)]
        events = [OperatorEvent(T0 + minute * MINUTE, "ack", e) for e in list(bench.session.episodes)[:1]]
        events += [OperatorEvent(T0 + minute * MINUTE, "done", "down", value=1.0)]
        bench.scan(minute, samples, rows=rows, events=events)
        if minute % 1000 == 999:
            sizes.append(size(bench.session))
    hours = len(json.dumps(bench.session.snapshot()["hourly"]))
    assert max(sizes[2:]) - hours < 1.2 * min(sizes[1:3])
    assert len(bench.session.lagged) < 20
    assert len(bench.session.episodes) < 20


def test_samples_before_the_reach_of_every_window_are_let_go() -> None:
    """What is kept is a matter of time, not of how many scans there were."""
    bench = Bench(PLAIN)
    for minute in range(0, 3000, 5):
        bench.scan(minute, [good("a.x", minute + k / 5, 60) for k in range(5)])
    series = bench.session.memory.series["a.x"]
    assert series.sources[-1] - series.sources[0] < series.keep * 1.5


def test_scans_at_recorded_times() -> None:
    """A scan need not stand on the grid."""
    bench = Bench(PLAIN)
    assert [1, 2] == [bench.scan(m, [good("a.x", m, 60)]).sequence for m in (0.3, 1.7)]


def test_a_sensor_dead_for_days_is_still_that_old() -> None:
    """The newest good sample is kept, the bad marks after it are not."""
    bench = Bench(rule("one", "age(a.x) > 15 min"))
    bench.scan(0, [good("a.x", 0, 60)])
    for minute in range(10, 3 * 24 * 60, 10):
        record = bench.scan(minute, [bad("a.x", minute)])
    assert "raised" == state(record)
    series = bench.session.memory.series["a.x"]
    assert (T0, 60) == (series.sources[0], series.counts[0])
    assert len(series.sources) < 100


@pytest.mark.long
def test_memory_is_bounded_over_a_hundred_thousand_scans() -> None:
    """Ten weeks of minutes."""
    run_long(100_000)
