"""Faults of instruments, arrival times and ranges."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kb.furnace import Cause, VirtualFurnace
from kb.furnace.catalogue import ground, load_members, load_variables

MINUTE = 60_000
HOUR = 60 * MINUTE


def values(cause: Cause, name: str, hours: int = 4) -> list:
    """Samples of one variable under an instrument cause."""
    return [s for s in VirtualFurnace(6, 0, [cause]).advance(hours * HOUR) if s.variable == name]


def test_frozen_instrument_repeats_its_last_value() -> None:
    """During a freeze every sample has the last count before it, with good quality."""
    samples = values(Cause("freeze", HOUR, 40 * MINUTE, tag="blast.pressure"), "blast.pressure")
    before = [s for s in samples if s.source < HOUR][-1]
    inside = {(s.count, s.quality) for s in samples if HOUR <= s.source < HOUR + 40 * MINUTE}
    assert {(before.count, "good")} == inside


def test_freeze_holds_across_steps() -> None:
    """A freeze that begins and ends inside separate steps holds one value."""
    furnace = VirtualFurnace(6, 0, [Cause("freeze", HOUR, 40 * MINUTE, tag="blast.pressure")])
    counts = set()
    while furnace.clock < 100 * MINUTE:
        samples = furnace.advance(furnace.clock + MINUTE)
        counts |= {s.count for s in samples if s.variable == "blast.pressure" and s.source >= HOUR}
    assert 1 == len(counts)


def test_freeze_ends() -> None:
    """After its end the instrument moves again."""
    samples = values(Cause("freeze", HOUR, 40 * MINUTE, tag="blast.pressure"), "blast.pressure")
    assert len({s.count for s in samples if s.source >= HOUR + 40 * MINUTE}) > 10


def test_silent_dropout_sends_nothing() -> None:
    """No sample has a source time inside the dropout."""
    samples = values(Cause("dropout", HOUR, 30 * MINUTE, tag="top.pressure"), "top.pressure")
    assert [] == [s for s in samples if HOUR <= s.source < 90 * MINUTE]


def test_bad_status_dropout_sends_bad_samples_without_value() -> None:
    """The samples come in time, bad and empty."""
    samples = values(Cause("dropout", HOUR, 30 * MINUTE, tag="top.pressure", silent=False), "top.pressure")
    inside = [(s.count, s.quality, s.note) for s in samples if HOUR <= s.source < 90 * MINUTE]
    assert [(None, "bad", "status")] * 30 == inside


def test_fault_touches_one_instrument_only() -> None:
    """All other instruments of the run are as in the twin."""
    cause = Cause("dropout", HOUR, 30 * MINUTE, tag="top.pressure")
    plain = [s for s in VirtualFurnace(6, 0).advance(3 * HOUR) if s.variable != "top.pressure"]
    assert plain == [s for s in VirtualFurnace(6, 0, [cause]).advance(3 * HOUR) if s.variable != "top.pressure"]


def test_unknown_tag_is_refused() -> None:
    """A fault of an instrument that does not exist is an error, not a fault of nothing."""
    with pytest.raises(ValueError, match=r"no instrument 'blast\.presure'"):
        VirtualFurnace(1, 0, [Cause("freeze", 0, HOUR, tag="blast.presure")])


def test_assays_arrive_20_to_40_minutes_after_sampling() -> None:
    """Silicon is known 20-40 min later; sulphur comes from the same sample."""
    history = VirtualFurnace(6, 0).history(72 * HOUR)
    silicon, sulphur = history["hot_metal.silicon"], history["hot_metal.sulphur"]
    delay = (silicon.arrival - silicon.source) / MINUTE
    same = np.array_equal(silicon.source, sulphur.source)
    assert (True, True, True) == (delay.min() >= 20.0, delay.max() <= 40.0, same)


def test_hot_metal_is_measured_during_casts_only() -> None:
    """No temperature is taken with a closed taphole."""
    history = VirtualFurnace(6, 0).history(72 * HOUR)
    minute = history["hot_metal.temperature"].source // MINUTE
    taphole = dict(zip(history["taphole.open"].source // MINUTE, history["taphole.open"].count, strict=True))
    assert {1} == {int(taphole[m]) for m in minute if m in taphole}


def test_minute_samples_arrive_within_their_minute() -> None:
    """A scan on the minute sees a sample of each minute: source and arrival lie before its end."""
    history = VirtualFurnace(6, 0).history(2 * HOUR)
    pressure = history["blast.pressure"]
    assert list(range(120)) == (pressure.source // MINUTE).tolist() == (pressure.arrival // MINUTE).tolist()


def test_stockline_is_read_every_20_seconds() -> None:
    """Source times are 20 s apart."""
    source = VirtualFurnace(6, 0).history(2 * HOUR)["stockline.south"].source
    assert {20_000} == set(np.diff(source).tolist())


def test_advance_is_sorted_by_arrival_then_variable() -> None:
    """Samples come in the order in which they could be known."""
    keys = [(s.arrival, s.variable) for s in VirtualFurnace(6, 0).advance(3 * HOUR)]
    assert sorted(keys) == keys


def test_value_out_of_range_is_bad() -> None:
    """What the instrument cannot show is marked, with its reading kept."""
    narrow = dataclasses.replace(load_variables()["blast.pressure"], valid=(0.0, 100.0))
    sample = VirtualFurnace(6, 0, variables={"blast.pressure": narrow}).advance(MINUTE)[0]
    assert ("bad", "range", True) == (sample.quality, sample.note, sample.count is not None)


def test_furnace_sends_only_what_the_plant_measures() -> None:
    """Given some variables it sends these, and leaves out what it does not have."""
    known = load_variables()
    extra = dataclasses.replace(known["blast.volume"], id="roof.colour")
    wanted = {"blast.volume": known["blast.volume"], "roof.colour": extra}
    assert ("blast.volume",) == VirtualFurnace(6, 0, variables=wanted).measured


def test_what_is_sent_is_declared() -> None:
    """Every instrument here is one of the plant's variables; the plant may have more."""
    assert set(VirtualFurnace(6, 0).measured) < set(ground(load_variables(), load_members()))


def test_bias_moves_every_reading_by_the_same_amount() -> None:
    """A wrong zero shifts good readings by a quarter of the usual range per severity, until it is cured."""
    cause = Cause("bias", HOUR, 40 * MINUTE, severity=2, tag="blast.pressure")
    plain = [s.count for s in VirtualFurnace(6, 0).advance(4 * HOUR) if s.variable == "blast.pressure"]
    ours = [s.count for s in values(cause, "blast.pressure")]
    assert [0] * 60 + [80] * 40 + [0] * 140 == [b - a for a, b in zip(plain, ours, strict=True)]


def test_drift_grows_until_its_end() -> None:
    """A drift begins with nothing and ends with its full size."""
    cause = Cause("drift", HOUR, 100 * MINUTE, severity=4, tag="blast.pressure")
    plain = [s.count for s in VirtualFurnace(6, 0).advance(4 * HOUR) if s.variable == "blast.pressure"]
    apart = [b - a for a, b in zip(plain, [s.count for s in values(cause, "blast.pressure")], strict=True)][60:160]
    assert (True, True, True) == (apart[0] <= 2, apart[-1] >= 155, apart == sorted(apart))
