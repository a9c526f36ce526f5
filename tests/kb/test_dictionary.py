"""The plant's variables hold every line of the project's variable dictionary, with its unit, range and period."""

from __future__ import annotations

import pytest

from expert.compile import load_program
from expert.language.units import Units
from kb.furnace.catalogue import duration, load_members, load_variables
from kb.paths import plant_folder

VARIABLES = load_variables()
MEMBERS = load_members()
HISTORIAN = "1 min"

# line of the dictionary: unit, valid range, sampling period ('' where a line gives none), number of tags, variables
DICTIONARY: dict[str, tuple[str, tuple[float, float] | None, str, int, str]] = {
    "Q_blast": ("Nm3/min", (0, 7500), "1 s", 1, "blast.volume"),
    "Q_O2": ("Nm3/h", (0, 40000), "1 s", 1, "oxygen.flow"),
    "O2_enrich": ("pp", (0, 12), "1 min", 1, "oxygen.enrichment"),
    "P_O2": ("MPa", (0, 3), "1 s", 1, "oxygen.pressure"),
    "P_blast_cold": ("kPa", (0, 600), "1 s", 1, "blast.pressure_cold"),
    "P_blast": ("kPa", (0, 550), "1 s", 1, "blast.pressure"),
    "T_blast_cold": ("degC", (0, 260), "10 s", 1, "blast.temperature_cold"),
    "T_blast": ("degC", (0, 1350), "10 s", 1, "blast.temperature"),
    "H_blast": ("g/Nm3", (0, 60), "1 min", 1, "blast.humidity"),
    "Q_steam": ("t/h", (0, 20), "10 s", 1, "blast.steam"),
    "PCI_rate / PCI_set": ("t/h", (0, 90), "1 min", 2, "pci.rate pci.setpoint"),
    "PCI_ratio": ("kg/t", (0, 260), "1 h", 1, "pci.ratio"),
    "PCI_lance_flow": ("kg/h", (0, 3000), "10 s", 30, "tuyeres.coal_flow"),
    "P_coal_vessel": ("kPa", (0, 1000), "1 s", 1, "pci.vessel_pressure"),
    "T_carrier/Q_carrier": ("", None, "10 s", 2, "pci.carrier_temperature pci.carrier_flow"),
    "RAFT": ("degC", None, "1 min", 1, "raft.temperature"),
    "BG": ("Nm3/min", (0, 10500), "1 min", 1, "bosh_gas.volume"),
    "BGI": ("m/min", None, "1 min", 1, "bosh_gas.index"),
    "v_tuyere": ("m/s", (0, 350), "1 min", 1, "blast.velocity"),
    "KE": ("kW", (0, 300), "1 min", 1, "blast.kinetic_energy"),
    "Q_tuyere": ("Nm3/min", (0, 400), "10 s", 30, "tuyeres.blast_flow"),
    "dP_total": ("kPa", (0, 300), "1 s", 1, "pressure_drop.total"),
    "dP_upper, dP_mid, dP_lower": (
        "kPa",
        (0, 250),
        "1 s",
        3,
        "pressure_drop.stack pressure_drop.middle pressure_drop.lower",
    ),
    "PI": ("Nm3/min/kPa", None, "1 min", 1, "permeability.index"),
    "K": ("1", None, "1 min", 1, "permeability.resistance"),
    "P_static": ("kPa", (0, 450), "1 s", 18, "shaft_taps.pressure"),
    "P_top, P_top_{A-D}": ("kPa", (0, 350), "1 s", 5, "top.pressure sectors.top_pressure"),
    "T_top, T_top_{A-D}": ("degC", (0, 600), "10 s", 5, "top.temperature sectors.uptake_temperature"),
    "T_throat": ("degC", (0, 1000), "1 min", 8, "azimuths.throat_temperature"),
    "T_cross": ("degC", (0, 1000), "10 s", 21, "cross_probe.temperature"),
    "CCT, W_edge, Z_centre": ("1", None, "1 min", 3, "gas_pattern.centre_ratio gas_pattern.edge gas_pattern.centre"),
    "CO top": ("%", (10, 40), "1 min", 1, "top_gas.co"),
    "CO2 top": ("%", (5, 30), "1 min", 1, "top_gas.co2"),
    "H2 top": ("%", (0, 12), "1 min", 1, "top_gas.h2"),
    "N2 top": ("%", (35, 70), "1 min", 1, "top_gas.n2"),
    "O2_top": ("%", (0, 5), "10 s", 1, "top_gas.oxygen"),
    "eta_CO": ("%", (25, 60), "1 min", 1, "top_gas.utilisation"),
    "eta_H2": ("%", (0, 80), "1 min", 1, "top_gas.hydrogen_use"),
    "Q_topgas": ("kNm3/h", (0, 800), "1 min", 1, "top_gas.volume"),
    "dust_rate": ("kg/t", (0, 60), "8 h", 1, "top.dust"),
    "L_S, L_N": ("m", (-1, 12), "", 2, "stockline.south stockline.north"),
    "L_radar": ("m", (-1, 12), "1 s", 3, "radars.stockline"),
    "L_set": ("m", None, "", 1, "stockline.setpoint"),
    "V_descent": ("m/h", (0, 20), "1 min", 3, "rods.descent_speed"),
    "n_charge_h": ("batch/h", (0, 15), "", 1, "charge.rate"),
    "W_hopper, W_set": ("t", (0, 120), "1 s", 2, "hopper.weight hopper.setpoint"),
    "alpha_k": ("deg", (0, 60), "", 11, "rings.angle"),
    "rings_k": ("1", None, "", 22, "rings.ore_turns rings.coke_turns"),
    "gamma": ("deg", None, "", 1, "charge.gate_angle"),
    "ore_batch, coke_batch": ("t", None, "", 2, "charge.ore_batch charge.coke_batch"),
    "O/C": ("1", (2, 7), "", 1, "burden.ore_coke"),
    "coke_rate, fuel_rate": ("kg/t", (200, 900), "1 h", 2, "burden.coke_rate burden.fuel_rate"),
    "nut_coke": ("kg/t", (0, 120), "1 h", 1, "burden.nut_coke"),
    "M_coke": ("%", (0, 20), "", 1, "coke.moisture"),
    "coke quality": (
        "%",
        None,
        "8 h",
        7,
        "coke.ash coke.volatile coke.sulphur coke.csr coke.cri coke.m40 coke.m10",
    ),
    "coal quality": (
        "%",
        None,
        "24 h",
        6,
        "coal.ash coal.volatile coal.sulphur coal.fixed_carbon coal.fineness coal.moisture",
    ),
    "sinter quality": (
        "",
        None,
        "8 h",
        5,
        "sinter.iron sinter.ferrous_oxide sinter.basicity sinter.tumbler sinter.fines",
    ),
    "RDI+3.15, RI": ("%", None, "24 h", 3, "sinter.disintegration sinter.reducibility pellet.disintegration"),
    "pellet quality": ("", None, "24 h", 4, "pellet.iron pellet.strength pellet.swelling pellet.fines"),
    "lump quality": ("%", None, "", 2, "lump.iron lump.fines"),
    "burden TFe": ("%", (40, 68), "", 1, "burden.iron"),
    "alkali_load, Zn_load, Cl": ("kg/t", (0, 15), "24 h", 3, "burden.alkali burden.zinc burden.chlorine"),
    "T_stave": ("degC", (0, 800), "1 min", 112, "staves.temperature"),
    "T_wall": ("degC", (0, 1000), "1 min", 80, "walls.temperature"),
    "Tw_in": ("degC", (0, 90), "10 s", 1, "cooling.inlet_temperature"),
    "Tw_out_zone": ("degC", (0, 90), "10 s", 20, "zones.outlet_temperature"),
    "Q_water_zone": ("m3/h", None, "10 s", 20, "zones.flow"),
    "P_water": ("MPa", None, "10 s", 1, "cooling.pressure"),
    "Qheat_zone": ("kW", None, "1 min", 20, "zones.heat_load"),
    "Qheat_total": ("MW", (0, 250), "1 min", 1, "cooling.heat_load"),
    "exp_tank_level": ("mm", None, "1 min", 1, "cooling.tank_level"),
    "makeup": ("m3/h", None, "1 min", 1, "cooling.makeup_water"),
    "tuyere Q_in, Q_out": ("m3/h", (0, 40), "1 s", 60, "tuyeres.water_in tuyeres.water_out"),
    "tuyere dT": ("degC", (0, 40), "1 s", 30, "tuyeres.water_rise"),
    "tuyere_image": ("%", None, "1 s", 60, "tuyeres.brightness tuyeres.dark_spot"),
    "T_nose": ("degC", (0, 1100), "1 s", 30, "tuyeres.nose_temperature"),
    "T_hearth": ("degC", (0, 1150), "1 min", 256, "hearth_points.inner_temperature hearth_points.outer_temperature"),
    "T_bottom": ("degC", (0, 1150), "1 min", 25, "bottom_points.temperature"),
    "dTw_hearth": ("degC", (0, 10), "1 min", 1, "hearth.water_rise"),
    "dTw_bottom": ("degC", (0, 10), "1 min", 1, "bottom.water_rise"),
    "EMF / strain hearth": ("", None, "10 s", 2, "hearth.emf hearth.strain"),
    "T_gearbox, T_valvebox": ("degC", (0, 200), "10 s", 2, "top.gearbox_temperature top.valve_box_temperature"),
    "Q_N2, P_N2 seals": ("", None, "10 s", 2, "top.seal_flow top.seal_pressure"),
    "stove temperatures": ("degC", None, "10 s", 8, "stoves.dome_temperature stoves.flue_temperature"),
    "stove flue gas": ("", None, "10 s", 8, "stoves.flue_oxygen stoves.flue_co"),
    "stove gas and air": ("Nm3/h", None, "10 s", 8, "stoves.gas_flow stoves.air_flow"),
    "stove state, T_hot-valve water": ("", None, "1 s", 8, "stoves.on_blast stoves.valve_water_temperature"),
    "taphole no., open/plug time": ("1", None, "", 2, "tapholes.open"),
    "drill mm, depth, clay, gun": (
        "",
        None,
        "",
        10,
        "tapholes.drill_diameter tapholes.depth tapholes.clay tapholes.gun_hold tapholes.drilling_time",
    ),
    "Q_iron, Q_slag": ("t/min", (0, 15), "1 min", 2, "cast.iron_rate cast.slag_rate"),
    "W_ladle": ("t", None, "1 min", 1, "ladle.weight"),
    "iron_gap": ("t", (-300, 600), "", 1, "hearth.iron_gap"),
    "T_HM": ("degC", (1300, 1600), "", 1, "hot_metal.temperature"),
    "Si, S": ("%", None, "", 2, "hot_metal.silicon hot_metal.sulphur"),
    "Mn, P, C, Ti": (
        "%",
        None,
        "",
        4,
        "hot_metal.manganese hot_metal.phosphorus hot_metal.carbon hot_metal.titanium",
    ),
    "slag oxides": (
        "%",
        None,
        "",
        9,
        "slag.lime slag.silica slag.magnesia slag.alumina slag.ferrous_oxide slag.manganese_oxide slag.sulphur"
        " slag.titania slag.potash",
    ),
    "B2, B3, B4, MgO/Al2O3": (
        "1",
        None,
        "",
        4,
        "slag.basicity slag.basicity3 slag.basicity4 slag.magnesia_alumina",
    ),
    "slag_rate": ("kg/t", (150, 600), "", 1, "slag.rate"),
    "T_slag": ("degC", None, "", 1, "slag.temperature"),
    "HM_rate": ("t/h", (0, 400), "1 h", 1, "hot_metal.rate"),
    "productivity": ("t/m3/d", (0, 4), "24 h", 1, "furnace.productivity"),
    "CBP: Fe/charge": ("t", None, "", 1, "charge.hot_metal"),
}


