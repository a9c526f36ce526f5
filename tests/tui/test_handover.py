"""The shift handover: what stands, what was said and done about it, what nobody did, and what is on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from expert.values.types import AdviceItem, Expectation, OperatorEvent, ScanRecord
from tests.tui.conftest import Moment
from tests.tui.driver import LARGE, SMALL, Driver, drive
from tests.tui.scripted import MINUTE, ScriptedDesk, at
from tui.views.chronicle import Chronicle
from tui.views.handover import Handover, handover, handover_rows, heading_row, page_html
from tui.views.layout import read_layout
from tui.views.pen import plain, width_of
from tui.views.shift import HANDOVER, ShiftBook


def page_of(moment: Moment, lang: str = "en", **options: Any) -> Handover:
    """The page of a desk and its story."""
    desk, story = moment
    assert desk.record is not None
    return handover(story, desk.record, desk.history, "Test furnace", lang, **options)


def texts(page: Handover, title: str) -> list[tuple[str, str]]:
    """Text and right part of a section's entries."""
    return [(x.text, x.right) for s in page.sections if s.title == title for x in s.lines]


def story_of(desk: ScriptedDesk) -> Moment:
    """A desk and all it has told."""
    story = Chronicle(desk.program, read_layout())
    story.follow(desk.records)
    return desk, story


@pytest.fixture
def told() -> Moment:
    """A hang that was acknowledged and commented on, whose first advice was done, at 02:40."""
    desk = ScriptedDesk(30)
    assert desk.record is not None
    hang = next(e.id for e in desk.record.episodes if e.rule.endswith("probable"))
    desk.event("ack", hang, who="Li")
    desk.event("comment", hang, "tuyeres are clear", who="Li")
    desk.go_to(32)
    desk.event("done", "blast_down", value=10.0, who="Wang")
    desk.go_to(36)
    return story_of(desk)


def test_what_stands_is_apart_from_what_is_held(moment: Callable[[int], Moment]) -> None:
    """A raised finding is open, one whose signal is lost is held."""
    page = page_of(moment(33))
    assert [("Hanging, probable", "nearly certain  since 02:21")] == texts(page, "OPEN")
    held = texts(page, "HELD WITHOUT DATA")
    assert [("Hot wall A (north)", True)] == [(x, right.endswith("no data since 02:32")) for x, right in held]


def test_a_lost_instrument_is_to_be_looked_at(moment: Callable[[int], Moment]) -> None:
    """The instrument behind a finding that gives no signal has a line."""
    found = texts(page_of(moment(40)), "INSTRUMENTS TO LOOK AT")
    assert [True] == ["north" in x for x, _ in found]


def test_remarks_stand_below_their_finding(told: Moment) -> None:
    """Who acknowledged, and what was said."""
    [line] = page_of(told).sections[0].lines
    assert ("02:31 acknowledged (Li)", "02:31 comment (Li): tuyeres are clear") == line.remarks


def marks(page: Handover) -> list[str]:
    """Marks of the actions done."""
    return [x.mark for s in page.sections if s.title == "ACTIONS DONE, WHEN THEY ACT" for x in s.lines]


def test_an_action_on_its_way_says_when_it_acts(told: Moment) -> None:
    """Its mark changes with its full effect; the time it was done stands with it."""
    page = page_of(told)
    assert [("Cut blast volume 10 % (Wang)", "done 02:33, acts 02:34-02:38")] == texts(
        page, "ACTIONS DONE, WHEN THEY ACT"
    )
    told[0].go_to(39)
    assert (["  ~"], [" ok"]) == (marks(page), marks(page_of(story_of(told[0]))))


def test_an_action_of_the_shift_before_stays_until_it_acts(told: Moment) -> None:
    """A page of two minutes still has what was done three minutes ago and is on its way."""
    assert ["  ~"] == marks(page_of(told, length=2 * MINUTE))
    told[0].go_to(39)
    assert [] == marks(page_of(story_of(told[0]), length=2 * MINUTE))


def test_advice_that_nobody_did_is_named(moment: Callable[[int], Moment], told: Moment) -> None:
    """With the time it stood; what was done is not among it."""
    [(what, times)] = texts(page_of(moment(36)), "ADVICE NOT FOLLOWED")
    assert ("Cut blast volume 10 %", "advised since 02:21") == (what, times)
    assert [] == texts(page_of(told), "ADVICE NOT FOLLOWED")


def test_a_reason_for_not_following_stands_below(moment: Callable[[int], Moment]) -> None:
    """A comment on the action or its finding."""
    desk, _ = moment(36)
    story = Chronicle(desk.program, read_layout())
    *before, last = desk.records
    story.follow(before)
    event = OperatorEvent(at(36), "comment", "blast_down", "Li", "stove change first")
    story.take(replace(last, input=replace(last.input, events=(event,))))
    page = page_of((desk, story))
    [line] = next(s.lines for s in page.sections if s.title == "ADVICE NOT FOLLOWED")
    assert ("02:36 comment (Li): stove change first",) == line.remarks


def test_over_and_acknowledged(told: Moment) -> None:
    """What cleared keeps what was said of it; advice is over with it."""
    told[0].go_to(50)
    page = page_of(story_of(told[0]))
    assert [("Hanging, probable", "raised 02:25")] == texts(page, "ACKNOWLEDGED, OVER")


