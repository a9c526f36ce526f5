"""Charges, hot metal and the time that the burden takes.

Numbers of the doctests: 62 t ore with 58.2 % Fe and 13.6 t coke per charge, 6600 t of hot metal a day.
"""

from __future__ import annotations


def iron_per_charge(ore: float, iron_grade: float, dust_loss: float = 0.005, metal_iron: float = 0.945) -> float:
    """Hot metal that one charge makes.

    Parameters
    ----------
    ore : float
        Ore batch, t.
    iron_grade : float
        Mass fraction of Fe in the batch.
    dust_loss : float
        Share of iron lost as dust.
    metal_iron : float
        Mass fraction of Fe in hot metal.

    Returns
    -------
    float
        t of hot metal.

    Examples
    --------
    >>> round(iron_per_charge(62.0, 0.582), 2)
    37.99
    """
    return ore * iron_grade * (1.0 - dust_loss) / metal_iron


def charges_per_hour(hot_metal: float, per_charge: float) -> float:
    """Charging rate that a production needs.

    Parameters
    ----------
    hot_metal : float
        t/h.
    per_charge : float
        t of hot metal per charge.

    Returns
    -------
    float
        Charges per hour.

    Examples
    --------
    >>> round(charges_per_hour(275.0, 38.0), 2)
    7.24
    """
    return hot_metal / per_charge


def descent_speed(layer: float, interval: float) -> float:
    """Descent of the stockline between charges.

    Parameters
    ----------
    layer : float
        Height that one charge adds at the throat, m.
    interval : float
        Time between charges, min.

    Returns
    -------
    float
        m/min.

    Examples
    --------
    >>> round(descent_speed(0.7165, 60.0 / charges_per_hour(288.0, 38.0)), 4)
    0.0905
    """
    return layer / interval


def smelting_period(working_volume: float, daily: float, charge_volume: float, shrinkage: float = 0.12) -> float:
    """Time from charging to the tuyere level.

    Parameters
    ----------
    working_volume : float
        m3.
    daily : float
        Hot metal, t/d.
    charge_volume : float
        Bulk volume of the burden per tonne of hot metal, m3/t.
    shrinkage : float
        Share of volume lost on the way down.

    Returns
    -------
    float
        h.

    Examples
    --------
    >>> round(smelting_period(2250.0, 6600.0, 1.63 / 2.0 + 0.365 / 0.5), 1)
    6.0
    """
    return 24.0 * working_volume / (daily * charge_volume * (1.0 - shrinkage))


def wet_weight(dry: float, moisture: float) -> float:
    """Weight to charge, t, for a dry weight; `moisture` as mass fraction.

    Examples
    --------
    >>> wet_weight(13.44, 0.04)
    14.0
    """
    return dry / (1.0 - moisture)