@pytest.fixture(scope="module")
def units() -> Units:
    """The site's units."""
    return Units(load_program([], plant_folder()).site.unit_definitions)


@pytest.mark.parametrize("line", DICTIONARY)
def test_a_line_of_the_dictionary_is_declared(line: str, units: Units) -> None:
    """Dimension, physical range, sampling period (a minute where the plant is faster) and number of tags agree."""
    unit, valid, period, tags, names = DICTIONARY[line]
    declared = [VARIABLES[name] for name in names.split()]
    assert tags == sum(len(MEMBERS[v.of]) if v.of else 1 for v in declared)
    for v in declared:
        assert not unit or units.dimension(v.unit) == units.dimension(unit), v.id
        assert not valid or v.valid == valid, v.id
        assert not period or v.period == max(duration(period), duration(HISTORIAN)), v.id


def test_numbers_of_the_equipment() -> None:
    """Tuyeres, stave rows, tapholes, stoves and gauges are as many as the dictionary counts."""
    wanted = {"sectors": 4, "azimuths": 8, "tuyeres": 30, "stave_rows": 14, "tapholes": 2, "stoves": 4, "rods": 3}
    assert wanted == {name: len(MEMBERS[name]) for name in wanted}


def test_every_variable_has_a_tag_of_its_own() -> None:
    """No two variables share the tag of the plant's control system."""
    tags = [v.tag for v in VARIABLES.values()]
    assert ([], len(tags)) == ([t for t in tags if not t], len(set(tags)))
