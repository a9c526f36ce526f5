"""Rows of the operator table: quantifiers and aggregates over rows of a relation."""

from __future__ import annotations

from tests.semantics.row import Operator, Section, one


def _number(function: str, op: str, cells: str, note: str = "") -> Operator:
    when = f'"{function}(k.due for k in job where k.duration > 5 min) {op} 10 min"'
    return one(f"{function} over rows", when, cells, written=when.strip('"'), note=note)


ROWS = Section(
    "Over rows of a relation (k: a job; its duration may be unknown)",
    [
        one(
            "exists",
            "{exists: {k: job where k.duration > 5 min}}",
            """
            rows: A:10+B:? -> 1
            rows: A:5+B:5 -> 0
            rows: A:5+B:? -> ?
            rows: A:10 -A -> 0
            rows: A:5 B:10 -> 0 then 1
            rows: A:10 R . -> 1
            """,
            note="Of no row: false.",
        ),
        one(
            "none",
            "{none: {k: job where k.duration > 5 min}, that: k.due > 3 min}",
            """
            rows: A:5,due=9+B:10,due=1 -> 1
            rows: A:10,due=9+B:? -> 0
            rows: A:?,due=9 -> ?
            rows: A:10,due=9 -A -> 1
            rows: A:10,due=9 A:5,due=9 -> 0 then 1
            rows: A:5,due=9 R . -> 1
            """,
            note="Of no row: true.",
        ),
        one(
            "all",
            "{all: {k: job where k.duration > 5 min}, that: k.due > 3 min}",
            """
            rows: A:10,due=9+B:5,due=1 -> 1
            rows: A:10,due=1+B:?,due=1 -> 0
            rows: A:10,due=9+B:?,due=1 -> ?
            rows: A:10,due=1 -A -> 1
            rows: A:10,due=1 A:10,due=9 -> 0 then 1
            rows: A:10,due=9 R . -> 1
            """,
            note="Of no row: true.",
        ),
        one(
            "at least k rows",
            "{at_least: 2, of: {k: job where k.duration > 5 min}, where: k.due > 3 min}",
            """
            rows: A:10,due=9+B:10,due=9+C:?,due=9 -> 1
            rows: A:10,due=9+B:5,due=9 -> 0
            rows: A:10,due=9+B:?,due=9 -> ?
            rows: A:10,due=9+B:10,due=9 -B -> 0
            rows: A:10,due=9 B:10,due=9 -> 0 then 1
            rows: A:10,due=9+B:10,due=9 R . -> 1
            """,
        ),
        one(
            "count of rows",
            '"count(k in job where k.duration > 5 min) >= 2"',
            """
            rows: A:10+B:10+C:? -> 1
            rows: A:10+B:5 -> 0
            rows: A:10+B:? -> ?
            rows: A:10+B:10 -B -> 0
            rows: A:10 B:10 -> 0 then 1
            rows: A:10+B:10 R . -> 1
            """,
            written="count(k in job where k.duration > 5 min) >= 2",
            note="From the rows that are certain up to those that are possible.",
        ),
        _number(
            "sum",
            ">",
            """
            rows: A:10,due=11+B:?,due=5 -> 1
            rows: A:10,due=5+B:?,due=5 -> 0
            rows: A:10,due=8+B:?,due=5 -> ?
            rows: A:10,due=11 -A -> 0
            rows: A:10,due=8 B:10,due=5 -> 0 then 1
            rows: A:10,due=11 R . -> 1
            """,
            "Of no row: 0. A row that only may match widens it.",
        ),
        _number(
            "min",
            "<",
            """
            rows: A:10,due=8+B:?,due=20 -> 1
            rows: A:10,due=12+B:?,due=11 -> 0
            rows: A:10,due=12+B:?,due=5 -> ?
            rows: A:10,due=8 -A -> ?
            rows: A:10,due=12 B:10,due=8 -> 0 then 1
            rows: A:10,due=8 R . -> 1
            """,
            "Of no row: unknown, as max and mean.",
        ),
        _number(
            "max",
            ">",
            """
            rows: A:10,due=12+B:?,due=5 -> 1
            rows: A:10,due=8+B:?,due=9 -> 0
            rows: A:10,due=8+B:?,due=15 -> ?
            rows: A:10,due=12 -A -> ?
            rows: A:10,due=8 B:10,due=12 -> 0 then 1
            rows: A:10,due=12 R . -> 1
            """,
        ),
        _number(
            "mean",
            ">",
            """
            rows: A:10,due=20+B:?,due=4 -> 1
            rows: A:10,due=4+B:?,due=12 -> 0
            rows: A:10,due=8+B:?,due=20 -> ?
            rows: A:10,due=12 -A -> ?
            rows: A:10,due=8 B:10,due=20 -> 0 then 1
            rows: A:10,due=12 R . -> 1
            """,
        ),
    ],
)
