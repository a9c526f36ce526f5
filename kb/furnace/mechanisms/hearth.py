"""Mechanisms of hearth, tapping and hot-metal chemistry."""

from __future__ import annotations

from kb.furnace.mechanisms import reasons as r
from kb.furnace.mechanisms.profile import Term, told

_DEAD_MAN = (
    Term("bed_lower", 0.055, rise=120.0, fall=240.0),
    Term("sulphur", 0.3, rise=120.0, fall=240.0),
    Term("silicon", 0.07, rise=120.0, fall=240.0),
    Term("metal", -9.0, rise=120.0, fall=240.0),
)
_HELD = Term("hold_tap", 1.0, fixed=True)
_LIQUIDS = (_HELD, Term("bed_lower", 0.03, rise=40.0, fall=20.0), Term("speed", -0.03, rise=40.0, fall=20.0))
_STUCK = (_HELD, Term("bed_lower", 0.06, rise=60.0, fall=30.0), Term("flow", -0.01, delay=40.0, rise=10.0, fall=20.0))
_RUNAWAY = (Term("widen_tap", 0.55, rise=3.0, fall=3.0), Term("bed_lower", -0.02, rise=15.0, fall=15.0))
ENTRIES = (
    told("C24", "dead_man", _DEAD_MAN, 720, (480, 1200), causes={
        "coke fines in the centre": r.WEAK_COKE[1:], "low kinetic energy": r.LOW_ENERGY, "high basicity": r.BASIC,
    }),
    told("C25", "liquids", _LIQUIDS, 120, (90, 150), causes={
        "tapping slower than making": (), "no slag": r.BASIC, "over-blown": r.OVER_BLOWN,
    }),
    told("C28", "runaway", _RUNAWAY, 150, (150, 240), causes={
        "short hole": r.CLAY, "worn hole": r.WEAR, "high level": (Term("bed_lower", 0.02, rise=10.0, fall=20.0),),
    }),
    told("C29", "hole_stuck", _STUCK, 150, (110, 180), causes={"hard clay": r.CLAY, "broken bit": (), "mud gun": ()}),
    told("C33", "high_sulphur", (Term("sulphur", 0.75, rise=120.0, fall=240.0),), 480, (300, 600), causes={
        "cold": r.COLD_HEARTH, "low basicity": (Term("basicity", -0.09, rise=60.0, fall=240.0),),
        "sulphur input": (), "little slag": (),
    }),
    told("C34", "high_silicon", (Term("silicon", 0.36, rise=90.0, fall=240.0),), 480, (300, 600), causes={
        "ash": r.SLAG_ASH, "hot flame": (Term("blast_temperature", 40.0, rise=10.0, fall=20.0),),
        "inactive hearth": (Term("metal", -8.0, rise=90.0, fall=240.0),),
    }),
    told("C35", "low_silicon", (Term("silicon", -0.24, rise=90.0, fall=240.0),), 480, (300, 600), causes={
        "cooling": r.COLD_HEARTH, "high slag iron oxide": (Term("slag_feo", 0.8, rise=60.0, fall=120.0),),
    }),
    told("C36", "silicon_sulphur", (
        Term("silicon", 0.3, rise=90.0, fall=240.0), Term("sulphur", 0.6, rise=90.0, fall=240.0),
    ), 480, (300, 600), causes={"ash": r.SLAG_ASH, "poor slag": (), "alkali": r.ALKALI}),
)  # fmt: skip
