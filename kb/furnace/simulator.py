"""The virtual furnace: hidden state, physics and instruments behind one clock."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from expert.values.history import BAD, Column, make_column
from expert.values.types import Sample, Variable
from kb.furnace.catalogue import ground, load_variables
from kb.furnace.causes import MINUTE, Cause, check_tags, mechanism
from kb.furnace.instruments import GOOD, NOTES, STATUS, Instrument, Readings, Window, join, lacks
from kb.furnace.labels import Label, LabelBook
from kb.furnace.noise import BLOCK
from kb.furnace.process import Process
from kb.furnace.state import Drives, HiddenState
from kb.furnace.traits import SECTORS, draw_traits

SLICE = 10 * BLOCK  # minutes simulated in one go; bounds the memory of a long run
INTERNAL = ("cast.age",)


@dataclass(frozen=True, slots=True)
class History:
    """Samples of one variable in order of arrival; ``count`` means nothing where ``good`` is False."""

    source: NDArray[np.int64]
    arrival: NDArray[np.int64]
    count: NDArray[np.int64]
    good: NDArray[np.bool_]


class VirtualFurnace:
    """A simulated blast furnace with its instruments.

    Parameters
    ----------
    seed : int
        Chooses the furnace's traits and all its noise. The same seed with and without a cause gives runs
        that are identical up to the onset and share their noise afterwards.
    start : int
        ms UTC; rounded down to the minute.
    causes : sequence of Cause
        What goes wrong, known from the start; more can be injected on the way.
    variables : mapping of str to Variable, optional
        What the plant measures, by id (member variables by ``set.property`` or ground name); default: the
        plant of this package. Variables that the furnace does not have are left out; see `measured`.
    wide : bool
        Draw the furnace from the wide spread: other gains, delays, noise, sampling rates and missing tags.

    Raises
    ------
    ValueError
        When an instrument cause names an unknown tag.

    Examples
    --------
    >>> furnace = VirtualFurnace(seed=1, start=0)
    >>> samples = furnace.advance(10 * 60_000)
    >>> sum(s.variable == "blast.pressure" for s in samples)
    10
    """

    def __init__(
        self,
        seed: int,
        start: int,
        causes: Sequence[Cause] = (),
        variables: Mapping[str, Variable] | None = None,
        wide: bool = False,
    ) -> None:
        self.seed, self.wide = seed, wide
        self._traits = draw_traits(seed, wide)
        self.start = start // MINUTE * MINUTE
        self.clock = self.start
        self._drives = Drives(seed)
        self._state = HiddenState(self._traits)
        self._process = Process(seed, self._traits)
        self._book = LabelBook(self.start)
        known = load_variables() if variables is None else variables
        here = {name: v for name, v in known.items() if v.of in (None, "sectors")}
        grounded = ground(here, {"sectors": SECTORS})
        names = [n for n in sorted(grounded) if n in MEASURED and not (wide and lacks(seed, n))]
        self._instruments = [Instrument(seed, name, grounded[name], wide) for name in names]
        self._waiting: dict[str, Readings] = {}
        self._causes: list[Cause] = []
        for cause in causes:
            self.inject(cause)

    @property
    def measured(self) -> tuple[str, ...]:
        """Ground names of the variables that this furnace sends, sorted."""
        return tuple(i.name for i in self._instruments)

    @property
    def variables(self) -> dict[str, Variable]:
        """What each instrument measures, by ground name."""
        return {i.name: i.variable for i in self._instruments}

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Causes as they act (an injected one may have been moved to the clock)."""
        return tuple(self._causes)

    @property
    def labels(self) -> tuple[Label, ...]:
        """True conditions so far, from the hidden state."""
        return self._book.labels(self._causes, self.clock)

    def fork(self) -> VirtualFurnace:
        """A copy that goes on by itself from the clock of this one."""
        return copy.deepcopy(self)

    def withdraw(self, cause: Cause) -> None:
        """Take back a cause whose onset lies ahead.

        Raises
        ------
        ValueError
            When it is none of the furnace's causes or has begun.
        """
        if cause not in self._causes or cause.onset < self.start + self._state.minute * MINUTE:
            raise ValueError(f"{cause.kind}: not a cause of this furnace that lies ahead")
        at = self._causes.index(cause)
        del self._causes[at]
        self._state.mechanisms = [mechanism(c, self.start, self._traits) for c in self._causes if not c.is_instrument]

    def inject(self, cause: Cause) -> Cause:
        """Add a cause; an onset in the past moves to the first minute not yet simulated.

        Returns
        -------
        Cause
            The cause as it acts.

        Raises
        ------
        ValueError
            When it names a tag that the furnace does not send.
        """
        check_tags((cause,), self.measured)
        now = self.start + self._state.minute * MINUTE
        if cause.onset < now:
            cause = dataclasses.replace(cause, onset=now)
        self._causes.append(cause)
        if not cause.is_instrument:
            self._state.mechanisms.append(mechanism(cause, self.start, self._traits))
        return cause

    def advance(self, until: int) -> list[Sample]:
        """All samples that arrive after the clock and not after `until` (ms), by arrival, then variable.

        Raises
        ------
        ValueError
            When `until` lies before the clock.
        """
        out = [
            _sample(name, *fields)
            for name, readings in self._collect(until).items()
            for fields in zip(
                readings.source.tolist(),
                readings.arrival.tolist(),
                readings.count.tolist(),
                readings.note.tolist(),
                strict=True,
            )
        ]
        out.sort(key=lambda s: (s.arrival, s.variable, s.source))
        return out

    def history(self, until: int) -> dict[str, History]:
        """The same samples as `advance` gives, as arrays by variable: the fast path for weeks of warm-up."""
        out = {}
        for name, readings in self._collect(until).items():
            order = np.argsort(readings.arrival, kind="stable")
            out[name] = History(
                readings.source[order], readings.arrival[order], readings.count[order], readings.note[order] == GOOD
            )
        return out

    def columns(self, until: int) -> dict[str, Column]:
        """The same samples as columns with quality and note: what a backtest of years reads."""
        return {name: _column(readings) for name, readings in self._collect(until).items()}

    def skip(self, until: int) -> None:
        """Let the furnace run until the last minute before `until` (ms) without reading its instruments."""
        while self._state.minute < (until - self.start) // MINUTE:
            self._simulate(min((until - self.start) // MINUTE, self._state.minute + SLICE))
        self.clock = max(self.clock, self.start + self._state.minute * MINUTE)
        self._waiting = {}

    def _collect(self, until: int) -> dict[str, Readings]:
        if until < self.clock:
            raise ValueError(f"the furnace's clock is at {self.clock} ms and cannot go back to {until} ms")
        parts: dict[str, list[Readings]] = {i.name: [] for i in self._instruments}
        for name, readings in self._waiting.items():
            parts[name].append(readings)
        last = -((self.start - until) // MINUTE)  # minutes, rounded up
        while self._state.minute < last:
            window = self._simulate(min(last, self._state.minute + SLICE))
            for instrument in self._instruments:
                faults = [c for c in self._causes if c.tag == instrument.name and c.is_instrument]
                parts[instrument.name].append(instrument.read(window, faults))
        self.clock = until
        self._waiting = {}
        return {name: self._release(name, join(found), until) for name, found in parts.items() if found}

    def _simulate(self, last: int) -> Window:
        first = self._state.minute
        drives = self._drives.read(first, last)
        rows, told = self._state.run(drives)
        self._book.update(first, rows, told)
        truth = self._process.truth(rows, drives, first, told)
        return Window(first, self.start + first * MINUTE, rows, truth)

    def _release(self, name: str, readings: Readings, until: int) -> Readings:
        due = readings.arrival <= until
        if due.all():
            return readings
        self._waiting[name] = readings.where(~due)
        return readings.where(due)


def _sample(name: str, source: int, arrival: int, count: int, note: int) -> Sample:
    if note == GOOD:
        return Sample(name, source, arrival, count)
    return Sample(name, source, arrival, None if note == STATUS else count, "bad", NOTES[note])


def _column(readings: Readings) -> Column:
    good = readings.note == GOOD
    quality = np.where(good, 0, BAD).astype(np.uint8)
    return make_column(
        readings.source, readings.arrival, readings.count, quality, readings.note.astype(np.int16), NOTES
    )


def _measured() -> frozenset[str]:
    """Names that the physics gives, from one minute of a furnace."""
    traits = draw_traits(0)
    drives = Drives(0).read(0, 1)
    rows, told = HiddenState(traits).run(drives)
    truth = Process(0, traits).truth(rows, drives, 0, told)
    return frozenset(truth) - frozenset(INTERNAL)


MEASURED = _measured()
