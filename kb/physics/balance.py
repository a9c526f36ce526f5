"""Closing the furnace: carbon, oxygen, direct reduction and the Rist line, all per tonne of hot metal."""

from __future__ import annotations

from dataclasses import dataclass

from kb.physics.blast import Real
from kb.physics.top_gas import LITRES

IRON_MASS = 55.85


def hydrogen_use(entering: Real, leaving: Real) -> Real:
    """Share of the hydrogen that leaves as steam, %; both in Nm3/t of H2.

    Examples
    --------
    >>> round(hydrogen_use(95.6, 49.2), 1)
    48.5
    """
    return 100.0 * (entering - leaving) / entering


def top_carbon(co: Real, co2: Real, volume: Real) -> Real:
    """Carbon that leaves with the top gas, kg/t; CO and CO2 in %, `volume` in Nm3/t.

    Examples
    --------
    >>> round(top_carbon(22.9, 21.6, 1641.6), 1)
    391.3
    """
    return (co + co2) / 100.0 * volume * 12.0 / LITRES


def fuel_carbon(coke: Real, coal: Real, coke_carbon: float = 0.87, coal_carbon: float = 0.78) -> Real:
    """Carbon that the fuel brings, kg/t; rates in kg/t.

    Examples
    --------
    >>> round(fuel_carbon(365.0, 157.0), 1)
    440.0
    """
    return coke * coke_carbon + coal * coal_carbon


def carbon_closure(fuel: Real, metal: Real, dust: Real, top: Real) -> Real:
    """How far carbon in and carbon out lie apart, % of what should leave with the gas; all in kg/t.

    Examples
    --------
    >>> round(carbon_closure(440.01, 46.0, 4.5, 391.34), 2)
    -0.47
    """
    gas = fuel - metal - dust
    return 100.0 * (gas - top) / gas


def burden_oxygen(co: Real, co2: Real, volume: Real, blast_oxygen: Real, moisture: Real, steam: Real) -> Real:
    """Oxygen that the gas took from the burden, kg/t.

    Parameters
    ----------
    co, co2 : float or array
        Dry top gas, %.
    volume : float or array
        Dry top gas, Nm3/t.
    blast_oxygen : float or array
        O2 of blast and enrichment, Nm3/t.
    moisture : float or array
        Steam of the blast, Nm3/t.
    steam : float or array
        Steam that the hydrogen forms on its way up, Nm3/t.

    Examples
    --------
    >>> round(burden_oxygen(22.9, 21.6, 1641.6, 281.45, 17.07, 46.34), 1)
    393.9
    """
    taken = volume * (co / 2.0 + co2) / 100.0 - blast_oxygen - moisture / 2.0 + steam / 2.0
    return taken * 32.0 / LITRES


def production_by_oxygen(production: Real, oxygen: Real, needed: float = 400.0) -> Real:
    """Production, t/h, that the oxygen balance tells: booked `production` by what a tonne needs (kg/t).

    Examples
    --------
    >>> round(production_by_oxygen(275.0, 393.9), 1)
    270.8
    """
    return production * oxygen / needed


def solution_carbon(direct: Real, silicon: Real, manganese: Real, phosphorus: Real) -> Real:
    """Carbon of the solution loss, kg/t: direct reduction without that of Si, Mn and P (kg/t each).

    Examples
    --------
    >>> round(solution_carbon(80.6, 4.5, 2.0, 0.9), 1)
    75.4
    """
    return direct - element_carbon(silicon, manganese, phosphorus)


def element_carbon(silicon: Real, manganese: Real, phosphorus: Real) -> Real:
    """Carbon that reduces Si, Mn and P, kg/t; these in kg/t.

    Examples
    --------
    >>> round(element_carbon(4.5, 2.0, 0.9), 2)
    5.16
    """
    return silicon * 24.0 / 28.0 + manganese * 12.0 / 55.0 + phosphorus * 60.0 / 62.0


def direct_reduction(solution: Real, iron: float = 945.0) -> Real:
    """Degree of direct reduction; solution-loss carbon and iron in kg/t.

    Examples
    --------
    >>> round(direct_reduction(75.5), 3)
    0.372
    """
    return solution * IRON_MASS / (12.0 * iron)


@dataclass(frozen=True, slots=True)
class RistLine:
    """The operating line: atoms of oxygen to atoms of carbon (x) and of iron (y).

    ``slope``: carbon of the gas by iron; ``top_x``, ``top_y``: the point of the top gas; ``tuyeres``: intercept of the
    carbon that burns at the tuyeres; ``elements``: oxygen that Si, Mn and P give.
    """

    slope: float
    top_x: float
    top_y: float
    tuyeres: float
    elements: float


def rist_line(
    top: float, used: float, oxygen: float, tuyere_carbon: float, elements: float, iron: float = 945.0
) -> RistLine:
    """The line of a furnace.

    Parameters
    ----------
    top : float
        Carbon of the top gas, kg/t.
    used : float
        Gas utilisation, %.
    oxygen : float
        Oxygen taken from the burden, kg/t.
    tuyere_carbon, elements : float
        Carbon burnt at the tuyeres, and that of Si, Mn and P, kg/t.
    iron : float
        kg/t.

    Examples
    --------
    >>> line = rist_line(391.34, 48.54, 393.9, 310.7, 5.16)
    >>> round(line.slope, 3), round(line.tuyeres, 2)
    (1.927, -1.53)
    """
    atoms = iron / IRON_MASS
    return RistLine(
        slope=top / 12.0 / atoms,
        top_x=1.0 + used / 100.0,
        top_y=oxygen / 16.0 / atoms,
        tuyeres=-tuyere_carbon / 12.0 / atoms,
        elements=elements / 12.0 / atoms,
    )
