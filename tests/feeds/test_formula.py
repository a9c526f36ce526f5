"""Formulas compute exactly and can do nothing else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.feeds.formula import MAX_LENGTH, Formula, FormulaError

ROW = {"a": Fraction(3), "b": Fraction(1, 2), "top CO %": Fraction(7)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b * 2", 4),
        ("(a + b) / 0.5", 7),
        ("-a - -b", Fraction(-5, 2)),
        ("max(a, b, 9)", 9),
        ("min(a, b)", Fraction(1, 2)),
        ("abs(b - a)", Fraction(5, 2)),
        ("`top CO %` / a", Fraction(7, 3)),
        ("0.1 + 0.2", Fraction(3, 10)),
    ],
)
def test_a_formula_has_its_value(text: str, value: Fraction) -> None:
    """Arithmetic is that of fractions."""
    assert value == Formula(text).evaluate(ROW)


def test_division_by_zero_is_no_value() -> None:
    """Nothing is infinite."""
    assert Formula("a / (b - b)").evaluate(ROW) is None


def test_columns_are_listed_once_in_order() -> None:
    """What a formula needs is known before it runs."""
    assert ("b", "top CO %", "a") == Formula("b + `top CO %` * a - b").columns


@pytest.mark.parametrize(
    "text",
    [
        "", "a +", "a ** b", "a // b", "a % b", "a if b else 1", "a == b", "a.real", "a[0]", "'x'", "1e9", "0x10",
        "1_000", "True", "None", "lambda: 1", "__import__('os')", "(a := 1)", "f(a)", "abs(a, b)", "min(a)", "max(*a)",
        "min(a, b, key=a)", "[a]", "a; b", "a\nb", "1j", "(" * 300, "`", "a" + " + a" * MAX_LENGTH,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    """Powers, names with dots, calls, text and whatever else Python knows is an error."""
    with pytest.raises(FormulaError):
        Formula(text)


def test_an_error_has_its_place() -> None:
    """The part that cannot stand there is named by where it starts and how long it is."""
    with pytest.raises(FormulaError) as error:
        Formula("a + `top CO %` ** 2")
    assert (4, 15) == (error.value.start, error.value.length)


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text is a formula or a `FormulaError`."""
    try:
        Formula(text)
    except FormulaError as e:
        assert e.start >= 0
