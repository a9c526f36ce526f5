"""The expression language: what its texts mean, and that no text breaks the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.language import ast
from expert.language.diagnostics import Sink
from expert.language.expression import parse_condition
from expert.language.printer import print_condition
from expert.language.source import Source, Text
from tests.language.strategies import CONDITIONS

VOCABULARY = ["a.b", "c", "(", ")", ",", ":", ">", ">=", "==", "is", "high", "rises", "to", "1", "5 min", "%"]
VOCABULARY += ["-", "+", "*", "/", "and", "or", "not", "z", "max", "bounds", "lag", "model", "raised", "."]


def text_of(value: str) -> Text:
    """A text as if it stood alone in a file."""
    return Text(value, Source("x.yaml", value), 0, len(value))


def parse(value: str) -> ast.Cond:
    """A condition without errors."""
    sink = Sink()
    found = parse_condition(text_of(value), sink)
    assert [] == sink.found
    assert found is not None
    return found


@given(CONDITIONS)
def test_printed_conditions_read_back(condition: ast.Cond) -> None:
    """Printing a condition and reading it gives the same condition."""
    assert condition == parse(print_condition(condition))


@given(st.text())
def test_any_text_gives_a_condition_or_an_error(value: str) -> None:
    """No text ends in a traceback: there is a condition, or exactly one error."""
    sink = Sink()
    found = parse_condition(text_of(value), sink)
    assert (0 if found is not None else 1) == len(sink.found)


@given(
    st.lists(
        st.sampled_from(
            [
                "a.b",
                "c",
                "(",
                ")",
                ",",
                ":",
                ">",
                "<",
                ">=",
                "==",
                "is",
                "high",
                "rises",
                "to",
                "1",
                "5",
                "min",
                "%",
                "-",
                "+",
                "*",
                "/",
                "and",
                "or",
                "not",
                "z",
                "max",
            ]
        )
    )
)
def test_any_words_give_a_condition_or_an_error(words: list[str]) -> None:
    """No order of the language's own words ends in a traceback."""
    sink = Sink()
    found = parse_condition(text_of(" ".join(words)), sink)
    assert (0 if found is not None else 1) == len(sink.found)


def test_and_binds_stronger_than_or() -> None:
    """``a or b and c`` means ``a or (b and c)``."""
    a, b, c = (ast.FactRef(type=n) for n in "abc")
    assert ast.Any(items=(a, ast.All(items=(b, c)))) == parse("a or b and c")


def test_brackets_serve_numbers_and_conditions() -> None:
    """Brackets may hold a number or a condition."""
    two, one = ast.Number(value=2.0), ast.Number(value=1.0)
    left = ast.Arithmetic(op="+", args=(ast.Ref(variable="a.b"), one))
    assert ast.Compare(op=">", left=left, right=two) == parse("(a.b + 1) > 2")
    assert ast.Not(item=ast.FactRef(type="late")) == parse("not (late)")


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("max(a.b, 5 min) > 1", ast.Window),
        ("max(sectors.b) > 1", ast.SetAggregate),
        ("max(a.b, c.d) > 1", ast.Arithmetic),
        ("max(a.b, 5 kPa) > 1", ast.Arithmetic),
        ("max(mean(sectors.b, 5 min)) > 1", ast.SetAggregate),
    ],
)
def test_three_meanings_of_max(written: str, kind: type) -> None:
    """max is a window, an aggregate over a set, or the larger of numbers, told apart by its arguments."""
    found = parse(written)
    assert isinstance(found, ast.Compare)
    assert kind is type(found.left)


def test_number_takes_its_unit() -> None:
    """A unit belongs to the number before it, also without a space."""
    found = parse("a.b > 50 Nm3/min and c.d < 10%")
    assert isinstance(found, ast.All)
    units = [i.right.unit for i in found.items if isinstance(i, ast.Compare) and isinstance(i.right, ast.Number)]
    assert ["Nm3/min", "%"] == units


def test_division_by_a_call_is_no_unit() -> None:
    """``5 min/age(x)`` divides, it does not look for a unit named age."""
    found = parse("5 min/age(a.b) > 1")
    assert isinstance(found, ast.Compare)
    assert isinstance(found.left, ast.Arithmetic)


def test_words_and_places_are_kept() -> None:
    """Every node knows the author's words and where they stand."""
    found = parse("late or  mean(a.b, 5 min) > 3 kPa")
    assert isinstance(found, ast.Any)
    assert "mean(a.b, 5 min) > 3 kPa" == found.items[1].text
    assert ast.Span("x.yaml", 1, 10, 24) == found.items[1].span


def test_places_do_not_count_in_equality() -> None:
    """White space changes neither identity nor hash."""
    assert hash(parse("late  and  hot")) == hash(parse("late and hot"))
