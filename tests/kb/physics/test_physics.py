"""Formulas work on arrays, agree with each other, and have the known sensitivities."""

from __future__ import annotations

import numpy as np
import pytest

from kb.physics.blast import bosh_gas, enrichment, flame_temperature, permeability
from kb.physics.burden import smelting_period
from kb.physics.cooling import heat_flux, heat_load
from kb.physics.top_gas import dry_top_gas, expected_hydrogen, hydrogen_in, top_gas_volume, utilisation


def test_arrays_give_the_same_as_floats() -> None:
    """Element by element the array result is the float result."""
    blast = np.array([4800.0, 5000.0, 5600.0])
    expected = [bosh_gas(float(b), 240.0, 12.0, 43.0) for b in blast]
    assert expected == bosh_gas(blast, np.full(3, 240.0), np.full(3, 12.0), np.full(3, 43.0)).tolist()


@pytest.mark.parametrize(
    ("change", "low", "high"),
    [((100.0, 0.0, 0.0, 0.0), 65.0, 90.0), ((0.0, 0.0, 1.0, 0.0), -6.5, -4.5), ((0.0, 0.0, 0.0, 9.0), -32.0, -15.0)],
)
def test_flame_temperature_sensitivity(change: tuple[float, ...], low: float, high: float) -> None:
    """+100 degC blast, +1 g moisture and +10 kg/t coal move the flame as published."""
    base = (1100.0, 48.0, 12.0, 135.0)
    moved = flame_temperature(*(b + c for b, c in zip(base, change, strict=True)))
    assert low <= moved - flame_temperature(*base) <= high


def test_one_point_of_oxygen_warms_the_flame() -> None:
    """One percentage point of enrichment adds 35-75 degC by this regression."""
    per_point = 10.0 / (enrichment(50.0, 5000.0) - enrichment(0.0, 5000.0))
    gain = flame_temperature(1100.0, per_point, 12.0, 135.0) - flame_temperature(1100.0, 0.0, 12.0, 135.0)
    assert 35.0 <= gain <= 75.0


def test_top_gas_adds_up() -> None:
    """The four gases make 100 % and give back the utilisation."""
    co, co2, h2, n2 = dry_top_gas(730.0, 50.0, 862.0, 47.5)
    assert (100.0, 47.5) == pytest.approx((co + co2 + h2 + n2, utilisation(co, co2)))


def test_expected_hydrogen_agrees_with_the_composition() -> None:
    """Without a leak the expectation equals the balance."""
    hydrogen = hydrogen_in(5240.0, 12.0, 43.175, 100.4, 0.04)
    _, _, h2, n2 = dry_top_gas(730.4 * 275 / 60, 0.515 * hydrogen, 0.79 * 5000.0, 48.5)
    assert h2 == pytest.approx(expected_hydrogen(5000.0, hydrogen, n2))


def test_more_nitrogen_means_less_gas() -> None:
    """The volume from the nitrogen balance falls with the nitrogen share."""
    assert top_gas_volume(5000.0, 275.0, 54.0) < top_gas_volume(5000.0, 275.0, 52.0)


def test_permeability_falls_with_pressure_drop() -> None:
    """Twice the pressure drop, half the index."""
    assert permeability(5600.0, 400.0) * 2.0 == permeability(5600.0, 200.0)


def test_faster_production_shortens_the_period() -> None:
    """The smelting period goes down with production."""
    assert smelting_period(2250.0, 7000.0, 1.545) < smelting_period(2250.0, 6600.0, 1.545)


def test_heat_load_and_flux_agree() -> None:
    """Flux times area is the load."""
    load = heat_load(6800.0, 4.2)
    assert load == pytest.approx(heat_flux(load, 1500.0) * 1500.0 / 1000.0)
