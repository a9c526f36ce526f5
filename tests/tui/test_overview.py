"""The overview's view-model: what an operator needs in the first five seconds, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from expert.values.interval import Interval
from expert.values.types import AdviceItem, Episode
from tests.tui.conftest import Moment
from tests.tui.scripted import ScriptedDesk, at
from tui.views.advice import acting
from tui.views.chronicle import Chronicle
from tui.views.events import severity_mark
from tui.views.layout import read_layout
from tui.views.overview import Overview, advice_view, overview, role_name, sure_words
from tui.views.watch import Span, Watcher

View = Callable[..., Overview]


def test_header(view: View) -> None:
    """Plant, speed, plant time, share of usable variables."""
    v = view(33)
    assert ("Test furnace", "x60", "Tue 03 Mar", "02:33", 7 / 8) == (v.name, v.speed, v.date, v.clock, v.data)


def test_quiet_plant_has_nothing_abnormal(view: View) -> None:
    """A healthy furnace: GO, nothing abnormal, nothing to do."""
    v = view(0)
    assert v.verdict is not None
    assert ("GO", "normal", "nothing to do", (), ()) == (
        v.verdict.word, v.verdict.tone, v.verdict.action, v.abnormal, v.advice,
    )  # fmt: skip


def test_verdict_leads_to_the_first_action(view: View) -> None:
    """The verdict's row says what to do first and what the verdict was before."""
    v = view(33).verdict
    assert v is not None
    assert ("BACK", "caution", "Cut blast volume 10 %", "GO until 02:23") == (v.word, v.tone, v.action, v.before)


def test_verdict_in_chinese(view: View) -> None:
    """The same in Chinese."""
    v = view(33, "zh").verdict
    assert v is not None
    assert ("退守", "减风 10 %", "02:23 前为可强化") == (v.word, v.action, v.before)


def test_abnormal_states(view: View) -> None:
    """Mark, title, how sure, since, what it rests on; most severe first, stages folded."""
    rows = [(e.mark, e.title, e.word, e.since, e.rests, e.lost) for e in view(33).abnormal]
    assert [
        ("!!4", "Hanging, probable", "nearly certain", "02:21", "PT-101, CT-310", False),
        (" !2", "Hot wall A (north)", "possible, held", "02:24", "TT-341A lost", True),
    ] == rows


def test_abnormal_states_in_chinese(view: View) -> None:
    """The same in Chinese."""
    rows = [(e.title, e.word, e.rests) for e in view(33, "zh").abnormal]
    assert [
        ("很可能悬料", "几乎确定", "PT-101, CT-310"),
        ("炉墙过热 A（北）", "可能，保持", "TT-341A 失效"),
    ] == rows


def test_advice(view: View) -> None:
    """What is to be done first; what is forbidden with its reason."""
    rows = [(a.status, a.what, a.when, a.confirm) for a in view(33).advice]
    assert [
        (
            "do",
            "Cut blast volume 10 % (limit 20 %)",
            "acts in 1-5 min; review after 15 min",
            "approval: foreman; check: Blast pressure falls",
        ),
        ("blocked", "Raise blast volume 1 % (limit 2 %)", "not now: Hanging", "check: The burden descends evenly"),
    ] == rows


def test_advice_on_its_way_says_until_when(moment: Callable[[int], Moment]) -> None:
    """An action that was done and has not acted yet is not advised again."""
    item = AdviceItem("blast_down", 10.0, "%", 20.0, "r", "e", 4, "pending", "", at(35), at(45))
    expected = "done, on its way; acts by 02:35; review 02:45"
    assert expected == advice_view(moment(33)[0].program, item, "en").when


def test_contradicted_advice_names_its_rival(moment: Callable[[int], Moment]) -> None:
    """Contradicting levers are never both to be done."""
    item = AdviceItem("blast_up", 1.0, "%", 2.0, "r", "e", 1, "contradicted", "blast_down")
    assert "not with: Cut blast volume" == advice_view(moment(33)[0].program, item, "en").when


def test_watch_shows_evidence_first(view: View) -> None:
    """Decisive variables of what is abnormal come first, then those that always matter, each once."""
    v = view(33)
    expected = [
        "hot blast pressure",
        "minutes since charge",
        "stave body temperature A (north)",
        "hot metal temperature",
        "silicon in 2 h",
    ]
    assert (expected, 3) == ([r.title for r in v.watch], v.evidence_rows)


