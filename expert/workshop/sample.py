"""A sample threshold for a variable, and values on both sides of it, from what the site declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from expert.language.printer import decimal
from expert.values.types import Variable


@dataclass(frozen=True, slots=True)
class SampleLimit:
    """``op limit`` for a variable, with one value that meets it and one that does not; numbers with their unit."""

    op: str
    limit: str
    fires: str
    quiet: str


def sample_limit(variable: Variable) -> SampleLimit | None:
    """A limit between the normal range and the end of the instrument; None: no room for one.

    It stands above the normal range, or below where there is no room above. The values on both sides of it are as close
    as tells a limit that is a little wrong from one that is right: a quarter of the normal range, and never within the
    known uncertainty.

    >>> v = Variable("a.b", "kPa", "1", 60_000, 600_000, (0, 500), {}, normal=(100, 200))
    >>> sample_limit(v)
    SampleLimit(op='>', limit='300 kPa', fires='325 kPa', quiet='275 kPa')
    """
    if variable.normal is None or variable.kind != "analog":
        return None
    low, high = (Fraction(repr(x)) for x in variable.normal)
    bottom, top = (Fraction(repr(x)) for x in variable.valid)
    room = 2 * Fraction(variable.resolution) + Fraction(repr(variable.uncertainty or 0.0))
    apart = max((high - low) / 4, room + Fraction(variable.resolution))
    for op, edge, end in ((">", high, top), ("<", low, bottom)):
        limit = _steps(edge + (end - edge) / 3, variable)
        beyond = apart if op == ">" else -apart
        fires, quiet = (_on(limit + x, variable) for x in (beyond, -beyond))
        inside = end < fires < limit < quiet or end > fires > limit > quiet
        if inside and min(abs(fires - limit), abs(limit - quiet)) > room:
            return SampleLimit(op, *(_written(x, variable) for x in (limit, fires, quiet)))
    return None


def suitable(variables: Iterable[Variable]) -> list[Variable]:
    """Variables for which there is a sample limit; those that every instrument has come before those of sets."""
    found = [v for v in variables if sample_limit(v) is not None]
    return sorted(found, key=lambda v: v.of is not None)


def _steps(value: Fraction, variable: Variable) -> Fraction:
    """The value on the variable's resolution, with as few digits as its size needs (three)."""
    digits = max(0, len(str(int(abs(value)))) - 3)
    coarse = Fraction(10) ** digits if abs(value) >= 1 else Fraction(0)
    step = max(Fraction(variable.resolution), coarse)
    return _on(round(value / step) * step, variable)


def _on(value: Fraction, variable: Variable) -> Fraction:
    """The value on the variable's resolution."""
    return round(value / Fraction(variable.resolution)) * Fraction(variable.resolution)


def _written(value: Fraction, variable: Variable) -> str:
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{decimal(float(number))} {'' if variable.unit == '1' else variable.unit}".rstrip()
