"""The chronicle tells rises, ends, lost data, advice and verdicts, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from expert.explain import clock
from expert.language.ast import Expected, FactRef
from expert.values.types import Expectation
from tests.tui.conftest import Moment
from tests.tui.scripted import ScriptedDesk, at
from tui.views.chronicle import Chronicle
from tui.views.events import Event
from tui.views.grouping import leading
from tui.views.layout import FactQuery, fitted, layout_of, read_layout
from tui.views.verdict import VerdictState, certainty_of

WHOLE = 80


def told(events: list[Event], *kinds: str) -> list[tuple[str, str]]:
    """Time and title of the events of some kinds."""
    return [(clock(e.time), e.what["en"]) for e in events if e.kind in kinds]


@pytest.fixture
def events(moment: Callable[[int], Moment]) -> list[Event]:
    """All events of the scripted story."""
    return list(moment(WHOLE)[1].events)


def test_rises_are_told_once_per_stage(events: list[Event]) -> None:
    """Suspected, then probable; a hot wall between them."""
    expected = [("02:21", "Hanging, suspected"), ("02:24", "Hot wall A (north)"), ("02:25", "Hanging, probable")]
    assert expected == told(events, "raised")


def test_a_rise_has_its_sentence_in_both_languages(events: list[Event]) -> None:
    """The rule's own sentence with the values of the scan in which it rose."""
    rise = next(e for e in events if e.kind == "raised")
    expected = {
        "en": "No charge for 13 min; blast pressure 428.0 kPa.",
        "zh": "已 13 min 未下料；热风压力 428.0 kPa。",
    }
    assert expected == rise.detail


def test_stages_that_end_together_are_one_end(events: list[Event]) -> None:
    """The highest stage is named, with the time since the first."""
    ends = [(clock(e.time), e.what["en"], e.detail["en"]) for e in events if e.kind == "cleared"]
    expected = [
        ("02:42", "Hanging, probable cleared", "after 21 min"),
        ("03:11", "Hot wall A (north) cleared", "after 47 min"),
    ]
    assert expected == ends


def test_lost_data_hold_and_are_told(events: list[Event]) -> None:
    """A lost signal never clears: the wall is held from the scan in which it went."""
    assert [("02:32", "Hot wall A (north)")] == told(events, "held")


def test_ended_advice_is_one_line(moment: Callable[[int], Moment]) -> None:
    """Several advices that end in one scan are told together."""
    desk, _ = moment(22)
    story = Chronicle(desk.program, read_layout())
    record = desk.records[-1]
    both = tuple(replace(record.advice[0], action=a, status="do") for a in ("blast_down", "blast_up"))
    story.take(replace(record, advice=both))
    over = story.take(replace(record, advice=(), firings=(), episodes=()))
    assert ["no longer advised: Cut blast volume, Raise blast volume"] == [
        e.what["en"] for e in over if e.kind == "advice_over"
    ]


def test_lost_data_of_a_lower_stage_are_not_told(moment: Callable[[int], Moment]) -> None:
    """While a higher stage stands, the lower one's state is no news."""
    desk, _ = moment(30)
    story = Chronicle(desk.program, read_layout())
    record = desk.records[-1]
    story.take(record)
    held = tuple(replace(e, state="held", held_since=at(30)) for e in record.episodes)
    new = story.take(replace(record, episodes=held))
    assert {"Hanging, probable", "Hot wall A (north)"} == {e.what["en"] for e in new if e.kind == "held"}


def test_advice_is_told_with_its_limit(events: list[Event]) -> None:
    """What to do comes with amount and limit, once."""
    assert [("02:21", "Cut blast volume 10 % (limit 20 %)")] == told(events, "advice")


def test_blocked_advice_says_why(events: list[Event]) -> None:
    """An advice that a fact forbids is told with that fact."""
    assert [("02:22", "not now: Raise blast volume 1 % (limit 2 %) (Hanging)")] == told(events, "blocked")


def test_only_advice_that_was_to_be_done_ends(events: list[Event]) -> None:
    """The blocked one ends silently."""
    assert [("02:40", "no longer advised: Cut blast volume")] == told(events, "advice_over")


def test_verdict_changes(events: list[Event]) -> None:
    """Each change with the words before and after."""
    expected = [("02:00", "verdict GO"), ("02:23", "verdict GO -> BACK"), ("02:40", "verdict BACK -> GO")]
    assert expected == told(events, "verdict")


def test_switches_leave_a_marker(events: list[Event]) -> None:
    """A stove change is worth a word."""
    assert [("02:05", "stove change")] == told(events, "marker")


def test_notes_are_told_once(events: list[Event]) -> None:
    """A note is told when it rises."""
    assert [("02:05", "Stove change")] == told(events, "note")


