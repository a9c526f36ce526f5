"""A history as columns and as scan inputs is one and the same."""

from __future__ import annotations

import random

import numpy as np
import pytest

from expert.values.history import BAD, CHUNK, Column, History, history_of, join_columns, make_column
from expert.values.types import OperatorEvent, Row, Sample, ScanInput

MINUTE = 60_000


def _inputs(seed: int, scans: int = 60) -> list[ScanInput]:
    """Scans with samples on time, late, revised, bad and uncertain, and with rows and events now and then."""
    chance = random.Random(seed)
    out = []
    for i in range(scans):
        now = i * MINUTE
        samples = [_sample(chance, v, now) for v in ("a", "b", "pumps[A].t") for _ in range(chance.randrange(3))]
        rows = (Row("r", f"k{i}", {"x": 1.0}),) if chance.random() < 0.1 else ()
        events = (OperatorEvent(now, "done", "x"),) if chance.random() < 0.1 else ()
        late = chance.random() < 0.1
        out.append(ScanInput(now, now + (20_000 if late else 0), tuple(samples), rows, (), events, late))
    return out


def _sample(chance: random.Random, variable: str, now: int) -> Sample:
    arrival = now - chance.randrange(MINUTE - 25_000) if now else now
    source = arrival - chance.choice((0, 500, 3 * MINUTE))
    kind = chance.choice(("good", "good", "uncertain", "bad"))
    if kind == "bad":
        return Sample(variable, source, arrival, None, "bad", chance.choice(("missing", "status")))
    return Sample(variable, source, arrival, chance.randrange(9), "good" if kind == "good" else "uncertain")


def _canonical(scan: ScanInput) -> tuple[object, ...]:
    return (scan.time, scan.run_at, scan.caught_up, scan.rows, scan.events, sorted(map(repr, scan.samples)))


@pytest.mark.parametrize("seed", range(5))
def test_scan_inputs_come_back_from_columns(seed: int) -> None:
    """Every scan gets the samples that it had, and rows, events and the time of its run."""
    inputs = _inputs(seed)
    back = list(history_of(inputs).inputs(x.time for x in inputs))
    assert [_canonical(x) for x in inputs] == [_canonical(x) for x in back]


def test_what_arrived_before_the_first_scan_is_its_own() -> None:
    """A warm-up is nothing but columns that begin before the first scan."""
    column = make_column(*(np.array([0, 1, 2]) * MINUTE,) * 2, np.arange(3), *_plain(3))
    scans = list(History({"a": column}).inputs([MINUTE, 2 * MINUTE]))
    assert [2, 1] == [len(x.samples) for x in scans]


def test_samples_cross_the_borders_of_chunks() -> None:
    """Nothing is lost or handed over twice where one chunk of scans ends."""
    n = CHUNK * 2 + 3
    times = np.arange(n, dtype=np.int64) * MINUTE
    history = History({"a": make_column(times, times + 1, np.arange(n), *_plain(n))})
    scans = list(history.inputs(int(t) for t in times))
    assert [None, *range(n - 1)] == [x.samples[0].count if x.samples else None for x in scans]


def test_a_part_of_a_history_and_the_rest_are_the_whole() -> None:
    """Cutting at a time and running both parts one after the other feeds the same scans."""
    inputs = [x for x in _inputs(7) if not x.caught_up]
    times = [x.time for x in inputs]
    inputs = list(history_of(_inputs(7)).inputs(times))
    whole = history_of(inputs)
    parts = [*whole.between(None, times[30]).inputs(times[:31]), *whole.between(times[30], None).inputs(times[31:])]
    assert [_canonical(x) for x in inputs] == [_canonical(x) for x in parts]


def test_columns_are_joined_with_their_notes() -> None:
    """The notes of both parts keep their meaning."""
    a = _bad("missing", 0)
    b = _bad("status", MINUTE)
    joined = join_columns([a, b])
    assert ["missing", "status"] == [s.note for s in joined.samples("x")]


def test_a_sample_handed_over_late_cannot_be_a_column() -> None:
    """It is refused, because the first scan at its arrival would have seen it."""
    with pytest.raises(ValueError, match="arrived before the scan"):
        history_of([ScanInput(MINUTE, MINUTE), ScanInput(2 * MINUTE, 2 * MINUTE, (Sample("a", 0, 1, 5),))])


def test_the_span_of_nothing_is_refused() -> None:
    """There is no earliest arrival without samples."""
    with pytest.raises(ValueError, match="no samples"):
        _ = History().span


def _plain(n: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    return np.zeros(n, np.uint8), np.zeros(n, np.int16), ("",)


def _bad(note: str, at: int) -> Column:
    times = np.array([at], dtype=np.int64)
    return make_column(times, times, times, np.full(1, BAD, np.uint8), np.ones(1, np.int16), ("", note))
