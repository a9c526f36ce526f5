"""Mechanisms of the gas and how it is distributed."""

from __future__ import annotations

import math

from kb.furnace.mechanisms.base import Entry, Push, Setting, resistance


class Channel:
    """Gas breaks through along one sector: hot uptake, low pressure first, then choking and high pressure."""

    TAIL = 25

    def __init__(self, at: Setting) -> None:
        self.first, self.end, self.last = at.first, at.first + at.length, at.first + at.length + self.TAIL
        self.length, self.sector = at.length, at.place
        self.scale, traits = at.scale, at.traits
        self.excess = (0.6 + 0.15 * (at.severity - 1)) * traits.uptake_gain
        self.low = resistance(-10.0 * self.scale * traits.bed_gain)
        self.high = resistance(20.0 * self.scale * traits.bed_gain)
        self.chill = 1.6 * (10.0 + 5.0 * (at.severity - 1)) * traits.heat_gain / at.length

    def apply(self, minute: int, push: Push) -> None:
        passed = minute - self.first
        if minute >= self.end:
            fade = math.exp(-(minute - self.end) / 8.0)
            push.bed_upper += 0.5 * self.high * fade
            push.bed_lower += 0.5 * self.high * fade
            return
        turn = max(4.0, 0.4 * self.length)
        grown = min(1.0, (passed + 1) / 3.0)
        choke = min(1.0, max(0.0, (passed - turn) / 4.0))
        bed = self.low * grown + (self.high - self.low) * choke
        push.bed_upper += bed
        push.bed_lower += bed
        push.excess[self.sector] += self.excess
        push.used -= 2.0 * self.scale * grown
        push.spikes += 0.35 * self.scale
        push.chill += self.chill


ENTRIES = (Entry("C05", "channel", Channel, window=60, lasts=(10, 60), place="sector"),)
