"""A history's columns where the kernels find them, without a copy of what already lies well."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from expert.columns.stretches import F_ARRIVAL, F_COUNT, F_NOTE, F_QUALITY, F_SIZE, F_SOURCE
from expert.values.history import Column, History


class Feed:
    """Samples of every variable, and how far they have been read.

    Parameters
    ----------
    history : History
        Variables that it lacks have no samples.
    names : sequence of str
        Variables in the order of their rows.
    note : callable
        Number of a note's text.

    Attributes
    ----------
    table : (variables * F_SIZE, 4) int64
        Addresses and lengths; valid as long as the feed lives.
    cursor : (variables,) int64
        The next sample of each variable.
    """

    def __init__(self, history: History, names: Sequence[str], note: Callable[[str], int]) -> None:
        self.table = np.zeros((len(names) * F_SIZE, 4), np.int64)
        self.cursor = np.zeros(len(names), np.int64)
        self._kept: list[np.ndarray] = []
        for row, name in enumerate(names):
            column = history.columns.get(name)
            if column is not None:
                self._lay(row, column, note)

    def _lay(self, row: int, column: Column, note: Callable[[str], int]) -> None:
        why = np.zeros(0, np.int64)
        if len(column.notes) > 1:
            why = np.array([note(n) if n else 0 for n in column.notes], np.int64)[column.note]
        for place, values, dtype in (
            (F_SOURCE, column.source, np.int64),
            (F_ARRIVAL, column.arrival, np.int64),
            (F_COUNT, column.count, np.int64),
            (F_QUALITY, column.quality, np.uint8),
            (F_NOTE, why, np.int64),
        ):
            kept = np.ascontiguousarray(values, dtype)
            self._kept.append(kept)
            self.table[F_SIZE * row + place, :2] = kept.ctypes.data, len(kept)
