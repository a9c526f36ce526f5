"""What makes one simulated furnace differ from the next: gains, offsets, dead times, drawn once per seed."""

from __future__ import annotations

from dataclasses import dataclass

from kb.furnace.noise import draws
from kb.physics.burden import charges_per_hour, descent_speed, iron_per_charge

SECTORS = ("A", "B", "C", "D")

IRON_PER_CHARGE = iron_per_charge(62.0, 0.582)  # t
PRODUCTION = 288.0  # t/h of hot metal at normal blast
LAYER = 0.7165  # m that a charge adds at the throat
SPEED = descent_speed(LAYER, 60.0 / charges_per_hour(PRODUCTION, IRON_PER_CHARGE))  # m/min
BLAST = 5590.0  # Nm3/min
OXYGEN = 16100.0  # Nm3/h
COAL = 45.3  # t/h
COKE = 0.365  # t per t of hot metal
SLAG = 0.32  # t per t of hot metal
TOP_PRESSURE = 223.5  # kPa
DROP_UPPER = 92.0  # kPa
DROP_LOWER = 104.0  # kPa
BLAST_TEMPERATURE = 1091.0  # degC
HUMIDITY = 12.75  # g/Nm3
TOP_TEMPERATURE = 182.0  # degC
HOT_METAL = 1502.0  # degC
SILICON = 0.465  # %
UTILISATION = 48.0  # %
WALL = 85.0  # degC
FLUX = 22.0  # kW/m2
SECTOR_AREA = 375.0  # m2
WATER_FLOW = 6800.0  # m3/h


@dataclass(frozen=True, slots=True)
class Traits:
    """One furnace's individual constants.

    ``*_gain`` multiply an effect (0.8-1.25), ``pace`` multiplies delays
    of told mechanisms, ``*_delay`` are dead times in minutes, ``*_offset`` add to a level.
    """

    heat_gain: float
    pace: float
    bed_gain: float
    uptake_gain: float
    wall_gain: float
    water_gain: float
    drop_gain: float
    coal_delay: int
    shaft_delay: int
    leak_delay: int
    slips_per_day: float
    set_line: float
    warm_up: float
    blast_offset: float
    drop_offset: float
    top_offset: float
    metal_offset: float
    rod_bias: float
    uptake_offset: tuple[float, ...]
    wall_offset: tuple[float, ...]


def draw_traits(seed: int, wide: bool = False) -> Traits:
    """Traits of the furnace with this seed, from the usual or the wide spread (gains and dead times x0.6-1.5)."""
    u = draws(seed, "traits", 32)

    def between(i: int, low: float, high: float) -> float:
        return low + (high - low) * u[i]

    def gain(i: int) -> float:
        return float(low * (high / low) ** u[i])

    low, high = (0.6, 1.5) if wide else (0.8, 1.25)
    stretch = (1.0, 1.0) if not wide else (0.6, 1.5)
    coal, shaft, leak = (
        ((108.0, 270.0), (144.0, 360.0), (18.0, 45.0)) if wide else ((150.0, 210.0), (190.0, 270.0), (20.0, 45.0))
    )

    return Traits(
        heat_gain=gain(0),
        pace=between(25, *stretch),
        bed_gain=gain(1),
        uptake_gain=gain(2),
        wall_gain=gain(3),
        water_gain=gain(4),
        drop_gain=gain(5),
        coal_delay=round(between(6, *coal)),
        shaft_delay=round(between(7, *shaft)),
        leak_delay=round(between(8, *leak)),
        slips_per_day=between(9, 0.3, 1.7),
        set_line=between(10, 1.3, 1.45),
        warm_up=between(11, 20.0, 36.0),
        blast_offset=between(12, -25.0, 25.0),
        drop_offset=between(13, -0.01, 0.01),
        top_offset=between(14, -8.0, 8.0),
        metal_offset=between(15, -3.0, 3.0),
        rod_bias=between(16, -0.4, 0.4),
        uptake_offset=tuple(between(17 + i, -12.0, 12.0) for i in range(4)),
        wall_offset=tuple(between(21 + i, -8.0, 8.0) for i in range(4)),
    )
