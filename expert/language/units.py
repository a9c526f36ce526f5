"""Units: one house unit per dimension, exact factors, dimensions as text.

All computation of a program runs in house units; conversion happens once, when the program loads. The house base is
tonne, metre, second, so that pressure comes out in kPa, energy in kJ and power in kW with factor one. ``%`` is a unit
of its own dimension ``[fraction]``, not a plain number; ``degC`` serves for temperatures and their differences and has
no offset. A site adds units by definition lines such as ``Nm3 = [normal_volume]`` or ``rev = [rotation]``.

The text of definitions is pint's; exactness comes from pint's registry over fractions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from expert.language.diagnostics import did_you_mean

BUILT_IN: tuple[str, ...] = (
    "s = [time]",
    "ms = s / 1000",
    "min = 60 * s",
    "h = 60 * min",
    "d = 24 * h",
    "day = 24 * h",
    "days = 24 * h",
    "week = 7 * d",
    "weeks = 7 * d",
    "Hz = 1 / s",
    "m = [length]",
    "km = 1000 * m",
    "cm = m / 100",
    "mm = m / 1000",
    "um = mm / 1000",
    "m2 = m ** 2",
    "mm2 = mm ** 2",
    "cm2 = cm ** 2",
    "m3 = m ** 3",
    "L = m3 / 1000",
    "t = [mass]",
    "kg = t / 1000",
    "g = kg / 1000",
    "mg = g / 1000",
    "Nm3 = [normal_volume]",
    "degC = [temperature]",
    "percent = [fraction]",
    "pp = percent",
    "ppm = percent / 10000",
    "A = [current]",
    "mol = [substance]",
    "N = kg * m / s ** 2",
    "kN = 1000 * N",
    "Pa = N / m2",
    "hPa = 100 * Pa",
    "kPa = 1000 * Pa",
    "MPa = 1000 * kPa",
    "mbar = 100 * Pa",
    "bar = 100 * kPa",
    "J = N * m",
    "kJ = 1000 * J",
    "MJ = 1000 * kJ",
    "GJ = 1000 * MJ",
    "W = J / s",
    "kW = 1000 * W",
    "MW = 1000 * kW",
    "Wh = W * h",
    "kWh = 1000 * Wh",
    "MWh = 1000 * kWh",
    "V = W / A",
    "kV = 1000 * V",
    "kA = 1000 * A",
)
_BASE_UNITS = {
    "[time]": "s",
    "[length]": "m",
    "[mass]": "t",
    "[normal_volume]": "Nm3",
    "[temperature]": "degC",
    "[fraction]": "%",
    "[current]": "A",
    "[substance]": "mol",
}
_ORDER = ("[normal_volume]", "[mass]", "[length]", "[time]", "[temperature]", "[fraction]", "[current]", "[substance]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TERM = r"(?:1|%|[A-Za-z][A-Za-z0-9_]*)(?:\^[0-9])?"
_UNIT = re.compile(rf"{_TERM}(?:[*/·]{_TERM})*")
_FOREIGN = {"K": "degC", "°C": "degC", "C": "degC", "minute": "min", "hour": "h", "sec": "s", "m³": "m3", "m²": "m2"}


class UnitError(ValueError):
    """An unknown unit or a bad definition; ``help`` says what to write."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class Dimension:
    """Product of base dimensions with rational exponents; empty: a plain number.

    >>> str(parse_dimension("[length]/[time]") * parse_dimension("[time]"))
    '[length]'
    """

    powers: tuple[tuple[str, Fraction], ...] = ()

    def __mul__(self, other: Dimension) -> Dimension:
        return _dimension(self.powers + other.powers)

    def __truediv__(self, other: Dimension) -> Dimension:
        return _dimension(self.powers + tuple((n, -e) for n, e in other.powers))

    def root(self) -> Dimension:
        """Dimension of the square root."""
        return _dimension((n, e / 2) for n, e in self.powers)

    def __str__(self) -> str:
        over = "*".join(_power(n, e) for n, e in self.powers if e > 0)
        under = "".join("/" + _power(n, -e) for n, e in self.powers if e < 0)
        return (over or ("1" if under else "")) + under


