"""What `tuyere bench engine` prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from expert.bench import run
from expert.bench.join import JoinPlan
from expert.bench.race import Disagreement
from expert.bench.report import TARGETS, table
from expert.bench.scan import Plan
from tui.commands.bench import engine

SMALL_JOINS = (JoinPlan(20, 1, 10, 1),)
SMALL = (Plan(12, "fast", 10, 5, everybody=True),)


def test_the_report_has_machine_engines_and_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table names the machine, each engine with its idiom, and every target."""
    monkeypatch.setattr(run, "QUICK", SMALL)
    monkeypatch.setattr(run, "QUICK_JOINS", SMALL_JOINS)
    text = table(run.bench_engine(quick=True))
    assert all(t.text in text for t in TARGETS)
    assert "zen with its trace" in text
    assert "cores" in text.splitlines()[0]


def test_the_keys_that_scripts_rely_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The JSON has ratios, machine, and milliseconds for each size and pace."""
    monkeypatch.setattr(run, "QUICK_JOINS", (JoinPlan(1000, 1, 5, 5),))
    monkeypatch.setattr(run, "QUICK", (Plan(600, "fast", 5, 5, everybody=True),))
    result = CliRunner().invoke(engine, ["--quick", "--json", str(tmp_path / "b.json")])
    assert 0 == result.exit_code, result.output
    written = json.loads((tmp_path / "b.json").read_text())
    assert {"scan_vs_clips", "why_vs_zen_trace", "join_vs_clips", "join_move_vs_clips"} <= set(written["ratios"])
    assert {"cpu", "cores", "python", "versions"} <= set(written["machine"])
    assert (600, "fast") == (written["scan"][0]["rules"], written["scan"][0]["pace"])
    assert written["scan"][0]["ms_per_scan"]["CLIPS"] > 0


def test_engines_that_disagree_end_the_bench_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place is printed, and the exit code is 3."""

    def disagree(*_: object) -> None:
        raise Disagreement("zen disagrees in scan 7: rule 3: True, not False")

    monkeypatch.setattr(run, "bench_engine", disagree)
    result = CliRunner().invoke(engine, ["--quick"])
    assert (3, True) == (result.exit_code, "zen disagrees in scan 7" in result.output)
