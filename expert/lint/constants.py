"""Conditions that cannot change: limits outside an instrument's range, numbers compared with themselves."""

from __future__ import annotations

from fractions import Fraction

from expert.engine.nodes import walk
from expert.language import ast
from expert.language.diagnostics import Sink
from expert.language.printer import decimal
from expert.language.units import Units, units_of
from expert.lint.bounds import Bounds, bounds_of
from expert.values.interval import ONE
from expert.workshop.graph import variable_uses


def find_constants(program: ast.Program, sink: Sink) -> None:
    """Report comparisons that can never or always hold, and windows longer than the site's history."""
    finder = _Finder(program.site, sink)
    for rule in program.rules.values():
        finder.rule(rule)


class _Finder:
    """Findings about single conditions of one program."""

    def __init__(self, site: ast.Site, sink: Sink) -> None:
        self.site, self.sink = site, sink
        self.units: Units = units_of(tuple(site.unit_definitions))

    def rule(self, rule: ast.Rule) -> None:
        dead = self.truth(rule.when) is False
        trees = [rule.when, *(m.where for m in rule.match if m.where is not None)]
        for node in (n for tree in trees for n in walk(tree)):
            if isinstance(node, (ast.Compare, ast.Certainty)):
                held = self.truth(node)
                if held is not None:
                    self._report(node, held, rule.id if dead else "")
            elif isinstance(node, (ast.Window, ast.Feature, ast.PairFeature, ast.ZScore)):
                self._window(node)

    def truth(self, node: ast.Cond) -> bool | None:
        """True or False for a condition that cannot be otherwise once its data are known, else None."""
        if isinstance(node, ast.Compare):
            return self._compared(node)
        if isinstance(node, ast.Certainty):
            return _certain(node)
        if isinstance(node, ast.Not):
            inner = self.truth(node.item)
            return None if inner is None else not inner
        if isinstance(node, ast.All):
            return False if any(self.truth(i) is False for i in node.items) else None
        if isinstance(node, ast.Any):
            return False if all(self.truth(i) is False for i in node.items) else None
        if isinstance(node, ast.AtLeast):
            alive = [i for i in node.items if self.truth(i) is not False]
            return False if not alive or (node.set is None and len(alive) < node.k) else None
        return None

    def _compared(self, node: ast.Compare) -> bool | None:
        if node.left == node.right:
            return node.op in ("<=", ">=", "==")
        a = bounds_of(node.left, self.site, self.units)
        b = bounds_of(node.right, self.site, self.units)
        if node.op in ("<", "<="):
            return _less(a, b, node.op == "<=")
        if node.op in (">", ">="):
            return _less(b, a, node.op == ">=")
        apart = _less(a, b, False) is True or _less(b, a, False) is True
        return (node.op == "!=") if apart else None

    def _report(self, node: ast.Compare | ast.Certainty, held: bool, rule: str) -> None:
        code, what = ("L102", "always holds") if held else ("L101", "can never hold")
        notes = [self._declared(name) for name in dict.fromkeys(n for n, _ in variable_uses(node))]
        if isinstance(node, ast.Compare) and node.left == node.right:
            notes = ["both sides are the same"]
        if rule:
            notes.append(f"so {rule} can never rise")
        self.sink.error(code, f"the condition {what}", node.span, notes=notes)

    def _declared(self, name: str) -> str:
        v = self.site.variables[name]
        return f"{name} lies within {decimal(v.valid[0])} and {decimal(v.valid[1])} {v.unit}".rstrip()

    def _window(self, node: ast.Window | ast.Feature | ast.PairFeature | ast.ZScore) -> None:
        if node.duration > self.site.baseline_span:
            days = decimal(round(self.site.baseline_span / 86_400_000, 2))
            message = "the window is longer than the history that the site keeps"
            self.sink.error(
                "L103", message, node.span, notes=[f"history (baseline: span) of {self.site.name}: {days} d"]
            )


def _less(a: Bounds, b: Bounds, or_equal: bool) -> bool | None:
    """Whether ``a < b`` (or ``a <= b``) for all or for no values within the ends; None: for some.

    Ends are rounded like the numbers of a program, once.
    """
    if _below(a.high, b.low, or_equal):
        return True
    if _below(b.high, a.low, not or_equal):
        return False
    return None


def _below(high: Fraction | None, low: Fraction | None, touching: bool) -> bool:
    if high is None or low is None:
        return False
    return float(high) < float(low) or (touching and float(high) == float(low))


def _certain(node: ast.Certainty) -> bool | None:
    """A certainty lies between 0 and 1."""
    if (node.op == ">=" and node.limit == 0) or (node.op == "<=" and node.limit == ONE):
        return True
    if (node.op == ">" and node.limit == ONE) or (node.op == "<" and node.limit == 0):
        return False
    return None
