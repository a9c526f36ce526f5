"""How a process cause pushes the hidden state, minute by minute.

Magnitudes: injection figures of the project's blast-furnace knowledge base (own starting values there,
hence unverified), scaled by severity and by the furnace's traits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

from kb.furnace.causes import MINUTE, Cause
from kb.furnace.traits import DROP_LOWER, DROP_UPPER, SECTORS, Traits

FAST_BLOWER = 0.12  # the blower gives way by this share of a quick rise in bed resistance
GAS_POWER = 1.7  # pressure drop ~ gas volume to this power
_DROP = DROP_UPPER + DROP_LOWER
_SCALE = (0.7, 0.85, 1.0, 1.15, 1.3)


@dataclass(slots=True)
class Push:
    """Sum of what the active causes do in one minute; all zero on a normal day."""

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


QUIET = Push()


class Mechanism(Protocol):
    """A cause at work."""

    first: int
    last: int

    def apply(self, minute: int, push: Push) -> None:
        """Add this minute's effect; called for ``first <= minute < last`` only."""


def resistance(kilopascal: float) -> float:
    """Log bed resistance that changes the total pressure drop by so much while the blower gives way a little.

    Examples
    --------
    >>> round(resistance(15.0), 3)
    0.093
    """
    return math.log(1.0 + kilopascal / _DROP) / (1.0 - GAS_POWER * FAST_BLOWER)


class Hang:
    """The burden stops; pressure builds until it slips.

    Pressure +1.5 kPa/min at severity 3, levelling off at about +60 kPa; the slip drops 1-3 m, and the cold
    burden costs 15 degC of hot metal per metre when it arrives below.
    """

    TAIL = 45

    def __init__(self, first: int, length: int, severity: int, traits: Traits) -> None:
        self.first, self.slip, self.last = first, first + length, first + length + self.TAIL
        self.scale = _SCALE[severity - 1]
        self.rate = 1.5 * self.scale * traits.bed_gain
        self.drop = min(3.0, max(1.0, (0.5 + 0.5 * severity) * traits.drop_gain))
        self.creep = 0.8 * self.scale

    def apply(self, minute: int, push: Push) -> None:
        passed = minute - self.first
        if minute < self.slip:
            rise = resistance(60.0 * (1.0 - math.exp(-self.rate * passed / 60.0)))
            push.hung = True
            push.bed_upper += 0.9 * rise
            push.bed_lower += 1.1 * rise
            push.top_heat += min(45.0, self.creep * passed)
            push.used -= min(0.6, 0.03 * passed)
            return
        after = minute - self.slip
        if after == 0:
            push.drop = self.drop
            push.chill += 24.0 * self.drop  # peaks at about 15 degC per metre after the hearth's lags
            push.spike += 12.0 * self.scale
        fade = math.exp(-after / 7.0)
        swing = -0.05 * fade + 0.04 * math.exp(-after / 15.0) * (1.0 - fade)
        push.bed_upper += swing
        push.bed_lower += swing
        push.top_heat += 35.0 * fade


class Channel:
    """Gas breaks through along one sector: hot uptake, low pressure first, then choking and high pressure."""

    TAIL = 25

    def __init__(self, first: int, length: int, severity: int, sector: int, traits: Traits) -> None:
        self.first, self.end, self.last = first, first + length, first + length + self.TAIL
        self.length, self.sector = length, sector
        self.scale = _SCALE[severity - 1]
        self.excess = (0.6 + 0.15 * (severity - 1)) * traits.uptake_gain
        self.low = resistance(-10.0 * self.scale * traits.bed_gain)
        self.high = resistance(20.0 * self.scale * traits.bed_gain)
        self.chill = 1.6 * (10.0 + 5.0 * (severity - 1)) * traits.heat_gain / length

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


class CoalStop:
    """Coal injection fails while its set point stays; severity is how much of it is lost."""

    def __init__(self, first: int, length: int, severity: int) -> None:
        self.first, self.last = first, first + length
        self.kept = max(0.0, 0.6 - 0.3 * (severity - 1))

    def apply(self, minute: int, push: Push) -> None:
        fall = min(1.0, (minute - self.first + 1) / 2.0)
        push.coal = min(push.coal, 1.0 - (1.0 - self.kept) * fall)


class Leak:
    """A cooler lets water into the furnace, growing over half an hour to 0.5-5 t/h."""

    FLOW = (0.5, 1.2, 2.2, 3.5, 5.0)

    def __init__(self, first: int, length: int, severity: int, sector: int) -> None:
        self.first, self.last, self.sector = first, first + length, sector
        self.flow = self.FLOW[severity - 1]

    def apply(self, minute: int, push: Push) -> None:
        push.leak[self.sector] += self.flow * min(1.0, (minute - self.first + 5) / 30.0)


def mechanism(cause: Cause, start: int, traits: Traits) -> Mechanism:
    """The mechanism of a process cause in a run that starts at `start` (ms)."""
    first = -((start - cause.onset) // MINUTE)
    length = max(1, cause.duration // MINUTE)
    if cause.kind == "hang":
        return Hang(first, length, cause.severity, traits)
    if cause.kind == "channel":
        return Channel(first, length, cause.severity, SECTORS.index(cause.sector), traits)
    if cause.kind == "pci_stop":
        return CoalStop(first, length, cause.severity)
    return Leak(first, length, cause.severity, SECTORS.index(cause.sector))
