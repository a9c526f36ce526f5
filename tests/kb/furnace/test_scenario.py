"""The demonstration's story."""

from __future__ import annotations

import numpy as np
import pytest

from kb.furnace import VirtualFurnace
from kb.furnace.scenario import demo

MINUTE = 60_000
HOUR = 60 * MINUTE
START = 48 * HOUR


@pytest.mark.parametrize("seed", range(8))
def test_sixteen_minutes_without_charge_fall_before_minute_22(seed: int) -> None:
    """The first hang is visible soon after the start."""
    history = VirtualFurnace(seed, 0, demo(seed, START)).history(START + 22 * MINUTE)["charge.count"]
    times, counts = history.source, history.count
    last_charge = times[1:][np.diff(counts) > 0][-1]
    assert START + 22 * MINUTE - last_charge >= 16 * MINUTE


def test_every_kind_of_cause_appears() -> None:
    """The demo shows each cause once."""
    kinds = sorted(c.kind for c in demo(3, START))
    assert ["channel", "dropout", "freeze", "hang", "leak", "pci_stop"] == kinds


@pytest.mark.parametrize("seed", range(20))
def test_stories_do_not_overlap(seed: int) -> None:
    """Each cause ends before the next begins, all within eight hours."""
    causes = demo(seed, START)
    ends = [c.end for c in causes]
    starts = [c.onset for c in causes][1:] + [START + 8 * HOUR]
    assert all(end < start for end, start in zip(ends, starts, strict=True))


def test_demo_fits_the_furnace() -> None:
    """All tags of the demo exist, whatever the seed."""
    kinds = [VirtualFurnace(seed, START, demo(seed, START)).causes for seed in range(10)]
    assert [6] * 10 == [len(x) for x in kinds]


def test_seed_changes_the_story() -> None:
    """Another seed tells it with other times and places."""
    assert demo(1, START) != demo(2, START)
