"""The race *scan*: one scan after the other, at several sizes and two paces."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from expert.bench import clips_peer, zen_peer
from expert.bench.clips_peer import Clips
from expert.bench.experta_peer import Experta
from expert.bench.ours import LiveEvaluator, Loaded, ReferenceEvaluator, has_columns, load
from expert.bench.peer import Engine, PeerMissing
from expert.bench.plain import numpy_over_time
from expert.bench.python_peers import PlainPython, RuleEngine
from expert.bench.race import Lane, fastest, race
from expert.bench.workload import change_share, make_workload
from expert.bench.zen_peer import Zen

TRIAL = 8
"""Scans by which the fastest idiom of an engine is chosen; they are not counted."""


@dataclass(frozen=True)
class Plan:
    """What to race at one size.

    ``scans``, ``few``: how many the quick and the slow engines run; ``everybody``: with all peers and all idioms;
    ``clips``: idioms of CLIPS to choose from.
    """

    rules: int
    pace: str
    scans: int
    few: int
    everybody: bool = False
    clips: tuple[str, ...] = ("comparison", "signal")


@dataclass
class Scan:
    """What one race gave; ``ms`` by engine, ``idioms`` by engine, ``missing``: engines that are not installed."""

    plan: Plan
    load_s: float
    change_share: float
    ms: dict[str, float] = field(default_factory=dict)
    idioms: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    compared: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return {
            "rules": self.plan.rules,
            "pace": self.plan.pace,
            "load_s": self.load_s,
            "change_share": self.change_share,
            "ms_per_scan": self.ms,
            "idioms": self.idioms,
            "missing": self.missing,
            "scans_compared": self.compared,
        }


def run_scan(plan: Plan, seed: int = 1) -> Scan:
    """Race all engines of a plan over one workload.

    Raises
    ------
    Disagreement
        When two engines conclude different things.
    """
    workload = make_workload(plan.rules, seed)
    values = workload.values(max(plan.scans, plan.few), plan.pace)
    start = time.perf_counter()
    expected = numpy_over_time(workload, values)
    over_time = time.perf_counter() - start
    loaded = load(workload)
    out = Scan(plan, loaded.seconds, change_share(workload, values, expected))
    trial = workload.values(TRIAL, plan.pace, part=1)
    lanes = []
    for scans, choices in _entrants(plan, loaded):
        try:
            engines = {name: make() for name, make in choices.items()}
        except PeerMissing as e:
            out.missing.append(str(e))
            continue
        chosen = next(iter(engines)) if len(engines) == 1 else fastest(engines, trial)
        lanes.append(Lane(engines[chosen], scans))
    race(lanes, values, expected)
    out.ms = {lane.engine.name: lane.ms for lane in lanes} | {"NumPy over time": 1e3 * over_time / len(values)}
    out.idioms = {lane.engine.name: lane.engine.idiom for lane in lanes}
    out.compared = sum(lane.scans for lane in lanes)
    return out


Choices = Mapping[str, Callable[[], Engine]]
"""Idioms of one engine, by name."""


def _entrants(plan: Plan, loaded: Loaded) -> list[tuple[int, Choices]]:
    """Scans to run, and the idioms of an engine to choose from."""
    w = loaded.workload
    everybody, scans, few = plan.everybody, plan.scans, plan.few
    idioms = clips_peer.IDIOMS if everybody else plan.clips
    found: list[tuple[int, Choices]] = [
        (scans, {i: lambda i=i: Clips(w, i) for i in idioms}),  # type: ignore[misc]  # a default binds the loop's value
        (scans, {"if": lambda: PlainPython(w)}),
    ]
    if everybody:
        traced = ("strata", "self")
        found += [
            (few, {"watch": lambda: Clips(w, "comparison", watch=True)}),
            (scans, {i: lambda i=i: Zen(w, i) for i in zen_peer.IDIOMS}),  # type: ignore[misc]
            (scans, {i: lambda i=i: Zen(w, i, trace=True) for i in traced}),  # type: ignore[misc]
            (few, {"one": lambda: RuleEngine(w)}),
            (2, {"wide": lambda: Experta(w)}),
        ]
    if few:
        found.append((min(few, 10), {"reference": lambda: ReferenceEvaluator(loaded)}))
    if has_columns():
        found.append((scans, {"live": lambda: LiveEvaluator(loaded)}))
        found.append((scans, {"why": lambda: LiveEvaluator(loaded, why=True)}))
    return found
