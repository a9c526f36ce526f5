"""Columns go into the memory as their samples would."""

from __future__ import annotations

import random

import pytest

from expert.engine.session import Session
from expert.values.history import history_of
from expert.values.types import Sample, ScanInput
from tests.engine.build import MINUTE, T0, program, rule

PROGRAM = program(rule("one", "a.x > 50 kPa"))


def _samples(seed: int, name: str, late: bool) -> list[Sample]:
    """Good, out of range, uncertain, bad with and without a note, ahead of its clock; with ``late`` also revisions."""
    chance = random.Random(f"{seed}{name}")
    out = []
    for i in range(60):
        source = T0 + i * MINUTE
        arrival = source + chance.choice((0, 900, -2_000, -60_000, -40 * 3_600_000 if i > 57 else 0))
        if late and chance.random() < 0.2:
            source -= chance.choice((1, 2)) * MINUTE
        kind = chance.choice(("good", "good", "uncertain", "bad", "noted"))
        if kind in ("bad", "noted"):
            out.append(Sample(name, source, arrival, None, "bad", "status" if kind == "noted" else ""))
        else:
            note = chance.choice(("", "x")) if kind == "uncertain" else ""
            quality = "uncertain" if kind == "uncertain" else "good"
            out.append(Sample(name, source, arrival, chance.choice((-3, 0, 50, 100, 101)), quality, note))  # type: ignore[arg-type]
    return out


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_a_column_is_taken_in_like_its_samples(seed: int, late: bool) -> None:
    """Series of a variable with and without a known uncertainty end up the same."""
    for name in ("a.x", "a.u"):
        samples = _samples(seed, name, late)
        column = history_of([ScanInput(T0 + 99 * MINUTE, T0 + 99 * MINUTE, tuple(samples))]).columns[name]
        one, other = (Session(PROGRAM).memory.series[name] for _ in range(2))
        one.take(column)
        for sample in samples:
            other.insert(sample)
        assert other.snapshot() == one.snapshot()
