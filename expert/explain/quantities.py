"""Numbers for people: in which unit, with how many decimals, and never so rounded that a comparison looks false."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from expert.engine.nodes import Env, walk
from expert.language import ast
from expert.language.units import NUMBER, Dimension, units_of
from expert.values.features import FEATURES

HOUR = 3_600_000
MAX_DECIMALS = 6


def clean(unit: str) -> str:
    """A unit as it is shown; '' for a plain number."""
    return "" if unit in ("", "1", "-") else unit


def compared_unit(program: ast.Program, left: ast.Expr, right: ast.Expr, env: Env) -> str:
    """Unit in which both sides of a comparison are shown: the literal's, else the left side's own."""
    if isinstance(right, ast.Number) and (right.unit or right.value != 0):
        return clean(right.unit)
    return unit_of(program, left, env)


def unit_of(program: ast.Program, node: ast.Expr, env: Env) -> str:
    """Unit to show an expression in, by its parts."""
    if isinstance(node, ast.Number):
        return clean(node.unit)
    if isinstance(node, ast.Ref):
        variable = program.site.variables.get(node.variable)
        return clean(variable.unit) if variable else ""
    if isinstance(node, ast.Window):
        own = unit_of(program, node.ref, env)
        return f"{own or '1'}/{'h' if node.duration >= HOUR else 'min'}" if node.function == "slope" else own
    if isinstance(node, ast.Feature):
        return unit_of(program, node.ref, env) if FEATURES[node.function].power else ""
    if isinstance(node, ast.Baseline):
        return unit_of(program, node.ref, env)
    if isinstance(node, ast.Since | ast.Age | ast.Unchanged):
        return "min"
    if isinstance(node, ast.Lag | ast.SetAggregate):
        return unit_of(program, node.arg, env)
    if isinstance(node, ast.RowAggregate):
        inner = {**env, node.binding: f"#{node.relation}:"}
        return "" if node.arg is None else unit_of(program, node.arg, inner)
    if isinstance(node, ast.FactValue):
        return clean(program.facts[node.fact.type].unit)
    if isinstance(node, ast.RowField):
        return _row_unit(program, node, env)
    if isinstance(node, ast.Arithmetic):
        return _arithmetic_unit(program, node, env)
    return ""


def _row_unit(program: ast.Program, node: ast.RowField, env: Env) -> str:
    relation = env.get(node.binding, "#:")[1:].split(":", 1)[0]
    declared = program.site.relations.get(relation)
    kind = declared.fields.get(node.field, "") if declared else ""
    return "" if kind in ("text", "number") else clean(kind)


def _arithmetic_unit(program: ast.Program, node: ast.Arithmetic, env: Env) -> str:
    own = [unit_of(program, a, env) for a in node.args]
    if node.op not in ("*", "/", "sqrt"):
        plain_zero = [isinstance(a, ast.Number) and not a.unit for a in node.args]
        return next((u for u, zero in zip(own, plain_zero, strict=True) if not zero), own[0])
    units = units_of(program.site.unit_definitions)
    dims = [units.dimension_of(u) for u in own]
    wanted: Dimension = dims[0].root() if node.op == "sqrt" else dims[0]
    if node.op != "sqrt":
        wanted = dims[0] * dims[1] if node.op == "*" else dims[0] / dims[1]
    if wanted == NUMBER:
        return ""
    inside = [unit_of(program, n, env) for n in walk(node) if isinstance(n, ast.Ref)]
    return next((u for u in [*own, *inside] if units.dimension_of(u) == wanted), units.house_unit(wanted))


def factor(program: ast.Program, unit: str) -> Fraction:
    """House units per unit."""
    return units_of(program.site.unit_definitions).factor(unit) if unit else Fraction(1)


def decimals_of(program: ast.Program, node: ast.Expr, unit: str) -> int | None:
    """Decimals worth showing: those of the variable's resolution; None: three significant digits."""
    if isinstance(node, ast.ZScore):
        return 1
    if isinstance(node, ast.Since | ast.Age | ast.Unchanged):
        return 1
    if isinstance(node, ast.Arithmetic) and node.op in ("*", "/", "sqrt"):
        return None
    if isinstance(node, ast.Arithmetic):
        found = [decimals_of(program, a, unit) for a in node.args if not isinstance(a, ast.Number)]
        known = [d for d in found if d is not None]
        return max(known) if found and len(known) == len(found) else None
    if isinstance(node, ast.Window) and node.function == "slope":
        return None
    if isinstance(node, ast.Window | ast.Baseline):
        return decimals_of(program, node.ref, unit)
    if isinstance(node, ast.Lag | ast.SetAggregate):
        return decimals_of(program, node.arg, unit)
    if isinstance(node, ast.RowAggregate):
        return None if node.function == "mean" else 0 if node.arg is None else decimals_of(program, node.arg, unit)
    if isinstance(node, ast.Ref):
        return _resolution(program, node, unit)
    return 0 if isinstance(node, ast.FactValue | ast.RowField | ast.Repeats) else None


