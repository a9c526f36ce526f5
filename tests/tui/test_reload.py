"""Rules that an author changes while a desk runs: what the lines and the screen say of it."""

from __future__ import annotations

import io

from expert.compile import load_program_from_sources
from expert.run.reload import RuleWatch
from tests.tui.scripted import ScriptedDesk, at, small_program
from tui.plain import account, run_story
from tui.pump import Pump, Wish
from tui.views.chronicle import Chronicle
from tui.views.layout import read_layout
from tui.views.reasons import why_not_of, why_of

RULES = "pack/descent.yaml"


class EditedDesk(ScriptedDesk):
    """A desk whose rule file somebody edits before some scan; texts by the minute of that scan."""

    def __init__(self, edits: dict[int, tuple[str, str]], speed: float = 0.0) -> None:
        super().__init__(speed=speed)
        self.texts = dict(small_program().sources)
        self.edits = dict(edits)
        self.watch = RuleWatch(lambda old: load_program_from_sources(self.texts), self._stamp)

    def _stamp(self) -> str:
        minute = next((m for m in self.edits if at(m) <= self.runner.next_due), None)
        if minute is not None:
            of, to = self.edits.pop(minute)
            assert of in self.texts[RULES]
            self.texts[RULES] = self.texts[RULES].replace(of, to)
        return self.texts[RULES]


LIMIT = ("blast.pressure > 425 kPa", "blast.pressure > 426 kPa")
WRONG = ("blast.pressure > 425 kPa", "blast.presure > 425 kPa")
RIGHT = (WRONG[1], WRONG[0])
NAME = ("id: descent.hanging.suspected", "id: descent.hanging.early")


def lines(edits: dict[int, tuple[str, str]], lang: str = "en", hours: float = 0.75) -> list[str]:
    """The story of a desk as lines."""
    out = io.StringIO()
    assert 0 == run_story(EditedDesk(edits), hours, lang, False, out)
    return out.getvalue().splitlines()


def test_the_lines_tell_that_other_rules_are_at_work() -> None:
    """What goes on, what was changed, and what that closed."""
    (line,) = [x for x in lines({30: LIMIT}) if "other rules" in x]
    assert line.startswith("02:30   == other rules are at work (")
    assert line.endswith(
        "; 12 rules go on, 0 are new; descent.hanging.suspected was changed; episodes closed by that: 1"
    )


def test_the_lines_tell_it_in_chinese() -> None:
    """The same in the other language."""
    (line,) = [x for x in lines({30: LIMIT}, "zh") if "已换用新规则" in x]
    assert "descent.hanging.suspected 已修改" in line


def test_a_mistake_is_shown_whole_and_the_old_rules_stay() -> None:
    """The place, the sentence, what to do; and the hang rises as if nothing had been edited."""
    story = lines({10: WRONG, 15: RIGHT})
    i = next(i for i, x in enumerate(story) if "the rule files have mistakes" in x)
    whole = "\n".join(story[i : i + 30])
    assert "error[E0301] unknown variable blast.presure" in whole
    assert "did you mean blast.pressure?" in whole
    assert any(x.startswith("02:15") and "again what is at work" in x for x in story)
    assert any(x.startswith("02:21") and "Hanging, suspected" in x for x in story)


def test_a_rule_that_is_gone_leaves_the_story_whole() -> None:
    """An episode of a rule that nobody has any more is no line and no fault."""
    story = lines({30: NAME})
    assert any("descent.hanging.suspected was removed; episodes closed by that: 1" in x for x in story)
    assert story[-1].startswith("summary: 0 h 45")


def test_the_account_knows_rules_that_are_gone() -> None:
    """How often a rule rose is told though it was removed."""
    desk = EditedDesk({30: NAME})
    for _ in desk.run_until(at(35)):
        pass
    desk.end = at(35)
    assert any(x.endswith("!0  descent.hanging.suspected") for x in account(desk, "en"))


def pumped(desk: EditedDesk) -> tuple[Pump, list[str]]:
    """A pump over a desk, and the texts of EARLIER as of the newest frame."""
    seen: list[str] = []

    def show(frame) -> None:  # type: ignore[no-untyped-def]
        seen[:] = [e.text for e in frame.overview.earlier]

    return Pump(desk, read_layout(), Wish("en", False, why_width=80), show, lambda *_: None, lambda e: None), seen


def test_the_screen_goes_on_under_other_rules() -> None:
    """A frame after the switch is built by the new program, and EARLIER tells of it."""
    desk = EditedDesk({30: NAME}, speed=60.0)
    pump, seen = pumped(desk)
    for minute in range(1, 36):
        desk.wall_clock.seconds = 1000.0 + minute
        pump.step()
    assert pump.story.program is desk.program and "descent.hanging.early" in pump.story.program.rules
    assert any("other rules are at work" in text for text in seen)


def test_the_screen_shows_the_first_line_of_a_mistake() -> None:
    """The whole list does not fit there."""
    desk = EditedDesk({5: WRONG}, speed=60.0)
    pump, seen = pumped(desk)
    for minute in range(1, 8):
        desk.wall_clock.seconds = 1000.0 + minute
        pump.step()
    (text,) = [t for t in seen if "mistakes" in t]
    assert "\n" not in text and "error[E0" in text


def test_a_story_hears_each_reload_once() -> None:
    """Telling it again would be another event."""
    desk = EditedDesk({5: LIMIT})
    for _ in desk.run_until(at(6)):
        pass
    story = Chronicle(small_program(), read_layout())
    assert (1, 0) == (len(story.hear(desk.reloads)), len(story.hear(desk.reloads)))


def test_a_question_from_before_the_switch_gets_no_answer_and_does_no_harm() -> None:
    """The screen still shows the old record when the other rules are at work already."""
    desk = EditedDesk({30: NAME})
    for _ in desk.run_until(at(29)):
        pass
    old = desk.record
    assert old is not None
    story, id_ = Chronicle(desk.program, read_layout()), next(iter(old.episodes)).id
    for _ in desk.run_until(at(30)):
        pass
    asked = why_not_of(desk, old, "descent.hanging.suspected", "en", False, 80)
    assert ((), None) == (asked.lines, why_of(desk, story, old, id_, "en", False, 80))
