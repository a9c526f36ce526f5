"""What grows without end is told in the same words by the joins and by the reference evaluator."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from expert.engine import fixpoint
from expert.engine.guards import EndlessGrowth
from expert.joins import relations, replay
from expert.joins.tables import Tables
from expert.values.types import Row
from tests.engine.build import Bench, program, rule
from tests.engine.test_recursion import job

CHAIN = (
    rule("own", "j.duration > j.due", "match: {j: job}", conclude="late(job: j)"),
    rule("next", '"late(job: i)"', "match: {i: job, j: job where j.after == i.id}", conclude="late(job: j)"),
)
ENDS = (
    rule("first", "j.due < 5 min", "match: {j: job}", conclude="end(job: j, at: j.duration)"),
    rule(
        "then",
        '"end(job: i)"',
        "match: {i: job, j: job where j.after == i.id}",
        conclude="end(job: j, at: end(job: i).at + j.duration)",
    ),
)


def _told(run: Callable[[], object], monkeypatch: pytest.MonkeyPatch, rounds: int) -> str:
    for module in (fixpoint, relations, replay):
        monkeypatch.setattr(module, "MAX_ROUNDS", rounds)
    with pytest.raises(EndlessGrowth) as e:
        run()
    return str(e.value)


def _rows(cycle: bool) -> list[Row]:
    """A chain of jobs, of which the first is late; ``cycle``: two more that wait for each other."""
    rows = [job("J0", 5, due=4), *(job(f"J{i}", 1, f"J{i - 1}") for i in range(1, 12))]
    return [*rows, job("K0", 1, "K1", due=4), job("K1", 1, "K0")] if cycle else rows


@pytest.mark.parametrize("rounds", [3, 5, 8])
def test_a_chain_of_facts(monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    """Rule, place and growth from round to round."""
    wanted = _told(lambda: Bench(*CHAIN).scan(0, rows=_rows(False)), monkeypatch, rounds)
    assert "rule t.next (pack/t.yaml:7) changed 11, 1" in wanted
    assert wanted == _told(lambda: Tables(program(*CHAIN)).apply(_rows(False)), monkeypatch, rounds)


@pytest.mark.parametrize("rounds", [9, 10])
def test_numbers_on_a_cycle(monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    """The same of a stratum that is gone through naively, which is so from the eighth round on."""
    runs: list[bool] = []
    real = replay.Replay.run
    monkeypatch.setattr(replay.Replay, "run", lambda self: runs.append(True) or real(self))
    wanted = _told(lambda: Bench(*ENDS).scan(0, rows=_rows(True)), monkeypatch, rounds)
    assert wanted == _told(lambda: Tables(program(*ENDS)).apply(_rows(True)), monkeypatch, rounds)
    assert runs
