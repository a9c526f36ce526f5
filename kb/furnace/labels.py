"""What really happened, read from the hidden state: the reference that conclusions are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kb.furnace.causes import MINUTE, Cause
from kb.furnace.conditions import CONDITIONS
from kb.furnace.noise import Floats
from kb.furnace.state import INDEX, Told
from kb.furnace.traits import SECTORS

Flags = NDArray[np.bool_]
OPEN_CHANNEL = 0.25  # excess conductance, i.e. +25 degC at the uptake
COAL_LOST = 0.8  # share of the set point below which injection counts as interrupted
VERY_COLD = 1455.0  # degC of the heat stock
CHILLED = 1430.0  # degC: a chilled hearth


OBSERVED = ("C01", "C05", "C08", "C09", "C10", "C21", "C45")
"""Conditions that are read from the state itself; all others are there while their mechanism stands."""
UNLISTED = 3
"""Severity of a condition that is none of the table's."""


def severity(condition: str) -> int:
    """Severity of a condition's label."""
    return CONDITIONS[condition].severity if condition in CONDITIONS else UNLISTED


@dataclass(frozen=True, slots=True)
class Label:
    """One true condition.

    ``condition``: C01 to C54, see `kb.furnace.conditions`, or the name of a mechanism from outside. ``end`` is None
    while it lasts; ``where`` is a place or a tag, '' for the whole furnace.
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

    def update(self, first: int, rows: Floats, told: Told) -> None:
        """Take the rows of the minutes from `first` on, and what causes tell."""
        self._flag("C01", "", first, rows[:, INDEX["hung"]] > 0.0)
        self._flag("C45", "", first, rows[:, INDEX["coal"]] < COAL_LOST * rows[:, INDEX["coal_set"]])
        self._flag("C08", "", first, rows[:, INDEX["cold"]] > 0.0, rows[:, INDEX["heat"]] < VERY_COLD)
        self._flag("C10", "", first, rows[:, INDEX["heat"]] < CHILLED)
        self._flag("C09", "", first, rows[:, INDEX["hot"]] > 0.0)
        marks = {name for name in told if name.startswith("mark/")} | {f"mark/{c}/{w}" for c, w in self._told_open()}
        for mark in sorted(marks):
            _, condition, where = mark.split("/", 2)
            self._flag(condition, where, first, told.get(mark, np.zeros(len(rows))) > 0.0)
        for s in SECTORS:
            self._flag("C05", s, first, rows[:, INDEX[f"excess_{s}"]] > OPEN_CHANNEL)
            self._flag("C21", s, first, rows[:, INDEX[f"leak_{s}"]] > 0.0)

    def labels(self, causes: Iterable[Cause], clock: int) -> tuple[Label, ...]:
        """All labels so far, by start; instrument faults are known from their causes."""
        sensors = [
            Label("C52", c.onset, c.end if c.end <= clock else None, severity("C52"), c.tag)
            for c in causes
            if c.is_instrument and not c.service and c.onset < clock
        ]
        every = [*self._closed, *self._open.values(), *sensors]
        return tuple(sorted(every, key=lambda x: (x.start, x.condition, x.where)))

    def _told_open(self) -> list[tuple[str, str]]:
        return [key for key in self._open if key[0] not in OBSERVED]

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
                self._open[key] = Label(condition, time, None, severity(condition), where)
            if serious is not None and key in self._open and serious[begin:end].any():
                self._open[key] = replace(self._open[key], severity=severity(condition) + 1)
