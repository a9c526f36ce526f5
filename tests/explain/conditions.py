"""Random conditions as YAML, and what they mean by a second, plain reading of the contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from expert.engine.nodes import Env
from expert.language import ast
from expert.values.interval import Interval

VARIABLES = ("a.x", "a.y", "a.v")
Leaf = Callable[[ast.Cond, Env], Interval]


def limits(name: str) -> st.SearchStrategy[str]:
    """One condition on a variable: a limit or a soft limit."""
    number = st.integers(5, 60)
    hard = st.tuples(st.sampled_from([">", ">=", "<", "<="]), number).map(lambda t: f"{name} {t[0]} {t[1]} kPa")
    soft = st.tuples(number, st.integers(5, 30)).map(lambda t: f"{name} rises {t[0]} kPa to {t[0] + t[1]} kPa")
    falls = st.tuples(number, st.integers(5, 30)).map(lambda t: f"{name} falls {t[0] + t[1]} kPa to {t[0]} kPa")
    return st.one_of(hard, soft, falls)


FACTS = st.sampled_from(["b", "b >= 0.4", "b < 0.6", "c"])


def trees(atoms: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Conditions over some atoms, a few levels deep."""

    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        items = st.lists(inner, min_size=1, max_size=3)
        weighted = st.lists(st.tuples(st.integers(1, 30), inner).map(list), min_size=1, max_size=4)
        return st.one_of(
            items.map(lambda x: {"all": x}),
            items.map(lambda x: {"any": x}),
            inner.map(lambda x: {"not": x}),
            st.tuples(weighted, st.sampled_from([None, 0.3, 0.5, 0.7])).map(
                lambda t: {"score": {"of": t[0], **({"at_least": t[1]} if t[1] else {})}}
            ),
            items.map(lambda x: {"at_least": (len(x) + 1) // 2, "of": x}),
        )

    return st.recursive(atoms, deeper, max_leaves=8)


CONDITIONS = trees(st.one_of(*(limits(v) for v in VARIABLES), FACTS))
"""Several conditions may be on one variable, in both directions."""

VALUES = st.fixed_dictionaries({v: st.one_of(st.none(), st.integers(0, 99)) for v in (*VARIABLES, "a.u", "a.e")})
"""What each variable shows; None: it never sent anything."""


def yaml(condition: Any) -> str:
    """The condition as one line of YAML."""
    return json.dumps(condition)


def meaning(node: ast.Cond, env: Env, leaf: Leaf) -> tuple[float, float]:
    """Support and plausibility of a condition in 0..1, by the contract's words; its atoms come from ``leaf``."""
    if isinstance(node, ast.All):
        parts = [meaning(i, env, leaf) for i in node.items]
        return min(s for s, _ in parts), min(p for _, p in parts)
    if isinstance(node, ast.Any):
        parts = [meaning(i, env, leaf) for i in node.items]
        return max(s for s, _ in parts), max(p for _, p in parts)
    if isinstance(node, ast.Not):
        s, p = meaning(node.item, env, leaf)
        return 1 - p, 1 - s
    if isinstance(node, ast.Score):
        terms = [(float(w), meaning(c, env, leaf)) for w, c in node.terms]
        total = sum(w for w, _ in terms)
        s, p = (sum(w * x[end] for w, x in terms) / total for end in (0, 1))
        if node.at_least is None:
            return s, p
        return float(round(s * 1e6) >= node.at_least), float(round(p * 1e6) >= node.at_least)
    if isinstance(node, ast.AtLeast):
        parts = [meaning(i, env, leaf) for i in node.items]
        return tuple(sorted((x[end] for x in parts), reverse=True)[node.k - 1] for end in (0, 1))  # type: ignore[return-value]
    x = leaf(node, env)
    return x.s / 1e6, x.p / 1e6
