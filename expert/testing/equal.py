"""Changes of a condition that provably change nothing: no case can notice them, so nobody is asked to.

Whether two programs mean the same cannot be decided in general (T. A. Budd, D. Angluin, Two notions of correctness and
their relation to testing, Acta Informatica 18 (1), 1982); what is found here follows from the ranges of instruments and
from two limits on one quantity, and nothing else is left out.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from expert.engine.nodes import walk
from expert.language import ast
from expert.language.units import Units
from expert.lint.bounds import bounds_of

UP, DOWN = (">", ">="), ("<", "<=")


def out_of_reach(before: ast.Compare, after: ast.Compare, site: ast.Site, units: Units) -> str:
    """Why a limit that was moved says the same as before: the quantity never gets to either; '' where it may."""
    if any(isinstance(n, ast.Ref) and site.variables[n.variable].uncertainty is not None for n in walk(before)):
        return ""
    if before.op not in (*UP, *DOWN) or before.op != after.op:
        return ""
    sides = {_side(node, site, units) for node in (before, after)}
    return "no value in the instruments' ranges gets to either limit" if len(sides) == 1 and sides != {""} else ""


def _side(node: ast.Compare, site: ast.Site, units: Units) -> str:
    """Whether the left side is always above or always below the right one; '' when that depends."""
    left, right = (bounds_of(x, site, units) for x in (node.left, node.right))
    if left.high is not None and right.low is not None and left.high < right.low:
        return "below"
    if left.low is not None and right.high is not None and left.low > right.high:
        return "above"
    return ""


def implied(items: tuple[ast.Cond, ...], i: int, every: bool) -> str:
    """Why a list of conditions says the same without one: another limit on the quantity decides; '' where it may not.

    ``every``: all must hold, so the looser limit may go; else any one, so the stricter one may.
    """
    item = items[i]
    if not isinstance(item, ast.Compare) or not isinstance(item.right, ast.Number):
        return ""
    for j, other in enumerate(items):
        same = isinstance(other, ast.Compare) and isinstance(other.right, ast.Number) and _alike(item, other)
        if j == i or not same:
            continue
        assert isinstance(other, ast.Compare) and isinstance(other.right, ast.Number)
        ahead = Fraction(other.right.value) - Fraction(item.right.value)
        stricter = ahead > 0 if item.op in UP else ahead < 0
        if ahead and stricter == every:
            return "another limit on the same quantity decides"
    return ""


def _alike(a: ast.Compare, b: ast.Compare) -> bool:
    """Whether both compare the same quantity in the same direction."""
    return a.op == b.op and a.op in (*UP, *DOWN) and replace(a, right=b.right, text=b.text) == b
