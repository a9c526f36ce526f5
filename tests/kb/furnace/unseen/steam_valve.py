"""A steam valve into the top that sticks open: cool wet top gas with a falling top temperature and rising pressure."""

from kb.furnace.mechanisms.profile import Term, told

ENTRIES = (
    told(
        "U01",
        "steam_valve",
        (
            Term("top_pressure", 7.0, rise=8.0, fall=10.0),
            Term("top_heat", -60.0, rise=10.0, fall=15.0),
            Term("used", 0.9, rise=20.0, fall=20.0),
        ),
        window=60,
        lasts=(40, 120),
    ),
)
