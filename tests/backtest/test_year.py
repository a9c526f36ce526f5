"""The backtest of a simulated furnace is what the reference says scan by scan, to the bit, in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from expert.backtest.apart import make_evaluator
from expert.backtest.run import backtest
from expert.backtest.verify import Check, borders, choose
from kb.backtests import Simulated
from kb.paths import plant_folder, rules_folder

PACK = rules_folder() / "blast_furnace"
HOUR = 3_600_000
MEMORY = 1500
"""MB that a year may take."""
ROOT = Path(__file__).parents[2]


def test_hours_of_a_furnace_are_those_of_the_reference() -> None:
    """Three stretches of three hours in two days, chosen at random: what is said, and the state after them."""
    data = Simulated(11, 2, plant_folder())
    program = data.program([PACK])
    source = data.source([program], None, None)
    weeks = choose(source.times, 3, seed=4, size=3 * HOUR)
    checks: list[Check] = []
    backtest(source, {"new": (program, make_evaluator(program, "batch", weeks, checks))}, borders=borders(weeks))
    assert [("", True, 180)] * 3 == [(c.difference, c.done, c.scans) for c in checks]
    assert sum(c.changes for c in checks) > 0


@pytest.mark.long
def test_a_year_in_bounded_memory_with_three_weeks_proved(tmp_path: Path) -> None:
    """525,600 scans by the command as a user calls it."""
    line = ["backtest", str(PACK), "simulated:7,365", "--verify-weeks", "3", "--seed", "1", "--json", "year.json"]
    command = [sys.executable, "-m", "tui.main", *line]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    out = json.loads((tmp_path / "year.json").read_text("utf-8"))
    assert (525_600, True) == (out["scans"], out["memory_mb"] < MEMORY)
    assert [(True, 10_080)] * 3 == [(w["equal"], w["scans"]) for w in out["verified"]]
