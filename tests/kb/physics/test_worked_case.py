"""Every value that the project's formulas print for the worked furnace RF-2650, to the precision printed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import kb.physics
from kb.physics import balance, blast, burden, cooling, flame, hearth, slag, top_gas, tuyeres
from kb.physics.uncertainty import SPREADS

METAL = 275.0  # t/h
BLAST, OXYGEN, HUMIDITY, HOT, COAL = 5000.0, 240.0, 12.0, 1180.0, 43.175
CO, CO2, H2, N2 = 22.9, 21.6, 3.0, 52.5
COKE, COAL_RATE = 365.0, 157.0
VOLUME = top_gas.top_gas_volume(BLAST, METAL, N2)
BLAST_O2 = (0.21 * BLAST + OXYGEN) * 60.0 / METAL
MOISTURE = top_gas.moisture_hydrogen(BLAST + OXYGEN, HUMIDITY) * 60.0 / METAL
ENTERING = top_gas.hydrogen_in(BLAST + OXYGEN, HUMIDITY, COAL, COKE * METAL / 1000.0, 0.04) * 60.0 / METAL
LEAVING = H2 / 100.0 * VOLUME
TOP = balance.top_carbon(CO, CO2, VOLUME)
AT_TUYERES = top_gas.tuyere_carbon(BLAST_O2, MOISTURE)
ELEMENTS = balance.element_carbon(4.5, 2.0, 0.9)
SOLUTION = balance.solution_carbon(TOP - AT_TUYERES, 4.5, 2.0, 0.9)
TAKEN = balance.burden_oxygen(CO, CO2, VOLUME, BLAST_O2, MOISTURE, ENTERING - LEAVING)
LINE = balance.rist_line(TOP, top_gas.utilisation(CO, CO2), TAKEN, AT_TUYERES, ELEMENTS)
ATOMS = 945.0 / 55.85
VELOCITY = tuyeres.blast_velocity(BLAST, OXYGEN, HOT, 400.0)
ENERGY = tuyeres.kinetic_energy(BLAST, OXYGEN, VELOCITY)
IRON, SLAG = METAL / 60.0, 0.320 * METAL / 60.0
TAP = hearth.tapping_velocity(300.0, 1.5, 0.055, 3.0)
RING = hearth.ring_flux(420.0, 260.0, 6.2, 6.4)
ISOTHERM = hearth.ring_isotherm(420.0, 6.2, RING)
LOADS = (OXYGEN, HUMIDITY, COAL, BLAST)


def balance_flame(hot: float = HOT, oxygen: float = OXYGEN, humidity: float = HUMIDITY, coal: float = COAL) -> float:
    """Flame temperature of the worked case by the enthalpy balance, with one thing changed."""
    return float(flame.flame_temperature_balance(hot, oxygen, humidity, coal, BLAST))


# what, computed, printed, decimals printed
PRINTED = [
    ("flame by the sheet", flame.flame_temperature_sheet(HOT, OXYGEN, HUMIDITY, COAL, BLAST), 2282, 0),
    (
        "flame, common form",
        blast.flame_temperature_common(HOT, 48.0, HUMIDITY, blast.coal_loading(COAL, BLAST)),
        2295,
        0,
    ),
    ("flame by enthalpy", balance_flame(), 2237, 0),
    ("bosh gas", blast.bosh_gas(BLAST, OXYGEN, HUMIDITY, COAL, coal_hydrogen=0.04), 7009, 0),
    ("bosh gas index", tuyeres.bosh_gas_index(7009.0), 71.1, 1),
    ("tuyere velocity", VELOCITY, 264.6, 1),
    ("kinetic energy", ENERGY, 132.4, 1),
    ("the same in kgf m/s", ENERGY * 1000.0 / tuyeres.KGF, 13505, 0),
    ("enrichment, purity 0.975", blast.enrichment(OXYGEN, BLAST), 3.50, 2),
    ("enrichment, purity 0.995", blast.enrichment(OXYGEN, BLAST, purity=0.995), 3.60, 2),
    ("gas utilisation", top_gas.utilisation(CO, CO2), 48.5, 1),
    ("top gas per tonne", VOLUME, 1641.6, 1),
    ("top gas per hour", VOLUME * METAL / 1000.0, 451, 0),
    ("moisture hydrogen", MOISTURE, 17.07, 2),
    ("hydrogen in", ENTERING, 95.6, 1),
    ("hydrogen at the top", LEAVING, 49.2, 1),
    ("steam formed", ENTERING - LEAVING, 46.3, 1),
    ("hydrogen use", balance.hydrogen_use(ENTERING, LEAVING), 48.5, 1),
    ("carbon at the top", TOP, 391.3, 1),
    ("carbon in", balance.fuel_carbon(COKE, COAL_RATE), 440.0, 1),
    ("carbon closure", balance.carbon_closure(balance.fuel_carbon(COKE, COAL_RATE), 46.0, 4.5, TOP), -0.47, 2),
    ("oxygen of the blast", BLAST_O2, 281.5, 1),
    ("oxygen of the burden, Nm3", TAKEN * 22.4 / 32.0, 275.7, 1),
    ("oxygen of the burden, kg", TAKEN, 393.9, 1),
    ("production by oxygen", balance.production_by_oxygen(METAL, TAKEN), 270.8, 1),
    ("carbon at the tuyeres", AT_TUYERES, 310.7, 1),
    ("direct carbon", TOP - AT_TUYERES, 80.6, 1),
    ("carbon of Si, Mn, P", ELEMENTS, 5.16, 2),
    ("solution loss", SOLUTION, 75.5, 1),
    ("direct reduction", balance.direct_reduction(SOLUTION), 0.372, 3),
    ("Rist slope", LINE.slope, 1.927, 3),
    ("Rist top x", LINE.top_x, 1.4854, 4),
    ("Rist top y", LINE.top_y, 1.455, 3),
    ("Rist tuyeres", LINE.tuyeres, -1.530, 3),
    ("Rist elements", LINE.elements, 0.0254, 4),
    ("charge", burden.iron_per_charge(62.0, 0.582), 37.99, 2),
    ("charges an hour", burden.charges_per_hour(METAL, 38.0), 7.24, 2),
    ("ore by coke", 62.0 / 13.6, 4.56, 2),
    ("smelting period", burden.smelting_period(2250.0, 6600.0, 1.63 / 2.0 + 0.365 / 0.5), 6.0, 1),
    ("basicity", slag.basicity(40.0, 34.0), 1.176, 3),
    ("basicity of three", slag.basicity3(40.0, 9.0, 34.0), 1.441, 3),
    ("basicity of four", slag.basicity4(40.0, 9.0, 34.0, 15.0), 1.000, 3),
    ("lime for 0.05", slag.lime_for(0.05, 320.0, 34.0), 5.4, 1),
    ("iron made", IRON, 4.58, 2),
    ("slag made", SLAG, 1.47, 2),
    ("iron volume", IRON / hearth.IRON, 0.674, 3),
    ("slag volume", SLAG / hearth.SLAG, 0.553, 3),
    ("level rise", hearth.level_rise(IRON, SLAG, 98.5), 2.14, 2),
    ("tapping velocity", TAP, 7.55, 2),
    ("tapping rate", hearth.tapping_rate(TAP, 0.055), 7.3, 1),
    ("heat load", cooling.heat_load(2300.0, 3.2), 8.56, 2),
    ("plane flux", hearth.plane_flux(420.0, 260.0, 0.20), 11.2, 1),
    ("plane residual", hearth.plane_residual(420.0, 11.2), 0.913, 3),
    ("ring flux", RING, 443, 0),
    ("ring isotherm", ISOTHERM, 5.364, 3),
    ("ring residual", 6.2 - ISOTHERM, 0.836, 3),
    ("raceway depth", tuyeres.raceway_depth(ENERGY), 2.36, 2),
    ("leak of 1 t/h, Nm3/h", top_gas.leak_hydrogen(1.0) * 60.0, 1244, 0),
    ("10 degC of blast", balance_flame(hot=HOT + 10.0) - balance_flame(), 6.9, 1),
    ("1 g of humidity", balance_flame(humidity=HUMIDITY + 1.0) - balance_flame(), -4.9, 1),
    ("10 kg/t of coal", balance_flame(coal=COAL + 2.75) - balance_flame(), -16.3, 1),
]


@pytest.mark.parametrize(("what", "computed", "printed", "decimals"), PRINTED, ids=[p[0] for p in PRINTED])
def test_the_worked_case(what: str, computed: float, printed: float, decimals: int) -> None:
    """The formula gives what is printed."""
    assert computed == pytest.approx(printed, abs=0.5001 * 10.0**-decimals), what


def test_the_rist_line_closes() -> None:
    """Oxygen along the line, with steam formed and less what the blast brings, is the burden's own."""
    blast_atoms = 2.0 * BLAST_O2 / 22.4 / ATOMS + MOISTURE / 22.4 / ATOMS
    formed = (ENTERING - LEAVING) / 22.4 / ATOMS
    assert LINE.top_y == pytest.approx(LINE.slope * LINE.top_x + formed - blast_atoms, abs=0.001)


def formulas() -> set[str]:
    """Public functions of the physics, as module.function."""
    out = set()
    for found in pkgutil.iter_modules(kb.physics.__path__):
        module = importlib.import_module(f"kb.physics.{found.name}")
        for name, value in inspect.getmembers(module, inspect.isfunction):
            if value.__module__ == module.__name__ and not name.startswith("_"):
                out.add(f"{found.name}.{name}")
    return out


def test_every_formula_has_its_uncertainty() -> None:
    """No formula without a spread, no spread without a formula."""
    assert set(SPREADS) == formulas()
