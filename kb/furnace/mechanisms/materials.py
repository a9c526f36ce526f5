"""Mechanisms of raw materials and charging gear."""

from __future__ import annotations

from kb.furnace.mechanisms import reasons as r
from kb.furnace.mechanisms.profile import Term, told

_MATERIALS = (
    Term("bed_upper", 0.06, rise=60.0, fall=120.0),
    Term("used", -0.7, rise=60.0, fall=90.0),
    Term("chill", 0.15, rise=20.0),
)
_ALKALI = (
    Term("alkali", 1.4, rise=240.0, fall=480.0),
    Term("bed_lower", 0.05, rise=240.0, fall=480.0),
    Term("used", -0.9, rise=240.0, fall=240.0),
    Term("wall_B", -16.0, rise=240.0, fall=480.0),
)
_CHARGING = (
    Term("low_line", 1.4, rise=20.0),
    Term("level_south", 0.35, rise=8.0, fall=30.0),
    Term("level_north", -0.35, rise=8.0, fall=30.0),
    Term("top_heat", 25.0, rise=12.0, fall=15.0),
    Term("used", -0.9, rise=12.0, fall=20.0),
)
ENTRIES = (
    told("C50", "materials", _MATERIALS, 300, (300, 720), causes={
        "rain": r.WET, "new lot": r.POOR_ORE, "screen wear": r.FINES, "coke strength lost": r.WEAK_COKE,
    }),
    told("C51", "alkali", _ALKALI, 1440, (960, 1440), causes={"dust recycling": (), "ore": r.POOR_ORE}),
    told("C53", "charging", _CHARGING, 60, (30, 90), causes={
        "chute": r.UNEVEN, "gate": (), "scale": (), "controller": (),
    }),
)  # fmt: skip
