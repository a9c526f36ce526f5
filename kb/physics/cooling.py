"""Heat that the cooling water takes from the walls."""

from __future__ import annotations

from kb.physics.blast import Real

WATER = 1.163  # kWh per m3 and degC


def heat_load(flow: Real, rise: Real) -> Real:
    """Heat load of a cooling circuit from its water.

    Parameters
    ----------
    flow : float or array
        m3/h.
    rise : float or array
        Outlet minus inlet, degC.

    Returns
    -------
    float or array
        MW.

    Examples
    --------
    >>> round(heat_load(2300.0, 3.2), 2)
    8.56
    """
    return WATER * flow * rise / 1000.0


def heat_flux(load: Real, area: Real) -> Real:
    """Mean heat flux through an area of wall.

    Parameters
    ----------
    load : float or array
        MW.
    area : float or array
        m2.

    Returns
    -------
    float or array
        kW/m2.

    Examples
    --------
    >>> heat_flux(33.0, 1500.0)
    22.0
    """
    return 1000.0 * load / area