def test_totals_count_episodes(moment: Callable[[int], Moment]) -> None:
    """Episodes with a line of their own; severe from severity 4."""
    totals = moment(WHOLE)[1].totals
    assert (81, 3, 1, 0) == (totals.scans, totals.episodes, totals.severe, totals.open)


def test_a_late_scan_finds_late() -> None:
    """After a stall the rise is told as found late, once."""
    desk = ScriptedDesk(15)
    story = Chronicle(desk.program, read_layout())
    story.follow(desk.records)
    desk.let_pass(8)
    late = [e for e in story.follow(desk.tick()) if e.kind in ("raised", "late")]
    assert [("late", "found late: No charge for 13 min; blast pressure 428.0 kPa.")] == [
        (e.kind, e.detail["en"]) for e in late
    ]


def test_acknowledging_and_doing_are_told() -> None:
    """What a person did is part of the story."""
    desk = ScriptedDesk(26)
    story = Chronicle(desk.program, read_layout())
    story.follow(desk.records)
    probable = next(e for e in desk.records[-1].episodes if e.rule == "descent.hanging.probable")
    desk.event("ack", probable.id)
    desk.event("done", "blast_down", value=10.0)
    new = story.follow(desk.run_until(at(27)))
    expected = ["acknowledged: Hanging, probable", "you did: Cut blast volume"]
    assert expected == [e.what["en"] for e in new if e.kind == "person"]


def test_a_finding_that_was_wrong_is_told() -> None:
    """What it said would be seen by when, and that it was not; what came, or could not be told, is not news."""
    desk = ScriptedDesk(26)
    name = "descent.hanging.probable"
    seen = Expected(when=FactRef(type="hanging"), within=10 * 60_000)
    rules = {**desk.program.rules, name: replace(desk.program.rules[name], expect=(seen,))}
    story = Chronicle(replace(desk.program, rules=rules), read_layout())
    expectations = tuple(Expectation(name, (), at(1), at(11), s, at(11)) for s in ("wrong", "right", "undecided"))
    events = story.take(replace(desk.records[-1], expectations=expectations))
    told = [(e.what["en"], e.detail["en"]) for e in events if e.kind == "missed"]
    assert [("Hanging, probable", "said at 02:01 that hanging by 02:11; by 02:11 it did not")] == told


def test_begin_counts_from_there(moment: Callable[[int], Moment]) -> None:
    """What ran before the first scan that is shown does not count; what stands is told again."""
    desk, _ = moment(30)
    story = Chronicle(desk.program, read_layout())
    story.follow(desk.records)
    standing = story.begin(at(30))
    assert (0, at(30)) == (story.totals.scans, story.totals.first)
    assert ["Hanging, suspected", "verdict GO -> BACK", "Hot wall A (north)", "Hanging, probable"] == [
        e.what["en"] for e in standing
    ]


def test_what_it_rested_on_is_kept(moment: Callable[[int], Moment]) -> None:
    """The decisive instruments of the rise stay known while the episode stands."""
    desk, story = moment(33)
    probable = next(e for e in desk.records[-1].episodes if e.rule == "descent.hanging.probable")
    assert {("blast.pressure",), ("charge.count",)} == set(story.rests[probable.id])


def test_leading_shows_the_highest_stage(moment: Callable[[int], Moment]) -> None:
    """Of suspected and probable only the latter has a line; the more severe comes first."""
    desk, story = moment(33)
    found = leading(desk.records[-1].episodes, desk.program, story.layout)
    assert ["descent.hanging.probable", "heat.hot_wall"] == [e.rule for e in found]


def test_verdict_state(moment: Callable[[int], Moment]) -> None:
    """The verdict since when, and the one before."""
    assert VerdictState("back", at(23), "go") == moment(33)[1].verdict


def test_no_fact_is_no_certainty(moment: Callable[[int], Moment]) -> None:
    """A fact that nobody concludes is None, not false."""
    assert certainty_of(moment(33)[0].records[-1], FactQuery("index", (("name", "liquids"),))) is None


def test_layout_leaves_out_what_a_program_lacks(moment: Callable[[int], Moment]) -> None:
    """Facts and variables that a site or pack does not have are not asked for."""
    layout = layout_of(
        {
            "verdict": {"fact": "no_such_fact", "field": "call", "values": {}},
            "indices": [{"title": {"en": "x"}, "level": "nothing(aspect: level)"}],
            "standing": [{"variable": "blast.pressure"}, {"variable": "no.such"}, {"model": "no_model"}],
        }
    )
    kept = fitted(layout, moment(0)[0].program)
    assert (None, (), ["blast.pressure"]) == (kept.verdict, kept.indices, [s.variable for s in kept.standing])
