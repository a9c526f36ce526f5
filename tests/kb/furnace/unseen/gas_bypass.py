"""A seal that lets gas past the analyser side of one uptake: that uptake cold, its neighbours hot, gas use unmoved."""

from kb.furnace.mechanisms.profile import Term, told

ENTRIES = (
    told(
        "U02",
        "gas_bypass",
        (
            Term("uptake_A", -95.0, rise=8.0, fall=10.0),
            Term("uptake_B", 65.0, rise=8.0, fall=10.0),
            Term("uptake_D", 65.0, rise=8.0, fall=10.0),
            Term("bed_upper", -0.09, rise=10.0, fall=15.0),
        ),
        window=60,
        lasts=(40, 120),
    ),
)
