"""The effect of a cause, by a run with it and one without."""

from __future__ import annotations

import numpy as np
import pytest

from kb.furnace import Cause, VirtualFurnace
from kb.furnace.twin import Effect, clear_at, twin

MINUTE = 60_000
HOUR = 60 * MINUTE
HANG = Cause("hang", 6 * HOUR, 30 * MINUTE)
LATER = Cause("channel", 8 * HOUR, 30 * MINUTE, sector="B")


def test_effect_names_the_instruments_that_show_it() -> None:
    """A channel shows on the uptake of its sector and not on that across."""
    seen = {e.tag for e in twin(3, 0, [LATER], 0, 9 * HOUR) if e.first is not None}
    assert ("sectors[B].uptake_temperature" in seen, "sectors[D].uptake_temperature" in seen) == (True, False)


def test_nothing_shows_before_the_onset() -> None:
    """The first difference comes after the onset."""
    firsts = [e.first for e in twin(3, 0, [HANG], 0, 8 * HOUR) if e.first is not None]
    assert min(firsts) >= HANG.onset


def test_effect_of_one_among_two() -> None:
    """The other cause of the run is in both runs, so it is no effect of this one."""
    seen = {e.tag for e in twin(3, 0, [HANG, LATER], 1, 9 * HOUR) if e.first is not None}
    assert "sectors[B].uptake_temperature" in seen
    assert min(e.first for e in twin(3, 0, [HANG, LATER], 1, 9 * HOUR) if e.first) >= LATER.onset


def test_effect_has_its_largest_and_its_last_time() -> None:
    """Both lie between the first crossing and the end of the run, the largest effect not after the last crossing."""
    for e in twin(3, 0, [HANG], 0, 9 * HOUR):
        if e.first is not None:
            assert e.at is not None and e.last is not None
            assert e.first <= e.at <= e.last <= 9 * HOUR


def test_lost_instrument_is_its_own_effect() -> None:
    """A dropout shows on the instrument that it takes away."""
    lost = Cause("dropout", 6 * HOUR, 30 * MINUTE, tag="blast.volume")
    assert ["blast.volume"] == [e.tag for e in twin(3, 0, [lost], 0, 7 * HOUR)]


def test_clear_needs_two_instruments_within_the_window() -> None:
    """The second first crossing counts, and only inside the window."""
    effects = [Effect("a", 10, 4.0), Effect("b", 30, 3.1), Effect("c", None, 2.0)]
    assert (30, None, 10) == (clear_at(effects, 0, 30), clear_at(effects, 0, 29), clear_at(effects, 0, 30, 1))


def test_fork_goes_on_like_its_original() -> None:
    """A copy in the middle of a run gives the samples that the original gives."""
    furnace = VirtualFurnace(5, 0, [HANG])
    furnace.skip(6 * HOUR)
    copy = furnace.fork()
    ours, theirs = furnace.history(8 * HOUR), copy.history(8 * HOUR)
    assert [True] * len(ours) == [np.array_equal(h.count, theirs[name].count) for name, h in ours.items()]


def test_skipping_gives_the_same_samples_later() -> None:
    """A run that skips its first hours reads afterwards what a whole run reads."""
    furnace, whole = VirtualFurnace(5, 0), VirtualFurnace(5, 0)
    furnace.skip(30 * HOUR)
    whole.history(30 * HOUR)
    ours, theirs = furnace.history(31 * HOUR), whole.history(31 * HOUR)
    assert np.array_equal(ours["blast.pressure"].count, theirs["blast.pressure"].count)


def test_begun_cause_cannot_be_withdrawn() -> None:
    """What has happened stays."""
    furnace = VirtualFurnace(5, 0, [HANG])
    furnace.skip(7 * HOUR)
    with pytest.raises(ValueError, match="not a cause of this furnace that lies ahead"):
        furnace.withdraw(HANG)
