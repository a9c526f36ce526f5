"""experta: a wide fact of all signals, a fact class for each conclusion, everything anew in each scan.

It has no truth maintenance, and its agenda loses track of what negation takes back. So a rule waits for the fact that
its stratum has begun, and each has a salience of its own: nothing is ever taken back.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np

from expert.bench.peer import PeerMissing
from expert.bench.tree import Cond, Group, Known, Limit
from expert.bench.workload import Bools, Workload
from expert.compat.experta_bridge import ExpertaMissing, load_experta

COMPARE = {
    (">", True): operator.gt,
    ("<", True): operator.lt,
    (">", False): operator.le,
    ("<", False): operator.ge,
}


class Experta:
    """A knowledge engine for a workload."""

    name = "experta"
    idiom = "one wide fact of all signals, a salience for each rule"

    def __init__(self, workload: Workload) -> None:
        try:
            self._lib = load_experta()
        except ExpertaMissing as e:
            raise PeerMissing(str(e)) from e
        self._wide: Any = type("Wide", (self._lib.Fact,), {})
        self._begun: Any = type("Begun", (self._lib.Fact,), {})
        self._facts = [type(f"F{r.number}", (self._lib.Fact,), {}) for r in workload.rules]
        self._names = [f"s{i}" for i in range(workload.signals)]
        self._engine = _engine(self, workload, self._lib)

    def step(self, row: np.ndarray) -> None:
        """Forget everything, declare the scan, run."""
        self._engine.reset()
        self._engine.declare(self._wide(**dict(zip(self._names, row.tolist(), strict=True))))
        self._engine.declare(self._begun(stratum=0))
        self._engine.run()

    def conclusions(self) -> Bools:
        """Classes of the facts that were declared."""
        found = {type(f) for f in self._engine.facts.values()}
        return np.array([c in found for c in self._facts], dtype=np.bool_)

    def condition(self, node: Cond, wanted: bool = True) -> Any:
        """A condition, or its opposite, as experta's patterns; negation is pushed down to them."""
        lib = self._lib
        if isinstance(node, Limit):
            test = partial(COMPARE[node.op, wanted])
            return self._wide(**{f"s{node.signal}": lib.Predicate(lambda x, t=test, limit=node.limit: t(x, limit))})
        if isinstance(node, Known):
            pattern = self._facts[node.rule]()
            return pattern if wanted else lib.Not(pattern)
        if not isinstance(node, Group):
            return self.condition(node.item, not wanted)
        parts = [self.condition(p, wanted) for p in node.parts]
        k = node.k if wanted else len(parts) - node.k + 1
        if k == len(parts):
            return lib.All(*parts)
        return lib.Any(*(parts if k == 1 else [lib.All(*c) for c in combinations(parts, k)]))


def _engine(peer: Experta, workload: Workload, lib: SimpleNamespace) -> Any:
    members: dict[str, Any] = {}
    salience = 0
    top = max(r.stratum for r in workload.rules)
    for stratum in range(top + 1):
        for rule in (r for r in workload.rules if r.stratum == stratum):
            salience -= 1
            made = lib.Rule(peer._begun(stratum=stratum), peer.condition(rule.when), salience=salience)
            members[f"r{rule.number}"] = made(_declare(peer._facts[rule.number]))
        salience -= 1
        following = partial(peer._begun, stratum=stratum + 1)
        members[f"next{stratum}"] = lib.Rule(peer._begun(stratum=stratum), salience=salience)(_declare(following))
    return type("Rules", (lib.Engine,), members)()


def _declare(make: Callable[[], Any]) -> Callable[..., None]:
    def fire(engine: Any, **_: Any) -> None:
        engine.declare(make())

    return fire
