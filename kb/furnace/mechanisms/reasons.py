"""Why conditions arise: what each reason moves in the hidden state, whatever condition follows from it."""

from __future__ import annotations

from kb.furnace.mechanisms.profile import Term
from kb.furnace.traits import SECTORS

Terms = tuple[Term, ...]
FINES: Terms = (Term("bed_upper", 0.05, rise=30.0, fall=60.0), Term("dust", 6.0, rise=60.0, fall=60.0))
HOT_BLOWN: Terms = (Term("heat", 25.0, rise=60.0, fall=120.0), Term("flow", 0.015, rise=20.0, fall=30.0))
OVER_BLOWN: Terms = (Term("flow", 0.02, rise=20.0, fall=30.0), Term("speed", 0.02, rise=20.0, fall=30.0))
HIGH_ZONE: Terms = (Term("bed_lower", 0.04, rise=60.0, fall=90.0), Term("top_heat", 10.0, rise=60.0, fall=60.0))
ACCRETION: Terms = (Term("wall_B", -22.0, rise=60.0, fall=240.0), Term("bed_upper", 0.03, rise=60.0, fall=120.0))
HEARTH_FULL: Terms = (Term("hold_tap", 1.0, fixed=True), Term("bed_lower", 0.035, rise=30.0, fall=30.0))
FORCED: Terms = (Term("oxygen", 0.1, rise=5.0, fall=10.0), Term("blast_temperature", 25.0, rise=10.0, fall=20.0))
BASIC: Terms = (Term("basicity", 0.08, rise=120.0, fall=240.0), Term("bed_lower", 0.03, rise=60.0, fall=60.0))
UNEVEN: Terms = (Term("level_south", 0.2, rise=20.0, fall=40.0), Term("level_north", -0.2, rise=20.0, fall=40.0))
EDGE: Terms = tuple(Term(f"excess_{s}", 0.1, rise=40.0, fall=60.0) for s in SECTORS)
LOW_LINE: Terms = (Term("low_line", 0.7, rise=15.0), Term("top_heat", 8.0, rise=15.0, fall=15.0))
LOCAL_HANG: Terms = (Term("bed_upper", 0.04, rise=10.0, fall=15.0),)
HEAVY: Terms = (Term("chill", 0.42, rise=20.0), Term("burden_load", 0.35, rise=10.0, fall=20.0))
WET: Terms = (Term("chill", 0.42, rise=20.0), Term("coke_moisture", 2.0, rise=10.0, fall=20.0))
WEAK_COKE: Terms = (Term("chill", 0.4, rise=30.0), Term("bed_lower", 0.035, rise=60.0, fall=120.0), Term("csr", -6.0))
FAST: Terms = (Term("speed", 0.08, rise=20.0, fall=30.0), Term("heat", -45.0, rise=20.0))
COLD_BLAST: Terms = (Term("blast_temperature", -110.0, rise=8.0, fall=15.0),)
COAL_LOSS: Terms = (Term("coal", -0.25, rise=2.0),)
WATER: Terms = (Term("leak_C", 2.0, rise=20.0), Term("makeup", 0.3, rise=20.0))
SLIPS: Terms = (
    Term("drop", 0.9, rise=40.0, shape="every"),
    Term("chill", 20.0, rise=40.0, shape="every"),
    Term("spike", 8.0, rise=40.0, shape="every"),
)
OPEN_GAS: Terms = (Term("used", -0.8, rise=30.0, fall=30.0),)
POOR_ORE: Terms = (Term("used", -0.6, rise=40.0, fall=60.0), Term("burden_iron", -0.8, rise=10.0, fall=20.0))
DRY: Terms = (Term("top_heat", 12.0, rise=15.0, fall=20.0),)
STRONG_CENTRE: Terms = (Term("centre", 0.25, rise=40.0, fall=60.0),)
ALKALI: Terms = (Term("alkali", 1.2, rise=60.0, fall=240.0), Term("zinc", 0.15, rise=60.0, fall=240.0))
CLAY: Terms = (Term("clay", -60.0, rise=5.0, fall=60.0),)
WEAR: Terms = (Term("widen_tap", 0.05, rise=30.0, fall=60.0),)
COLD_HEARTH: Terms = (Term("heat", -45.0, rise=20.0),)
SLAG_ASH: Terms = (Term("alumina", 1.2, rise=120.0, fall=240.0),)
LOW_ENERGY: Terms = (Term("flow", -0.03, rise=20.0, fall=30.0),)
