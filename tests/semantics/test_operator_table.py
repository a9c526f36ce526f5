"""Every cell of the operator table, the table's completeness, and its page in docs/."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest

from expert.engine.nodes import roots, walk
from expert.language import ast
from tests.engine.build import Bench, bytes_of, program
from tests.semantics.operator_table import TABLE, page
from tests.semantics.row import COLUMNS, Operator
from tests.semantics.story import play, read, result

ROWS = [row for section in TABLE for row in section.rows]
PAGE = Path(__file__).parents[2] / "docs" / "operators-table.md"


def bench_of(row: Operator) -> Bench:
    """A session on the row's rules."""
    bench = Bench(*row.rules)
    if row.normal is not None:
        bench.session.set_baseline("a.x", *row.normal)
    return bench


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ROWS, ids=lambda r: r.name)
def test_cell(row: Operator, column: str) -> None:
    """A story ends as the table says."""
    story, _, expected = row.cells[column].partition(" -> ")
    records = play(bench_of(row), read(story, row.variable))
    results = expected.split(" then ")
    assert results == [result(r, row.read, row.shows) for r in records[-len(results) :]]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r.name)
def test_restart_changes_no_byte(row: Operator) -> None:
    """A process killed and restarted writes the same records as one that ran on."""
    minutes = read(row.cells["restart"].partition(" -> ")[0], row.variable)
    through, restarted = play(bench_of(row), minutes, restarts=False), play(bench_of(row), minutes)
    assert [bytes_of(r) for r in through] == [bytes_of(r) for r in restarted]


def test_table_covers_the_language() -> None:
    """Every kind of node and every function of the language has a row."""
    nodes = [n for row in ROWS for r in program(*row.rules).rules.values() for root in roots(r) for n in walk(root)]
    kinds = set(typing.get_args(ast.Expr)) | set(typing.get_args(ast.Cond))
    assert set() == kinds - {type(n) for n in nodes}
    functions = set(typing.get_args(ast.WindowFunction)) | set(typing.get_args(ast.ZFunction))
    functions |= set(typing.get_args(typing.get_type_hints(ast.SetAggregate)["function"]))
    assert set() == functions - {getattr(n, "function", "") for n in nodes}
    for kind in (ast.Quantifier, ast.RowAggregate):
        wanted = set(typing.get_args(typing.get_type_hints(kind)["function"]))
        assert set() == wanted - {n.function for n in nodes if isinstance(n, kind)}


def test_page_is_current() -> None:
    """docs/operators-table.md is what the table says."""
    assert page() == PAGE.read_text(encoding="utf-8")