def test_watch_row_has_normal_from_the_baseline(view: View) -> None:
    """Value, unit, where it stands, and what is normal."""
    row = view(33).watch[0]
    assert ("439.0", "kPa", "high", "419.5 ±4.5") == (row.value, row.unit, row.flag, row.normal)


def test_lost_signal_shows_no_value(view: View) -> None:
    """A lost signal is never shown as its last value; the time of that value is told."""
    row = view(33).watch[2]
    assert ("", "lost", "02:31") == (row.value, row.flag, row.at)


def test_minutes_since_a_charge(view: View) -> None:
    """A counter shows the minutes since it moved, against the usual ones."""
    row = view(33).watch[1]
    assert ("25", "min", "high", "5-12") == (row.value, row.unit, row.flag, row.normal)


def test_outlook_of_a_model(view: View) -> None:
    """A forecast shows its interval and the chance that the rules ask for."""
    row = view(33).watch[-1]
    assert ("0.41", "(0.26-0.56)", "P(<0.35) 22-31 %") == (row.value, row.normal, row.note)


def test_outlook_without_an_answer(moment: Callable[[int], Moment]) -> None:
    """A silent model is told, not guessed."""
    desk, story = moment(33)
    watcher = Watcher(desk, at(33), "en", Span(at(3), at(33), 15))
    row = watcher.outlook(story.layout.standing[-1], [])
    assert row is not None
    assert ("", "lost", "no forecast") == (row.value, row.flag, row.note)


def test_plots_share_one_time_axis(view: View) -> None:
    """Every plot has the same number of columns."""
    v = view(33)
    assert {v.span.columns} == {len(r.plot) for r in v.watch if r.plot}


def test_earlier_leaves_out_what_stands_above(view: View) -> None:
    """Newest first; open episodes and the advice board are not repeated."""
    assert [("02:32", " ??"), ("02:23", " =="), ("02:21", " !3")] == [(e.time, e.mark) for e in view(33).earlier][:3]


def test_acknowledged_is_known() -> None:
    """An acknowledgement of the engine is seen in the next frame."""
    desk = ScriptedDesk(26)
    story = Chronicle(desk.program, read_layout())
    story.follow(desk.records)
    top = overview(desk, story, "en").abnormal[0]
    desk.event("ack", top.id)
    story.follow(desk.run_until(at(27)))
    assert overview(desk, story, "en").abnormal[0].acknowledged


def test_a_desk_before_its_first_scan() -> None:
    """Nothing is known, and nothing breaks."""
    desk = ScriptedDesk(-1)
    v = overview(desk, Chronicle(desk.program, read_layout()), "en")
    assert (None, (), ()) == (v.verdict, v.abnormal, v.advice)


@pytest.mark.parametrize(
    ("change", "disputed", "expected"),
    [
        ({"state": "held"}, False, "possible, held"),
        ({"state": "clearing"}, False, "clearing"),
        ({"state": "held", "open_question": True}, False, "open question"),
        ({"certainty": Interval(800_000, 900_000)}, False, "likely"),
        ({}, True, "disputed"),
    ],
)
def test_how_sure_in_words(change: dict[str, object], disputed: bool, expected: str) -> None:
    """A word of certainty, or what else an operator must know of the state."""
    episode = replace(Episode("e", "r", (), 2, 0, "raised", Interval(200_000, 900_000)), **change)  # type: ignore[arg-type]
    assert expected == sure_words(episode, disputed, "en")


def test_marks_differ_in_shape() -> None:
    """Severities are told apart without colour."""
    assert ["!!5", "!!4", " !3", " !2", " .1"] == [severity_mark(n) for n in (5, 4, 3, 2, 1)]


def test_acting_times(moment: Callable[[int], Moment]) -> None:
    """From when until when an action shows, in one unit where it can be."""
    action = moment(0)[0].site.actions["blast_down"]
    assert ["1-5 min", "5 min", "45 min - 4 h"] == [
        acting(action),
        acting(replace(action, acts_in=300_000)),
        acting(replace(action, acts_in=2_700_000, full_in=14_400_000)),
    ]


def test_unusual_roles_stay_as_written() -> None:
    """A role that has no text is shown as the catalogue has it."""
    assert ["foreman", "works manager"] == [role_name("foreman", "en"), role_name("works manager", "en")]
