"""What a mechanism is: it pushes hidden quantities, minute by minute; tags come out of physics and instruments.

Magnitudes in this package: injection figures and symptom limits of the project's blast-furnace knowledge base (own
starting values there, hence unverified), scaled by severity and by the furnace's traits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Protocol

from kb.furnace.traits import DROP_LOWER, DROP_UPPER, SECTORS, Traits

FAST_BLOWER = 0.12  # the blower gives way by this share of a quick rise in bed resistance
GAS_POWER = 1.7  # pressure drop ~ gas volume to this power
_DROP = DROP_UPPER + DROP_LOWER
SCALE = (0.7, 0.85, 1.0, 1.15, 1.3)
"""Size of an effect at severity 1 to 5, relative to severity 3."""

AZIMUTHS = tuple("ABCDEFGH")
PLACES: dict[str, tuple[str, ...]] = {
    "": (),
    "sector": SECTORS,
    "tuyere": tuple(f"T{i:02d}" for i in range(1, 31)),
    "stave": tuple(f"R{row:02d}{a}" for row in range(1, 15) for a in AZIMUTHS),
    "azimuth": AZIMUTHS,
    "taphole": ("H1", "H2"),
    "stove": ("S1", "S2", "S3", "S4"),
}
"""Names of the places that a cause may strike, by sort of place."""


@dataclass(slots=True)
class Push:
    """Sum of what the active causes do in one minute; all zero on a normal day.

    The fields are the quantities that act back on the furnace within the step of a minute; all others, which only
    show, are summed by name in ``more``.
    """

    hung: bool = False
    bed_upper: float = 0.0  # added log resistance
    bed_lower: float = 0.0
    drop: float = 0.0  # m, a slip in this minute
    excess: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0, 0.0])  # sector conductance, 1 = +100 degC
    used: float = 0.0  # gas utilisation, percentage points
    coal: float = 1.0  # share of the set point that arrives
    leak: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0, 0.0])  # t/h per sector
    spikes: float = 0.0  # extra top-pressure spikes per minute
    spike: float = 0.0  # kPa in this minute
    top_heat: float = 0.0  # degC on the top gas
    chill: float = 0.0  # degC that this minute's burden will cost when it reaches the hearth
    more: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, amount: float) -> None:
        """Add to a quantity by name: a scalar field, ``excess_A`` or ``leak_A``, or any other that only shows."""
        if name in _SCALARS:
            setattr(self, name, getattr(self, name) + amount)
        elif name in _BY_SECTOR:
            which, sector = _BY_SECTOR[name]
            getattr(self, which)[sector] += amount
        else:
            self.more[name] = self.more.get(name, 0.0) + amount


_SCALARS = frozenset(f.name for f in fields(Push) if f.type == "float")
_BY_SECTOR = {f"{which}_{s}": (which, i) for which in ("excess", "leak") for i, s in enumerate(SECTORS)}
QUIET = Push()


class Mechanism(Protocol):
    """A cause at work."""

    first: int
    last: int

    def apply(self, minute: int, push: Push) -> None:
        """Add this minute's effect; called for ``first <= minute < last`` only."""


@dataclass(frozen=True, slots=True)
class Setting:
    """When, where, how strong and why: all that a mechanism is made from.

    ``first`` and ``length`` are minutes of the run, ``place`` is the index of the place within its sort, ``why`` one
    of the causes that the entry lists.
    """

    first: int
    length: int
    severity: int
    place: int
    why: str
    traits: Traits

    @property
    def scale(self) -> float:
        """Size relative to severity 3."""
        return SCALE[self.severity - 1]


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of cause in the registry.

    Parameters
    ----------
    condition : str
        The condition that it causes: 'C01' to 'C54', or a name of its own.
    kind : str
        How `Cause` calls it.
    build : callable
        Makes the mechanism of a setting.
    window : int
        Minutes after the onset in which the condition shows (its tau).
    lasts : tuple of int
        Usual shortest and longest duration, minutes.
    place : str
        Sort of place that it strikes, a key of `PLACES`.
    causes : tuple of str
        Why it may happen; the first is taken when none is named.
    """

    condition: str
    kind: str
    build: Callable[[Setting], Mechanism]
    window: int
    lasts: tuple[int, int]
    place: str = ""
    causes: tuple[str, ...] = ()


def resistance(kilopascal: float) -> float:
    """Log bed resistance that changes the total pressure drop by so much while the blower gives way a little.

    Examples
    --------
    >>> round(resistance(15.0), 3)
    0.093
    """
    return math.log(1.0 + kilopascal / _DROP) / (1.0 - GAS_POWER * FAST_BLOWER)
