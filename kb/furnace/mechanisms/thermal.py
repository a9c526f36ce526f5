"""Mechanisms of the furnace's heat."""

from __future__ import annotations

from kb.furnace.mechanisms import reasons as r
from kb.furnace.mechanisms.profile import Term, told
from kb.furnace.traits import SECTORS

_DULL = (Term("bright", -12.0, rise=60.0, delay=60.0, fall=120.0), Term("slag_feo", 0.6, rise=120.0, delay=60.0))
_HOT = (
    Term("heat", 48.0, rise=20.0),
    Term("bed_lower", 0.045, rise=60.0, delay=30.0, fall=90.0),
    Term("speed", -0.06, rise=60.0, delay=30.0, fall=60.0),
    Term("top_heat", 10.0, rise=90.0, fall=60.0),
    Term("spikes", 0.04, rise=60.0, delay=60.0),
    Term("bright", 14.0, rise=60.0, fall=90.0),
)
_CHILL = (
    Term("heat", -140.0, rise=10.0),
    Term("sulphur", 0.5, rise=120.0, delay=60.0, fall=240.0),
    Term("bright", -45.0, rise=60.0, delay=30.0, fall=240.0),
    Term("slag_feo", 3.0, rise=120.0, delay=60.0, fall=240.0),
    Term("bed_lower", 0.08, rise=120.0, delay=120.0, fall=120.0),
    Term("spikes", 0.1, rise=60.0, delay=120.0),
    *(Term(f"wall_{s}", -14.0, rise=90.0, fall=180.0) for s in SECTORS),
)
ENTRIES = (
    told("C08", "cooling", _DULL, 600, (240, 480), mark=False, causes={
        "heavy load": r.HEAVY, "moisture": r.WET, "coke quality": r.WEAK_COKE, "fast descent": r.FAST,
        "blast temperature lost": r.COLD_BLAST, "coal lost": r.COAL_LOSS, "water leak": r.WATER, "slips": r.SLIPS,
    }),
    told("C09", "heating", _HOT, 420, (180, 420), mark=False, causes={
        "light load": (Term("burden_load", -0.3, rise=10.0, fall=20.0),),
        "coal over-rate": (Term("coal_more", 4.0, rise=5.0),),
        "blast too hot": (Term("blast_temperature", 40.0, rise=8.0, fall=15.0),),
        "slow descent": (Term("speed", -0.04, rise=20.0, fall=30.0),),
    }),
    told("C10", "chill", _CHILL, 600, (300, 720), mark=False, causes={
        "cooling not answered": (), "water leak": r.WATER, "long stop without coke": r.HEAVY,
        "continuous collapse": r.SLIPS, "scaffold fall": (Term("wall_B", 90.0, rise=3.0, fall=30.0),),
    }),
)  # fmt: skip
