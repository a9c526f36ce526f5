"""From true values to samples: noise, sampling and arrival times, rounding, and faults of the instruments."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from expert.values.types import Variable
from kb.furnace.causes import MINUTE, Cause
from kb.furnace.noise import Chances, Floats, Spec, Stream, draws
from kb.furnace.state import INDEX

Ints = NDArray[np.int64]
NOTES = ("", "status", "range")
GOOD, STATUS, RANGE = 0, 1, 2
METAL_FIRST, METAL_EVERY = 10, 20  # min into the cast: first temperature, then every so often
ASSAY_FIRST, ASSAY_EVERY = 14, 23  # the same for assays
THIRDS = 3  # stockline readings per minute

WHITE: dict[str, float] = {
    "blast.volume": 18.0,
    "blast.pressure": 0.8,
    "blast.temperature": 1.5,
    "blast.humidity": 0.15,
    "oxygen.flow": 60.0,
    "oxygen.enrichment": 0.01,
    "pci.rate": 0.2,
    "raft.temperature": 1.0,
    "pressure_drop.total": 0.8,
    "pressure_drop.upper": 0.7,
    "pressure_drop.lower": 0.7,
    "permeability.index": 0.12,
    "top.pressure": 0.5,
    "top.temperature": 1.5,
    "top_gas.co": 0.06,
    "top_gas.co2": 0.06,
    "top_gas.h2": 0.03,
    "top_gas.n2": 0.08,
    "top_gas.utilisation": 0.15,
    "top_gas.h2_expected": 0.01,
    "stockline.south": 0.012,
    "stockline.north": 0.012,
    "cast.iron_rate": 0.15,
    "hearth.iron_gap": 1.0,
    "hot_metal.temperature": 4.0,
    "hot_metal.silicon": 0.058,
    "hot_metal.sulphur": 0.002,
    "cooling.heat_load": 0.15,
    "cooling.makeup_water": 0.04,
    "cooling.flow": 12.0,
    "sectors.uptake_temperature": 2.0,
    "sectors.shaft_pressure": 0.5,
    "sectors.wall_temperature": 0.4,
    "sectors.heat_flux": 0.3,
}


@dataclass(frozen=True, slots=True)
class Readings:
    """Samples of one variable in order of source time; ``note`` indexes `NOTES`, 0 is good."""

    source: Ints
    arrival: Ints
    count: Ints
    note: NDArray[np.int8]

    def where(self, mask: NDArray[np.bool_]) -> Readings:
        """The samples that the mask keeps."""
        return Readings(self.source[mask], self.arrival[mask], self.count[mask], self.note[mask])


ALWAYS = ("blast.volume", "blast.pressure", "charge.count", "cast.count", "taphole.open", "stockline.south")
"""Tags that no furnace lacks."""
MISSING = 0.06
"""Share of the other tags that a furnace of the wide spread lacks."""


def lacks(seed: int, name: str) -> bool:
    """Whether the furnace of this seed, drawn from the wide spread, lacks a tag."""
    return name not in ALWAYS and draws(seed, f"tag.{name}", 3)[2] < MISSING


def join(parts: list[Readings]) -> Readings:
    """One after the other."""
    if len(parts) == 1:
        return parts[0]
    return Readings(*(np.concatenate([getattr(p, name) for p in parts]) for name in Readings.__slots__))


@dataclass(frozen=True, slots=True)
class Window:
    """The minutes of one pass: index of the first, its start in ms, hidden rows and true values."""

    first: int
    start: int
    rows: Floats
    truth: Mapping[str, Floats]

    @property
    def ends(self) -> Ints:
        """End of each minute, ms."""
        return self.start + MINUTE * np.arange(1, len(self.rows) + 1, dtype=np.int64)


class Instrument:
    """One tag: takes true values of a window, gives samples."""

    def __init__(self, seed: int, name: str, variable: Variable, wide: bool = False) -> None:
        loud, often = draws(seed, f"tag.{name}", 2) if wide else (0.0, 0.0)
        louder = 0.7 * (1.5 / 0.7) ** loud if wide else 1.0
        self._every = 1 + (often > 0.7) + (often > 0.9)  # minutes between readings
        self.name = name
        self.variable = variable
        self._step = Fraction(variable.resolution)
        noise = louder * WHITE.get(variable.id, 0.0)
        levels = name.startswith("stockline.")
        self._noise = [Stream(seed, f"noise.{name}.{i}", Spec(noise)) for i in range(THIRDS if levels else 1)]
        lab = "lab" if name in ("hot_metal.silicon", "hot_metal.sulphur") else name  # one sample, two assays
        key = zlib.crc32(lab.encode())
        self._offset = 3_000 + key % 9 * 1_000  # read so long before the end of the minute
        self._latency = 500 + key // 9 % 20 * 100
        self._held: int | None = None
        self._take = self._sampler(name)
        self._chances = Chances(seed, f"arrival.{lab}")

    def _sampler(self, name: str) -> Callable[[Window], tuple[Ints, Ints, Floats]]:
        if name.startswith("stockline."):
            return self._levels
        if name == "hot_metal.temperature":
            return partial(self._casts, METAL_FIRST, METAL_EVERY, 1.0, 2.5)
        if name in ("hot_metal.silicon", "hot_metal.sulphur"):
            return partial(self._casts, ASSAY_FIRST, ASSAY_EVERY, 20.0, 40.0)
        return self._regular

    def read(self, window: Window, faults: Iterable[Cause]) -> Readings:
        """Samples of the window with the instrument's faults applied; windows come in order."""
        source, arrival, values = self._take(window)
        count, note = self._quantise(values)
        readings = Readings(source, arrival, count, note)
        for fault in faults:
            readings = self._spoil(readings, fault)
        if len(readings.count):
            self._held = int(readings.count[-1])
        return readings

    def _white(self, window: Window, i: int = 0) -> Floats:
        return self._noise[i].read(window.first, window.first + len(window.rows))

    def _regular(self, window: Window) -> tuple[Ints, Ints, Floats]:
        source = window.ends - self._offset
        values = window.truth[self.name]
        if self.variable.id in WHITE:
            noise = self._white(window)
            values = values + np.where(values == 0.0, 0.0, noise)  # a closed or empty line reads zero
        if self._every > 1 and self.variable.kind == "analog":
            read = source // MINUTE % self._every == 0
            source, values = source[read], values[read]
        return source, source + self._latency, values

    def _levels(self, window: Window) -> tuple[Ints, Ints, Floats]:
        """Readings each 20 s: the level moves on within the minute, and jumps when a charge falls."""
        speed, when, jump = (window.rows[:, INDEX[name]] for name in ("speed", "when", "jump"))
        before = window.truth[self.name]
        source = np.empty((len(before), THIRDS), dtype=np.int64)
        values = np.empty((len(before), THIRDS))
        for i in range(THIRDS):
            past = (i + 1) / THIRDS - self._offset / MINUTE
            source[:, i] = window.ends - MINUTE * (THIRDS - 1 - i) // THIRDS - self._offset
            values[:, i] = before + speed * past + np.where(when <= past, jump, 0.0) + self._white(window, i)
        flat = source.reshape(-1)
        return flat, flat + self._latency, values.reshape(-1)

    def _casts(
        self, first: int, every: int, soonest: float, latest: float, window: Window
    ) -> tuple[Ints, Ints, Floats]:
        """Samples taken by hand during a cast; `soonest` and `latest`: minutes until the result arrives."""
        age = window.truth["cast.age"]
        taken = (age >= first) & (np.mod(age - first, every) == 0)
        noise = self._white(window)
        chance = self._chances.read(window.first, window.first + len(window.rows))[taken]
        source = window.ends[taken] - self._offset - (chance * 20.0).astype(np.int64) * 1_000
        wait = ((soonest + (latest - soonest) * chance) * 60.0).astype(np.int64) * 1_000
        return source, source + wait, (window.truth[self.name] + noise)[taken]

    def _quantise(self, values: Floats) -> tuple[Ints, NDArray[np.int8]]:
        low, high = self.variable.valid
        count = np.rint(values * self._step.denominator / self._step.numerator).astype(np.int64)
        note = np.where((values < low) | (values > high), RANGE, GOOD).astype(np.int8)
        return count, note

    def _spoil(self, readings: Readings, fault: Cause) -> Readings:
        struck = (readings.source >= fault.onset) & (readings.source < fault.end)
        if not struck.any():
            return readings
        if fault.kind == "freeze":
            at = int(np.argmax(struck))
            held = int(readings.count[at - 1]) if at else self._held
            count = readings.count if held is None else np.where(struck, held, readings.count)
            return Readings(readings.source, readings.arrival, count, readings.note)
        if fault.kind in ("drift", "bias"):
            return self._shift(readings, fault, struck)
        if fault.silent:
            return readings.where(~struck)
        note = np.where(struck, np.int8(STATUS), readings.note)
        return Readings(readings.source, readings.arrival, readings.count, note)

    def _shift(self, readings: Readings, fault: Cause, struck: NDArray[np.bool_]) -> Readings:
        """A quarter of the usual range per severity, at once or growing until the fault's end."""
        low, high = self.variable.normal or self.variable.valid
        full = 0.25 * fault.severity * (high - low) / float(self._step)
        grown = (readings.source - fault.onset) / (fault.end - fault.onset) if fault.kind == "drift" else 1.0
        count = readings.count + np.where(struck, np.rint(full * grown), 0.0).astype(np.int64)
        low, high = (limit / float(self._step) for limit in self.variable.valid)
        note = np.where(struck & ((count < low) | (count > high)), np.int8(RANGE), readings.note)
        return Readings(readings.source, readings.arrival, count, note)
