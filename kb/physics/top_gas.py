"""Top gas by balance: nitrogen ties the volume, hydrogen tells of water, carbon closes the rest.

Functions take floats or NumPy arrays. Per tonne means per tonne of hot metal.
"""

from __future__ import annotations

from kb.physics.blast import Real

HYDROGEN_USED = 0.485  # share of hydrogen that leaves as steam; balance of the worked case
COAL_CARBON = 0.78  # mass fraction, worked case
COKE_HYDROGEN = 0.002  # mass fraction, worked case
DIRECT_CARBON = 80.6  # kg carbon per tonne taken by direct reduction, worked case
AIR_NITROGEN = 0.79
LITRES = 22.4  # Nm3 per kmol


def utilisation(co: Real, co2: Real) -> Real:
    """Gas utilisation, CO2 / (CO + CO2), in %.

    Parameters
    ----------
    co, co2 : float or array
        Volume fractions in one unit.

    Examples
    --------
    >>> round(utilisation(22.9, 21.6), 1)
    48.5
    """
    return 100.0 * co2 / (co + co2)


def top_gas_volume(blast: Real, hot_metal: Real, nitrogen: Real) -> Real:
    """Dry top gas per tonne from the nitrogen balance.

    Parameters
    ----------
    blast : float or array
        Dry blast, Nm3/min.
    hot_metal : float or array
        t/h.
    nitrogen : float or array
        Nitrogen in the dry top gas, %.

    Returns
    -------
    float or array
        Nm3/t.

    Examples
    --------
    >>> round(top_gas_volume(5000.0, 275.0, 52.5), 1)
    1641.6
    """
    return AIR_NITROGEN * blast * 60.0 / hot_metal / (nitrogen / 100.0)


def moisture_hydrogen(blast: Real, humidity: Real) -> Real:
    """Hydrogen that blast moisture brings.

    Parameters
    ----------
    blast : float or array
        Wet-basis gas volume, Nm3/min.
    humidity : float or array
        g/Nm3.

    Returns
    -------
    float or array
        Nm3/min of H2.

    Examples
    --------
    >>> round(moisture_hydrogen(5240.0, 12.0) * 60.0 / 275.0, 2)
    17.07
    """
    return blast * humidity / 1000.0 * LITRES / 18.0


def hydrogen_in(
    blast: Real, humidity: Real, coal: Real, coke: Real, coal_hydrogen: float, coke_hydrogen: float = COKE_HYDROGEN
) -> Real:
    """Hydrogen that enters with coal, coke and moisture.

    Parameters
    ----------
    blast : float or array
        Blast with oxygen, Nm3/min.
    humidity : float or array
        g/Nm3.
    coal, coke : float or array
        t/h.
    coal_hydrogen, coke_hydrogen : float
        Mass fractions.

    Returns
    -------
    float or array
        Nm3/min of H2.

    Examples
    --------
    >>> round(hydrogen_in(5240.0, 12.0, 43.175, 0.365 * 275.0, coal_hydrogen=0.04) * 60.0 / 275.0, 1)
    95.6
    """
    fuel = (coal * coal_hydrogen + coke * coke_hydrogen) * 1000.0 / 60.0 / 2.0 * LITRES
    return fuel + moisture_hydrogen(blast, humidity)


def leak_hydrogen(leak: Real) -> Real:
    """Hydrogen from water that leaks into the furnace.

    Parameters
    ----------
    leak : float or array
        t/h of water.

    Returns
    -------
    float or array
        Nm3/min of H2.

    Examples
    --------
    >>> round(leak_hydrogen(1.0) * 60.0)
    1244
    >>> round(100.0 * leak_hydrogen(1.0) * 60.0 / 451_000.0, 2)
    0.28
    """
    return leak * 1000.0 / 60.0 / 18.0 * LITRES


def tuyere_carbon(oxygen_total: Real, moisture: Real) -> Real:
    """Carbon burnt in front of the tuyeres.

    Parameters
    ----------
    oxygen_total : float or array
        O2 of blast and enrichment, Nm3 (per tonne or per minute).
    moisture : float or array
        Moisture hydrogen in the same basis, Nm3; each binds half its volume of oxygen.

    Returns
    -------
    float or array
        kg in the same basis.

    Examples
    --------
    >>> round(tuyere_carbon(281.5, 17.0), 1)
    310.7
    """
    return 24.0 / LITRES * (oxygen_total + 0.5 * moisture)


def carbon_oxides(carbon: Real) -> Real:
    """CO + CO2 that a mass of gasified carbon yields, Nm3 (for `carbon` in kg).

    Examples
    --------
    >>> round(carbon_oxides(391.3), 1)
    730.4
    """
    return carbon * LITRES / 12.0


def dry_top_gas(oxides: Real, hydrogen: Real, nitrogen: Real, used: Real) -> tuple[Real, Real, Real, Real]:
    """Composition of the dry top gas from the flows of its parts.

    Parameters
    ----------
    oxides, hydrogen, nitrogen : float or array
        CO + CO2, H2 and N2 that leave at the top, in one unit of flow.
    used : float or array
        Gas utilisation, %.

    Returns
    -------
    tuple
        CO, CO2, H2, N2 in %.

    Examples
    --------
    >>> [round(x, 1) for x in dry_top_gas(730.4, 49.2, 861.8, 48.5)]
    [22.9, 21.6, 3.0, 52.5]
    """
    scale = 100.0 / (oxides + hydrogen + nitrogen)
    co2 = oxides * used / 100.0
    return (oxides - co2) * scale, co2 * scale, hydrogen * scale, nitrogen * scale


def expected_hydrogen(blast: Real, hydrogen: Real, nitrogen: Real, used: float = HYDROGEN_USED) -> Real:
    """Hydrogen that the top gas should show when no water leaks in.

    Parameters
    ----------
    blast : float or array
        Dry blast, Nm3/min.
    hydrogen : float or array
        H2 that enters with fuel and moisture, Nm3/min (`hydrogen_in`).
    nitrogen : float or array
        Measured nitrogen, %.
    used : float
        Share of hydrogen that leaves as steam; a plant constant.

    Returns
    -------
    float or array
        %.

    Examples
    --------
    >>> round(expected_hydrogen(5000.0, 95.6 * 275.0 / 60.0, 52.5), 2)
    3.0
    """
    return (1.0 - used) * hydrogen * nitrogen / (AIR_NITROGEN * blast)
