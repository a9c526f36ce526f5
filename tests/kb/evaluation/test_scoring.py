"""What counts as found, as named first and as said in vain, on events made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.evaluation.events import HOUR, MINUTE, UNKNOWN, Episode, Event, SeedRun
from kb.evaluation.scoring import findings, is_right, severe
from kb.furnace.labels import Label

HANG = Event("C01", "hang", 4, HOUR, 2 * HOUR, 2 * HOUR, "", HOUR + MINUTE, 2 * HOUR, (HOUR + MINUTE, 3 * HOUR))
CHANNEL = Event("C05", "channel", 3, HOUR, 2 * HOUR, 2 * HOUR, "B", HOUR + MINUTE, 2 * HOUR, None)


def said(condition: str, minute: float, *members: str, lasts: float = 10, severity: int = 4) -> Episode:
    """An episode that names a condition, minutes after the onset."""
    at = HOUR + int(minute * MINUTE)
    return Episode(f"r.{condition}", condition, severity, "condition", at, at + int(lasts * MINUTE), members)


def run(*episodes: Episode, events: tuple[Event, ...] = (HANG,), labels: tuple[Label, ...] = ()) -> SeedRun:
    """A run of ten hours."""
    return SeedRun(1, 0, 10 * HOUR, events, labels, episodes)


@pytest.mark.parametrize(
    ("minute", "hit"), [(-1, False), (0, True), (60, True), (61, False)], ids=["before", "onset", "last", "late"]
)
def test_a_hit_is_raised_between_onset_and_end_of_the_window(minute: int, hit: bool) -> None:
    """Both ends of the window belong to it; what was raised before the onset is no hit."""
    assert hit is findings(run(said("C01", minute)), {})[0].hit


def test_another_sector_is_no_hit() -> None:
    """A channel in B is found by a rule that names B or no place, not by one that names A."""
    found = [findings(run(said("C05", 5, *m), events=(CHANNEL,)), {})[0].hit for m in (["B"], [], ["A"])]
    assert [True, True, False] == found


def test_lead_is_the_time_from_the_rise_to_the_peak() -> None:
    """Raised after 15 minutes, the effect is largest after 60: a lead of 45."""
    assert 45 == findings(run(said("C01", 15)), {})[0].lead


def test_the_first_name_is_that_of_the_earliest_rise() -> None:
    """Only listed neighbours compete for the second figure, every condition for the matrix."""
    found = findings(run(said("C15", 3), said("C08", 2), said("C01", 9)), {"C01": ["C15"]})[0]
    assert (("C08",), ("C15",)) == (found.first, found.first_neighbour)


def test_names_in_the_same_scan_are_both_first() -> None:
    """A tie does not count against the right name."""
    assert ("C01", "C15") == findings(run(said("C15", 3), said("C01", 3)), {"C01": ["C15"]})[0].first_neighbour


def test_a_second_cause_is_no_wrong_name() -> None:
    """With two at once, each may be named first."""
    both = run(said("C05", 2), said("C01", 9), events=(HANG, CHANNEL))
    assert [("C01",), ("C05",)] == [f.first for f in findings(both, {"C01": ["C05"]})]


def test_a_claim_is_a_wrong_name_that_reads_likely() -> None:
    """A possible cooling and "abnormal, none of mine" are no claims, a likely channel is one."""
    possible = replace(said("C08", 5), support=400_000)
    assert ("C05",) == findings(run(possible, said("C05", 6), said(UNKNOWN, 7)), {})[0].claims


def test_flicker_counts_repeated_rises() -> None:
    """Three rises of one rule: two too many."""
    assert 2 == findings(run(*(said("C01", m, lasts=1) for m in (5, 10, 15))), {})[0].flicker


def test_an_episode_is_right_when_it_overlaps_its_label() -> None:
    """Ends touch; a label of another condition or place does not make it right."""
    label = Label("C08", 5 * HOUR, 6 * HOUR, 3)
    minutes = (5 * HOUR - HOUR) // MINUTE
    episodes = [said("C08", minutes - 10), said("C08", minutes - 11), said("C15", minutes)]
    assert [True, False, False] == [is_right(e, run(labels=(label,)), {}) for e in episodes]


def test_an_open_label_lasts_to_the_end() -> None:
    """A condition that still is there cannot be named in vain."""
    assert is_right(said("C08", 400), run(labels=(Label("C08", 5 * HOUR, None, 3),)), {})


def test_a_declared_consequence_is_right_while_the_twin_shows_it() -> None:
    """The hang's effect is visible for three hours: cooling then follows from it, without the table it is in vain."""
    table = {"C01": ["C08"]}
    episodes = [said("C08", 100), said("C08", 130), said("C06", 100)]
    assert [True, False, False] == [is_right(e, run(), table) for e in episodes]
    assert not is_right(episodes[0], run(), {})


def test_what_names_no_condition_is_right_while_anything_is_wrong() -> None:
    """A verdict, or "abnormal, none of mine", during the hang and long after it."""
    assert [True, True, False] == [is_right(e, run(), {}) for e in (said("", 30), said(UNKNOWN, 100), said("", 300))]


def test_advice_and_notes_are_not_judged() -> None:
    """They repeat what they follow from; so does severity 2 not have to be right."""
    one = said("C01", 5)
    others = [Episode("a", "", 4, kind, 0, 1) for kind in ("advice", "note")]
    assert [one] == severe(run(one, *others, said("C01", 6, severity=2)))
