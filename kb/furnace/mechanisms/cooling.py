"""Mechanisms of cooling circuits, walls and lining."""

from __future__ import annotations

from kb.furnace.mechanisms import reasons as r
from kb.furnace.mechanisms.base import Entry, Push, Setting
from kb.furnace.mechanisms.profile import Term, told


class Leak:
    """A cooler lets water into the furnace, growing over half an hour to 0.5-5 t/h."""

    FLOW = (0.5, 1.2, 2.2, 3.5, 5.0)

    def __init__(self, at: Setting) -> None:
        self.first, self.last, self.sector = at.first, at.first + at.length, at.place
        self.flow = self.FLOW[at.severity - 1]

    def apply(self, minute: int, push: Push) -> None:
        push.leak[self.sector] += self.flow * min(1.0, (minute - self.first + 5) / 30.0)


_SCAFFOLD = (
    Term("wall_@", -32.0, rise=120.0, fall=600.0),
    Term("bed_upper", 0.055, rise=180.0, fall=300.0),
    Term("used", -0.6, rise=120.0, fall=240.0),
    Term("slips", 0.004, rise=120.0),
)
_PEEL = (
    Term("wall_@", 300.0, rise=2.0, fall=30.0),
    Term("bed_upper", 0.06, rise=1.0, fall=4.0),
    Term("drop", 0.35, delay=3.0, shape="once"),
    Term("chill", 50.0, delay=3.0, shape="once"),
)
_TUYERE = (Term("leak_@", 0.5, rise=10.0), Term("makeup", 0.35, rise=10.0), Term("bright", -2.0, rise=20.0))
_STAVE = (Term("leak_@", 1.0, rise=25.0), Term("makeup", 0.5, rise=15.0))
_OVERLOAD = (
    Term("wall_@", 110.0, rise=15.0, fall=60.0),
    Term("excess_@", 0.1, rise=30.0, fall=60.0),
    Term("water", -60.0, rise=20.0, fall=30.0),
)
ENTRIES = (
    Entry("C21", "leak", Leak, window=360, lasts=(90, 360), place="sector"),
    told("C11", "scaffold", _SCAFFOLD, 720, (720, 1440), place="sector", causes={
        "alkali and zinc": r.ALKALI, "fines": r.FINES, "low stockline": r.LOW_LINE,
        "long low edge flow": r.STRONG_CENTRE, "over-cooling": (Term("water", 250.0, rise=30.0, fall=60.0),),
        "leaking cooler": (Term("leak_B", 0.4, rise=30.0),),
    }),
    told("C12", "peel", _PEEL, 60, (20, 60), place="sector", causes={"accretion falls": (), "lining falls": ()}),
    told("C37", "tuyere_leak", _TUYERE, 240, (180, 480), place="sector", causes={
        "iron erosion": (), "cracks": (), "coal wear": (),
    }),
    told("C41", "stave_leak", _STAVE, 300, (180, 480), place="sector", causes={"thermal cycling": (), "wear": ()}),
    told("C42", "overload", _OVERLOAD, 120, (60, 240), place="sector", causes={
        "edge flow": r.EDGE, "peel-off": (), "thin lining": (),
    }),
)  # fmt: skip
