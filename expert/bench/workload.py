"""The workload *scan*: rules in three strata over signals that move at a chosen pace, all from one seed.

A signal keeps its value, or jumps to a new one; how often decides what share of the conditions changes from scan to
scan. `change_share` says what came out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from expert.bench.tree import Cond, Group, Known, Limit, Negated, Rule, leaves

SIGNALS = 300
STRATA = 3
TOP = 1000
"""Signals are whole numbers from 0 to this."""
PACES = {"fast": 0.31, "slow": 0.024}
"""Probability that a signal jumps in a scan: so that about 13 % and 1 % of the conditions change."""
WINDOWS = (5, 10, 30)
HOLDS = (2, 5, 10)

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Workload:
    """Rules over ``signals`` signals; ``seed`` also makes the values of the signals."""

    seed: int
    signals: int
    rules: tuple[Rule, ...]

    def values(self, scans: int, pace: str, part: int = 0) -> Counts:
        """Values by scan and signal, (scans, signals); ``part`` chooses an independent stretch of them."""
        draw = np.random.default_rng([self.seed, part, scans])
        fresh = draw.integers(0, TOP + 1, size=(scans, self.signals))
        jump = draw.random((scans, self.signals)) < PACES[pace]
        jump[0] = True
        newest = np.maximum.accumulate(np.where(jump, np.arange(scans)[:, None], 0), axis=0)
        return np.take_along_axis(fresh, newest, axis=0)


def make_workload(rules: int, seed: int = 1, signals: int = SIGNALS, temporal: bool = False) -> Workload:
    """Rules in three strata of equal size; with ``temporal`` each has a window and a hold.

    >>> w = make_workload(9, seed=2)
    >>> [r.stratum for r in w.rules]
    [0, 0, 0, 1, 1, 1, 2, 2, 2]
    """
    draw = random.Random(f"{seed}/{rules}/{signals}")
    made = []
    for number in range(rules):
        stratum = number * STRATA // rules
        below = range(-(-stratum * rules // STRATA)) if stratum else range(0)
        maker = _Maker(draw, signals, below)
        when = maker.condition()
        made.append(Rule(number, stratum, *(_with_time(when, draw, signals) if temporal else (when, 0))))
    return Workload(seed, signals, tuple(made))


class _Maker:
    """Draws the condition of one rule."""

    def __init__(self, draw: random.Random, signals: int, below: range) -> None:
        self.draw, self.signals, self.below = draw, signals, below

    def condition(self) -> Cond:
        """One of five shapes; in the upper strata at least one part is a conclusion from below."""
        shape = self.draw.randrange(5)
        if shape == 4:
            inner = Group(1, (self._atom(), self._atom()))
            return Group(3, (self._atom(known=True), inner, self._atom(negated=True)))
        count = 3 if shape < 2 else 4
        parts = tuple(self._atom(known=n == 0, negated=n == count - 1 and shape == 0) for n in range(count))
        return Group({0: count, 1: 1, 2: 2, 3: 3}[shape], parts)

    def _atom(self, known: bool = False, negated: bool = False) -> Limit | Known | Negated:
        atom: Limit | Known
        if self.below and (known or self.draw.random() < 0.3):
            atom = Known(self.draw.choice(self.below))
        else:
            op: Literal[">", "<"] = self.draw.choice((">", "<"))
            atom = Limit(self.draw.randrange(self.signals), op, self.draw.randrange(200, 800))
        return Negated(atom) if negated or self.draw.random() < 0.15 else atom


def _with_time(when: Cond, draw: random.Random, signals: int) -> tuple[Cond, int]:
    """The condition with a limit on a mean beside it, and a hold."""
    first = next((n for n in leaves(when) if isinstance(n, Limit)), None)
    signal = draw.randrange(signals) if first is None else first.signal
    op: Literal[">", "<"] = draw.choice((">", "<"))
    window = Limit(signal, op, draw.randrange(350, 650), draw.choice(WINDOWS))
    return Group(2, (when, window)), draw.choice(HOLDS)


def limits(workload: Workload) -> Iterator[Limit]:
    """All comparisons of the workload, in order of rules."""
    for rule in workload.rules:
        yield from (n for n in leaves(rule.when) if isinstance(n, Limit))


def change_share(workload: Workload, values: Counts, facts: Bools) -> float:
    """Share of the conditions (comparisons and conclusions read) that change from one scan to the next."""
    changed = 0.0
    count = 0
    for rule in workload.rules:
        for leaf in leaves(rule.when):
            if isinstance(leaf, Known):
                truth = facts[:, leaf.rule]
            else:
                x = values[:, leaf.signal]
                truth = x > leaf.limit if leaf.op == ">" else x < leaf.limit
            changed += float(np.mean(truth[1:] != truth[:-1]))
            count += 1
    return changed / count
