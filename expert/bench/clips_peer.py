"""CLIPS by clipspy, in three idioms: conclusions are `logical`, so that they go when their support goes.

Facts are changed in place, and only those that changed. Python holds no fact longer than it exists: clipspy would keep
each alive. A comparison that is a fact has both its values matched, so that no rule needs `not` for it.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from expert.bench.peer import need
from expert.bench.tree import Cond, Known, Limit, Negated
from expert.bench.workload import Bools, Workload, limits

IDIOMS = {
    "comparison": "a fact for each comparison, changed when NumPy sees it flip",
    "signal": "a fact for each signal, changed when the signal does",
    "wide": "one wide fact of all signals, its changed slots set",
}
OPPOSITE = {">": "<=", "<": ">="}


class Clips:
    """CLIPS on a workload.

    Parameters
    ----------
    workload : Workload
    idiom : str
        A key of `IDIOMS`.
    watch : bool
        Keep CLIPS's own log of facts and activations, its nearest to a why-record.
    """

    def __init__(self, workload: Workload, idiom: str, watch: bool = False) -> None:
        self.clips = need("clips", "clipspy")
        self.name = "CLIPS with its watch log" if watch else "CLIPS"
        self.idiom = IDIOMS[idiom]
        self.environment = self.clips.Environment()
        self._kind = idiom
        self._table = _Comparisons(workload)
        self._bound = 0
        self._declare(workload)
        self.environment.reset()
        self._last: np.ndarray = np.zeros(0)
        self._facts: list[Any] = self._first_facts(workload)
        self._log = self._watch() if watch else None

    def step(self, row: np.ndarray) -> None:
        """Change what changed, run the agenda empty."""
        new = self._table.truth(row) if self._kind == "comparison" else row
        changed = np.flatnonzero(new != self._last)
        values = new[changed].tolist()
        if self._kind == "wide":
            if values:
                slots = {f"s{i}": v for i, v in zip(changed.tolist(), values, strict=True)}
                self._facts[0].modify_slots(**slots)
        else:
            facts = self._facts
            for i, value in zip(changed.tolist(), values, strict=True):
                facts[i].modify_slots(v=int(value))
        self.environment.run()
        self._last = new
        if self._log is not None:
            self._log.lines.clear()

    def conclusions(self) -> Bools:
        """Whether each conclusion exists, asked inside CLIPS."""
        return np.array([truth == "TRUE" for truth in self.environment.eval("(conclusions)")], dtype=np.bool_)

    def __del__(self) -> None:
        """Let go of the facts first: CLIPS complains about an environment that goes while its facts are held."""
        self._facts = []

    def _declare(self, workload: Workload) -> None:
        build = self.environment.build
        if self._kind == "wide":
            build(f"(deftemplate w {' '.join(f'(slot s{i} (default 0))' for i in range(workload.signals))})")
        else:
            for i in range(len(self._table.items) if self._kind == "comparison" else workload.signals):
                build(f"(deftemplate x{i} (slot v (default 0)))")
        for rule in workload.rules:
            build(f"(deftemplate f{rule.number})")
        for rule in workload.rules:
            head = f"(defrule r{rule.number} (declare (salience {-rule.stratum}))"
            build(f"{head} (logical {self._condition(rule.when)}) => (assert (f{rule.number})))")
        truths = " ".join(f"(any-factp ((?f f{r.number})) TRUE)" for r in workload.rules)
        build(f"(deffunction conclusions () (create$ {truths}))")

    def _first_facts(self, workload: Workload) -> list[Any]:
        """The facts that are changed from scan to scan; all comparisons begin false, all signals at 0."""
        if self._kind == "wide":
            self._last = np.zeros(workload.signals, dtype=np.int64)
            return [self.environment.assert_string("(w)")]
        size = len(self._table.items) if self._kind == "comparison" else workload.signals
        self._last = np.zeros(size, dtype=np.bool_ if self._kind == "comparison" else np.int64)
        return [self.environment.assert_string(f"(x{i})") for i in range(size)]

    def _condition(self, node: Cond) -> str:
        if isinstance(node, Limit | Known):
            return self._leaf(node, True)
        if isinstance(node, Negated):
            return self._leaf(node.item, False)
        parts = [self._condition(p) for p in node.parts]
        if node.word == "all":
            return f"(and {' '.join(parts)})"
        ways = parts if node.word == "any" else [f"(and {' '.join(c)})" for c in combinations(parts, node.k)]
        return f"(or {' '.join(ways)})"

    def _leaf(self, leaf: Limit | Known, wanted: bool) -> str:
        if isinstance(leaf, Known):
            return f"(f{leaf.rule})" if wanted else f"(not (f{leaf.rule}))"
        if self._kind == "comparison":
            return f"(x{self._table.number[leaf]} (v {int(wanted)}))"
        self._bound += 1
        test = f"?b{self._bound}&:({leaf.op if wanted else OPPOSITE[leaf.op]} ?b{self._bound} {leaf.limit})"
        return f"(w (s{leaf.signal} {test}))" if self._kind == "wide" else f"(x{leaf.signal} (v {test}))"

    def _watch(self) -> Any:
        """Facts and activations as CLIPS tells them, kept as text."""
        log = _log_class(self.clips)()
        self.environment.add_router(log)
        for topic in ("facts", "activations", "rules"):
            self.environment.eval(f"(watch {topic})")
        return log


class _Comparisons:
    """The different comparisons of a workload, all judged at once."""

    def __init__(self, workload: Workload) -> None:
        self.items = list(dict.fromkeys(limits(workload)))
        self.number = {item: i for i, item in enumerate(self.items)}
        self._signal = np.array([c.signal for c in self.items])
        self._limit = np.array([c.limit for c in self.items])
        self._above = np.array([c.op == ">" for c in self.items])

    def truth(self, row: np.ndarray) -> Bools:
        x = row[self._signal]
        out: Bools = np.where(self._above, x > self._limit, x < self._limit)
        return out


def _log_class(clips: Any) -> Any:
    class Log(clips.Router):
        def __init__(self) -> None:
            super().__init__("bench-log", 40)
            self.lines: list[str] = []

        def query(self, name: str) -> bool:
            return name in ("stdout", "wtrace", "t")

        def write(self, name: str, message: str) -> None:
            self.lines.append(message)

    return Log
