"""The whole bench of the engine: races, ratios, and what they were measured on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from expert.bench.backtest import CLIPS, NUMPY, Backtest, BacktestPlan, run_backtest
from expert.bench.backtest import OURS as BATCH
from expert.bench.join import Join, JoinPlan, run_join
from expert.bench.ours import has_columns
from expert.bench.report import machine
from expert.bench.scan import Plan, Scan, run_scan

QUICK = (
    Plan(100, "fast", 400, 10),
    Plan(600, "fast", 400, 6, everybody=True),
    Plan(600, "slow", 600, 2),
    Plan(3000, "fast", 200, 0, clips=("signal",)),
)
FULL = (
    Plan(100, "fast", 1000, 50),
    Plan(100, "slow", 1000, 50),
    Plan(600, "fast", 1000, 50, everybody=True),
    Plan(600, "slow", 1000, 50, everybody=True),
    Plan(3000, "fast", 200, 5),
    Plan(3000, "slow", 200, 5),
)
QUICK_JOINS = (JoinPlan(100, 3, 50, 5), JoinPlan(1000, 3, 100, 50), JoinPlan(10_000, 1, 50, 50))
FULL_JOINS = (JoinPlan(100, 5, 500, 5), JoinPlan(1000, 5, 1000, 100), JoinPlan(10_000, 3, 1000, 500))
QUICK_BACKTESTS = (BacktestPlan(600, 40_960, 8192, 60), BacktestPlan(600, 20_480, 4096, 15, temporal=True))
YEAR, MONTH = 525_600, 43_800
FULL_BACKTESTS = (BacktestPlan(600, YEAR, MONTH, 500), BacktestPlan(600, YEAR, MONTH, 120, temporal=True))
OURS = ("Tuyere live", "Tuyere reference")
OURS_WHY = ("Tuyere live, why-record", "Tuyere reference")
"""Evaluators of this engine, the fastest first."""


def bench_engine(quick: bool, tell: Callable[[str], None] = lambda _: None, seed: int = 1) -> dict[str, Any]:
    """Run all races.

    Parameters
    ----------
    quick : bool
        Fewer scans, and the slowest peers at one size only.
    tell : callable
        Told what is measured next.
    seed : int
        Of the workloads.

    Returns
    -------
    dict
        As written by ``--json``: ``ratios``, ``machine``, ``scan``, ``backtest``, ``join``, ``missing``.

    Raises
    ------
    Disagreement
        When two engines conclude different things.
    """
    where = machine()
    scans = []
    for plan in QUICK if quick else FULL:
        tell(f"scan: {plan.rules} rules, {plan.pace}")
        scans.append(run_scan(plan, seed))
    backtests = []
    for backtest_plan in (QUICK_BACKTESTS if quick else FULL_BACKTESTS) if has_columns() else ():
        tell(f"backtest: {backtest_plan.rules} rules, {'with' if backtest_plan.temporal else 'without'} time")
        backtests.append(run_backtest(backtest_plan, seed))
    joins = []
    for join_plan in QUICK_JOINS if quick else FULL_JOINS:
        tell(f"join: {join_plan.orders} orders")
        joins.append(run_join(join_plan, seed))
    return {
        "quick": quick,
        "seed": seed,
        "machine": where,
        "scan": [s.as_json() for s in scans],
        "backtest": [b.as_json() for b in backtests],
        "join": [group for j in joins for group in j.as_json()],
        "missing": sorted({m for found in (*(s.missing for s in scans), *(j.missing for j in joins)) for m in found}),
        "ratios": {
            **scan_ratios({(s.plan.rules, s.plan.pace): s for s in scans}),
            **backtest_ratios(backtests),
            **join_ratios({j.plan.orders: j for j in joins}),
        },
    }


def scan_ratios(scans: dict[tuple[int, str], Scan]) -> dict[str, float]:
    """How many times faster this engine is than its peers; what was not measured is left out."""
    wanted = {
        "scan_vs_clips": ((600, "fast"), "CLIPS", OURS),
        "scan_slow_vs_clips": ((600, "slow"), "CLIPS", OURS),
        "scan_3000_vs_clips": ((3000, "fast"), "CLIPS", OURS),
        "why_vs_zen_trace": ((600, "fast"), "zen with its trace", OURS_WHY),
        "why_vs_clips_watch": ((600, "fast"), "CLIPS with its watch log", OURS_WHY),
    }
    out = {}
    for key, (place, peer, ours) in wanted.items():
        ms = scans[place].ms if place in scans else {}
        own = next((ms[name] for name in ours if name in ms), None)
        if own is not None and peer in ms:
            out[key] = ms[peer] / own
    return out


def join_ratios(joins: dict[int, Join]) -> dict[str, float]:
    """Against CLIPS at 1000 orders, and how a move grows to 10,000."""
    out = {}
    at = joins.get(1000)
    if at is not None and "CLIPS" in at.load:
        out["join_vs_clips"] = at.load["CLIPS"] / at.load["Tuyere joins"]
        out["join_move_vs_clips"] = at.move["CLIPS"] / at.move["Tuyere joins"]
    if at is not None and 10_000 in joins:
        out["join_growth_per_move"] = joins[10_000].move["Tuyere joins"] / at.move["Tuyere joins"]
    return out


def backtest_ratios(backtests: list[Backtest]) -> dict[str, float]:
    """Against CLIPS scan by scan, and how far from NumPy's truth values."""
    out = {}
    for b in backtests:
        key = "backtest_time" if b.plan.temporal else "backtest"
        if CLIPS in b.ms:
            out[f"{key}_vs_clips"] = b.ms[CLIPS] / b.ms[BATCH]
        out[f"{key}_over_numpy"] = b.ms[BATCH] / b.ms[NUMPY]
    return out
