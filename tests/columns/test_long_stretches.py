"""Stretches of many scans, mostly without anything to judge: the quick way through them says the same."""

from __future__ import annotations

import random

import pytest

from expert.values.types import Sample, ScanInput
from tests.columns.agree import all_agree
from tests.engine.build import MINUTE, T0, program, rule

RULES = (
    rule("one", "mean(a.x, 5 min) > 50 kPa", "for: 4 min", "clear_for: 3 min"),
    rule("two", '{all: [a.x > 40 kPa, "mean(a.x, 12 min) < 60 kPa", {not: "a.y > 55 kPa"}]}', conclude="b"),
    rule("three", "{any: [a, b]}", "strength: 0.8", conclude="c"),
    rule("four", '{at_least: 2, of: [a, b, "mean(a.y, 3 min) > a.x", "a.y <= a.x"]}', "for: 2 min", conclude="d"),
)


def _inputs(seed: int, trouble: float) -> list[ScanInput]:
    """Two hundred scans of two variables over their whole range, ends included; some samples lost, bad or late."""
    draw = random.Random(seed)
    scans, late = [], []
    for minute in range(200):
        now = T0 + minute * MINUTE
        new = [s for s in late if s.arrival <= now]
        late = [s for s in late if s.arrival > now]
        for name in ("a.x", "a.y"):
            value = draw.choice([0, 1, 2, 98, 100, *range(20, 80)])
            kind = draw.random()
            if kind < trouble:
                new.append(Sample(name, now, now, None, "bad", "status"))
            elif kind < 2 * trouble:
                late.append(Sample(name, now, now + draw.choice([1, 3]) * MINUTE, value))
            elif kind >= 3 * trouble:
                new.append(Sample(name, now, now, value))
        scans.append(ScanInput(now, now, tuple(new)))
    return scans


@pytest.mark.parametrize("trouble", [0.0, 0.02, 0.1])
@pytest.mark.parametrize("stretch", [32, 150])
def test_a_long_stretch(trouble: float, stretch: int) -> None:
    """Held values and means over complete windows, then over windows with holes, with values at the ends."""
    all_agree(program(*RULES), _inputs(7, trouble), stretch, restart=90)
