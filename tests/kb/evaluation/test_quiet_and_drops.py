"""Days without a cause, and instruments that are lost, on runs made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from expert.values.history import make_column
from kb.evaluation.campaign import Campaign
from kb.evaluation.drops import compare, without
from kb.evaluation.events import DAY, HOUR, MINUTE, UNKNOWN, Episode, Event, SeedRun
from kb.evaluation.quiet import summarize_quiet

HANG = Event("C01", "hang", 3, HOUR, 2 * HOUR, 2 * HOUR, "", HOUR, 2 * HOUR)


def said(at: int, severity: int = 4, condition: str = "C01", kind: str = "condition") -> Episode:
    """An episode of an hour."""
    return Episode(f"r.{condition}", condition, severity, kind, at, at + HOUR)


def run(*episodes: Episode, seed: int = 1) -> SeedRun:
    """Three days."""
    return SeedRun(seed, 0, 3 * DAY, (), (), episodes)


def test_severe_episodes_in_three_days() -> None:
    """Two of severity 3 and above on two furnaces with three days each: one in three days."""
    found = summarize_quiet([run(said(0, 3), said(DAY, 2)), run(said(0, 5, "C08"), seed=2)])
    assert (6.0, 1.0, 5, {"r.C01": 1, "r.C08": 1}) == (found.days, found.per_three_days, found.worst, found.severe)


def test_the_fullest_hour_is_that_of_one_furnace() -> None:
    """Three within an hour on one furnace; notes and what another operator hears do not count."""
    three = [said(m * MINUTE, 1) for m in (0, 20, 59)]
    found = summarize_quiet([run(*three, said(5, 1, kind="note"), said(61 * MINUTE, 1)), run(*three, seed=2)])
    assert 3 == found.most_per_hour


def test_how_long_the_pack_does_not_know() -> None:
    """Two hours of seventy-two."""
    found = summarize_quiet([run(said(0, 2, UNKNOWN), said(DAY, 2, UNKNOWN))])
    assert 2 / 72 == found.unknown


def test_a_lost_instrument_creates_what_was_not_there() -> None:
    """A grave episode that overlaps none of the same rule is new; one that begins a little earlier is not."""
    whole, less = run(said(10 * HOUR)), run(said(10 * HOUR - MINUTE), said(20 * HOUR), said(30 * HOUR, 3))
    assert {"r.C01": 1} == compare("x", whole, less).created


def test_a_lost_instrument_costs_an_event() -> None:
    """The hang is found with the instrument and not without it."""
    whole = replace(run(said(HOUR)), events=(HANG,))
    assert ("C01/3",) == compare("x", whole, replace(whole, episodes=())).lost
    assert () == compare("x", whole, whole).lost


def test_an_instrument_is_lost_from_the_first_scan_on() -> None:
    """What it sent before is history; the others send on."""
    times = np.arange(4, dtype=np.int64) * HOUR
    column = make_column(times, times, times, np.zeros(4, np.uint8), np.zeros(4, np.int16), [""])
    campaign = Campaign(1, 2 * HOUR, 4 * HOUR, (), (), {"a": column, "b": column})
    cut = without(campaign, "a").columns
    assert (3, 4) == (len(cut["a"]), len(cut["b"]))
