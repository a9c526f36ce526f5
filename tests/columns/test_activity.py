"""No operator of the language sleeps through the campaign."""

from __future__ import annotations

from expert.language import ast
from expert.language.nodes import Node
from tests.columns.activity import name_of, table

CASES = 100
RULES = "for strength clear_for max_hold threshold clear_below refute for_each match alarm expect shadow recursion"
WINDOWS = (
    "mean min max std range slope change drop rise z z_std z_slope z_range residual autocorrelation band_rms coherence"
)
ROWS = "exists none all at_least count sum min max mean"
SETS = "mean median min max sum spread"
OTHERS = """ref baseline since age unchanged repeats lag bad graded modelprobability raised factref factvalue rowfield
all any not score abs sqrt + - * / < <= > >= == !="""
NAMES = {*RULES.split(), *WINDOWS.split(), *OTHERS.split()}
NAMES |= {f"{x} of rows" for x in ROWS.split()} | {f"{x} of a set" for x in SETS.split()}
NAMES |= {f"bounds {x}" for x in ["mean", "min", "max", "std", "range", "change", "drop", "rise"]}
NAMES |= {f"fact {x}" for x in ("<", "<=", ">", ">=")} | {"at least", "at least of a set"}
NAMES |= {"evidence odds", "evidence dempster", "number of a fact", "never installed"}


def test_every_operator_is_active() -> None:
    """In at least one program of twenty."""
    shares = {name: active / CASES for name, _, active in table(CASES)}
    assert {} == {name: shares.get(name, 0.0) for name in sorted(NAMES) if shares.get(name, 0.0) < 0.05}
    assert NAMES == set(shares)


def test_no_kind_of_node_is_left_out() -> None:
    """Whoever adds one to the language adds it here."""
    kinds = {x for x in vars(ast).values() if isinstance(x, type) and issubclass(x, Node) and x is not Node}
    own = {ast.Window, ast.ZScore, ast.SetAggregate, ast.Feature, ast.PairFeature, ast.RowAggregate, ast.Quantifier}
    own |= {ast.Arithmetic, ast.Compare, ast.Certainty, ast.AtLeast, ast.Number}
    own |= {ast.Attribute, ast.Word}  # they pick members when a program is laid out; no evaluator sees them
    assert {x.__name__.lower() for x in kinds - own} <= NAMES
    assert name_of(ast.Number(value=1)) is None
