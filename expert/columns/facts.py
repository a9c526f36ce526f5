"""What the columns found of facts, as the engine keeps it."""

from __future__ import annotations

import numpy as np

from expert.columns.core import Core
from expert.columns.present import View
from expert.engine.facts import Contribution, FactBase


def fill_facts(base: FactBase, core: Core, view: View, rounds: dict[int, int], refuted: np.ndarray) -> None:
    """Put what rules say of facts into a fact base; ``refuted``: (facts, scans), see `Core.memory`."""
    for (type_, args), fact in core.plan.facts.items():
        state = base.state(type_, args)
        for rule in fact.concluded:
            g = rule.ground
            x = view.interval(rule.out.slot)
            state.contributions[g.rule.id, g.bindings] = Contribution(x, None, rounds.get(rule.row, 0))
        if fact.row >= 0:
            state.refuted = int(refuted[fact.row, view.t])
