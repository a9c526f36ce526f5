"""Heat stock of the lower furnace, seen as the hot-metal temperature that it gives."""

from __future__ import annotations

import math
from typing import TypeVar

from kb.furnace.noise import Floats
from kb.furnace.traits import HOT_METAL, Traits

COAL_GAIN = 320.0  # degC for the whole coal rate: 20 degC per 10 kg/t at 160 kg/t
LEAK_GAIN = 20.0  # degC per t/h of water
FIRST, SECOND, FADE, FLAME = 150.0, 60.0, 180.0, 40.0  # min
FLOOR = 150.0  # degC; large losses saturate because production falls with them
COLD_IN, COLD_OUT = 1472.0, 1480.0  # degC of the stock, with hysteresis
HOT_IN, HOT_OUT = 1534.0, 1526.0


Number = TypeVar("Number", float, Floats)


def background(slow: Number, mid: Number, fast: Number) -> Number:
    """Natural wander of the heat stock, degC (sigma 10), from three unit processes of 8, 4 and 1.2 h.

    The slow and the fast one also move silicon, so that assay and temperature correlate as they do in a plant.
    """
    return 6.5 * slow + 6.1 * mid + 4.5 * fast


class HeatStock:
    """First-order lags behind dead times (coal 3 h, water 0.5 h, burden 4 h), then a common second lag.

    ``temperature``: degC; ``deviation``: the part that causes, not background, explain; ``cold``: flag.
    """

    __slots__ = (
        "_burden", "_coal", "_first", "_flame", "_gain", "_late", "_mean", "_second", "_water", "cold", "deviation",
        "hot", "temperature",
    )  # fmt: skip

    def __init__(self, traits: Traits) -> None:
        self._coal = [0.0] * traits.coal_delay
        self._water = [0.0] * traits.leak_delay
        self._burden = [0.0] * traits.shaft_delay
        self._gain, self._mean = traits.heat_gain, traits.metal_offset
        self._first = self._second = self._late = self._flame = 0.0
        self.temperature, self.deviation, self.cold, self.hot = HOT_METAL, 0.0, False, False

    def step(
        self, minute: int, lost: float, leak: float, chill: float, background: float, surplus: float = 0.0
    ) -> None:
        """Move on by one minute.

        Parameters
        ----------
        lost : float
            Share of the coal that does not arrive.
        leak : float
            Water, t/h.
        chill : float
            degC that the burden charged now will cost.
        background : float
            Natural wander, degC.
        surplus : float
            degC that the hearth would gain in the long run from blast and other causes without a dead time.
        """
        coal = _delay(self._coal, minute, lost)
        water = _delay(self._water, minute, leak)
        target = -self._gain * (COAL_GAIN * coal + LEAK_GAIN * water - surplus)
        self._first += (target - self._first) / FIRST
        self._late += -_delay(self._burden, minute, chill) - self._late / FADE
        self._second += (self._first + self._late - self._second) / SECOND
        self._flame += (20.0 * lost - self._flame) / FLAME  # a hotter flame comes before the missing heat
        total = self._second + self._flame
        self.deviation = -FLOOR * math.tanh(-total / FLOOR) if total < -1.0 else total
        self.temperature = HOT_METAL + self._mean + self.deviation + background
        if self.temperature > HOT_IN:
            self.hot = True
        elif self.temperature < HOT_OUT:
            self.hot = False
        if self.temperature < COLD_IN:
            self.cold = True
        elif self.temperature > COLD_OUT:
            self.cold = False


def _delay(ring: list[float], minute: int, value: float) -> float:
    slot = minute % len(ring)
    out, ring[slot] = ring[slot], value
    return out
