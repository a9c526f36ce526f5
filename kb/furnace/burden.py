"""The column of burden: descent, charging when the set line is reached, slips."""

from __future__ import annotations

from kb.furnace.mechanisms import Push
from kb.furnace.traits import LAYER, Traits

CHARGE_GAP = 4  # min; the top cannot charge faster
HUNG_SPEED = 0.002  # m/min, settling of the loose upper part


class Stack:
    """Level at the throat, m below the zero line (larger is lower).

    After each `step`: ``level_before``, ``speed``, ``when`` (part of the minute at which the level jumped),
    ``jump`` (m; negative is a charge, positive a slip), ``charges``.
    """

    __slots__ = ("_rate", "_set", "charges", "jump", "level", "level_before", "since", "speed", "when")

    def __init__(self, traits: Traits) -> None:
        self._set = traits.set_line
        self._rate = traits.slips_per_day / 1440.0
        self.level = self.level_before = traits.set_line - 0.4
        self.charges = 0
        self.since = 4
        self.speed = self.when = self.jump = 0.0

    def step(self, speed: float, push: Push, chance: float, slip_chance: float) -> None:
        """Move on by one minute at `speed` (m/min); the chances are uniform numbers of this minute."""
        self.level_before = self.level
        self.speed = HUNG_SPEED if push.hung else speed
        self.since += 1
        self.when = self.jump = 0.0
        level = self.level + self.speed
        drop, more = push.drop, push.more
        if not drop and not push.hung and slip_chance < self._rate + more.get("slips", 0.0):
            drop = 0.3 + 0.5 * chance
        if drop:
            self.when, self.jump = 0.3 + 0.4 * chance, drop
        elif (
            not push.hung
            and level >= self._set + more.get("low_line", 0.0) + 0.06 * (chance - 0.5)
            and self.since >= CHARGE_GAP
        ):
            self.when, self.jump = 0.2 + 0.6 * chance, -LAYER * (0.97 + 0.06 * slip_chance)
            self.charges += 1
            self.since = 0
        self.level = level + self.jump
