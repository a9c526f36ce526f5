"""What the blast does at the tuyeres, and what resists it above: velocity, energy, raceway, gas resistance."""

from __future__ import annotations

from kb.physics.blast import Real

HEARTH_AREA = 98.52  # m2; bosh gas by its index in the public 2650 m3 data set
TUYERE_AREA = 0.355  # m2, all tuyeres; fits the same data set
TUYERES = 30
ATMOSPHERE = 101.325  # kPa
KGF = 9.80665  # N


def bosh_gas_index(volume: Real, area: float = HEARTH_AREA) -> Real:
    """Bosh gas by hearth area, m/min; `volume` in Nm3/min, `area` in m2.

    Examples
    --------
    >>> round(bosh_gas_index(7009.0), 1)
    71.1
    """
    return volume / area


def blast_velocity(blast: Real, oxygen: Real, temperature: Real, pressure: Real, area: float = TUYERE_AREA) -> Real:
    """Velocity of the blast in the tuyeres.

    Parameters
    ----------
    blast, oxygen : float or array
        Nm3/min.
    temperature : float or array
        Hot blast, degC.
    pressure : float or array
        Hot blast, kPa above the atmosphere.
    area : float
        Free area of all tuyeres, m2.

    Returns
    -------
    float or array
        m/s.

    Examples
    --------
    >>> round(blast_velocity(5000.0, 240.0, 1180.0, 400.0), 1)
    264.6
    """
    norm = (blast + oxygen) / 60.0
    return norm * (temperature + 273.0) / 273.0 * ATMOSPHERE / (pressure + ATMOSPHERE) / area


def kinetic_energy(blast: Real, oxygen: Real, velocity: Real, tuyeres: int = TUYERES) -> Real:
    """Kinetic energy of the blast, kW for each tuyere; flows in Nm3/min, `velocity` in m/s.

    Examples
    --------
    >>> round(kinetic_energy(5000.0, 240.0, 264.6), 1)
    132.4
    """
    mass = (1.293 * blast + 1.429 * oxygen) / (60.0 * tuyeres)
    return 0.5 * mass * velocity * velocity / 1000.0


def raceway_depth(energy: Real) -> Real:
    """Depth of the raceway, m, from the kinetic energy of a tuyere in kW.

    The formula counts energy in kgf m/s; a site must check which unit its own numbers have.

    Examples
    --------
    >>> round(raceway_depth(132.44), 2)
    2.36
    """
    return 0.118e-3 * energy * 1000.0 / KGF + 0.770


def gas_resistance(blast_pressure: Real, top_pressure: Real, volume: Real) -> Real:
    """Resistance K of the burden to gas; pressures in kPa above the atmosphere, bosh gas in Nm3/min.

    Examples
    --------
    >>> round(gas_resistance(419.0, 224.5, 7910.0), 4)
    0.0389
    """
    high, low = blast_pressure + ATMOSPHERE, top_pressure + ATMOSPHERE
    return (high * high - low * low) / volume**1.7
