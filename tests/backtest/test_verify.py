"""Weeks of a backtest are run again scan by scan, and a difference is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from expert.backtest.evaluate import ScanByScan, Stretch
from expert.backtest.run import backtest
from expert.backtest.source import Part, Whole
from expert.backtest.verify import Checked, borders, choose
from tests.backtest.test_run import PROGRAM, TIMES, _history
from tests.engine.build import MINUTE, T0

SIZE = 4 * MINUTE


class _Wrong(ScanByScan):
    """An evaluator that is wrong from a scan on: in what it says, or in a state that nobody has read yet."""

    since = T0 + 5 * MINUTE
    what = "said"

    def run(self, part: Part) -> Iterator[Stretch]:
        """Say a little less support than it should."""
        for stretch in super().run(part):
            wrong = [replace(c, s=c.s - 1) if c.time >= self.since else c for c in stretch.changes]
            yield Stretch(stretch.times, wrong if self.what == "said" else stretch.changes)

    def snapshot(self) -> dict[str, Any]:
        """With a machine that never was."""
        state = super().snapshot()
        late = self.session.last is not None and self.session.last >= self.since
        extra = {"t.ghost": {"state": "raised"}} if self.what == "state" and late else {}
        return {**state, "machines": {**state["machines"], **extra}}


def _checked(evaluator: ScanByScan, weeks: list[range]) -> Checked:
    checked = Checked(PROGRAM, evaluator, weeks)
    backtest(Whole(_history(), TIMES), {"new": (PROGRAM, checked)}, borders=borders(weeks))
    return checked


@pytest.mark.parametrize("seed", range(3))
def test_the_reference_agrees_with_itself(seed: int) -> None:
    """Weeks in the middle go on from a snapshot, the first from the history; all are run whole."""
    weeks = choose(TIMES, 2, seed, SIZE)
    checks = _checked(ScanByScan(PROGRAM), weeks).checks
    assert [("", True, 4)] * 2 == [(c.difference, c.done, c.scans) for c in checks]


def test_a_difference_in_what_is_said_is_found() -> None:
    """The scan, the rule and both versions are named."""
    check = _checked(_Wrong(PROGRAM), choose(TIMES, 3, 0, SIZE)).checks[1]
    assert "the reference has Change(time=" in check.difference
    assert check.changes > 0


def test_a_difference_in_the_state_is_found() -> None:
    """Also when nothing that was said differs."""
    wrong = _Wrong(PROGRAM)
    wrong.what = "state"
    wrong.since = T0 + 7 * MINUTE
    check = _checked(wrong, [TIMES[4:8]]).checks[0]
    assert "machines of t.ghost at the end" in check.difference


def test_weeks_do_not_overlap() -> None:
    """Chosen at random, in order, always whole; too many are refused."""
    weeks = choose(TIMES, 3, 5, SIZE)
    assert [4, 4, 4] == [len(w) for w in weeks]
    assert all(a[-1] < b[0] for a, b in pairwise(weeks))
    with pytest.raises(ValueError, match="3 whole weeks, not 4"):
        choose(TIMES, 4, 5, SIZE)
