"""Runs of the virtual furnace that several tests share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from kb.furnace import Cause, Label, VirtualFurnace
from kb.furnace.catalogue import ground, load_members, load_variables

MINUTE = 60_000
HOUR = 60 * MINUTE
ONSET = 6 * HOUR
VARIABLES = ground(load_variables(), load_members())


@dataclass(frozen=True)
class Run:
    """A finished run with its samples in the variables' units."""

    furnace: VirtualFurnace
    times: dict[str, NDArray[np.int64]]
    values: dict[str, NDArray[np.float64]]

    @property
    def labels(self) -> tuple[Label, ...]:
        return self.furnace.labels

    def mean(self, name: str, first: float, last: float) -> float:
        """Mean between two times in minutes after `ONSET`."""
        inside = (self.times[name] > ONSET + first * MINUTE) & (self.times[name] <= ONSET + last * MINUTE)
        return float(self.values[name][inside].mean())


@cache
def run(seed: int, causes: tuple[Cause, ...] = (), hours: int = 16) -> Run:
    """Run from time zero."""
    furnace = VirtualFurnace(seed, 0, causes)
    history = furnace.history(hours * HOUR)
    times = {name: h.source[h.good] for name, h in history.items()}
    values = {name: h.count[h.good] * float(VARIABLES[name].resolution) for name, h in history.items()}
    return Run(furnace, times, values)


Effect = Callable[[Cause, str, float, float], float]


@pytest.fixture(scope="session")
def furnace_run() -> Callable[..., Run]:
    return run


@pytest.fixture(scope="session")
def effect() -> Effect:
    """Difference that a cause makes to a signal's mean between two times (minutes after onset), furnace of seed 3."""

    def difference(cause: Cause, name: str, first: float, last: float) -> float:
        return run(3, (cause,)).mean(name, first, last) - run(3).mean(name, first, last)

    return difference
