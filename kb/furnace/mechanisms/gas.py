"""Mechanisms of the gas and how it is distributed."""

from __future__ import annotations

import math

from kb.furnace.mechanisms import reasons as r
from kb.furnace.mechanisms.base import Entry, Push, Setting, resistance
from kb.furnace.mechanisms.profile import Term, told, with_reasons
from kb.furnace.traits import SECTORS


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


_CHANNEL = {
    "local fluidisation": (),
    "blast above what the bed accepts": r.OVER_BLOWN,
    "fines": r.FINES,
    "chute or charging asymmetry": r.UNEVEN,
    "accretion": r.ACCRETION,
    "open edge": r.EDGE,
    "open centre": r.STRONG_CENTRE,
}
_EDGE = (
    Term("edge", 0.3, rise=40.0, fall=90.0),
    *(Term(f"excess_{s}", 0.2, rise=60.0, fall=90.0) for s in SECTORS),
    *(Term(f"wall_{s}", 24.0, rise=45.0, fall=90.0) for s in SECTORS),
    Term("centre", -0.25, rise=40.0, fall=90.0),
    Term("bed_upper", -0.04, rise=40.0, fall=60.0),
    Term("used", -1.3, rise=45.0, fall=60.0),
    Term("heat", -18.0, rise=60.0),
    Term("sulphur", 0.15, rise=120.0, fall=180.0),
)
_CENTRE = (
    Term("centre", 0.35, rise=60.0, fall=120.0),
    *(Term(f"wall_{s}", -24.0, rise=60.0, fall=120.0) for s in SECTORS),
    Term("edge", -0.2, rise=60.0, fall=120.0),
    Term("bed_upper", 0.06, rise=60.0, fall=90.0),
    Term("bed_lower", 0.02, rise=60.0, fall=90.0),
    Term("top_heat", -12.0, rise=60.0, fall=90.0),
)
_SURGE = (
    Term("top_pressure", 9.0, rise=2.0, fall=3.0),
    Term("spike", 30.0, rise=25.0, shape="every"),
    Term("top_heat", 8.0, rise=5.0, fall=10.0),
)
_VALVE = (
    Term("top_pressure", -16.0, rise=2.0, fall=2.0),
    Term("bed_upper", -0.01, rise=2.0, fall=3.0),
    Term("used", -0.3, rise=20.0, fall=20.0),
)
_HOT_TOP = (Term("top_heat", 85.0, rise=12.0, fall=20.0), Term("seal_heat", 10.0, rise=20.0, fall=30.0))
_COLD_TOP = (Term("top_heat", -80.0, rise=30.0, fall=60.0), Term("dew", 1.0, rise=30.0, fall=60.0))
_POOR_GAS = (
    Term("used", -1.9, rise=20.0, fall=30.0),
    Term("heat", -25.0, delay=30.0),
    Term("top_heat", 8.0, rise=20.0),
)
_AIR = (Term("top_oxygen", 1.1, rise=6.0, fall=10.0), Term("seal_pressure", -70.0, rise=5.0, fall=5.0))
ENTRIES = (
    Entry("C05", "channel", with_reasons(Channel, _CHANNEL), 60, (10, 60), "sector", tuple(_CHANNEL)),
    told("C06", "edge_flow", _EDGE, 240, (120, 480), causes={
        "edge too open": (), "large or short tuyeres": r.LOW_ENERGY, "low kinetic energy": r.LOW_ENERGY,
        "high oxygen": (Term("oxygen", 0.1, rise=5.0, fall=10.0),),
        "top pressure raised": (Term("top_pressure", 6.0, rise=10.0, fall=20.0),),
    }),
    told("C07", "centre_flow", _CENTRE, 720, (240, 720), causes={
        "edge overloaded": (), "small sinter at the edge": r.FINES, "chute": r.UNEVEN,
    }),
    told("C16", "top_hot", _HOT_TOP, 60, (20, 90), causes={
        "low stockline": r.LOW_LINE, "channel": (Term("excess_B", 0.5, rise=4.0, fall=8.0),), "edge flow": r.EDGE,
        "low gas utilisation": r.OPEN_GAS, "dry hot burden": r.DRY,
        "low oxygen": (Term("oxygen", -0.4, rise=3.0, fall=5.0),),
    }),
    told("C17", "top_cold", _COLD_TOP, 240, (90, 360), causes={
        "wet burden": r.WET[1:], "high oxygen": (Term("oxygen", 0.2, rise=5.0, fall=10.0),),
        "low fuel rate": (Term("coal", -0.1, rise=5.0),), "heavy centre": (Term("centre", -0.3, rise=60.0, fall=60.0),),
    }),
    told("C18", "surge", _SURGE, 30, (30, 90), causes={
        "slip": (Term("drop", 0.6, shape="once"),), "recovery turbine trip": (), "valve stuck": (),
    }),
    told("C19", "top_valve", _VALVE, 30, (10, 60), causes={
        "hydraulics": (), "icing": (Term("top_heat", -6.0, rise=10.0, fall=10.0),), "dust": (Term("dust", 6.0),),
    }),
    told("C20", "gas_use", _POOR_GAS, 120, (90, 360), causes={
        "gas distribution": (Term("edge", 0.15, rise=30.0, fall=60.0),), "poor ore": r.POOR_ORE,
        "low stockline": r.LOW_LINE, "over-blown": r.OVER_BLOWN,
    }),
    told("C22", "top_oxygen", _AIR, 30, (10, 60), causes={
        "leak at suction": (), "blow-down": (Term("flow", -0.1, rise=3.0, fall=5.0),),
        "unburnt oxygen": (Term("bed_lower", -0.02, rise=3.0, fall=5.0),),
    }),
)  # fmt: skip
