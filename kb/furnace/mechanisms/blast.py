"""Mechanisms of blast, oxygen, coal and stoves."""

from __future__ import annotations

from kb.furnace.mechanisms.base import Entry, Push, Setting
from kb.furnace.mechanisms.profile import Term, told, with_reasons


class CoalStop:
    """Coal injection fails while its set point stays; severity is how much of it is lost."""

    def __init__(self, at: Setting) -> None:
        self.first, self.last = at.first, at.first + at.length
        self.kept = max(0.0, 0.6 - 0.3 * (at.severity - 1))

    def apply(self, minute: int, push: Push) -> None:
        fall = min(1.0, (minute - self.first + 1) / 2.0)
        push.coal = min(push.coal, 1.0 - (1.0 - self.kept) * fall)


_COAL = {"distributor": (), "nitrogen": (Term("vessel_pressure", -90.0),), "mill": (), "lances": ()}
_BLOWER = (
    Term("flow", -0.7, rise=0.5, fall=4.0),
    Term("top_pressure", -60.0, rise=1.0, fall=5.0),
    Term("oxygen", -0.5, rise=0.5, fall=6.0),
    Term("coal_set", -0.6, rise=0.5, fall=20.0),
)
_CHAR = (
    Term("coal_more", 5.5, rise=5.0, fall=5.0),
    Term("dust", 7.0, rise=40.0, fall=60.0),
    Term("bed_lower", 0.06, rise=60.0, fall=90.0),
    Term("used", -0.7, rise=40.0, fall=40.0),
)
_OXYGEN = (
    Term("oxygen", -0.65, rise=1.0, fall=4.0),
    Term("oxygen_pressure", -0.45, rise=1.0, fall=2.0),
)
_STOVE = (Term("blast_temperature", -100.0, rise=12.0, fall=30.0),)
_HUMID = (Term("humidity", 5.5, rise=8.0, fall=10.0),)
_STOP = (
    Term("flow", -1.2, rise=8.0, fall=18.0),
    Term("top_pressure", -130.0, rise=8.0, fall=25.0),
    Term("oxygen", -0.67, rise=4.0, fall=30.0),
    Term("coal_set", -0.67, rise=4.0, fall=25.0),
    Term("top_heat", -25.0, rise=30.0, fall=30.0),
)
ENTRIES = (
    Entry("C45", "pci_stop", with_reasons(CoalStop, _COAL), 480, (30, 240), causes=tuple(_COAL)),
    told("C23", "blower", _BLOWER, 30, (5, 30), causes={"surge": (), "trip": (), "check valve": ()}),
    told("C46", "char", _CHAR, 240, (120, 360), causes={
        "over-rate": (), "coarse coal": (Term("fineness", -12.0),), "low oxygen": (Term("oxygen", -0.15, rise=10.0),),
        "few lances": (),
    }),
    told("C47", "oxygen_loss", _OXYGEN, 30, (20, 180), causes={"plant trip": ()}),
    told("C48", "stove", _STOVE, 120, (60, 240), causes={
        "gas quality": (), "leaky hot-blast valve": (Term("flow", 0.01), Term("leak_A", 0.4)), "checker": (),
    }),
    told("C49", "humidity", _HUMID, 180, (60, 360), causes={"weather": (), "steam valve": ()}),
    told("C54", "stop_restart", _STOP, 60, (90, 240), causes={"planned stop": ()}),
)  # fmt: skip
