"""The same seed and causes give the same samples, however the clock is moved."""

from __future__ import annotations

import numpy as np
import pytest

from kb.furnace import Cause, VirtualFurnace

MINUTE = 60_000
HOUR = 60 * MINUTE
CAUSES = (
    Cause("hang", 40 * MINUTE, 25 * MINUTE),
    Cause("freeze", 100 * MINUTE, 30 * MINUTE, tag="top.pressure"),
    Cause("dropout", 110 * MINUTE, 20 * MINUTE, tag="top_gas.h2", silent=False),
    Cause("leak", 150 * MINUTE, 60 * MINUTE, 4, "C"),
)
END = 26 * HOUR  # crosses the daily block of the noise


def test_many_steps_give_the_same_samples_as_one() -> None:
    """Uneven steps that end inside minutes change nothing."""
    whole = VirtualFurnace(5, 0, CAUSES).advance(END)
    stepped = VirtualFurnace(5, 0, CAUSES)
    parts = []
    step = 7_300
    while stepped.clock < END:
        parts += stepped.advance(min(END, stepped.clock + step))
        step = step * 3 % 1_500_007 + 1_000
    assert whole == parts


def test_labels_do_not_depend_on_steps() -> None:
    """Labels are the same after one step and after many."""
    whole, stepped = VirtualFurnace(5, 0, CAUSES), VirtualFurnace(5, 0, CAUSES)
    whole.advance(END)
    for hour in range(1, END // HOUR + 1):
        stepped.advance(hour * HOUR)
    assert whole.labels == stepped.labels


def test_history_equals_advance() -> None:
    """The bulk path gives the samples of the live path, variable by variable."""
    samples = VirtualFurnace(5, 0, CAUSES).advance(5 * HOUR)
    history = VirtualFurnace(5, 0, CAUSES).history(5 * HOUR)
    live = {
        name: [(s.source, s.arrival, s.quality == "good") for s in samples if s.variable == name] for name in history
    }
    bulk = {
        n: list(zip(h.source.tolist(), h.arrival.tolist(), h.good.tolist(), strict=True)) for n, h in history.items()
    }
    assert live == bulk


def test_history_then_advance_continues_without_gap() -> None:
    """A warm-up by history and a live run after it lose and repeat nothing."""
    furnace = VirtualFurnace(5, 0)
    before = {name: len(h.source) for name, h in furnace.history(3 * HOUR + 12_345).items()}
    for sample in furnace.advance(6 * HOUR):
        before[sample.variable] = before.get(sample.variable, 0) + 1
    whole = {name: len(h.source) for name, h in VirtualFurnace(5, 0).history(6 * HOUR).items()}
    assert whole == before


def test_twin_is_identical_before_the_onset() -> None:
    """With and without a cause nothing differs until it begins."""
    cause = Cause("channel", 3 * HOUR, 20 * MINUTE, sector="A")
    plain = VirtualFurnace(8, 0).advance(3 * HOUR)
    assert plain == VirtualFurnace(8, 0, [cause]).advance(3 * HOUR)


def test_twin_shares_its_noise_after_the_onset() -> None:
    """A signal that the cause does not touch stays identical to the last digit."""
    cause = Cause("channel", 3 * HOUR, 20 * MINUTE, sector="A")
    plain, other = VirtualFurnace(8, 0).history(9 * HOUR), VirtualFurnace(8, 0, [cause]).history(9 * HOUR)
    untouched = ("blast.temperature", "blast.humidity", "cooling.flow", "sectors[C].wall_temperature")
    assert [True] * 4 == [np.array_equal(plain[name].count, other[name].count) for name in untouched]


def test_injected_cause_acts_like_a_planned_one() -> None:
    """Injecting before the onset equals passing the cause at the start."""
    cause = Cause("hang", 2 * HOUR, 25 * MINUTE)
    planned = VirtualFurnace(2, 0, [cause]).advance(4 * HOUR)
    furnace = VirtualFurnace(2, 0)
    samples = furnace.advance(HOUR)
    furnace.inject(cause)
    assert planned == samples + furnace.advance(4 * HOUR)


def test_cause_injected_late_begins_at_the_clock() -> None:
    """An onset in the past moves to the first minute that is still open."""
    furnace = VirtualFurnace(2, 0)
    furnace.advance(HOUR)
    assert HOUR == furnace.inject(Cause("hang", 0, 25 * MINUTE)).onset


def test_seeds_differ() -> None:
    """Another seed gives another furnace."""
    assert VirtualFurnace(1, 0).advance(HOUR) != VirtualFurnace(2, 0).advance(HOUR)


def test_clock_does_not_run_back() -> None:
    """Going back is refused with a sentence."""
    furnace = VirtualFurnace(1, 0)
    furnace.advance(HOUR)
    with pytest.raises(ValueError, match="cannot go back"):
        furnace.advance(0)
