"""Engines written in Python, and the hand-written program that they are up against."""

from __future__ import annotations

from typing import Any

import numpy as np

from expert.bench.peer import need
from expert.bench.plain import generate_python
from expert.bench.texts import infix
from expert.bench.workload import Bools, Workload


class PlainPython:
    """A generated function of one assignment a rule."""

    name = "if/else Python"
    idiom = "one generated function of all rules"

    def __init__(self, workload: Workload) -> None:
        self._scan = generate_python(workload)
        self._facts = [False] * len(workload.rules)

    def step(self, row: np.ndarray) -> None:
        """Call it."""
        self._scan(row.tolist(), self._facts)

    def conclusions(self) -> Bools:
        """What it filled in."""
        return np.array(self._facts, dtype=np.bool_)


class RuleEngine:
    """rule-engine: each rule a compiled text, matched in order of strata against one mapping."""

    name = "rule-engine"
    idiom = "one mapping of all signals and conclusions so far"

    def __init__(self, workload: Workload) -> None:
        rule_engine = need("rule_engine", "rule-engine")
        self._rules: list[tuple[str, Any]] = [
            (f"f{r.number}", rule_engine.Rule(infix(r.when, lambda n: f"f{n}"))) for r in workload.rules
        ]
        self._names = [f"s{i}" for i in range(workload.signals)]
        self._known: dict[str, Any] = {}

    def step(self, row: np.ndarray) -> None:
        """Match every rule."""
        known: dict[str, Any] = dict(zip(self._names, row.tolist(), strict=True))
        for name, rule in self._rules:
            known[name] = rule.matches(known)
        self._known = known

    def conclusions(self) -> Bools:
        """What matched."""
        return np.array([self._known[name] for name, _ in self._rules], dtype=np.bool_)