def _power(name: str, e: Fraction) -> str:
    return name if e == 1 else f"{name}^{e}"


def _dimension(powers: Iterable[tuple[str, Fraction]]) -> Dimension:
    total: dict[str, Fraction] = {}
    for name, e in powers:
        total[name] = total.get(name, Fraction(0)) + e
    kept = [(n, e) for n, e in total.items() if e]
    kept.sort(key=lambda p: (_ORDER.index(p[0]) if p[0] in _ORDER else len(_ORDER), p[0]))
    return Dimension(tuple(kept))


def parse_dimension(text: str) -> Dimension:
    """Dimension from its text form, e.g. ``[length]/[time]^2``."""
    powers = []
    for sign, name, power in re.findall(r"(/?)\*?(\[\w+\])(?:\^([0-9/]+))?", text):
        powers.append((name, Fraction(power or "1") * (-1 if sign else 1)))
    return _dimension(powers)


NUMBER = Dimension()
TIME = Dimension((("[time]", Fraction(1)),))


class Units:
    """Units known at a site.

    Parameters
    ----------
    definitions : sequence of str
        The site's own lines, ``name = [dimension]`` or ``name = factor * known_unit``.

    Raises
    ------
    UnitError
        For a bad definition.
    """

    def __init__(self, definitions: Sequence[str] = ()) -> None:
        import pint  # slow to import and needed for loading only

        self._registry: Any = pint.UnitRegistry(None, non_int_type=Fraction)
        self._names: dict[str, str] = {}
        self._bases = dict(_BASE_UNITS)
        self._cache: dict[str, tuple[Fraction, Dimension]] = {}
        for line in BUILT_IN:
            self._define(line)
        for line in definitions:
            self._define(line)

    @property
    def names(self) -> list[str]:
        """All single units, sorted."""
        return sorted([*self._names, "%"])

    def _define(self, line: str) -> None:
        name, equals, meaning = (part.strip() for part in line.partition("="))
        if not equals or not meaning or not _NAME.fullmatch(name):
            raise UnitError(f"{line!r} is not a unit definition", "write name = [dimension] or name = 1000 * kg")
        if name in self._names:
            if self._names[name] == meaning:
                return
            raise UnitError(f"unit {name} is defined already as {self._names[name]}")
        base = re.fullmatch(r"\[[a-z_]+\]", meaning)
        if base is None:
            for used in _NAME.findall(meaning):
                if used not in self._names:
                    raise UnitError(f"unknown unit {used} in the definition of {name}", did_you_mean(used, self._names))
        try:
            self._registry.define(f"{name} = {meaning}")
        except Exception as e:  # pint has no common base class for definition errors
            raise UnitError(f"{line!r} is not a unit definition: {e}") from e
        self._names[name] = meaning
        if base is not None:
            self._bases.setdefault(meaning, name)

    def _look_up(self, unit: str) -> tuple[Fraction, Dimension]:
        text = unit.strip()
        if text not in self._cache:
            self._cache[text] = self._convert(text)
        return self._cache[text]

    def _convert(self, text: str) -> tuple[Fraction, Dimension]:
        if text in ("", "1", "-"):
            return Fraction(1), NUMBER
        if text in _FOREIGN:
            raise UnitError(f"unknown unit {text}", f"write {_FOREIGN[text]}")
        plain = text.replace("%", "percent").replace("^", "**").replace("·", "*")
        for name in _NAME.findall(plain):
            if name not in self._names:
                raise UnitError(
                    f"unknown unit {name}",
                    f"write {_FOREIGN[name]}" if name in _FOREIGN else did_you_mean(name, self.names),
                )
        if not _UNIT.fullmatch(text):
            raise UnitError(f"{text!r} is not a unit", "write a unit such as kPa, Nm3/min or kW/m2")
        try:
            quantity = self._registry.Quantity(Fraction(1), plain).to_base_units()
            magnitude = Fraction(quantity.magnitude)
            powers = [(self._dimension_of(n), Fraction(e)) for n, e in quantity.unit_items()]
        except Exception as e:  # a malformed product; pint raises several kinds
            raise UnitError(f"{text!r} is not a unit", "write a unit such as kPa, Nm3/min or kW/m2") from e
        return magnitude, _dimension(powers)

    def _dimension_of(self, base_unit: str) -> str:
        return self._names[base_unit]

    def factor(self, unit: str) -> Fraction:
        """House units per unit, exact.

        >>> Units().factor("Nm3/min"), Units().factor("bar")
        (Fraction(1, 60), Fraction(100, 1))
        """
        return self._look_up(unit)[0]

    def dimension_of(self, unit: str) -> Dimension:
        """Dimension of a unit."""
        return self._look_up(unit)[1]

    def dimension(self, unit: str) -> str:
        """Dimension of a unit as text; '' for a plain number.

        >>> Units().dimension("m/min"), Units().dimension("%"), Units().dimension("kg/t")
        ('[length]/[time]', '[fraction]', '')
        """
        return str(self.dimension_of(unit))

    def house_unit(self, dimension: Dimension) -> str:
        """The unit in which the program computes a dimension.

        >>> Units().house_unit(Units().dimension_of("Nm3/min/bar"))
        'Nm3/s/kPa'
        """
        known = _KNOWN.get(str(dimension))
        if known is not None:
            return known
        rest = dimension
        under = ""
        if str(dimension * _PRESSURE) in ("[normal_volume]/[time]", "[normal_volume]"):
            rest, under = dimension * _PRESSURE, "/kPa"
        over = "*".join(_power(self._bases[n], e) for n, e in rest.powers if e > 0)
        return (over or "1") + "".join("/" + _power(self._bases[n], -e) for n, e in rest.powers if e < 0) + under

    def to_house(self, value: Fraction | float | int | str, unit: str) -> float:
        """A literal in house units, rounded once."""
        return float(Fraction(str(value)) * self.factor(unit))


