"""Numbers for people: units by their parts, decimals by resolution, comparisons that stay true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.explain.quantities import Scale, unit_of
from expert.language import ast
from tests.engine.build import program, rule

PROGRAM = program(
    rule("ratio", "mean(a.x, 10 min) / mean(a.y, 10 min) > 0.5"),
    rule("trend", "slope(a.x, 30 min) * 30 min > 5 kPa"),
    rule("rate", "slope(a.x, 3 h) > 1 kPa/h"),
    rule("deviation", "abs(z(a.x, 30 min)) > 1"),
    rule("difference", "mean(a.x, 10 min) - baseline(a.x) > 3 kPa"),
)


def left(name: str) -> ast.Expr:
    """The left side of a rule's condition."""
    when = PROGRAM.rules[f"t.{name}"].when
    assert isinstance(when, ast.Compare)
    return when.left


@pytest.mark.parametrize(
    ("name", "unit"),
    [("ratio", ""), ("trend", "kPa"), ("rate", "kPa/h"), ("deviation", ""), ("difference", "kPa")],
)
def test_units_follow_the_parts(name: str, unit: str) -> None:
    """A ratio has none, a trend over its own window has the variable's, a slope has it by time."""
    assert unit == unit_of(PROGRAM, left(name), {})


@given(st.floats(-500, 500), st.floats(-500, 500), st.integers(0, 3))
def test_a_rounded_number_stays_on_its_side(value: float, limit: float, decimals: int) -> None:
    """What is above a limit is not shown as equal or below, to six decimals."""
    limit = round(limit, 2)
    shown = float(Scale(PROGRAM, "kPa", decimals).text(value, limit))
    if abs(value - limit) > 1e-6:
        assert (value > limit) == (shown > limit)
        assert (value < limit) == (shown < limit)


def test_a_sign_is_shown_for_differences() -> None:
    """Positive differences have a plus, zero has no sign."""
    scale = Scale(PROGRAM, "kPa", 1, signed=True)
    assert ["+2.5 kPa", "-2.5 kPa", "0.0 kPa"] == [scale(2.5), scale(-2.5), scale(-0.01)]
