"""Recursion over graphs of rows that come and go, against plain loops; by the reference, live sessions and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from expert.joins.tables import Tables
from expert.trace.codec import to_json
from expert.values.types import Row, ScanRecord
from tests.engine.build import Bench, program
from tests.engine.graphs import (
    FILES,
    GRADES,
    MINUTES,
    STEPS,
    Graded,
    Told,
    after,
    histories,
    numbered,
    numbers,
    reach,
    reached,
)

ONLY_NEW = (Phase.explicit, Phase.generate)
STRENGTHS = st.sampled_from(["1", "0.9", "0.35"])


def _late(record: ScanRecord) -> Graded:
    return {f.args[0][1]: (f.certainty.s, f.certainty.p) for f in record.facts if f.type == "late" and f.certainty.p}


def _play_grades(history: Sequence[Told], strength: str, growing: bool) -> None:
    rules = reach(strength, growing)
    bench, tables = Bench(*rules, files=FILES), None if growing else Tables(program(*rules, files=FILES))
    for i, told in enumerate(history):
        expected = reached(after(history[: i + 1]), strength)
        assert expected == _late(bench.scan(i, rows=told.rows))
        if tables is not None:
            tables.apply(told.rows)
            assert expected == {k[0]: (x.s, x.p) for k, x in tables.possible("late")}


def _play_numbers(history: Sequence[Told], step: str) -> None:
    bench = Bench(*numbers("end", step), *numbers("begin", step), files=FILES)
    for i, told in enumerate(history):
        record, rows = bench.scan(i, rows=told.rows), after(history[: i + 1])
        for name, pick in (("end", max), ("begin", min)):
            found = {f.args[0][1]: f for f in record.facts if f.type == name and f.certainty.p}
            expected = numbered(rows, pick, step)
            assert {k: None if x is None else 60 * x for k, x in expected.items()} == {
                k: f.value for k, f in found.items()
            }
            assert {f.reason for f in found.values() if f.value is None} <= {"cycle in the data"}


def _said(record: ScanRecord) -> dict[str, Any]:
    return {k: v for k, v in to_json(record).items() if k != "input"}


def _play_orders(history: Sequence[Told], turned: Sequence[Told], turn: bool) -> None:
    rules = (*reach("0.9", False), *numbers("end", "{x} + l.load"))
    one, other = Bench(*rules, files=FILES), Bench(*(rules[::-1] if turn else rules), files=FILES)
    for i, (told, again) in enumerate(zip(history, turned, strict=True)):
        first, second = one.scan(i, rows=told.rows), other.scan(i, rows=again.rows)
        assert [to_json(f) for f in first.facts] == [to_json(f) for f in second.facts]
        assert first.nodes == second.nodes or turn
        assert _said(first)["firings"] == _said(second)["firings"]


@st.composite
def _turned(draw: st.DrawFn, of: st.SearchStrategy[tuple[Told, ...]]) -> tuple[tuple[Told, ...], tuple[Told, ...]]:
    history = draw(of)
    return history, tuple(Told(tuple(draw(st.permutations(x.rows)))) for x in history)


@given(histories(GRADES), STRENGTHS, st.booleans())
@settings(max_examples=40, phases=ONLY_NEW)
def test_a_circle_lasts_as_long_as_its_base(history: tuple[Told, ...], strength: str, growing: bool) -> None:
    """Facts that support each other are as sure as the best path from a start that is still there, and else gone."""
    _play_grades(history, strength, growing)


@given(histories(MINUTES), st.sampled_from(sorted(STEPS)))
@settings(max_examples=40, phases=ONLY_NEW)
def test_recursive_numbers_follow_the_graph(history: tuple[Told, ...], step: str) -> None:
    """Numbers by max and by min are those of a loop over all links; a circle makes them unknown until it is cut."""
    _play_numbers(history, step)


@given(_turned(histories(MINUTES)), st.booleans())
@settings(max_examples=25, phases=ONLY_NEW)
def test_the_order_of_rows_says_nothing(histories_: tuple[tuple[Told, ...], tuple[Told, ...]], turn: bool) -> None:
    """Rows of one scan in another order, rules in another order: the same facts, derivations and firings."""
    _play_orders(*histories_, turn)


@given(histories(MINUTES))
@settings(max_examples=25, phases=ONLY_NEW)
def test_how_rows_came_says_nothing(history: tuple[Told, ...]) -> None:
    """After all that came and went, the facts are those of a session that sees only what is there now."""
    rules = (*reach("0.9", False), *numbers("end", "{x} + l.load"), *numbers("begin", "{x} + l.load"))
    bench, fresh = Bench(*rules, files=FILES), Bench(*rules, files=FILES)
    for i, told in enumerate(history):
        record = bench.scan(i, rows=told.rows)
    left = [Row(r, k, v) for (r, k), v in after(history).items()]
    assert record.facts == fresh.scan(len(history) - 1, rows=left).facts


@pytest.mark.long
@given(histories(GRADES), STRENGTHS, st.booleans())
@settings(settings.get_profile("long"), phases=ONLY_NEW)
def test_many_circles_last_as_long_as_their_bases(history: tuple[Told, ...], strength: str, growing: bool) -> None:
    """More of the same."""
    _play_grades(history, strength, growing)


@pytest.mark.long
@given(histories(MINUTES), st.sampled_from(sorted(STEPS)))
@settings(settings.get_profile("long"), phases=ONLY_NEW)
def test_many_recursive_numbers_follow_the_graph(history: tuple[Told, ...], step: str) -> None:
    """More of the same."""
    _play_numbers(history, step)
