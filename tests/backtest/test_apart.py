"""A program in two: what rows matter to runs scan by scan, and together they say what the whole says."""

from __future__ import annotations

from expert.backtest.apart import Apart, apart
from expert.backtest.evaluate import AtOnce, ScanByScan
from expert.backtest.run import backtest
from expert.backtest.source import Whole
from tests.backtest.test_run import PROGRAM, TIMES, _history, _spells
from tests.engine.build import program, rule

MIXED = program(
    rule("press", "a.x > 60 kPa"),
    rule("other", "a.y > 60 kPa", conclude="b"),
    rule("late", "j.due < 5 min and a", "match: {j: job}", conclude="late(job: j)"),
    rule("any_late", "late", conclude="c"),
    rule("against", "a.v > 90 kPa", "refute: late", conclude=None),
)


def test_rows_matter_to_what_stands_above_them() -> None:
    """A rule over rows and its reader are apart; what they read runs on both sides; the refuter goes with them."""
    plain, relational, own = apart(MIXED)
    assert {"t.late", "t.any_late", "t.against"} == own
    assert {"t.press", "t.other"} == set(plain.rules)
    assert {"t.late", "t.any_late", "t.press", "t.against"} == set(relational.rules)


def test_both_together_say_what_the_whole_says() -> None:
    """Rules on variables, sets and rows in one story."""
    for of in (PROGRAM, MIXED):
        whole = backtest(Whole(_history(), TIMES), {"new": (of, ScanByScan(of))})["new"]
        for make in (ScanByScan, AtOnce):
            split = backtest(Whole(_history(), TIMES), {"new": (of, Apart(of, make))})["new"]
            assert _spells(whole) == _spells(split)
        assert whole.spells


def test_what_baselines_leave_out_is_needed_by_all() -> None:
    """The rule that says when a level does not count goes to both sides."""
    of = program(
        rule("away", "a.w > 0", conclude="away"),
        rule("late", "j.due < 5 min and z(a.e, 5 min) > 1", "match: {j: job}", conclude="late(job: j)"),
        rule("high", "z(a.e, 5 min) > 1"),
    )
    plain, relational, _ = apart(of)
    assert ({"t.away", "t.high"}, {"t.away", "t.late"}) == (set(plain.rules), set(relational.rules))
