"""From hidden state to what is true at each measuring point: vectorised physics over many minutes."""

from __future__ import annotations

import numpy as np

from kb.furnace.heat import background
from kb.furnace.mechanisms import GAS_POWER
from kb.furnace.noise import Floats, Spec, Stream
from kb.furnace.state import Told, columns
from kb.furnace.traits import (
    BLAST,
    BLAST_TEMPERATURE,
    COKE,
    DROP_LOWER,
    DROP_UPPER,
    FLUX,
    HOT_METAL,
    HUMIDITY,
    OXYGEN,
    PRODUCTION,
    SECTOR_AREA,
    SECTORS,
    SILICON,
    TOP_PRESSURE,
    TOP_TEMPERATURE,
    UTILISATION,
    WALL,
    WATER_FLOW,
    Traits,
)
from kb.physics.blast import COAL_HYDROGEN, coal_loading, enrichment, flame_temperature, oxygen_loading, permeability
from kb.physics.top_gas import (
    AIR_NITROGEN,
    DIRECT_CARBON,
    HYDROGEN_USED,
    carbon_oxides,
    dry_top_gas,
    expected_hydrogen,
    hydrogen_in,
    leak_hydrogen,
    moisture_hydrogen,
    tuyere_carbon,
    utilisation,
)

LEAK_PASSES = 0.75  # share of a leak's hydrogen that reaches the top unused; unverified
IRON_LEFT = 85.0  # t of iron at which the plant's own balance reads zero
WANDER: dict[str, Spec] = {
    "blast.temperature": Spec(slow=((27.0, 480.0),)),
    "blast.humidity": Spec(slow=((1.45, 600.0),)),
    "oxygen.flow": Spec(slow=((700.0, 480.0),)),
    "coal": Spec(white=0.3, slow=((0.4, 10.0),)),
    "top.pressure": Spec(slow=((1.8, 300.0),)),
    "top.temperature": Spec(slow=((13.0, 45.0), (18.5, 360.0))),
    "oxygen": Spec(),
    "metal": Spec(),
    "sulphur": Spec(),
    "used": Spec(slow=((0.2, 60.0), (0.45, 900.0))),
    "silicon": Spec(slow=((0.03, 4000.0),)),
    "water": Spec(slow=((35.0, 300.0),)),
    "makeup": Spec(slow=((0.06, 240.0),)),
    "rod.south": Spec(slow=((0.02, 60.0),)),
    "rod.north": Spec(slow=((0.03, 90.0),)),
    **{f"uptake.{s}": Spec(slow=((5.0, 60.0),)) for s in SECTORS},
    **{f"wall.{s}": Spec(slow=((1.2, 25.0), (3.0, 240.0))) for s in SECTORS},
}


MOVED = {
    "blast.temperature": "blast_temperature",
    "blast.humidity": "humidity",
    "coal": "coal_more",
    "top.pressure": "top_pressure",
    "silicon": "silicon",
    "oxygen": "oxygen",
    "metal": "metal",
    "sulphur": "sulphur",
    "water": "water",
    "makeup": "makeup",
    "rod.south": "level_south",
    "rod.north": "level_north",
    **{f"uptake.{s}": f"uptake_{s}" for s in SECTORS},
}
"""Hidden quantities that shift what also wanders by itself."""


