"""Where a backtest's history comes from: parts of some weeks, so that a year does not have to fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from expert.values.history import History

DAY = 86_400_000
SPAN = 30 * DAY
"""Length of a part, ms: some two million samples of a furnace."""


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive scans with what is new to them: samples that arrived after the part before."""

    history: History
    times: range


class Source(Protocol):
    """A history to be run over."""

    @property
    def times(self) -> range:
        """Every scan, ms UTC."""
        ...

    def parts(self, borders: Iterable[int] = ()) -> Iterator[Part]:
        """The history in order; a new part begins with the first scan not earlier than each border (ms UTC)."""
        ...


def grid(start: int, end: int, period: int) -> range:
    """Scans of a period from the first that is not earlier than ``start`` to the last not later than ``end``.

    >>> list(grid(1, 4, 2))
    [2, 4]
    """
    return range(-(-start // period) * period, end + 1, period)


def cut(times: range, borders: Iterable[int] = (), span: int = SPAN) -> list[range]:
    """Scans in ranges of at most ``span`` ms, with a new range at every border.

    >>> cut(range(0, 10, 2), [5], span=100)
    [range(0, 6, 2), range(6, 10, 2)]
    """
    if not len(times):
        return []
    wanted = {*borders, *range(times[0], times[-1] + 1, max(span, times.step))}
    starts = sorted({_index(times, b) for b in wanted} - {len(times)})
    return [times[i:j] for i, j in zip(starts, [*starts[1:], len(times)], strict=True)]


def _index(times: range, border: int) -> int:
    return min(max(0, -(-(border - times.start) // times.step)), len(times))


class Whole:
    """A history that is in memory.

    What arrived before the first scan belongs to it: it fills windows and baselines.
    """

    def __init__(self, history: History, times: range) -> None:
        self.history = history
        self._times = times

    @property
    def times(self) -> range:
        """Every scan, ms UTC."""
        return self._times

    def parts(self, borders: Iterable[int] = ()) -> Iterator[Part]:
        """The history in order, cut at the borders."""
        before: int | None = None
        for times in cut(self._times, borders):
            yield Part(self.history.between(before, times[-1]), times)
            before = times[-1]