def _resolution(program: ast.Program, ref: ast.Ref, unit: str) -> int | None:
    variable = program.site.variables.get(ref.variable)
    if variable is None:
        return None
    own = Decimal(variable.resolution)
    if clean(variable.unit) == unit:
        return max(0, -int(own.normalize().as_tuple().exponent))
    step = float(Fraction(own) * factor(program, variable.unit) / factor(program, unit))
    return min(4, max(0, math.ceil(-math.log10(step)))) if step > 0 else None


def digits(x: float, decimals: int | None) -> str:
    """A number as digits; with None three significant ones.

    >>> digits(-0.04, 1), digits(0.012345, None), digits(3009.2, None)
    ('0.0', '0.0123', '3009')
    """
    if decimals is None:
        size = 0 if x == 0 else math.floor(math.log10(abs(x)))
        decimals = min(MAX_DECIMALS, max(0, 2 - size))
    text = f"{x:.{decimals}f}"
    return text.lstrip("-") if text.strip("-0.") == "" else text


def literal(program: ast.Program, value: float, unit: str) -> str:
    """A limit in house units as its author wrote it, without the unit.

    >>> digits(1460.0, 0)
    '1460'
    """
    return f"{float(Fraction(value) / factor(program, unit)):.7g}"


def with_unit(text: str, unit: str) -> str:
    """Digits with their unit, e.g. ``15 min``."""
    return f"{text} {unit}" if unit else text


class Scale:
    """How the numbers of one expression are shown.

    Parameters
    ----------
    unit : str
        Shown unit; '' for a plain number.
    decimals : int or None
    signed : bool
        Positive numbers have their sign: differences.
    trimmed : bool
        A decimal zero is left out: durations.
    """

    def __init__(
        self, program: ast.Program, unit: str, decimals: int | None, signed: bool = False, trimmed: bool = False
    ) -> None:
        self.unit = unit
        self.decimals = decimals
        self.signed = signed
        self.trimmed = trimmed
        self._factor = factor(program, unit)

    def shown(self, value: float) -> float:
        """House units to the shown unit."""
        return float(Fraction(value) / self._factor)

    def house(self, shown: float) -> float:
        """The shown unit to house units."""
        return float(Fraction(shown) * self._factor)

    def text(self, value: float, beside: float | None = None) -> str:
        """Digits of a number in house units; with more decimals where rounding would hide on which side of
        ``beside`` it is."""
        x = self.shown(value)
        out = digits(x, self.decimals)
        if beside is not None:
            limit = self.shown(beside)
            for decimals in range((self.decimals or 0) + 1, MAX_DECIMALS + 1):
                if _side(float(out), limit) == _side(x, limit):
                    break
                out = digits(x, decimals)
        if self.trimmed:
            out = out.removesuffix(".0")
        return f"+{out}" if self.signed and float(out) > 0 else out

    def __call__(self, value: float, beside: float | None = None) -> str:
        """The number with its unit."""
        return with_unit(self.text(value, beside), self.unit)


def _side(x: float, limit: float) -> int:
    return 0 if math.isclose(x, limit, rel_tol=1e-12, abs_tol=1e-12) else 1 if x > limit else -1


def scale_of(program: ast.Program, node: ast.Expr, unit: str, signed: bool = False) -> Scale:
    """The scale of an expression in a unit; differences are always signed."""
    difference = isinstance(node, ast.Arithmetic) and node.op == "-" and not isinstance(node.args[-1], ast.Number)
    trimmed = isinstance(node, ast.Since | ast.Age | ast.Unchanged)
    return Scale(program, unit, decimals_of(program, node, unit), difference or signed, trimmed)


def refs_in(node: ast.Node, env: Env, program: ast.Program) -> Iterator[str]:
    """Ground variables that a node reads under bindings; all members of a set for an unbound reference."""
    from expert.language.nodes import ground_name

    for n in walk(node):
        if isinstance(n, ast.Ref):
            if n.binding is None or n.binding in env:
                yield ground_name(n, env)
            else:
                for m in program.site.sets[n.variable.partition(".")[0]]:
                    yield ground_name(n, {n.binding: m})
