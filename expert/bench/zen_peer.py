"""zen-engine in three idioms: the only one of the peers with a trace of every result, as a why-record has it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from expert.bench.peer import need
from expert.bench.texts import infix
from expert.bench.tree import Rule
from expert.bench.workload import Bools, Workload

IDIOMS = {
    "strata": "an expression node for each stratum",
    "self": "one expression node whose later expressions read its earlier ones",
    "arrays": "a compiled expression for each stratum that yields an array",
}


class Zen:
    """A decision graph, or compiled expressions, for a workload; ``trace``: keep what every expression gave."""

    def __init__(self, workload: Workload, idiom: str, trace: bool = False) -> None:
        zen = need("zen", "zen-engine")
        self.name = "zen with its trace" if trace else "zen"
        self.idiom = IDIOMS[idiom]
        self._names = [f"s{i}" for i in range(workload.signals)]
        self._facts = [f"f{r.number}" for r in workload.rules]
        self._strata = _by_stratum(workload)
        self._options = {"trace": True} if trace else None
        self._arrays: list[Any] = []
        if idiom == "arrays":
            texts = [f"[{', '.join(infix(r.when, _plain) for r in rules)}]" for rules in self._strata]
            self._arrays = [zen.compile_expression(t) for t in texts]
        else:
            self._decision = zen.ZenEngine().create_decision(json.dumps(_graph(self._strata, idiom)))
        self.newest: dict[str, Any] = {}

    def step(self, row: np.ndarray) -> None:
        """Evaluate all expressions."""
        context = dict(zip(self._names, row.tolist(), strict=True))
        if not self._arrays:
            self.newest = self._decision.evaluate(context, self._options)
            return
        found: dict[str, bool] = {}
        for rules, expression in zip(self._strata, self._arrays, strict=True):
            truth = expression.evaluate(context)
            found |= {f"f{r.number}": t for r, t in zip(rules, truth, strict=True)}
            context |= found
        self.newest = {"result": found}

    def conclusions(self) -> Bools:
        """Results of the newest evaluation."""
        result = self.newest["result"]
        return np.array([result[f] for f in self._facts], dtype=np.bool_)


def _by_stratum(workload: Workload) -> list[list[Rule]]:
    strata = sorted({r.stratum for r in workload.rules})
    return [[r for r in workload.rules if r.stratum == k] for k in strata]


def _plain(rule: int) -> str:
    return f"f{rule}"


def _graph(strata: Sequence[Sequence[Rule]], idiom: str) -> dict[str, Any]:
    """The decision as JSON: input, expression nodes in a row, output."""
    groups = [[r for rules in strata for r in rules]] if idiom == "self" else [list(rules) for rules in strata]
    names = ["in", *(f"stratum{k}" for k in range(len(groups))), "out"]
    nodes: list[dict[str, Any]] = [{"id": "in", "type": "inputNode", "name": "in"}]
    for name, rules in zip(names[1:-1], groups, strict=True):
        texts = [infix(r.when, (lambda n: f"$.f{n}") if idiom == "self" else _plain) for r in rules]
        expressions = [
            {"id": f"e{r.number}", "key": f"f{r.number}", "value": t} for r, t in zip(rules, texts, strict=True)
        ]
        content = {"expressions": expressions, "passThrough": idiom != "self", "executionMode": "single"}
        nodes.append({"id": name, "type": "expressionNode", "name": name, "content": content})
    nodes.append({"id": "out", "type": "outputNode", "name": "out"})
    for node in nodes:
        node["position"] = {"x": 0, "y": 0}
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in pairwise(names)]
    return {"nodes": nodes, "edges": edges}
