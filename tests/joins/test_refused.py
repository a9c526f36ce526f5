"""What the joins cannot say exactly they refuse, naming the rule."""

from __future__ import annotations

import pytest

from expert.joins.relations import Relations
from expert.joins.shape import NotJoinable
from expert.joins.tables import Tables
from tests.engine.build import T0, program, rule

MATCH = "match: {j: job}"


def test_a_lag_over_rows_is_refused() -> None:
    """It would need a past for every row."""
    late = rule("one", '"lag(j.due, 5 min) > 5 min"', MATCH, conclude="late(job: j)")
    with pytest.raises(NotJoinable, match=r"rule t\.one: lag\(j.due, 5 min\) looks back"):
        Relations(program(late)).scan(T0, [])


def test_counting_other_rows_is_refused() -> None:
    """A condition over the rows of a relation is the reference evaluator's."""
    when = '{exists: {k: "job where k.after == j.id"}}'
    with pytest.raises(NotJoinable, match=r"rule t\.one"):
        Relations(program(rule("one", when, MATCH, conclude="late(job: j)"))).scan(T0, [])


def test_tables_alone_refuse_instruments() -> None:
    """There is nobody to ask for them."""
    with pytest.raises(NotJoinable, match="needs more than rows"):
        Tables(program(rule("one", "a.x > 50 kPa", MATCH, conclude="late(job: j)"))).apply([])


def test_tables_alone_refuse_rules_without_rows() -> None:
    """Nobody would evaluate them."""
    with pytest.raises(NotJoinable, match=r"t\.two"):
        Tables(program(rule("one", "j.due > 5 min", MATCH, conclude="late(job: j)"), rule("two", "a.x > 50 kPa")))
