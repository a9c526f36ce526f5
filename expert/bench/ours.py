"""This engine's evaluators, each as one more engine of the race."""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from expert.bench.pack import MINUTE, START, rule_id, sources
from expert.bench.workload import Bools, Workload
from expert.compile import load_program_from_sources
from expert.engine.session import Session
from expert.language.ast import Program
from expert.values.interval import ONE
from expert.values.types import Sample, ScanInput, ScanRecord

HALF = ONE // 2


@dataclass(frozen=True)
class Loaded:
    """A workload's program, and how long it took to load, s."""

    workload: Workload
    program: Program
    seconds: float


def load(workload: Workload) -> Loaded:
    """Parse, check, ground and stratify the workload's pack."""
    texts = sources(workload)
    start = time.perf_counter()
    program = load_program_from_sources(texts)
    return Loaded(workload, program, time.perf_counter() - start)


class ReferenceEvaluator:
    """The naive evaluator: always the whole record."""

    name = "Tuyere reference"
    idiom = "session, complete record of every scan"

    def __init__(self, loaded: Loaded) -> None:
        self._session = Session(loaded.program)
        self._count = len(loaded.workload.rules)
        self._now = START
        self.record: ScanRecord | None = None

    def step(self, row: np.ndarray) -> None:
        """One scan of the session."""
        now = self._now
        samples = tuple(Sample(f"in.s{i}", now, now, v) for i, v in enumerate(row.tolist()))
        self.record = self._session.scan(ScanInput(now, now, samples))
        self._now = now + MINUTE

    def conclusions(self) -> Bools:
        """Facts whose support reaches one half."""
        assert self.record is not None
        out = np.zeros(self._count, dtype=np.bool_)
        for fact in self.record.facts:
            out[int(fact.type[1:])] = fact.certainty.s >= HALF
        return out


class LiveEvaluator:
    """The live evaluator: samples as columns in, intervals of all rules out; with ``why`` the record of every node."""

    def __init__(self, loaded: Loaded, why: bool = False) -> None:
        self.name = "Tuyere live, why-record" if why else "Tuyere live"
        self.idiom = "all samples of a scan as columns"
        self._live = importlib.import_module("expert.columns.live").Live(loaded.program, told=why)
        place = {key: i for i, key in enumerate(self._live.keys)}
        self._order = np.array([place[rule_id(r)] for r in loaded.workload.rules])
        self._signals = np.array([int(name.removeprefix("in.s")) for name in self._live.variables])
        self._new = np.zeros((7, len(self._signals)), dtype=np.int64)
        self._new[0] = np.arange(len(self._signals))
        self._why = why
        self._now = START
        self.kept: Any = None

    def step(self, row: np.ndarray) -> None:
        """One scan, and its conclusions."""
        now, new = self._now, self._new
        new[2:4] = now
        np.take(row, self._signals, out=new[4], mode="clip")
        self._live.advance(now, new)
        self._support, self._plausibility = self._live.conclusions()
        if self._why:
            self.kept = self._live.keep()
        self._now = now + MINUTE

    def conclusions(self) -> Bools:
        """Rules whose support reaches one half."""
        out: Bools = self._support[self._order] >= HALF
        return out


def has_columns() -> bool:
    """Whether the columnar evaluators are part of this installation."""
    return find_spec("expert.columns") is not None
