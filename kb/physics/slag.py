"""Slag: basicities, and the lime that a change of them needs. Oxides in %."""

from __future__ import annotations

from kb.physics.blast import Real


def basicity(lime: Real, silica: Real) -> Real:
    """CaO by SiO2.

    >>> round(basicity(40.0, 34.0), 3)
    1.176
    """
    return lime / silica


def basicity3(lime: Real, magnesia: Real, silica: Real) -> Real:
    """CaO and MgO by SiO2.

    >>> round(basicity3(40.0, 9.0, 34.0), 3)
    1.441
    """
    return (lime + magnesia) / silica


def basicity4(lime: Real, magnesia: Real, silica: Real, alumina: Real) -> Real:
    """CaO and MgO by SiO2 and Al2O3.

    >>> basicity4(40.0, 9.0, 34.0, 15.0)
    1.0
    """
    return (lime + magnesia) / (silica + alumina)


def lime_for(change: Real, slag: Real, silica: Real) -> Real:
    """Lime, kg/t of hot metal, that changes CaO/SiO2 by `change`; `slag` in kg/t, `silica` in %.

    >>> round(lime_for(0.05, 320.0, 34.0), 1)
    5.4
    """
    return change * slag * silica / 100.0