def test_a_handover_begins_a_new_page(told: Moment) -> None:
    """What was said before the mark is left to the shift that took over; what stands stays."""
    told[0].go_to(50)
    told[0].event("mark", HANDOVER)
    told[0].go_to(55)
    page = page_of(story_of(told[0]))
    assert ("02:51-02:55 (4 min)", []) == (page.span, texts(page, "ACKNOWLEDGED, OVER"))


def test_what_was_expected_and_not_seen(moment: Callable[[int], Moment]) -> None:
    """A wrong expectation of the shift is named with what it said."""
    desk, _ = moment(36)
    story = Chronicle(desk.program, read_layout())
    rule = next(r for r in desk.program.rules.values() if r.id.endswith("probable"))
    wrong = Expectation(rule.id, (), at(25), at(34), "wrong", at(34))
    for record in desk.records:
        story.take(replace(record, expectations=(wrong,)) if record.input.time == at(34) else record)
    assert [("Hanging, probable", "02:34")] == texts(page_of((desk, story)), "EXPECTED, NOT SEEN")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 160])
def test_rows_fit(told: Moment, lang: str, width: int) -> None:
    """No row is wider than the terminal, in either language, and long remarks go on below."""
    desk = told[0]
    assert desk.record is not None
    desk.event("comment", desk.record.episodes[0].id, "a long remark " * 12, who="Li")
    desk.go_to(37)
    page = page_of(story_of(desk), lang)
    assert max(width_of(r) for r in (heading_row(page), *handover_rows(page, width))) <= width


def test_an_empty_page_says_none(moment: Callable[[int], Moment]) -> None:
    """Every section is there, so that nothing is taken for forgotten."""
    page = page_of(moment(3))
    assert all(plain(r).endswith("  none") for r in handover_rows(page, 80))
    assert 9 == len(handover_rows(page, 80))


def test_only_what_is_abnormal_now_has_a_colour(moment: Callable[[int], Moment]) -> None:
    """After the hang is over its advice is grey."""
    rows = handover_rows(page_of(moment(80)), 80)
    assert {"heading", "dim", "text"} >= {run.role for row in rows for run in row}
    assert any("advised 02:21-02:39" in plain(r) for r in rows)


def test_html_escapes_what_people_wrote(told: Moment) -> None:
    """A comment is text, never markup; each page says its language."""
    desk = told[0]
    assert desk.record is not None
    desk.event("comment", desk.record.episodes[0].id, "p < 3 & rising")
    desk.go_to(37)
    story = story_of(desk)
    text = page_html([page_of(story, "en"), page_of(story, "zh")], "t")
    assert "p &lt; 3 &amp; rising" in text and '<pre lang="zh">' in text


# ---------------------------------------------------------------- the book of the shift


def advice(record: ScanRecord, minute: int, *items: AdviceItem, done: str = "") -> ScanRecord:
    """A record with some advice, and perhaps an action that was done."""
    events = (OperatorEvent(at(minute), "done", done),) if done else ()
    return replace(record, input=replace(record.input, time=at(minute), events=events), advice=items)


def test_advice_is_one_stretch_until_it_ends(moment: Callable[[int], Moment]) -> None:
    """It ends with the last scan that had it, and done counts for the stretch in which it was done."""
    record = moment(3)[0].records[0]
    item = AdviceItem("blast_down", 10.0, "%", 20.0, "r", "e", 3, "do")
    book = ShiftBook()
    for minute, items, done in ((0, (item,), ""), (9, (item,), ""), (10, (), ""), (20, (item,), ""), (21, (), "x")):
        book.take(advice(record, minute, *items, done=done and "blast_down"))
    assert [(at(0), at(9), False), (at(20), at(20), True)] == [(a.since, a.last, a.done) for a in book.advised]
    assert [at(0)] == [a.since for a in book.not_followed(at(0))]
    assert [at(20)] == [a.since for a in book.followed()]


def test_what_is_long_ago_is_forgotten(moment: Callable[[int], Moment]) -> None:
    """After three shifts."""
    record = moment(3)[0].records[0]
    book = ShiftBook()
    book.take(advice(record, 0, done="blast_down"))
    book.take(advice(record, 24 * 60 + 1))
    assert [] == book.said


def test_a_shift_is_eight_hours_at_most(moment: Callable[[int], Moment]) -> None:
    """Or since the last handover, or since the run began."""
    record = moment(3)[0].records[0]
    book = ShiftBook()
    book.take(advice(record, 0))
    assert at(0) == book.start(at(60))
    assert at(600) - 8 * 60 * MINUTE == book.start(at(600))


# ---------------------------------------------------------------- the screen


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_h_opens_the_handover(size: tuple[int, int]) -> None:
    """From the footer's key, in the other language by l, and back."""

    async def work(d: Driver) -> None:
        await d.shows("h handover")
        await d.press("h")
        await d.shows("SHIFT HANDOVER", "Hanging, probable", "HELD WITHOUT DATA (1)", "ADVICE NOT FOLLOWED (1)")
        await d.press("l")
        await d.shows("交接班", "缺数据保持 (1)")
        await d.press("escape")
        await d.shows("当前异常")

    drive(work, size)


def test_x_hands_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark goes on record."""

    async def work(d: Driver) -> None:
        await d.press("h")
        await d.shows("OPEN (1)")
        await d.press("x")
        await d.shows("Recorded: shift handed over")
        await d.until(lambda: ("mark", HANDOVER, None) in d.desk.told, "the mark")

    drive(work)
