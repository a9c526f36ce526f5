"""Hard normals: what operators and services do on purpose. Nothing is wrong, so no condition is labelled."""

from __future__ import annotations

from kb.furnace.mechanisms.profile import Term, told

_BLAST = (
    Term("flow", -0.04, rise=3.0, fall=6.0),
    Term("oxygen", -0.04, rise=3.0, fall=6.0),
    Term("coal_set", -0.03, rise=4.0, fall=6.0),
)
_ORE = (
    Term("used", -0.35, rise=90.0, fall=120.0),
    Term("bed_upper", 0.012, rise=90.0, fall=120.0),
    Term("chill", 0.05, rise=30.0),
    Term("burden_iron", -0.4, rise=10.0, fall=10.0),
)
_STOVE = (Term("blast_temperature", -22.0, rise=15.0, fall=20.0),)
_CAST = (Term("hold_tap", 1.0, fixed=True),)
ENTRIES = (
    told("", "blast_move", _BLAST, 60, (60, 240), mark=False),
    told("", "ore_change", _ORE, 720, (600, 1200), mark=False),
    told("", "stove_out", _STOVE, 60, (240, 600), mark=False),
    told("", "cast_delay", _CAST, 60, (15, 25), mark=False),
)
