"""The driver for programs over rows alone, on a schedule with moves."""

from __future__ import annotations

from expert.joins.tables import Tables
from expert.values.interval import FALSE, TRUE
from expert.values.types import Row
from tests.joins.twin import Twin
from tests.joins.workload import Shop, schedule


def test_moves_leave_what_a_fresh_start_finds() -> None:
    """After many moves the facts are those of a table that was loaded with the end."""
    shop = Shop(12, seed=5)
    moved, rows = Tables(schedule()), {(r.relation, r.key): r for r in shop.rows()}
    moved.apply(rows.values())
    for row in shop.moves(60):
        rows[row.relation, row.key] = row
        moved.apply([row])
    fresh = Tables(schedule())
    fresh.apply(rows.values())
    for name in ("unfit", "clash", "late", "fine", "urgent"):
        assert list(fresh.possible(name)) == list(moved.possible(name))


def test_a_schedule_agrees_with_the_reference() -> None:
    """Loading and moving, canonical derivations included."""
    shop = Shop(6, seed=2)
    twin = Twin(schedule())
    twin.scan(0, shop.rows())
    for minute, row in enumerate(shop.moves(12), 1):
        twin.scan(minute, [row])


def test_a_move_says_what_changed() -> None:
    """Only facts that readers see differently, with what they saw before."""
    tables = Tables(schedule())
    order = Row("order", "r", {"id": "r", "due": 100, "rank": 1})
    machine = Row("machine", "m", {"id": "m", "open": 0, "grade": 4})
    first = {"id": "p", "order": "r", "step": 0, "machine": "m", "start": 0, "duration": 10}
    tables.apply([order, machine, Row("operation", "p", first)])
    assert (FALSE, TRUE) == (tables.certainty("late", "p"), tables.certainty("fine", "p"))
    changes = tables.apply([Row("operation", "p", {**first, "start": 95})])
    assert {"late": ((0, 0), (1_000_000, 1_000_000)), "fine": ((1_000_000, 1_000_000), (0, 0))} == {
        c.type: (c.before, c.now) for c in changes
    }
    assert 0 == len(tables.apply([]))


def test_an_unknown_field_makes_unknown_not_absent() -> None:
    """A row whose key for a join is unknown may match anything."""
    tables = Tables(schedule())
    operation = {"id": "p", "order": None, "step": 0, "machine": "m", "start": 0, "duration": 10}
    tables.apply([Row("order", "r", {"id": "r", "due": 5, "rank": 1}), Row("operation", "p", operation)])
    assert (0, 1_000_000) == (tables.certainty("late", "p").s, tables.certainty("late", "p").p)
