"""What enters at the tuyeres: flame temperature, bosh gas, oxygen enrichment, permeability.

Arguments may be floats or NumPy arrays; nothing here keeps state. A zero divisor raises for floats.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Real = TypeVar("Real", float, NDArray[np.float64])

OXYGEN_PURITY = 0.975  # reproduces the enrichment that the public 2650 m3 data set reports; plants differ
COAL_HYDROGEN = 0.05  # mass fraction; refit of the same data set's bosh gas


def oxygen_loading(oxygen: Real, blast: Real) -> Real:
    """Oxygen added per 1000 Nm3 of blast.

    Parameters
    ----------
    oxygen : float or array
        Added oxygen, Nm3/min.
    blast : float or array
        Dry blast without the added oxygen, Nm3/min.

    Returns
    -------
    float or array
        Nm3 per 1000 Nm3.

    Examples
    --------
    >>> oxygen_loading(240.0, 5000.0)
    48.0
    """
    return 1000.0 * oxygen / blast


def coal_loading(coal: Real, blast: Real) -> Real:
    """Injected coal per Nm3 of blast.

    Parameters
    ----------
    coal : float or array
        Coal rate, t/h.
    blast : float or array
        Dry blast, Nm3/min.

    Returns
    -------
    float or array
        g/Nm3.

    Examples
    --------
    >>> round(coal_loading(43.175, 5000.0), 1)
    143.9
    """
    return coal * 1e6 / 60.0 / blast


def flame_temperature(temperature: Real, oxygen_load: Real, humidity: Real, coal_load: Real) -> Real:
    """Raceway adiabatic flame temperature by a regression.

    Fitted to 4388 points of the public data set of a 2650 m3 furnace (ironmaking-zju, South China 2021;
    residual 0.9 degC); the form follows a plant's own calculation sheet. Valid near that data: blast
    1045-1137 degC, coal 120-150 g/Nm3; with no coal at all it extrapolates.

    Parameters
    ----------
    temperature : float or array
        Hot blast temperature, degC.
    oxygen_load : float or array
        Added oxygen, Nm3 per 1000 Nm3 blast.
    humidity : float or array
        Blast moisture, g/Nm3.
    coal_load : float or array
        Injected coal, g/Nm3 blast.

    Returns
    -------
    float or array
        degC.

    Examples
    --------
    >>> round(flame_temperature(1180.0, 48.0, 12.0, 143.9))
    2261
    """
    return 1557.7 + 0.835 * temperature + 4.990 * oxygen_load - 6.042 * humidity - 3.117 * coal_load


def flame_temperature_common(temperature: Real, oxygen_load: Real, humidity: Real, coal_load: Real) -> Real:
    """Raceway flame temperature in the form common in Chinese plants (coefficients unverified).

    Reads about 30 degC above `flame_temperature` on the same data set. Same parameters and unit.

    Examples
    --------
    >>> round(flame_temperature_common(1180.0, 48.0, 12.0, 143.9))
    2295
    """
    return 1570.0 + 0.808 * temperature + 4.37 * oxygen_load - 5.85 * humidity - 2.56 * coal_load


def bosh_gas(blast: Real, oxygen: Real, humidity: Real, coal: Real, coal_hydrogen: float = COAL_HYDROGEN) -> Real:
    """Gas that leaves the raceways.

    The usual Chinese plant formula; a refit on the public 2650 m3 data set gives the same coefficients
    with a residual of 0.17 %.

    Parameters
    ----------
    blast, oxygen : float or array
        Dry blast and added oxygen, Nm3/min.
    humidity : float or array
        g/Nm3.
    coal : float or array
        t/h.
    coal_hydrogen : float
        Mass fraction of hydrogen in the coal.

    Returns
    -------
    float or array
        Nm3/min.

    Examples
    --------
    >>> round(bosh_gas(5000.0, 240.0, 12.0, 43.175, coal_hydrogen=0.04))
    7009
    """
    moisture = 44.8 * humidity * (blast + oxygen) / 18000.0
    return 1.21 * blast + 2.0 * oxygen + moisture + 22.4 * (coal * 1000.0) * coal_hydrogen / 120.0


def enrichment(oxygen: Real, blast: Real, purity: float = OXYGEN_PURITY) -> Real:
    """Oxygen enrichment of the blast.

    Definitions differ by 5-8 % between plants; `purity` 0.975 reproduces the public 2650 m3 data set.

    Parameters
    ----------
    oxygen, blast : float or array
        Added oxygen and dry blast, Nm3/min.
    purity : float
        Mole fraction of oxygen in the added gas.

    Returns
    -------
    float or array
        Percentage points.

    Examples
    --------
    >>> round(enrichment(240.0, 5000.0), 2), round(enrichment(240.0, 5000.0, purity=0.995), 2)
    (3.5, 3.6)
    """
    return (purity - 0.21) * oxygen / (blast + oxygen) * 100.0


def permeability(blast: Real, pressure_drop: Real) -> Real:
    """Permeability index: blast volume by total pressure drop.

    Plants scale it differently (0.6 times this for Nm3/h / 100 / kPa); rules compare it with itself.

    Parameters
    ----------
    blast : float or array
        Nm3/min.
    pressure_drop : float or array
        kPa.

    Returns
    -------
    float or array
        Nm3/min/kPa.

    Examples
    --------
    >>> round(permeability(332369.0 / 60.0, 193.78) * 0.6, 2)
    17.15
    """
    return blast / pressure_drop
