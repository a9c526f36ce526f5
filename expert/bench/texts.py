"""Conditions as texts of `and`, `or`, `not`, which zen-engine and rule-engine read alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from expert.bench.tree import Cond, Group, Known, Limit


def infix(node: Cond, fact: Callable[[int], str]) -> str:
    """A condition as text; ``fact``: how a conclusion is named.

    >>> infix(Group(2, (Limit(0, ">", 5), Known(1), Known(2))), lambda n: f"f{n}")
    '((s0 > 5 and f1) or (s0 > 5 and f2) or (f1 and f2))'
    """
    if isinstance(node, Limit):
        return f"s{node.signal} {node.op} {node.limit}"
    if isinstance(node, Known):
        return fact(node.rule)
    if not isinstance(node, Group):
        return f"not ({infix(node.item, fact)})"
    parts = [infix(p, fact) for p in node.parts]
    if node.word == "all":
        return f"({' and '.join(parts)})"
    ways = parts if node.word == "any" else [f"({' and '.join(c)})" for c in combinations(parts, node.k)]
    return f"({' or '.join(ways)})"
