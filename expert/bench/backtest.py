"""The race *backtest*: a year of scans at once, against CLIPS one scan after the other and NumPy's truth values."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from expert.bench.clips_peer import Clips
from expert.bench.ours import HALF, Loaded, load
from expert.bench.pack import MINUTE, START, rule_id
from expert.bench.peer import PeerMissing
from expert.bench.plain import numpy_over_time
from expert.bench.race import Disagreement, disagreement, fastest, fingerprint
from expert.bench.workload import Bools, Counts, make_workload
from expert.engine.session import Session
from expert.values.history import Column, History

TRIAL = 8
"""Scans by which the faster idiom of CLIPS is chosen."""
OURS = "Tuyere batch"
NUMPY = "NumPy over time"
CLIPS = "CLIPS, scan by scan"


@dataclass(frozen=True)
class BacktestPlan:
    """Scans in all, in parts of so many; how many of the first are compared with another engine."""

    rules: int
    scans: int
    part: int
    compared: int
    temporal: bool = False


@dataclass(frozen=True)
class Backtest:
    """Milliseconds a scan by engine."""

    plan: BacktestPlan
    load_s: float
    ms: dict[str, float]
    idioms: dict[str, str]
    missing: list[str]

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        kind = "rules with a window and `for`" if self.plan.temporal else "rules"
        return {
            "title": f"backtest: {self.plan.rules} {kind}, {self.plan.scans} scans, loaded in {self.load_s:.1f} s",
            "rules": self.plan.rules,
            "scans": self.plan.scans,
            "temporal": self.plan.temporal,
            "unit": "ms/scan",
            "ms": self.ms,
            "idioms": self.idioms,
        }


def run_backtest(plan: BacktestPlan, seed: int = 1) -> Backtest:
    """Run a program over its parts, the others over as much as they need for a figure, in turns.

    Raises
    ------
    Disagreement
        When conclusions differ: from NumPy's, or with windows and holds from the reference evaluator's.
    """
    loaded = load(make_workload(plan.rules, seed, temporal=plan.temporal))
    crisp = load(make_workload(plan.rules, seed)).workload if plan.temporal else loaded.workload
    _compare(loaded, plan)
    batch = _batch(loaded)
    seconds: dict[str, list[float]] = {OURS: [], NUMPY: [], CLIPS: []}
    missing = []
    clips: Clips | None = None
    try:
        choices = {idiom: Clips(crisp, idiom) for idiom in ("comparison", "signal")}
        clips = choices[fastest(choices, crisp.values(TRIAL, "fast", part=plan.scans))]
    except PeerMissing as e:
        missing.append(str(e))
    for number, first in enumerate(range(0, plan.scans, plan.part)):
        scans = min(plan.part, plan.scans - first)
        values = loaded.workload.values(scans, "fast", part=number)
        history, times = _history(values, first), _times(first, scans)
        seconds[OURS].append(_seconds(lambda: _exhaust(batch, history, times)) / scans)  # noqa: B023  # run at once
        seconds[NUMPY].append(_seconds(lambda: numpy_over_time(crisp, values)) / scans)  # noqa: B023
        if clips is not None:
            few = values[: plan.compared]
            seconds[CLIPS].append(_seconds(lambda: _steps(clips, few)) / len(few))  # noqa: B023
    ms = {name: 1e3 * float(np.median(found)) for name, found in seconds.items() if found}
    idioms = {OURS: "both ends of every rule, raising, clearing", NUMPY: "truth values only, no windows, no raising"}
    return Backtest(plan, loaded.seconds, ms, idioms | ({CLIPS: clips.idiom} if clips else {}), missing)


def _batch(loaded: Loaded) -> Any:
    return importlib.import_module("expert.columns.batch").Batch(loaded.program, resumable=False)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _exhaust(batch: Any, history: History, times: range) -> None:
    for _ in batch.run(history, times):
        pass


def _steps(clips: Clips, values: Counts) -> None:
    for row in values:
        clips.step(row)


def _times(first: int, scans: int) -> range:
    start = START + first * MINUTE
    return range(start, start + scans * MINUTE, MINUTE)


def _history(values: Counts, first: int) -> History:
    """Every signal sampled in every scan, good; what is alike in all columns is one array."""
    when = np.asarray(_times(first, len(values)), dtype=np.int64)
    good, note = np.zeros(len(values), np.uint8), np.zeros(len(values), np.int16)
    columns = {f"in.s{i}": Column(when, when, x, good, note) for i, x in enumerate(np.ascontiguousarray(values.T))}
    return History(columns)


# ---------------------------------------------------------------- the same conclusions


def _compare(loaded: Loaded, plan: BacktestPlan) -> None:
    """Hold the first scans to NumPy, or with windows and holds to the reference evaluator."""
    scans = plan.compared
    values = loaded.workload.values(min(plan.part, plan.scans), "fast")[:scans]
    history = _history(values, 0)
    found = np.concatenate(list(_concluded(loaded, history, _times(0, scans))))
    wanted = _by_reference(loaded, history, scans) if plan.temporal else numpy_over_time(loaded.workload, values)
    for scan in range(scans):
        if fingerprint(found[scan]) != fingerprint(wanted[scan]):
            raise Disagreement(disagreement(OURS, scan, found[scan], wanted[scan]))


def _concluded(loaded: Loaded, history: History, times: range) -> Iterator[Bools]:
    for stretch in _batch(loaded).run(history, times):
        rules = [stretch.certainty(rule_id(r))[0] >= HALF for r in loaded.workload.rules]
        yield np.array(rules)[:, : len(stretch.times)].T


def _by_reference(loaded: Loaded, history: History, scans: int) -> Bools:
    session = Session(loaded.program)
    out = np.zeros((scans, len(loaded.workload.rules)), dtype=np.bool_)
    for k, given in enumerate(history.inputs(_times(0, scans))):
        for fact in session.scan(given).facts:
            out[k, int(fact.type[1:])] = fact.certainty.s >= HALF
    return out
