"""Mechanisms of the burden's descent."""

from __future__ import annotations

import math

from kb.furnace.mechanisms.base import Entry, Push, Setting, resistance


class Hang:
    """The burden stops; pressure builds until it slips.

    Pressure +1.5 kPa/min at severity 3, levelling off at about +60 kPa; the slip drops 1-3 m, and the cold
    burden costs 15 degC of hot metal per metre when it arrives below.
    """

    TAIL = 45

    def __init__(self, at: Setting) -> None:
        self.first, self.slip, self.last = at.first, at.first + at.length, at.first + at.length + self.TAIL
        self.scale = at.scale
        self.rate = 1.5 * self.scale * at.traits.bed_gain
        self.drop = min(3.0, max(1.0, (0.5 + 0.5 * at.severity) * at.traits.drop_gain))
        self.creep = 0.8 * self.scale

    def apply(self, minute: int, push: Push) -> None:
        passed = minute - self.first
        if minute < self.slip:
            rise = resistance(60.0 * (1.0 - math.exp(-self.rate * passed / 60.0)))
            push.hung = True
            push.bed_upper += 0.9 * rise
            push.bed_lower += 1.1 * rise
            push.top_heat += min(45.0, self.creep * passed)
            push.used -= min(0.6, 0.03 * passed)
            return
        after = minute - self.slip
        if after == 0:
            push.drop = self.drop
            push.chill += 24.0 * self.drop  # peaks at about 15 degC per metre after the hearth's lags
            push.spike += 12.0 * self.scale
        fade = math.exp(-after / 7.0)
        swing = -0.05 * fade + 0.04 * math.exp(-after / 15.0) * (1.0 - fade)
        push.bed_upper += swing
        push.bed_lower += swing
        push.top_heat += 35.0 * fade


ENTRIES = (Entry("C01", "hang", Hang, window=60, lasts=(20, 60)),)
