"""The ends of what a number can be hold for every value that instruments can give."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from expert.compile import load_program
from expert.language import ast
from expert.language.units import units_of
from expert.lint.bounds import bounds_of

DATA = Path(__file__).parents[1] / "data"
SITE = load_program(DATA / "pack", DATA / "site").site
UNITS = units_of(tuple(SITE.unit_definitions))
NAMES = ("blast.pressure", "top.temperature", "hot_metal.silicon")

LEAVES = st.one_of(
    st.sampled_from(NAMES).map(lambda v: ast.Ref(variable=v)),
    st.integers(-20, 20).map(lambda n: ast.Number(value=float(n))),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda op, a, b: ast.Arithmetic(op=op, args=(a, b)),
            st.sampled_from(["+", "-", "*", "/", "min", "max"]),
            inner,
            inner,
        ),
        st.builds(lambda a: ast.Arithmetic(op="abs", args=(a,)), inner),
    ),
    max_leaves=6,
)


def value(node: ast.Expr, at: dict[str, Fraction]) -> Fraction | None:
    """The exact value of a tree; None after a division by zero."""
    if isinstance(node, ast.Number):
        return Fraction(node.value)
    if isinstance(node, ast.Ref):
        return at[node.variable]
    assert isinstance(node, ast.Arithmetic)
    args = [value(a, at) for a in node.args]
    if any(a is None for a in args):
        return None
    known = [a for a in args if a is not None]
    if node.op == "abs":
        return abs(known[0])
    a, b = known
    if node.op == "/":
        return a / b if b else None
    return {"+": a + b, "-": a - b, "*": a * b, "min": min(a, b), "max": max(a, b)}[node.op]


@given(TREES, st.lists(st.fractions(0, 1, max_denominator=8), min_size=3, max_size=3))
@settings(max_examples=400, deadline=None)
def test_no_value_lies_outside(tree: ast.Expr, shares: list[Fraction]) -> None:
    """Whatever the instruments show within their ranges, the number lies between its ends."""
    at = {}
    for name, share in zip(NAMES, shares, strict=True):
        v = SITE.variables[name]
        low, high = (Fraction(repr(x)) * UNITS.factor(v.unit) for x in v.valid)
        at[name] = low + (high - low) * share
    found, ends = value(tree, at), bounds_of(tree, SITE, UNITS)
    if found is not None:
        assert ends.low is None or ends.low <= found
        assert ends.high is None or found <= ends.high