_PRESSURE = _dimension([("[mass]", Fraction(1)), ("[length]", Fraction(-1)), ("[time]", Fraction(-2))])
_KNOWN = {
    "": "",
    str(_PRESSURE): "kPa",
    "[mass]*[length]^2/[time]^2": "kJ",
    "[mass]*[length]^2/[time]^3": "kW",
    "[mass]/[time]^3": "kW/m2",
    "[length]^2": "m2",
    "[length]^3": "m3",
    "[length]^3/[time]": "m3/s",
}
_WORDS = {
    "": "a plain number",
    "[time]": "a time",
    "[temperature]": "a temperature",
    "[temperature]/[time]": "a temperature rate",
    "[fraction]": "a percentage",
    "[fraction]/[time]": "a percentage rate",
    "[length]": "a length",
    "[length]/[time]": "a speed",
    "[mass]": "a mass",
    "[mass]/[time]": "a mass flow",
    "[normal_volume]/[time]": "a gas flow",
    "[length]^3/[time]": "a volume flow",
    str(_PRESSURE): "a pressure",
    f"{_PRESSURE / TIME}": "a pressure rate",
    "[mass]*[length]^2/[time]^3": "a power",
    "[mass]/[time]^3": "a heat flux",
}


def in_words(dimension: Dimension) -> str:
    """A dimension for people.

    >>> in_words(TIME), in_words(NUMBER)
    ('a time', 'a plain number')
    """
    return _WORDS.get(str(dimension), f"a quantity {dimension}")


@lru_cache(maxsize=16)
def units_of(definitions: tuple[str, ...] = ()) -> Units:
    """The units of a site with these definition lines; the same object for the same lines."""
    return Units(definitions)


def factor(unit: str, definitions: tuple[str, ...] = ()) -> Fraction:
    """House units per ``unit``, exact.

    >>> factor("MW"), factor("degC"), factor("t/h")
    (Fraction(1000, 1), Fraction(1, 1), Fraction(1, 3600))
    """
    return units_of(definitions).factor(unit)


def dimension(unit: str, definitions: tuple[str, ...] = ()) -> str:
    """Dimension of ``unit`` as text."""
    return units_of(definitions).dimension(unit)
