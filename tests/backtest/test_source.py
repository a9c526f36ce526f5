"""Cutting a history into parts."""

from __future__ import annotations

import numpy as np
import pytest

from expert.backtest.source import Whole, cut, grid
from expert.values.history import History, make_column

MINUTE = 60_000


@pytest.mark.parametrize("borders", [(), (5,), (0, 7, 99), (6, 6)])
def test_parts_are_the_whole(borders: tuple[int, ...]) -> None:
    """Wherever it is cut, every scan is in one part, in order."""
    times = grid(1, 40, 2)
    assert list(times) == [t for part in cut(times, borders, span=9) for t in part]


def test_a_border_starts_a_part() -> None:
    """The first scan not earlier than the border is the first of its part."""
    assert [0, 6] == [part[0] for part in cut(range(0, 10, 2), [5], span=100)]


def test_parts_of_columns_are_the_whole() -> None:
    """No sample is lost or given twice, and none arrives after its part's last scan."""
    arrival = np.arange(-50, 100, dtype=np.int64) * MINUTE // 3
    marks = np.zeros(len(arrival), np.uint8), np.zeros(len(arrival), np.int16)
    column = make_column(arrival, arrival, np.arange(len(arrival)), *marks, ("",))
    times = grid(0, 30 * MINUTE, MINUTE)
    parts = list(Whole(History({"a": column}), times).parts([7 * MINUTE, 19 * MINUTE]))
    counts = [part.history.columns["a"].count.tolist() for part in parts]
    assert [x for c in counts for x in c] == column.count[arrival <= times[-1]].tolist()
    assert all(int(p.history.columns["a"].arrival[-1]) <= p.times[-1] for p in parts)
