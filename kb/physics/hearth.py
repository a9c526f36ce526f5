"""Hearth: liquids and tapping, silicon against temperature, what is left of the carbon bricks."""

from __future__ import annotations

import math

IRON, SLAG = 6.8, 2.65  # t/m3
VOID = 0.35  # share of the hearth that liquids can fill, 0.25 to 0.45
GRAVITY = 9.81  # m/s2
MELTING = 1150.0  # degC, the isotherm that limits wear


def liquid_volume(iron: float, slag: float) -> float:
    """Volume, m3, of iron and slag in t.

    >>> round(liquid_volume(4.583, 1.467), 3)
    1.228
    """
    return iron / IRON + slag / SLAG


def level_rise(iron: float, slag: float, area: float, void: float = VOID) -> float:
    """Rise of the liquids, m/h, in a shut hearth; net flows in t/min, `area` in m2.

    >>> round(level_rise(4.583, 1.467, 98.5), 2)
    2.14
    """
    return 60.0 * liquid_volume(iron, slag) / (void * area)


def tapping_velocity(
    pressure: float, level: float, diameter: float, length: float, density: float = 4500.0, friction: float = 0.034
) -> float:
    """Velocity in the taphole, m/s, by Bernoulli.

    Parameters
    ----------
    pressure : float
        Above the outside, kPa.
    level : float
        Liquids above the hole, m.
    diameter, length : float
        Of the hole, m.
    density : float
        Of the mixture, kg/m3.
    friction : float
        Darcy's factor.

    Examples
    --------
    >>> round(tapping_velocity(300.0, 1.5, 0.055, 3.0), 2)
    7.55
    """
    head = pressure * 1000.0 / density + GRAVITY * level
    return math.sqrt(2.0 * head / (1.0 + friction * length / diameter))


def tapping_rate(velocity: float, diameter: float, density: float = IRON) -> float:
    """Mass through the taphole, t/min: an upper bound when all of it is iron; real holes give 5 to 7.

    >>> round(tapping_rate(7.55, 0.055), 1)
    7.3
    """
    return velocity * math.pi * diameter * diameter / 4.0 * 60.0 * density


def expected_silicon(temperature: float, gain: float = 0.005) -> float:
    """Silicon, %, that goes with a hot metal temperature in degC; `gain` in % per degC, 0.0035 to 0.0070.

    >>> round(expected_silicon(1510.0), 3)
    0.5
    """
    return 0.45 + gain * (temperature - 1500.0)


def plane_flux(inner: float, outer: float, distance: float, conductivity: float = 14.0) -> float:
    """Heat flux, kW/m2, between two thermocouples in degC, `distance` in m; conductivity in W/(m degC).

    >>> round(plane_flux(420.0, 260.0, 0.20), 1)
    11.2
    """
    return conductivity * (inner - outer) / distance / 1000.0


def plane_residual(inner: float, flux: float, conductivity: float = 14.0) -> float:
    """Brick left inside of the inner thermocouple, m, in a plane wall; `flux` in kW/m2.

    >>> round(plane_residual(420.0, 11.2), 3)
    0.912
    """
    return conductivity * (MELTING - inner) / (flux * 1000.0)


def ring_flux(
    inner: float, outer: float, inner_radius: float, outer_radius: float, conductivity: float = 14.0
) -> float:
    """Heat flux of a ring, kW per m of height.

    >>> round(ring_flux(420.0, 260.0, 6.2, 6.4))
    443
    """
    return 2.0 * math.pi * conductivity * (inner - outer) / math.log(outer_radius / inner_radius) / 1000.0


def ring_isotherm(inner: float, inner_radius: float, flux: float, conductivity: float = 14.0) -> float:
    """Radius, m, at which the ring is as hot as melting iron; `flux` in kW/m.

    >>> round(ring_isotherm(420.0, 6.2, 443.3), 3)
    5.364
    """
    return inner_radius * math.exp(-2.0 * math.pi * conductivity * (MELTING - inner) / (flux * 1000.0))
