"""Sector by sector: how open the bed is and how warm the wall behind it gets; and the stoves' clock."""

from __future__ import annotations

from kb.furnace.mechanisms import Push
from kb.furnace.traits import SECTORS, Traits

WALLS = tuple(f"wall_{s}" for s in SECTORS)


class Sectors:
    """``excess``: conductance above normal (1 = +100 degC at the uptake); ``wall``: degC above normal."""

    __slots__ = ("_gain", "_idle", "excess", "wall")

    def __init__(self, traits: Traits) -> None:
        self.excess = [0.0] * 4
        self.wall = [0.0] * 4
        self._gain = traits.wall_gain
        self._idle = True

    def step(self, push: Push, disturbed: bool) -> None:
        """Move on by one minute; costs nothing while nothing happened for long."""
        if self._idle and not disturbed:
            return
        excess, wall = self.excess, self.wall
        for i in range(4):
            target = push.excess[i]
            excess[i] += (target - excess[i]) / (1.5 if target > excess[i] else 6.0)
            leak = push.leak[i]
            told = push.more.get(WALLS[i], 0.0)
            aim = self._gain * (60.0 * excess[i] + told - (8.0 + 5.0 * leak if leak else 0.0))
            wall[i] += (aim - wall[i]) / (15.0 if aim > wall[i] and aim > 0.0 else 45.0)
        self._idle = not disturbed and max(excess) < 1e-6 and max(map(abs, wall)) < 1e-6
        if self._idle:
            self.excess, self.wall = [0.0] * 4, [0.0] * 4


class Stoves:
    """Changes every 45-60 min, each 1-3 min long.

    ``saw``: degC on the hot blast, 1 just after a change and falling to -1 before the next, times 7.5.
    """

    __slots__ = ("_left", "_length", "_next", "changing", "saw")

    def __init__(self) -> None:
        self._next = self._length = 52
        self._left = 0
        self.changing, self.saw = False, 0.0

    def step(self, chance: float) -> None:
        """Move on by one minute; `chance` is a uniform number of this minute."""
        self._next -= 1
        if self._next <= 0:
            self._next = self._length = 45 + int(16.0 * chance)
            self._left = 1 + int(3.0 * (chance * 7.0 % 1.0))
        self.changing = self._left > 0
        if self.changing:
            self._left -= 1
        self.saw = 15.0 * self._next / self._length - 7.5
