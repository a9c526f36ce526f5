"""Every firing of the demonstration can be explained down to samples, with the same words live and from the trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.engine.installed import ground_variables
from expert.explain import text_of, why
from expert.run.past import PastRun
from kb.desk import Desk
from kb.plants import DEMO_START, virtual

HOUR = 3_600_000
Key = tuple[int, str, tuple[tuple[str, str], ...]]


def told_live(desk: Desk, until: int) -> dict[Key, list[str]]:
    """What the screen says of every rule in the scan in which it rose."""
    told = {}
    for record in desk.run_until(until):
        for f in record.firings:
            if f.rising:
                lines = why(desk.program, record, f.rule, f.bindings, "en", desk.history)
                told[record.sequence, f.rule, f.bindings] = [text_of(line) for line in lines]
    return told


def check(folder: Path, seed: int, hours: float) -> None:
    """The same words from the trace; instruments are named wherever a rule reads any."""
    desk = virtual(seed=seed, trace=folder, speed=0.0)
    live = told_live(desk, DEMO_START + int(hours * HOUR))
    desk.close()
    past = PastRun(folder)
    tags = {v.tag for v in ground_variables(past.program.site)}
    first = past.record(0).sequence
    assert live
    for (sequence, rule, bindings), lines in live.items():
        record = past.record(sequence - first)
        again = why(past.program, record, rule, bindings, "en", past.history_of(record))
        assert lines == [text_of(line) for line in again]
        firing = next(f for f in record.firings if (f.rule, f.bindings) == (rule, bindings))
        assert not firing.instruments or any(tag in line for line in lines for tag in tags), rule


def test_the_first_hour_is_explained_alike_live_and_from_the_trace(tmp_path: Path) -> None:
    """The hang, its advice, the slip, the verdicts."""
    check(tmp_path, 7, 1.0)


@pytest.mark.long
def test_the_whole_demonstration_is_explained_alike(tmp_path: Path) -> None:
    """Eight hours with all its stories, on another furnace."""
    check(tmp_path, 12, 8.0)
