"""Mechanisms of the burden's descent."""

from __future__ import annotations

import math

from kb.furnace.mechanisms import reasons as r
from kb.furnace.mechanisms.base import Entry, Push, Setting, resistance
from kb.furnace.mechanisms.profile import Term, told, with_reasons
from kb.furnace.traits import SECTORS


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


_HANG = {
    "sticking burden": (),
    "hot furnace with too much blast": r.HOT_BLOWN,
    "fines": r.FINES,
    "high cohesive zone": r.HIGH_ZONE,
    "accretion": r.ACCRETION,
    "hearth full": r.HEARTH_FULL,
    "sudden oxygen, coal or temperature rise": r.FORCED,
    "high basicity": r.BASIC,
}
_SLIP = (
    Term("used", -0.5, rise=15.0, fall=20.0),
    Term("drop", 0.55, rise=14.0, shape="every"),
    Term("spike", 7.0, rise=14.0, shape="every"),
    Term("chill", 6.0, rise=14.0, shape="every"),
    Term("bed_upper", -0.03, rise=3.0, fall=10.0),
    Term("top_heat", 12.0, rise=15.0, fall=20.0),
)
_COLLAPSE = (
    Term("top_heat", 35.0, rise=10.0, fall=20.0),
    Term("drop", 1.5, rise=30.0, shape="every"),
    Term("spike", 14.0, rise=30.0, shape="every"),
    Term("chill", 30.0, rise=30.0, shape="every"),
    Term("used", -1.2, rise=10.0, fall=25.0),
    Term("uptake_A", 25.0, rise=5.0, fall=15.0),
    Term("uptake_C", -20.0, rise=5.0, fall=15.0),
    Term("bright", -15.0, rise=20.0, fall=60.0),
    Term("sulphur", 0.3, rise=60.0, delay=60.0, fall=180.0),
)
_LOW = (
    Term("low_line", 1.2, rise=25.0),
    Term("top_heat", 22.0, rise=15.0, fall=15.0),
    Term("chill", 0.16, delay=5.0),
    Term("wall_A", 8.0, rise=20.0, fall=20.0),
    Term("wall_C", 8.0, rise=20.0, fall=20.0),
    Term("used", -0.5, rise=15.0, fall=20.0),
)
_TILT = (
    Term("level_south", 0.4, rise=15.0, fall=40.0),
    Term("level_north", -0.4, rise=15.0, fall=40.0),
    Term("uptake_C", 24.0, rise=15.0, fall=30.0),
    Term("uptake_A", -24.0, rise=15.0, fall=30.0),
    Term("wall_C", 12.0, rise=20.0, fall=60.0),
    Term("used", -0.6, rise=20.0, fall=30.0),
)
_TIGHT = (
    Term("bed_upper", 0.06, rise=15.0, fall=30.0),
    Term("bed_lower", 0.06, rise=15.0, fall=30.0),
    Term("speed", -0.04, rise=15.0, fall=20.0),
)
_ZONE = (
    Term("top_heat", 22.0, rise=120.0, fall=240.0),
    Term("bed_lower", 0.06, rise=120.0, fall=240.0),
    Term("used", -1.6, rise=120.0, fall=240.0),
    *(Term(f"wall_{s}", 16.0, rise=90.0, fall=180.0) for s in SECTORS),
)
ENTRIES = (
    Entry("C01", "hang", with_reasons(Hang, _HANG), 60, (20, 60), causes=tuple(_HANG)),
    told("C02", "slips", _SLIP, 60, (30, 120), causes={
        "local hang": r.LOCAL_HANG, "edge flow": r.EDGE, "uneven charging": r.UNEVEN, "fines": r.FINES,
        "wall accretion": r.ACCRETION,
    }),
    told("C03", "collapse", _COLLAPSE, 60, (60, 150), causes={
        "slips not stopped": r.SLIPS, "hanging": r.LOCAL_HANG, "channel": r.OPEN_GAS,
    }),
    told("C04", "low_line", _LOW, 90, (40, 180), causes={"charging fault": (), "fast descent": r.FAST[:1]}),
    told("C13", "tilt", _TILT, 120, (60, 240), causes={
        "chute or gate": r.UNEVEN, "tuyere asymmetry": r.LOW_ENERGY, "wall accretion": r.ACCRETION,
    }),
    told("C14", "zone_rise", _ZONE, 1440, (900, 1440), causes={
        "heat surplus": (Term("heat", 20.0, rise=60.0),), "softening burden": r.POOR_ORE, "edge flow": r.EDGE,
    }),
    told("C15", "tight", _TIGHT, 60, (45, 240), causes={
        "fines": r.FINES, "cohesive zone": r.HIGH_ZONE, "weak coke": r.WEAK_COKE[1:], "liquids": r.HEARTH_FULL,
        "slag hold-up": r.BASIC,
    }),
)  # fmt: skip
