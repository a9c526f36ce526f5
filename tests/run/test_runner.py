"""The scan loop: due scans, late scans, what people said."""

from __future__ import annotations

from expert.run.runner import Runner
from expert.values.types import OperatorEvent, Row
from tests.run.plant import MINUTE, ScriptedFeed, session


def runner(start: int = MINUTE) -> Runner:
    return Runner(session(), ScriptedFeed(), start=start)


def test_scans_stand_on_the_grid_of_the_period() -> None:
    """The first scan is at the first multiple of the period not before the start."""
    assert [5 * MINUTE, 6 * MINUTE] == [r.input.time for r in runner(start=4 * MINUTE + 1).due(6 * MINUTE + 500)]


def test_a_scan_in_time_runs_at_its_own_time() -> None:
    """A scan that is run less than a period after it was due is not late."""
    (record,) = runner().due(MINUTE + 59_999)
    assert (MINUTE, MINUTE, False) == (record.input.time, record.input.run_at, record.input.caught_up)


def test_scans_that_were_missed_run_in_order_and_are_marked() -> None:
    """After a stall all but the newest are caught up, with what has arrived by then."""
    records = list(runner().due(4 * MINUTE + 10_000))
    assert [True, True, True, False] == [r.input.caught_up for r in records]
    assert [1, 2, 3, 4] == [r.input.time // MINUTE for r in records]
    assert [4 * MINUTE + 10_000] * 3 + [4 * MINUTE] == [r.input.run_at for r in records]


def test_what_a_person_did_is_in_the_next_scan_and_only_there() -> None:
    """An event is recorded once."""
    r = runner()
    r.tell(OperatorEvent(MINUTE, "done", "blast_down", value=5.0))
    first, second = r.due(2 * MINUTE)
    assert (1, 0) == (len(first.input.events), len(second.input.events))


def test_rows_handed_in_count_from_the_next_scan() -> None:
    """A changed row is input of the next scan."""
    r = runner()
    r.feed_rows([Row("operation", "1/1", {"id": "1/1", "order": "1", "step": 1.0, "resource": "LF", "release": 0.0,
                                          "duration": 30.0, "due": 20.0})])  # fmt: skip
    (record,) = r.due(MINUTE)
    assert ["finish(operation=1/1)"] == [f.key for f in record.facts if f.type == "finish"]


def test_episodes_found_in_late_scans_are_marked() -> None:
    """A hang that began while nobody scanned is announced as found late."""
    r = runner()
    list(r.due(2 * MINUTE))
    records = list(r.due(60 * MINUTE))
    found = {e.rule: e.found_late for record in records for e in record.episodes}
    assert found["descent.hanging.suspected"] is True
