"""A run over a history: the same as a session that is handed scan after scan, wherever the history is cut."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from expert.backtest.evaluate import ScanByScan
from expert.backtest.run import backtest
from expert.backtest.source import Part, Whole, grid
from expert.backtest.tally import Result
from expert.engine.session import Session
from expert.language.ast import Program
from expert.values.history import History, history_of
from expert.values.types import Row, Sample, ScanInput, rule_key
from tests.engine.build import MINUTE, T0, program, rule, run_of

PROGRAM = program(
    rule("one", "a.x > 60 kPa", "for: 1 min", "clear_for: 2 min"),
    rule("two", "mean(a.y, 5 min) > 50 kPa", "severity: 2"),
    rule("set", "p.t > 50 degC", "for_each: p in pumps", conclude="hot(pump: p)"),
    rule("late", "j.due < 5 min", "match: {j: job}", conclude="late(job: j)"),
)
VALUES: list[int | None] = [40, 40, 40, 70, 70, 70, None, None, 40, 40, 80, 80, 40, 40, 90, 90]


def _samples() -> list[Sample]:
    hot = run_of("pumps[B].t", [20, 60, 60, 20, 20, None, 60, 60, 20, 20, 20, 20, 20, 20, 60])
    return run_of("a.x", VALUES, -3) + run_of("a.y", [80 if i % 7 < 4 else 20 for i in range(15)], -3) + hot


def _history() -> History:
    rows = ScanInput(T0 + 4 * MINUTE, T0 + 4 * MINUTE, rows=(Row("job", "j1", {"id": "j1", "due": 3.0}),))
    gone = ScanInput(T0 + 9 * MINUTE, T0 + 9 * MINUTE, rows=(Row("job", "j1", None),))
    columns = history_of([ScanInput(T0 + 99 * MINUTE, T0 + 99 * MINUTE, tuple(_samples()))]).columns
    return History(columns, (rows, gone))


TIMES = grid(T0, T0 + 14 * MINUTE, MINUTE)


class _Cut(Whole):
    def __init__(self, borders: Iterable[int]) -> None:
        super().__init__(_history(), TIMES)
        self.borders = list(borders)

    def parts(self, borders: Iterable[int] = ()) -> Iterable[Part]:  # type: ignore[override]
        return super().parts([*borders, *self.borders])


def _spells(result: Result) -> list[tuple[object, ...]]:
    return [(s.key, s.raised, s.cleared, s.held, s.s, s.p) for s in result.spells]


def _by_hand(of: Program) -> list[tuple[str, int, int | None]]:
    """Key, rise and end of every episode from the records of a session."""
    session, found = Session(of), {}
    for scan in _history().inputs(TIMES):
        for e in session.scan(scan).episodes:
            found[e.id] = (rule_key(e.rule, e.bindings), e.raised, e.cleared)
    return sorted(found.values(), key=lambda x: (x[1], x[0]))


def test_episodes_are_those_of_the_records() -> None:
    """Rules on variables, on members of a set and on rows; each rose in this story."""
    result = backtest(Whole(_history(), TIMES), {"new": (PROGRAM, ScanByScan(PROGRAM))})["new"]
    by_hand = _by_hand(PROGRAM)
    assert by_hand == [(s.key, s.raised, s.cleared) for s in result.spells]
    assert {"t.one", "t.two", "t.set[p=B]", "t.late[j=j1]"} == {x[0] for x in by_hand}


@pytest.mark.parametrize("border", [1, 4, 5, 9, 13])
def test_it_does_not_matter_where_the_history_is_cut(border: int) -> None:
    """Two parts give what one gives."""
    whole = backtest(_Cut([]), {"new": (PROGRAM, ScanByScan(PROGRAM))})["new"]
    parts = backtest(_Cut([T0 + border * MINUTE]), {"new": (PROGRAM, ScanByScan(PROGRAM))})["new"]
    assert _spells(whole) == _spells(parts)


def test_a_run_goes_on_from_a_snapshot() -> None:
    """A second evaluator, begun from the state after the first part, says what the first would have said."""
    first, second = Whole(_history(), TIMES).parts([T0 + 6 * MINUTE])
    whole = ScanByScan(PROGRAM)
    list(whole.run(first))
    fresh = ScanByScan(PROGRAM, whole.snapshot())
    assert [s.changes for s in whole.run(second)] == [s.changes for s in fresh.run(second)]


def test_time_without_data_is_counted() -> None:
    """Held from the scan in which the data are gone until they are back."""
    result = backtest(Whole(_history(), TIMES), {"new": (PROGRAM, ScanByScan(PROGRAM))})["new"]
    held = {s.key: s.held for s in result.spells if s.held}
    assert {"t.one": 2 * MINUTE} == {k: held[k] for k in ("t.one",)}


def test_an_interrupt_gives_what_is_known_by_then() -> None:
    """What has been reported is kept, and the result says that it is not all."""

    def stop(done: int, total: int, episodes: int) -> None:
        raise KeyboardInterrupt

    source = _Cut([T0 + 6 * MINUTE])
    result = backtest(source, {"new": (PROGRAM, ScanByScan(PROGRAM))}, stop)["new"]
    assert (False, 6) == (result.complete, result.scans)
    assert {"t.one", "t.two"} <= {s.key for s in result.spells}
