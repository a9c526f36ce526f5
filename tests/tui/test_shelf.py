"""Shelving: for a time, on record, apart from what is open; it ends by itself, and never hides severity 5."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from expert.run.log import RunLog
from expert.run.past import PastRun
from expert.values.types import Episode, OperatorEvent
from tests.tui.driver import Driver, drive
from tests.tui.scripted import MINUTE, ScriptedDesk, at
from tui.views.chronicle import Chronicle
from tui.views.handover import handover
from tui.views.layout import read_layout
from tui.views.overview import overview
from tui.views.paint import Look, paint
from tui.views.pen import plain
from tui.views.shelf import Shelf

WALL = "heat.hot_wall"
SUSPECTED = "descent.hanging.suspected"


def episode(desk: ScriptedDesk, rule: str) -> Episode:
    """The open episode of a rule."""
    assert desk.record is not None
    return next(e for e in desk.record.episodes if e.rule == rule)


def story_of(desk: ScriptedDesk) -> Chronicle:
    """All that a desk has told."""
    story = Chronicle(desk.program, read_layout())
    story.follow(desk.records)
    return story


def open_rules(desk: ScriptedDesk) -> list[str]:
    """Rules of the lines of ABNORMAL NOW."""
    return [e.rule for e in overview(desk, story_of(desk), "en").abnormal]


def titles(desk: ScriptedDesk) -> list[tuple[str, str, str]]:
    """What is shelved: title, until when, comment."""
    return [(s.title, s.until, s.comment) for s in overview(desk, story_of(desk), "en").shelved]


@pytest.fixture
def shelved() -> ScriptedDesk:
    """At 02:36 the hot wall is shelved until 03:06; the hang beside it is not."""
    desk = ScriptedDesk(35)
    desk.event("shelve", episode(desk, WALL).id, "gauge is changed", 30, "Li")
    desk.go_to(36)
    return desk


def test_what_is_shelved_stands_apart(shelved: ScriptedDesk) -> None:
    """Not among what is abnormal, but in a row of its own, with until when, by whom and why."""
    assert (["descent.hanging.probable"], [("Hot wall A (north)", "until 03:06 by Li", "Li: gauge is changed")]) == (
        open_rules(shelved),
        titles(shelved),
    )


def test_it_comes_back_when_the_time_is_over(shelved: ScriptedDesk) -> None:
    """In plant time, to the scan, and it is told."""
    shelved.go_to(65)
    assert [] == open_rules(shelved)
    shelved.go_to(66)
    assert ([WALL], []) == (open_rules(shelved), titles(shelved))
    told = [e.what["en"] for e in story_of(shelved).events if e.kind in ("shelved", "unshelved")]
    assert ["shelved until 03:06: Hot wall A (north)", "no longer shelved: Hot wall A (north)"] == told


def test_it_comes_back_when_it_gets_worse() -> None:
    """A higher stage of the finding ends it for good, also when that stage is over sooner than the time."""
    desk = ScriptedDesk(22)
    desk.event("shelve", episode(desk, SUSPECTED).id, "stove change", 120)
    desk.go_to(23)
    assert [] == open_rules(desk)
    desk.go_to(25)
    assert (["descent.hanging.probable", WALL], []) == (open_rules(desk), titles(desk))
    assert "no longer shelved, it got worse: Hanging, suspected" in [e.what["en"] for e in story_of(desk).events]


def test_a_person_takes_it_back(shelved: ScriptedDesk) -> None:
    """Shelving for no time."""
    shelved.event("shelve", episode(shelved, WALL).id, value=0)
    shelved.go_to(37)
    assert ["descent.hanging.probable", WALL] == open_rules(shelved)


def test_a_rule_is_shelved_for_all_its_episodes() -> None:
    """Also for those that rise while it is."""
    desk = ScriptedDesk(10)
    desk.event("shelve", WALL, "known", 60, "Li")
    desk.go_to(30)
    assert ["descent.hanging.probable"] == open_rules(desk)
    assert "until 03:11 by Li" == titles(desk)[0][1]


def test_an_episode_that_ends_leaves_the_shelf() -> None:
    """Its next rise is another episode, and shown."""
    desk = ScriptedDesk(35)
    desk.event("shelve", episode(desk, WALL).id, "known", 480)
    desk.go_to(75)
    assert [] == titles(desk)


def test_severity_five_is_never_shelved(shelved: ScriptedDesk) -> None:
    """Neither by its own id nor by its rule, nor when it becomes so severe under a rule that is shelved."""
    assert shelved.record is not None
    severe = replace(episode(shelved, WALL), severity=5)
    shelf = Shelf()
    story = story_of(shelved)
    event = OperatorEvent(at(36), "shelve", severe.id, value=30)
    record = replace(shelved.record, episodes=(severe,), input=replace(shelved.record.input, events=(event,)))
    assert ([], None) == (shelf.take(record, story.program, story.layout), shelf.of(severe))
    assert story.shelf.of(episode(shelved, WALL)) is not None
    assert story.shelf.of(severe) is None


def test_a_shift_is_the_longest() -> None:
    """Whatever was asked for."""
    desk = ScriptedDesk(35)
    desk.event("shelve", episode(desk, WALL).id, "known", 5000)
    desk.go_to(36)
    [entry] = story_of(desk).shelf.entries.values()
    assert 8 * 60 * MINUTE == entry.until - entry.since


def test_after_a_restart_it_is_still_shelved(tmp_path: Path) -> None:
    """The shelf is what the trace says, so that whoever reads it has the same."""
    desk = ScriptedDesk(0)
    log = RunLog(tmp_path, "site/pack")
    log.begin(desk.program, {})
    log.snapshot(desk.runner.session, [])
    desk.runner.log = log
    desk.go_to(35)
    desk.event("shelve", episode(desk, WALL).id, "gauge is changed", 30, "Li")
    desk.go_to(40)
    desk.close()
    again = Chronicle(desk.program, read_layout())
    again.follow(PastRun(tmp_path).records())
    assert story_of(desk).shelf.entries == again.shelf.entries != {}


@pytest.mark.parametrize(("lang", "said"), [("en", "SHELVED (1)"), ("zh", "已搁置 (1)")])
def test_it_has_a_row_in_a_small_terminal(shelved: ScriptedDesk, lang: str, said: str) -> None:
    """And the screen is not higher for it."""
    rows = paint(overview(shelved, story_of(shelved), lang), Look(80, 23, False, "", set()))
    [row] = [plain(r) for r in rows if said in plain(r)]
    assert "03:06" in row and len(rows) <= 23


def test_the_handover_names_it(shelved: ScriptedDesk) -> None:
    """With its comment, and not among what is open or held."""
    assert shelved.record is not None
    page = handover(story_of(shelved), shelved.record, shelved.history, "", "en")
    found = {s.title: [(x.text, x.remarks) for x in s.lines] for s in page.sections}
    assert [("Hot wall A (north)", ("Li: gauge is changed",))] == found["SHELVED"]
    assert [] == found["HELD WITHOUT DATA"]


# ---------------------------------------------------------------- the keys


def test_s_shelves_for_a_time_with_a_comment() -> None:
    """The second choice is an hour; letters are text there, and without one nothing is recorded."""

    async def work(d: Driver) -> None:
        await d.press("down", "s")
        await d.shows("SHELVE", "Hot wall A (north): 1 h", "the whole rule")
        await d.press("2")
        await d.shows("Comment (Enter records it):")
        await d.press("enter", "q", "l", "backspace", "enter")
        await d.shows("Recorded: shelved")
        wall = episode(d.desk, WALL).id
        await d.until(lambda: ("shelve", wall, 60.0) in d.desk.told, "the event")
        d.desk.let_pass(1)
        await d.shows("ABNORMAL NOW (1)", "SHELVED (1)", "until 03:34")
        await d.press("s")
        await d.shows("take back: Hot wall A (north)")

    drive(work)


def test_c_comments_on_an_action() -> None:
    """Why an advice is not followed, e.g.; Esc leaves without a word."""

    async def work(d: Driver) -> None:
        await d.press("c")
        await d.shows("COMMENT ON", "Cut blast volume 10 %")
        await d.press("2")
        await d.shows("Comment (Enter records it):")
        await d.press("n", "o", "enter")
        await d.shows("Recorded: no")
        await d.until(lambda: ("comment", "blast_down", None) in d.desk.told, "the event")

    drive(work)
