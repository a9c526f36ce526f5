"""The score of what rules expect, over a stretch of scans: the ledger looks only where something rose or is open."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from expert.columns import layout as at
from expert.columns.core import Core
from expert.engine.fixpoint import Activation
from expert.engine.ledger import Ledger
from expert.engine.nodes import Env
from expert.language import ast
from expert.values.interval import TRUE, Interval

ROSE = at.EVENTS.index("raised")


class Sight:
    """What columns found of conditions, one scan of a stretch after the other."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._ends: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self.w = SimpleNamespace(rows={})  # rules on columns bind none
        self.t = 0

    def begin(self) -> None:
        """Look at a new stretch."""
        self._ends = {}

    def cond(self, node: ast.Cond, env: Env) -> Interval | None:
        """Certainty of a condition in the scan."""
        item = self._core.plan.expansion.items[self._core.plan.table.key(node, env)]
        if item is None:
            return None
        if item.slot not in self._ends:
            self._ends[item.slot] = self._core.ends(item.slot)
        s, p = self._ends[item.slot]
        return Interval(int(s[self.t]), int(p[self.t]))


class Promises:
    """Keeps a ledger beside columns.

    Parameters
    ----------
    core : Core
        Made with what its rules expect.
    ledger : Ledger
        The state to begin with; it goes on.
    """

    def __init__(self, core: Core, ledger: Ledger) -> None:
        self._core, self._ledger = core, ledger
        self._sight = Sight(core)
        self._expecting = {
            r.row: Activation(r.ground.rule, r.ground.bindings, dict(r.ground.bindings), TRUE, r.key, r.args)
            for r in core.plan.rules
            if r.ground.rule.expect
        }

    def run(self, times: np.ndarray) -> None:
        """Look at the stretch that the columns have just run."""
        rising: dict[int, list[Activation]] = {}
        for t, row, did, *_ in self._core.happened.tolist() if self._expecting else ():
            if did == ROSE and row in self._expecting:
                rising.setdefault(t, []).append(self._expecting[row])
        self._sight.begin()
        starts = sorted(rising)
        t, end = 0, len(times)
        while t < end:
            if not self._ledger.open:
                t = next((start for start in starts if start >= t), end)
                if t == end:
                    break
            self._sight.t = t
            self._ledger.step(int(times[t]), rising.get(t, ()), self._sight)
            t += 1
        self._ledger.forget(int(times[-1]))
