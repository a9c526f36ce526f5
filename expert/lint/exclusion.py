"""Conditions of one ``all`` that cannot hold together."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations

from expert.engine.nodes import walk
from expert.language import ast
from expert.language.diagnostics import Sink
from expert.workshop.diff.conditions import upright
from expert.workshop.meaning import bare, parts, words

CRISP = (ast.Compare, ast.Certainty, ast.Bad, ast.Raised)
Bound = tuple[Hashable, str, float]


def find_exclusions(program: ast.Program, sink: Sink) -> None:
    """Report pairs like ``x > 5`` and ``x < 3``, or ``bad(x)`` and ``not bad(x)``, in one ``all``."""
    for rule in program.rules.values():
        seen: set[int] = set()
        for node in walk(rule.when):
            if isinstance(node, ast.All) and id(node) not in seen:
                seen |= {id(n) for n in _inner(node)}
                _look(node, rule, sink)


def _inner(node: ast.All) -> list[ast.All]:
    """The lists within a list, which are looked at with it."""
    found = [node]
    for item in node.items:
        found += _inner(item) if isinstance(item, ast.All) else []
    return found


def _look(node: ast.All, rule: ast.Rule, sink: Sink) -> None:
    for first, second in combinations(parts(node), 2):
        if _denies(first, second) or _apart(first, second):
            notes = [f"with {words(first)}: {first.span.file}:{first.span.line}"]
            if bare(node) == bare(rule.when):
                notes.append(f"so {rule.id} can never rise")
            sink.error("L112", f"{words(second)} cannot hold at the same time", second.span, notes=notes)


def _denies(a: ast.Cond, b: ast.Cond) -> bool:
    """One is the other turned round; soft conditions may both hold by half."""
    for x, y in ((a, b), (b, a)):
        if isinstance(x, ast.Not) and isinstance(x.item, CRISP) and bare(x.item) == bare(y):
            return True
    return False


def _apart(a: ast.Cond, b: ast.Cond) -> bool:
    one, two = _bound(a), _bound(b)
    if one is None or two is None or one[0] != two[0]:
        return False
    for (_, op, limit), (_, other, bound) in ((one, two), (two, one)):
        if op == "==" and other == "==":
            return limit != bound
        if op in (">", ">=", "==") and other in ("<", "<=", "=="):
            return limit > bound or (limit == bound and not (op.endswith("=") and other.endswith("=")))
    return False


def _bound(node: ast.Cond) -> Bound | None:
    """What is held against which limit; None for other conditions."""
    if isinstance(node, ast.Certainty):
        return (node.fact.type, node.fact.args), node.op, node.limit
    if isinstance(node, ast.Compare):
        turned = upright(node)
        if isinstance(turned.right, ast.Number) and not isinstance(turned.left, ast.Number):
            return bare(turned.left), turned.op, turned.right.value
    return None
