"""Arithmetic over the columns of a row: ``100 * co2 / (co + co2)``, exact and nothing more."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

MAX_LENGTH = 400
_BINARY: dict[type, Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_CALLS: dict[str, Callable[..., Fraction]] = {"abs": abs, "min": min, "max": max}
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_QUOTED = re.compile(r"`([^`]+)`")

Evaluate = Callable[[Mapping[str, Fraction]], Fraction]


class FormulaError(ValueError):
    """What is wrong with a formula; ``start`` and ``length``: where in its text."""

    def __init__(self, message: str, start: int = 0, length: int = 1) -> None:
        super().__init__(message)
        self.start = start
        self.length = length


class Formula:
    """An arithmetic expression with ``+ - * /``, brackets, ``abs``, ``min``, ``max``, numbers and columns.

    Parameters
    ----------
    text : str
        A column whose name is no plain word stands in backticks: ``2 * `top CO %` ``.

    Attributes
    ----------
    columns : tuple of str
        Names used, in order of appearance.

    Raises
    ------
    FormulaError
        For anything else, with its place.

    Examples
    --------
    >>> Formula("100 * co2 / (co + co2)").evaluate({"co": Fraction(25), "co2": Fraction(75)})
    Fraction(75, 1)
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise FormulaError(f"a formula has at most {MAX_LENGTH} characters", 0, len(text))
        self.text = text
        self._quoted: dict[str, str] = {}
        names: list[str] = []
        source = _QUOTED.sub(self._stand_in, text)
        try:
            tree = ast.parse(source, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
            at = (getattr(e, "offset", None) or 1) - 1
            raise FormulaError("this is no arithmetic", min(at, len(text) - 1) if text else 0) from e
        self._evaluate = self._build(tree.body, source, names)
        self.columns = tuple(dict.fromkeys(names))

    def evaluate(self, row: Mapping[str, Fraction]) -> Fraction | None:
        """Value for one row; None where a division by zero stands in the way."""
        try:
            return self._evaluate(row)
        except ZeroDivisionError:
            return None

    def _stand_in(self, match: re.Match[str]) -> str:
        """A word of the same length for a quoted name, so that places stay as they are."""
        word = f"q{len(self._quoted)}".ljust(len(match.group(0)), "_")
        self._quoted[word] = match.group(1)
        return word

    def _build(self, node: ast.expr, source: str, names: list[str]) -> Evaluate:
        if isinstance(node, ast.Constant):
            return self._number(node, source)
        if isinstance(node, ast.Name):
            name = self._quoted.get(node.id, node.id)
            names.append(name)
            return lambda row: row[name]
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            operation = _BINARY[type(node.op)]
            left, right = self._build(node.left, source, names), self._build(node.right, source, names)
            return lambda row: operation(left(row), right(row))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            inner, sign = self._build(node.operand, source, names), 1 if isinstance(node.op, ast.UAdd) else -1
            return lambda row: sign * inner(row)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            function = _CALLS[node.func.id]
            arguments = [self._build(a, source, names) for a in node.args]
            if not node.keywords and (len(arguments) == 1 if node.func.id == "abs" else len(arguments) >= 2):
                return lambda row: function(*(a(row) for a in arguments))
        raise _error("only + - * /, brackets, abs, min, max, numbers and columns can stand here", node, source)

    def _number(self, node: ast.Constant, source: str) -> Evaluate:
        text = ast.get_source_segment(source, node) or ""
        if not _NUMBER.fullmatch(text):
            raise _error("not a plain decimal number", node, source)
        value = Fraction(text)
        return lambda row: value


def _error(message: str, node: ast.expr, source: str) -> FormulaError:
    start = len(source.encode("utf-8")[: node.col_offset].decode("utf-8"))
    length = len(ast.get_source_segment(source, node) or " ")
    return FormulaError(message, start, length)
