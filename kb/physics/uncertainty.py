"""How far each formula may be off: one standard deviation, absolute or relative, and where the number is from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """One standard deviation: ``absolute`` in the formula's unit, ``relative`` as a share of its value."""

    absolute: float = 0.0
    relative: float = 0.0
    source: str = "unverified"

    def sigma(self, value: float) -> float:
        """Standard deviation at a value.

        >>> Spread(absolute=3.0, relative=0.02).sigma(-200.0)
        7.0
        """
        return self.absolute + self.relative * abs(value)


FIT = "residual on the public data set of a 2650 m3 furnace (ironmaking-zju)"
EXACT = "a definition; what it is given decides"
SPREADS: dict[str, Spread] = {
    "balance.burden_oxygen": Spread(relative=0.02),
    "balance.carbon_closure": Spread(absolute=1.0),
    "balance.direct_reduction": Spread(absolute=0.02),
    "balance.element_carbon": Spread(relative=0.05),
    "balance.fuel_carbon": Spread(relative=0.01),
    "balance.hydrogen_use": Spread(absolute=3.0),
    "balance.production_by_oxygen": Spread(relative=0.02),
    "balance.rist_line": Spread(relative=0.02),
    "balance.solution_carbon": Spread(absolute=5.0),
    "balance.top_carbon": Spread(relative=0.01),
    "blast.bosh_gas": Spread(relative=0.0017, source=FIT),
    "blast.coal_loading": Spread(source=EXACT),
    "blast.enrichment": Spread(relative=0.06, source="definitions of plants differ by 5-8 %"),
    "blast.flame_temperature": Spread(absolute=0.9, source=FIT),
    "blast.flame_temperature_common": Spread(absolute=30.0, source="offset on the public data set (ironmaking-zju)"),
    "blast.oxygen_loading": Spread(source=EXACT),
    "blast.permeability": Spread(source=EXACT),
    "burden.charges_per_hour": Spread(relative=0.02),
    "burden.descent_speed": Spread(relative=0.05),
    "burden.iron_per_charge": Spread(relative=0.015),
    "burden.smelting_period": Spread(relative=0.1),
    "burden.wet_weight": Spread(source=EXACT),
    "cooling.heat_flux": Spread(source=EXACT),
    "cooling.heat_load": Spread(relative=0.05),
    "flame.dry_blast": Spread(source=EXACT),
    "flame.flame_temperature_balance": Spread(absolute=40.0),
    "flame.flame_temperature_sheet": Spread(absolute=19.0, source="offset on the public data set (ironmaking-zju)"),
    "hearth.expected_silicon": Spread(absolute=0.07, source="0.06-0.08 % from the public data set (ironmaking-zju)"),
    "hearth.level_rise": Spread(relative=0.3, source="the void of a hearth is 0.25 to 0.45, unverified"),
    "hearth.liquid_volume": Spread(relative=0.03),
    "hearth.plane_flux": Spread(relative=0.1),
    "hearth.plane_residual": Spread(relative=0.15),
    "hearth.ring_flux": Spread(relative=0.1),
    "hearth.ring_isotherm": Spread(relative=0.02),
    "hearth.tapping_rate": Spread(relative=0.2, source="5-7 t/min instead of 7.3, unverified"),
    "hearth.tapping_velocity": Spread(relative=0.15),
    "slag.basicity": Spread(relative=0.02),
    "slag.basicity3": Spread(relative=0.02),
    "slag.basicity4": Spread(relative=0.02),
    "slag.lime_for": Spread(relative=0.05),
    "top_gas.carbon_oxides": Spread(source=EXACT),
    "top_gas.dry_top_gas": Spread(source=EXACT),
    "top_gas.expected_hydrogen": Spread(absolute=0.2),
    "top_gas.hydrogen_in": Spread(relative=0.05),
    "top_gas.leak_hydrogen": Spread(source=EXACT),
    "top_gas.moisture_hydrogen": Spread(relative=0.05),
    "top_gas.top_gas_volume": Spread(relative=0.02),
    "top_gas.tuyere_carbon": Spread(relative=0.02),
    "top_gas.utilisation": Spread(absolute=0.3),
    "tuyeres.blast_velocity": Spread(relative=0.025, source=FIT),
    "tuyeres.bosh_gas_index": Spread(relative=0.0017, source=FIT),
    "tuyeres.gas_resistance": Spread(relative=0.03),
    "tuyeres.kinetic_energy": Spread(relative=0.05, source=FIT),
    "tuyeres.raceway_depth": Spread(relative=0.2),
}
"""Spreads by ``module.function``; a test holds every formula to have one."""
