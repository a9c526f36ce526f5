"""What a person can break in the demonstration, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from kb.furnace.causes import MINUTE, Cause, Kind


@dataclass(frozen=True, slots=True)
class Breakage:
    """A fault that can be set off at any time; ``minutes``: how long the cause lasts."""

    id: str
    title: dict[str, str]
    kind: Kind
    minutes: int
    severity: int = 4
    sector: str = ""
    tag: str = ""
    silent: bool = True

    def cause(self, now: int) -> Cause:
        """The cause, with its onset at plant time ``now`` (ms)."""
        return Cause(self.kind, now, self.minutes * MINUTE, self.severity, self.sector, self.tag, self.silent)


BREAKAGES = (
    Breakage("hang", {"en": "the burden hangs", "zh": "悬料"}, "hang", 28),
    Breakage("channel", {"en": "a gas channel, sector B", "zh": "管道行程（B 方位）"}, "channel", 30, sector="B"),
    Breakage("pci", {"en": "coal injection stops", "zh": "喷煤中断"}, "pci_stop", 45),
    Breakage("leak", {"en": "water leaks in, sector C", "zh": "漏水（C 方位）"}, "leak", 180, sector="C"),
    Breakage(
        "freeze", {"en": "blast pressure gauge freezes", "zh": "热风压力表卡死"}, "freeze", 40, tag="blast.pressure"
    ),
    Breakage("rod", {"en": "south stockline rod freezes", "zh": "南探尺卡死"}, "freeze", 40, tag="stockline.south"),
    Breakage(
        "dropout",
        {"en": "uptake thermocouple A lost", "zh": "A 方位上升管热电偶断线"},
        "dropout",
        40,
        tag="sectors[A].uptake_temperature",
        silent=False,
    ),
)
