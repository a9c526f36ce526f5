"""`for: T` over rows: one state per activation, looked at only while it may still move.

Every activation is evaluated in every scan of its life, so which scans are missing is the same for all: the start of
the window is found once a scan, and an activation keeps only when its certainty changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from expert.joins.calculus import Pair
from expert.joins.rows import RowTuple

IN_A_ROW = 2
"""Missing scans in a row that a hold bridges."""
ONE_IN = 20
"""One scan in so many may be missing in total, but at least two."""


@dataclass(slots=True)
class HeldState:
    """One activation: when it was first seen, its changes ``(time, support, plausibility)``, and its run.

    ``start``: first scan of the run of positive support that goes on.
    """

    rows: tuple[RowTuple, ...]
    born: int
    changes: list[tuple[int, int, int]] = field(default_factory=list)
    start: int | None = None


class HoldBook:
    """Activations of one rule with `for`; ``earlier``: what is known of one that is new here."""

    def __init__(self, duration: int, period: int) -> None:
        self.duration, self.period = duration, period
        self.states: dict[tuple[str, ...], HeldState] = {}
        self.moving: dict[tuple[str, ...], None] = {}
        self.gone: dict[tuple[str, ...], None] = {}
        self.times: list[int] = []
        self.earlier: Callable[[tuple[str, ...]], HeldState | None] = lambda keys: None
        self.begin = self.first = self.oldest = 0

    def open(self, now: int) -> None:
        """Begin a scan: find where its window starts, for an activation that was always there."""
        self.begin = self._begin(now)
        self.first, self.oldest = self._scan_from(self.begin, now), self._scan_from(now - self.duration, now)
        if self.begin > now - self.duration:
            self.moving.update(dict.fromkeys(self.states))

    def _scan_from(self, time: int, now: int) -> int:
        i = bisect_left(self.times, time)
        return self.times[i] if i < len(self.times) else now

    def _begin(self, now: int) -> int:
        reach, later, missing = now - self.duration, now, 0
        allowed = max(IN_A_ROW, self.duration // self.period // ONE_IN)
        for earlier in reversed(self.times):
            if later <= reach:
                break
            gap = (later - max(earlier, reach - self.period)) // self.period - 1
            missing += max(0, gap)
            in_a_row = (later - earlier) // self.period - 1
            if missing > allowed or (gap > 0 and in_a_row > IN_A_ROW):
                return later
            later = earlier
        return max(reach, later)

    def seen(self, keys: tuple[str, ...], rows: tuple[RowTuple, ...], now: int, s: int, p: int) -> None:
        """Certainty of an activation in this scan."""
        self.gone.pop(keys, None)
        state = self.states.get(keys)
        if state is None:
            state = self.states[keys] = self.earlier(keys) or HeldState(rows, now)
        state.rows = rows
        if state.changes and state.changes[-1][0] == now:
            state.changes.pop()
        if not state.changes or state.changes[-1][1:] != (s, p):
            state.changes.append((now, s, p))
        self.moving[keys] = None

    def close(self, now: int, held: Callable[[tuple[str, ...], tuple[RowTuple, ...], int, int], None]) -> None:
        """End a scan: say what every activation that may have moved amounts to; forget those that are gone."""
        for keys in self.gone:
            self.states.pop(keys, None)
            self.moving.pop(keys, None)
        self.gone = {}
        still: dict[tuple[str, ...], None] = {}
        kept = self.times[0] if self.times else now
        for keys in self.moving:
            state = self.states[keys]
            s, p = self.amount(state, now)
            held(keys, state.rows, s, p)
            begin = max(self.begin, state.born)
            self._run(state, now, begin)
            while len(state.changes) > 1 and state.changes[1][0] <= kept:
                state.changes.pop(0)
            if len(state.changes) > 1 or begin > now - self.duration:
                still[keys] = None
        self.moving = still
        self.times.append(now)
        cut = now - self.duration - 3 * self.period
        while len(self.times) > 1 and self.times[1] <= cut:
            self.times.pop(0)

    def past(self, state: HeldState) -> list[tuple[int, int, int]]:
        """Every scan of an activation that a later one may look at, with its certainty."""
        found, place = [], 0
        for time in self.times:
            while place + 1 < len(state.changes) and state.changes[place + 1][0] <= time:
                place += 1
            if time >= state.born:
                found.append((time, *state.changes[place][1:]))
        return found

    def amount(self, state: HeldState, now: int) -> Pair:
        """Certainty of the held condition in the scan at ``now``."""
        begin = max(self.begin, state.born)
        first = max(self.first, state.born)
        s = p = 1 << 60
        for time, at_s, at_p in reversed(state.changes):
            s, p = min(s, at_s), min(p, at_p)
            if time <= first:
                break
        return (min(s, p) if begin <= now - self.duration else 0), p

    def _run(self, state: HeldState, now: int, begin: int) -> None:
        if state.changes[-1][1] == 0:
            state.start = None
            return
        start = now if state.start is None else state.start
        state.start = max(start, begin) if begin > now - self.duration else start
