"""What `tuyere bench engine` prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from expert.bench import run
from expert.bench.backtest import CLIPS, NUMPY, OURS, Backtest, BacktestPlan, run_backtest
from expert.bench.join import Join, JoinPlan
from expert.bench.ours import has_columns
from expert.bench.race import Disagreement
from expert.bench.report import TARGETS, table
from expert.bench.scan import Plan, Scan
from tui.commands.bench import engine

SMALL_BACKTESTS = (BacktestPlan(12, 60, 40, 20), BacktestPlan(12, 60, 40, 20, temporal=True))
SMALL_JOINS = (JoinPlan(20, 1, 10, 1),)
SMALL = (Plan(12, "fast", 10, 5, everybody=True),)


def test_the_report_has_machine_engines_and_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table names the machine, each engine with its idiom, and every target."""
    monkeypatch.setattr(run, "QUICK", SMALL)
    monkeypatch.setattr(run, "QUICK_JOINS", SMALL_JOINS)
    monkeypatch.setattr(run, "QUICK_BACKTESTS", SMALL_BACKTESTS)
    text = table(run.bench_engine(quick=True))
    assert all(t.text in text for t in TARGETS)
    assert "zen with its trace" in text
    assert "cores" in text.splitlines()[0]


def test_the_json_has_what_the_table_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ratios, machine, and milliseconds for each size and pace."""
    monkeypatch.setattr(run, "QUICK_JOINS", SMALL_JOINS)
    monkeypatch.setattr(run, "QUICK_BACKTESTS", SMALL_BACKTESTS)
    monkeypatch.setattr(run, "QUICK", SMALL)
    result = CliRunner().invoke(engine, ["--quick", "--json", str(tmp_path / "b.json")])
    assert 0 == result.exit_code, result.output
    written = json.loads((tmp_path / "b.json").read_text())
    assert {"machine", "quick", "ratios", "scan", "backtest", "join", "missing", "seed"} == set(written)
    assert {"cpu", "cores", "python", "versions"} <= set(written["machine"])
    assert (12, "fast") == (written["scan"][0]["rules"], written["scan"][0]["pace"])
    assert written["scan"][0]["ms_per_scan"]["CLIPS"] > 0


def test_the_ratios_that_scripts_rely_on() -> None:
    """Each is how many times as long a peer takes as this engine; growth is this engine's own."""
    names = {"CLIPS": 8.0, "zen with its trace": 4.0, "Tuyere live": 2.0, "Tuyere live, why-record": 4.0}
    scan = Scan(Plan(600, "fast", 1, 1), 1.0, 0.1, names)
    assert {"scan_vs_clips": 4.0, "why_vs_zen_trace": 1.0} == run.scan_ratios({(600, "fast"): scan})
    backtest = Backtest(BacktestPlan(600, 1, 1, 1), 1.0, {OURS: 2.0, CLIPS: 8.0, NUMPY: 1.0}, {}, [])
    assert {"backtest_vs_clips": 4.0, "backtest_over_numpy": 2.0} == run.backtest_ratios([backtest])
    both = {"CLIPS": 8.0, "Tuyere joins": 2.0}
    joins = {n: Join(JoinPlan(n, 1, 1, 1), both, {**both, "Tuyere joins": n / 1e3}, {}, []) for n in (1000, 10_000)}
    expected = {"join_vs_clips": 4.0, "join_move_vs_clips": 8.0, "join_growth_per_move": 10.0}
    assert expected == run.join_ratios(joins)


@pytest.mark.skipif(not has_columns(), reason="needs the columnar evaluators")
@pytest.mark.parametrize("temporal", [False, True])
def test_a_backtest_concludes_the_same(temporal: bool) -> None:
    """Over its first scans, as NumPy does, or with windows and holds as the reference evaluator does."""
    found = run_backtest(BacktestPlan(12, 60, 40, 30, temporal))
    assert {OURS, CLIPS, NUMPY} == set(found.ms)


def test_engines_that_disagree_end_the_bench_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place is printed, and the exit code is 3."""

    def disagree(*_: object) -> None:
        raise Disagreement("zen disagrees in scan 7: rule 3: True, not False")

    monkeypatch.setattr(run, "bench_engine", disagree)
    result = CliRunner().invoke(engine, ["--quick"])
    assert (3, True) == (result.exit_code, "zen disagrees in scan 7" in result.output)
