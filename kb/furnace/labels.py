"""What really happened, read from the hidden state: the reference that conclusions are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kb.furnace.causes import MINUTE, Cause
from kb.furnace.noise import Floats
from kb.furnace.state import INDEX
from kb.furnace.traits import SECTORS

Flags = NDArray[np.bool_]
OPEN_CHANNEL = 0.25  # excess conductance, i.e. +25 degC at the uptake
COAL_LOST = 0.8  # share of the set point below which injection counts as interrupted
VERY_COLD = 1455.0  # degC of the heat stock
SEVERITY = {"C01": 4, "C05": 4, "C08": 3, "C21": 4, "C45": 3, "C52": 2}


@dataclass(frozen=True, slots=True)
class Label:
    """One true condition.

    ``condition``: C01 hanging, C05 channelling, C08 cooling, C21 water leak, C45 coal interruption, C52 sensor
    fault. ``end`` is None while it lasts; ``where`` is a sector or a tag, '' for the whole furnace.
    """

    condition: str
    start: int
    end: int | None
    severity: int
    where: str = ""


@dataclass(slots=True)
class LabelBook:
    """Collects labels while the hidden state moves on."""

    start: int
    _open: dict[tuple[str, str], Label] = field(default_factory=dict)
    _closed: list[Label] = field(default_factory=list)

    def update(self, first: int, rows: Floats) -> None:
        """Take the rows of the minutes from `first` on."""
        self._flag("C01", "", first, rows[:, INDEX["hung"]] > 0.0)
        self._flag("C45", "", first, rows[:, INDEX["coal"]] < COAL_LOST * rows[:, INDEX["coal_set"]])
        self._flag("C08", "", first, rows[:, INDEX["cold"]] > 0.0, rows[:, INDEX["heat"]] < VERY_COLD)
        for s in SECTORS:
            self._flag("C05", s, first, rows[:, INDEX[f"excess_{s}"]] > OPEN_CHANNEL)
            self._flag("C21", s, first, rows[:, INDEX[f"leak_{s}"]] > 0.0)

    def labels(self, causes: Iterable[Cause], clock: int) -> tuple[Label, ...]:
        """All labels so far, by start; instrument faults are known from their causes."""
        sensors = [
            Label("C52", c.onset, c.end if c.end <= clock else None, SEVERITY["C52"], c.tag)
            for c in causes
            if c.is_instrument and c.onset < clock
        ]
        every = [*self._closed, *self._open.values(), *sensors]
        return tuple(sorted(every, key=lambda x: (x.start, x.condition, x.where)))

    def _flag(self, condition: str, where: str, first: int, mask: Flags, serious: Flags | None = None) -> None:
        """Open and close labels along the mask; a run with a `serious` minute is one severity worse."""
        key = (condition, where)
        if not mask.any() and key not in self._open:
            return
        changes = np.flatnonzero(np.diff(np.concatenate(([key in self._open], mask)).astype(np.int8))).tolist()
        cuts = sorted({0, *changes, len(mask)})
        for begin, end in pairwise(cuts):
            time = self.start + (first + begin) * MINUTE
            if begin in changes and key in self._open:
                self._closed.append(replace(self._open.pop(key), end=time))
            elif begin in changes:
                self._open[key] = Label(condition, time, None, SEVERITY[condition], where)
            if serious is not None and key in self._open and serious[begin:end].any():
                self._open[key] = replace(self._open[key], severity=SEVERITY[condition] + 1)
