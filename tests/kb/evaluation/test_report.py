"""The figures of an evaluation, on runs made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.evaluation.events import DAY, HOUR, MINUTE, UNKNOWN, WEEK, Episode, Event, SeedRun
from kb.evaluation.report import Report, summarize
from kb.evaluation.statistics import Share, flood_time, most_in


def event(day: int, severity: int = 4, clear: bool = True) -> Event:
    """A hang at noon."""
    at = day * DAY + 12 * HOUR
    return Event(
        "C01", "hang", severity, at, at + HOUR, at + HOUR, "", at if clear else None, at + HOUR if clear else None
    )


def said(at: int, condition: str = "C01", severity: int = 4) -> Episode:
    """An episode of ten minutes."""
    return Episode(f"r.{condition}", condition, severity, "condition", at, at + 10 * MINUTE)


@pytest.fixture
def report() -> Report:
    """Two weeks, four events of which one is not clear; two are found, one is called C15; one episode is in vain."""
    events = (event(0), event(1, 2), event(2, 5), event(3, 4, clear=False))
    noons = [e.onset for e in events]
    episodes = (said(noons[0] + 5 * MINUTE), said(noons[1] + 20 * MINUTE), said(noons[2], "C15"), said(9 * DAY))
    return summarize([SeedRun(1, 0, 2 * WEEK, events, (), episodes)], {"C01": ["C15"]}, {})


def test_recall_counts_clear_events(report: Report) -> None:
    """Three are clear, two of them found: one of the two severe ones, the only other one."""
    line = report.overall
    assert (4, 3) == (line.events, line.clear)
    assert [(2, 3), (1, 2), (1, 1)] == [(s.hits, s.of) for s in (line.recall, line.recall_severe, line.recall_rest)]


def test_recall_over_severity(report: Report) -> None:
    """One event each of severity 2, 4 and 5."""
    assert {1: (0, 0), 2: (1, 1), 3: (0, 0), 4: (1, 1), 5: (0, 1)} == {
        k: (s.hits, s.of) for k, s in report.overall.curve.items()
    }


def test_precision_is_stated_for_seven_events_a_week(report: Report) -> None:
    """Two right and two in vain with 1.5 events a week; with seven, right ones are 7 / 1.5 times as many."""
    assert Share(2, 4).value == 0.5
    assert report.overall.precision.value == pytest.approx(2 * 7 / 1.5 / (2 * 7 / 1.5 + 2))
    assert {"r.C15": 1, "r.C01": 1} == report.in_vain


def test_the_right_name_first_and_the_matrix(report: Report) -> None:
    """Two of three were named first; the third was called by its neighbour's name."""
    assert (2, 3) == (report.overall.first_named.hits, report.overall.first_named.of)
    assert {"C01": {"C01": 2, "C15": 1}} == report.matrix


def test_lead_is_the_median(report: Report) -> None:
    """55 and 40 minutes before the peak."""
    assert 47.5 == report.overall.lead


def test_load_per_shift_and_priorities(report: Report) -> None:
    """Four notifications in 42 shifts, all of high priority."""
    assert 4 / 42 == pytest.approx(report.load.per_shift)
    assert (1, 0.0, {"low": 0.0, "medium": 0.0, "high": 1.0}) == (
        report.load.most_per_shift,
        report.load.flood,
        report.load.priorities,
    )


def test_the_json_form_has_the_keys_that_scripts_rely_on(report: Report) -> None:
    """The same for all conditions and for each."""
    out = report.as_json()
    keys = {"episodes", "recall_severe", "recall", "precision", "first_named"}
    assert keys | {"notifications_per_shift"} <= out["overall"].keys()
    assert keys <= out["conditions"]["C01"].keys()
    assert 0.6667 == out["overall"]["recall"]


def test_what_no_rule_can_know_is_misnamed_or_not() -> None:
    """Two unknown events: one called a hang, one abnormal and none of ours."""
    events = tuple(replace(event(day), condition=UNKNOWN) for day in (0, 1))
    episodes = (said(events[0].onset), said(events[1].onset, UNKNOWN))
    out = summarize([SeedRun(1, 0, WEEK, events, (), episodes)], {}, {})
    assert out.misnamed is not None
    assert (1, 2, 1) == (out.misnamed.hits, out.misnamed.of, out.lines[UNKNOWN].recall.hits)


def test_nothing_injected_gives_no_share() -> None:
    """A share of nothing is null, its interval everything."""
    out = summarize([SeedRun(1, 0, DAY, (), (), ())], {}, {}).as_json()["overall"]
    assert (None, {"low": 0.0, "high": 1.0, "of": 0}) == (out["recall"], out["recall_interval"])


def test_two_furnaces_have_shifts_of_their_own() -> None:
    """The fullest shift is that of one operator."""
    one = SeedRun(1, 0, DAY, (), (), tuple(said(i * HOUR) for i in range(3)))
    assert 3 == summarize([one, replace(one, seed=2)], {}, {}).load.most_per_shift


def test_wilsons_interval_shifted_by_odds() -> None:
    """An end moves as the share itself does."""
    plain, odds = Share(8, 10), Share(8, 10, 3.0)
    assert [round(x, 4) for x in (plain.low, plain.high)] == [0.4902, 0.9433]
    assert odds.low == pytest.approx(3 * plain.low / (3 * plain.low + 1 - plain.low))


def test_a_flood_starts_above_ten_and_ends_below_five() -> None:
    """Ten in ten minutes are none; with an eleventh it lasts until all but four are older than ten minutes."""
    ten = [i * 30_000 for i in range(10)]
    assert 0 == flood_time(ten, HOUR)
    assert 10 * MINUTE + 30_000 * 6 - 5 * MINUTE == flood_time([*ten, 5 * MINUTE], HOUR)


def test_a_flood_at_the_end_of_a_run_is_cut() -> None:
    """Only time that was run counts."""
    assert 2 * MINUTE == flood_time([0] * 12, 2 * MINUTE)


def test_the_fullest_window() -> None:
    """Both ends of a window cannot be in it."""
    assert (2, 3) == (most_in([0, 5, 10], 10), most_in([0, 5, 9], 10))
