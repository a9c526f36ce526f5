"""Cooling water that comes too cold and too fast: all walls cool and more water runs, while the furnace stays well."""

import math

from kb.furnace.mechanisms import Entry, Push, Setting


class ColdWater:
    """Swings with the pump that hunts: a period of 40 minutes, written without terms to show the plain interface."""

    def __init__(self, at: Setting) -> None:
        self.first, self.last, self.size = at.first, at.first + at.length, at.scale

    def apply(self, minute: int, push: Push) -> None:
        swing = 1.0 - 0.3 * math.cos((minute - self.first) / 6.4)
        for name, amount in (
            ("water", 420.0),
            ("wall_A", -26.0),
            ("wall_B", -26.0),
            ("wall_C", -26.0),
            ("wall_D", -26.0),
        ):
            push.add(name, self.size * swing * amount)
        push.add("mark/U03/", 1.0)


ENTRIES = (Entry("U03", "cold_water", ColdWater, window=90, lasts=(60, 180)),)
