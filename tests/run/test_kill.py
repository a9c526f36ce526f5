"""Kill a run with the plant's clock running on: what was acknowledged is on record, and it goes on."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from expert.run.past import PastRun
from kb.plants import DEMO_START, resume_virtual
from tests.run.child import HANG_AFTER, SPEED, WALL

MINUTE = 60_000
HANG = "descent.hanging.suspected"
STALL = 9
"""Minutes of plant time that pass while nothing runs."""


def killed_after(folder: Path, seed: int, scans: int) -> list[tuple[int, int]]:
    """Run a child, kill it when it has acknowledged so many scans; return (sequence, time) of what it said."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.run.child", str(folder), str(seed), "600"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    said: list[tuple[int, int]] = []
    for line in child.stdout:
        if line.strip() != "ready":
            sequence, at = line.split()
            said.append((int(sequence), int(at)))
        if len(said) >= scans:
            break
    child.kill()
    child.wait()
    child.stdout.close()
    return said


def check_kill(folder: Path, seed: int, scans: int) -> None:
    """Kill after so many scans, go on after a stall, and compare with what must hold."""
    said = killed_after(folder, seed, scans)
    past = PastRun(folder)
    recorded = {r.sequence: r.input.time for r in past.records()}
    assert all(recorded.get(sequence) == at for sequence, at in said)

    last = max(recorded.values())
    wall = WALL + (last - DEMO_START) / 1000 / SPEED + STALL * MINUTE / 1000 / SPEED
    desk = resume_virtual(folder, wall=lambda: wall)
    caught_up = desk.tick()
    assert [last + (i + 1) * MINUTE for i in range(STALL)] == [r.input.time for r in caught_up]
    assert [True] * (STALL - 1) + [False] == [r.input.caught_up for r in caught_up]
    now = [wall]
    desk._wall = lambda: now[0]
    rest = []
    while desk.now < DEMO_START + 60 * MINUTE:
        now[0] += 1
        rest += desk.tick()
    desk.close()

    episodes = [e for r in [*PastRun(folder).records()] for e in r.episodes if e.rule == HANG]
    assert len({e.id for e in episodes}) == 1
    rose = episodes[0].raised
    assert DEMO_START + HANG_AFTER < rose < DEMO_START + HANG_AFTER + 30 * MINUTE
    assert episodes[0].found_late == (rose in {r.input.time for r in caught_up if r.input.caught_up})
    assert all(not differences for _, differences in PastRun(folder).replay())


@pytest.mark.parametrize("scans", [3, 17])
def test_a_killed_run_goes_on(tmp_path: Path, scans: int) -> None:
    """Before the hang is seen and while it is on: nothing acknowledged is lost, holds go on, late is said."""
    check_kill(tmp_path / "run", seed=11, scans=scans)


@pytest.mark.long
def test_ten_kills_at_random_scans(tmp_path: Path) -> None:
    """Ten random scans, ten furnaces."""
    chance = random.Random()
    seeds = [(chance.randrange(1000, 10_000), chance.randrange(1, 45)) for _ in range(10)]
    print(seeds)
    for i, (seed, scans) in enumerate(seeds):
        check_kill(tmp_path / str(i), seed, scans)
