"""Mechanisms of blast, oxygen, coal and stoves."""

from __future__ import annotations

from kb.furnace.mechanisms.base import Entry, Push, Setting


class CoalStop:
    """Coal injection fails while its set point stays; severity is how much of it is lost."""

    def __init__(self, at: Setting) -> None:
        self.first, self.last = at.first, at.first + at.length
        self.kept = max(0.0, 0.6 - 0.3 * (at.severity - 1))

    def apply(self, minute: int, push: Push) -> None:
        fall = min(1.0, (minute - self.first + 1) / 2.0)
        push.coal = min(push.coal, 1.0 - (1.0 - self.kept) * fall)


ENTRIES = (Entry("C45", "pci_stop", CoalStop, window=480, lasts=(30, 240)),)
