"""Mechanisms of cooling circuits, walls and lining."""

from __future__ import annotations

from kb.furnace.mechanisms.base import Entry, Push, Setting


class Leak:
    """A cooler lets water into the furnace, growing over half an hour to 0.5-5 t/h."""

    FLOW = (0.5, 1.2, 2.2, 3.5, 5.0)

    def __init__(self, at: Setting) -> None:
        self.first, self.last, self.sector = at.first, at.first + at.length, at.place
        self.flow = self.FLOW[at.severity - 1]

    def apply(self, minute: int, push: Push) -> None:
        push.leak[self.sector] += self.flow * min(1.0, (minute - self.first + 5) / 30.0)


ENTRIES = (Entry("C21", "leak", Leak, window=360, lasts=(90, 360), place="sector"),)