class Process:
    """True values of every measuring point, minute by minute, for one furnace."""

    def __init__(self, seed: int, traits: Traits) -> None:
        self._traits = traits
        self._streams = {name: Stream(seed, f"wander.{name}", spec) for name, spec in WANDER.items()}

    def truth(self, rows: Floats, drives: dict[str, Floats], first: int, told: Told) -> dict[str, Floats]:
        """Values by ground variable name for the rows of the minutes from `first` on.

        The stocklines are given as ``stockline.south`` and ``.north`` *before* the minute's movement.
        """
        wander = {name: source.read(first, first + len(rows)) for name, source in self._streams.items()}
        for name, moved in MOVED.items():
            if moved in told:
                wander[name] = wander[name] + told[moved]
        out = self._blast(rows, wander)
        out.update(self._pressures(rows, wander, out["blast.volume"]))
        out.update(self._top_gas(rows, wander, out))
        out.update(self._temperatures(rows, wander, out))
        out.update(self._hearth(rows, wander, drives))
        out.update(self._cooling(rows, wander))
        out.update(self._burden(rows, wander))
        return out

    def _blast(self, rows: Floats, wander: dict[str, Floats]) -> dict[str, Floats]:
        flow, saw, coal, coal_set, changing = columns(rows, ("flow", "saw", "coal", "coal_set", "changing"))
        volume = (BLAST + self._traits.blast_offset) * np.exp(flow)
        oxygen = np.maximum(OXYGEN + wander["oxygen.flow"], 0.0) * (1.0 + wander["oxygen"])
        temperature = BLAST_TEMPERATURE + wander["blast.temperature"] + saw
        humidity = np.maximum(HUMIDITY + wander["blast.humidity"], 2.0)
        coal = np.where(coal > 0.5, np.maximum(coal + wander["coal"], 0.0), 0.0)
        per_minute = oxygen / 60.0
        return {
            "blast.volume": volume,
            "blast.temperature": temperature,
            "blast.humidity": humidity,
            "oxygen.flow": oxygen,
            "oxygen.enrichment": enrichment(per_minute, volume),
            "pci.rate": coal,
            "pci.setpoint": coal_set,
            "raft.temperature": flame_temperature(
                temperature, oxygen_loading(per_minute, volume), humidity, coal_loading(coal, volume)
            ),
            "stove.changing": changing,
        }

    def _pressures(self, rows: Floats, wander: dict[str, Floats], volume: Floats) -> dict[str, Floats]:
        flow, upper, lower, spike, hung = columns(rows, ("flow", "bed_upper", "bed_lower", "spike", "hung"))
        gas = GAS_POWER * flow + self._traits.drop_offset
        drop_upper = DROP_UPPER * np.exp(gas + upper)
        drop_lower = DROP_LOWER * np.exp(gas + lower)
        top = TOP_PRESSURE + wander["top.pressure"] - 1.0 * hung
        total = drop_upper + drop_lower
        return {
            "top.pressure": top + spike,
            "pressure_drop.upper": drop_upper,
            "pressure_drop.lower": drop_lower,
            "pressure_drop.total": total,
            "blast.pressure": top + 0.3 * spike + total,
            "permeability.index": permeability(volume, total),
        }

    def _top_gas(self, rows: Floats, wander: dict[str, Floats], blast: dict[str, Floats]) -> dict[str, Floats]:
        make, used, *leaks = columns(rows, ("make", "used", *(f"leak_{s}" for s in SECTORS)))
        volume, humidity = blast["blast.volume"], blast["blast.humidity"]
        oxygen = blast["oxygen.flow"] / 60.0
        metal = make * PRODUCTION  # t/h
        burnt = tuyere_carbon(0.21 * volume + oxygen, moisture_hydrogen(volume + oxygen, humidity))
        oxides = carbon_oxides(burnt + DIRECT_CARBON * metal / 60.0)
        fuel = hydrogen_in(volume + oxygen, humidity, blast["pci.rate"], COKE * metal, COAL_HYDROGEN)
        hydrogen = (1.0 - HYDROGEN_USED) * fuel + LEAK_PASSES * leak_hydrogen(np.sum(leaks, axis=0))
        share = UTILISATION + wander["used"] + used
        co, co2, h2, n2 = dry_top_gas(oxides, hydrogen, AIR_NITROGEN * volume, share)
        return {
            "top_gas.co": co,
            "top_gas.co2": co2,
            "top_gas.h2": h2,
            "top_gas.n2": n2,
            "top_gas.utilisation": utilisation(co, co2),
            "top_gas.h2_expected": expected_hydrogen(volume, fuel, n2),
        }

    def _temperatures(self, rows: Floats, wander: dict[str, Floats], out: dict[str, Floats]) -> dict[str, Floats]:
        (warm,) = columns(rows, ("top_heat",))
        excess = dict(zip(SECTORS, columns(rows, [f"excess_{s}" for s in SECTORS]), strict=True))
        mean = TOP_TEMPERATURE + self._traits.top_offset + wander["top.temperature"] + warm
        values = {"top.temperature": mean + 25.0 * np.sum(list(excess.values()), axis=0)}
        for i, s in enumerate(SECTORS):
            uptake = mean + self._traits.uptake_offset[i] + wander[f"uptake.{s}"] + 100.0 * excess[s]
            values[f"sectors[{s}].uptake_temperature"] = uptake
            shaft = out["top.pressure"] + out["pressure_drop.upper"] + 6.0 * excess[s]
            values[f"sectors[{s}].shaft_pressure"] = shaft + 0.1 * self._traits.uptake_offset[i]
        return values

    def _hearth(self, rows: Floats, wander: dict[str, Floats], drives: dict[str, Floats]) -> dict[str, Floats]:
        heat, rate, iron, casts, age = columns(rows, ("heat", "rate", "iron", "casts", "age"))
        fast, slow = drives["heat_fast"], drives["heat_slow"]
        caused = heat - HOT_METAL - self._traits.metal_offset - background(slow, drives["heat_mid"], fast)
        runner = self._traits.warm_up * np.exp(-np.maximum(age, 0.0) / 13.0)  # the runner warms up within the cast
        silicon = SILICON + 0.005 * caused + 0.067 * fast + 0.062 * slow + wander["silicon"]
        return {
            "taphole.open": (age >= 0.0).astype(np.float64),
            "cast.age": age,
            "cast.iron_rate": rate,
            "cast.count": casts,
            "hearth.iron_gap": iron - IRON_LEFT,
            "hot_metal.temperature": heat - runner + wander["metal"],
            "hot_metal.silicon": silicon,
            "hot_metal.sulphur": 0.027 * np.exp(-0.012 * (heat - HOT_METAL) + wander["sulphur"]),
        }

    def _cooling(self, rows: Floats, wander: dict[str, Floats]) -> dict[str, Floats]:
        leaks = columns(rows, [f"leak_{s}" for s in SECTORS])
        out = {
            "cooling.flow": WATER_FLOW + wander["water"],
            "cooling.makeup_water": 0.5 + wander["makeup"] + self._traits.water_gain * np.sum(leaks, axis=0),
        }
        total = np.zeros(len(rows))
        for i, s in enumerate(SECTORS):
            warm = columns(rows, (f"wall_{s}",))[0] + wander[f"wall.{s}"]
            flux = FLUX * np.maximum(1.0 + 0.014 * warm + 0.01 * self._traits.wall_offset[i], 0.05)
            out[f"sectors[{s}].wall_temperature"] = WALL + self._traits.wall_offset[i] + warm
            out[f"sectors[{s}].heat_flux"] = flux
            total += flux * SECTOR_AREA / 1000.0
        out["cooling.heat_load"] = total
        return out

    def _burden(self, rows: Floats, wander: dict[str, Floats]) -> dict[str, Floats]:
        level, charges = columns(rows, ("level", "charges"))
        return {
            "charge.count": charges,
            "stockline.south": level + wander["rod.south"],
            "stockline.north": level + wander["rod.north"] + self._traits.rod_bias,
        }
