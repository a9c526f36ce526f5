"""The screens under a pilot: every key, two sizes, both languages, and what happens when something goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.driver import LARGE, SMALL, Driver, drive
from tests.tui.scripted import ScriptedDesk, at
from tui.screens.overview import OverviewScreen

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])


@SIZES
def test_overview_tells_what_matters(size: tuple[int, int]) -> None:
    """Verdict, what is abnormal, what to do, what to watch, and the keys."""

    async def work(d: Driver) -> None:
        await d.shows(
            "BACK", "Hanging, probable", "nearly certain", "Cut blast volume 10 %", "hot blast pressure", "q quit"
        )

    drive(work, size)


def test_large_screen_opens_trends_and_why() -> None:
    """At 160x50 the same order, trends at the right, the why tree of the selected line below."""

    async def work(d: Driver) -> None:
        await d.shows("because all of", "rests on   PT-101, CT-310", "22:33")
        lines = d.text.splitlines()
        assert "hot blast pressure" in lines[0]
        assert next(i for i, x in enumerate(lines) if " WHY " in x) > next(
            i for i, x in enumerate(lines) if "EARLIER" in x
        )

    drive(work, LARGE)


@SIZES
def test_w_opens_why_and_escape_returns(size: tuple[int, int]) -> None:
    """The evidence of the selected line, down to the instrument and the rule."""

    async def work(d: Driver) -> None:
        await d.press("w")
        await d.shows("WHY", "Hanging, probable", "PT-101", "439.0 kPa > 430 kPa", "descent.yaml")
        await d.press("escape")
        await d.shows("ABNORMAL NOW (2)")

    drive(work, size)


def test_enter_opens_why_of_the_selected_line() -> None:
    """The arrows select another line."""

    async def work(d: Driver) -> None:
        await d.press("down", "enter")
        await d.shows("WHY", "Hot wall A (north)")

    drive(work)


def test_why_scrolls() -> None:
    """What does not fit is reached by the arrows; the heading tells where one is."""

    async def work(d: Driver) -> None:
        await d.press("w")
        await d.shows("1-22 of")
        await d.press("down", "down")
        await d.shows("3-24 of")
        await d.press("end")
        await d.until(
            lambda: "conclude: hanging(stage: probable)" in d.text or "zh:" in d.text, "the rule's last lines"
        )
        await d.press("home")
        await d.shows("1-22 of")

    drive(work)


def test_why_follows_the_plant_and_says_when_it_ended() -> None:
    """The reasons move with the scans; after the end the last ones stay, and are called so."""

    async def work(d: Driver) -> None:
        await d.press("w")
        await d.shows("as of 02:38")
        d.desk.let_pass(1)
        await d.shows("as of 02:39")
        d.desk.let_pass(5)
        await d.shows("This episode has ended", "Hanging, probable")

    drive(work, minute=38)


@SIZES
def test_n_lists_rules_and_letters_filter(size: tuple[int, int]) -> None:
    """Any rule can be asked; typing narrows the list; Enter opens what is missing."""

    async def work(d: Driver) -> None:
        await d.press("n")
        await d.shows("WHY NOT", "Which rule?", "descent.hanging.probable")
        await d.press(*"sili")
        await d.shows("filter: sili_", "heat.silicon_low")
        assert "descent.hanging.probable" not in d.text
        await d.press("enter")
        await d.shows("Silicon likely low: not raised. Support 0.22, needs 0.50.")
        await d.press("escape")
        await d.shows("ABNORMAL NOW")

    drive(work, size)


def test_filter_without_a_match_says_so() -> None:
    """Nothing found is said; Backspace and Esc take letters back."""

    async def work(d: Driver) -> None:
        await d.press("n")
        await d.shows("Which rule?")
        await d.press("q", "q", "x")
        await d.shows("no rule has that in its name")
        await d.press("backspace")
        await d.shows("filter: qq_")
        await d.press("escape")
        await d.shows("filter: _", "descent.hanging.probable")
        await d.press("escape")
        await d.shows("ABNORMAL NOW")

    drive(work)


@SIZES
def test_b_breaks_something(size: tuple[int, int]) -> None:
    """A list of what can be broken; a digit or Enter breaks it, and the screen says so."""

    async def work(d: Driver) -> None:
        await d.press("b")
        await d.shows("BREAK SOMETHING", "the burden hangs", "gauge freezes")
        await d.press("2")
        await d.shows("Broken: gauge freezes", "you: gauge freezes")
        await d.press("b", "enter")
        await d.until(lambda: d.desk.broken == ["freeze", "hang"], "two things broken")

    drive(work, size)


@SIZES
def test_a_acknowledges(size: tuple[int, int]) -> None:
    """The selected line is acknowledged for the trace; its mark of newness goes."""

    async def work(d: Driver) -> None:
        await d.shows(">*!!4")
        await d.press("a")
        await d.shows("Acknowledged: Hanging, probable", "> !!4")
        await d.until(lambda: d.desk.told, "told")
        d.desk.let_pass(1)
        await d.shows(">.!!4")

    _, desk = drive(work, size)
    assert [
        ("ack", next(e.id for e in desk.records[-1].episodes if e.rule == "descent.hanging.probable"), None)
    ] == desk.told


def test_d_reports_an_action_as_done() -> None:
    """An advised action that was done is recorded with its amount, and is on its way from then on."""

    async def work(d: Driver) -> None:
        await d.press("d")
        await d.shows("WHICH ACTION IS DONE?", "Cut blast volume 10 %")
        await d.press("enter")
        await d.shows("Recorded as done: Cut blast volume 10 %")
        await d.until(lambda: d.desk.told, "told")
        d.desk.let_pass(1)
        await d.shows("done, on its way; acts by 02:3")

    _, desk = drive(work)
    assert [("done", "blast_down", 10.0)] == desk.told


@SIZES
def test_t_opens_trends(size: tuple[int, int]) -> None:
    """Curves of four hours on one axis."""

    async def work(d: Driver) -> None:
        await d.press("t")
        await d.shows("TRENDS", "hot blast pressure", "439.0 kPa ^")
        await d.press("escape")
        await d.shows("ABNORMAL NOW")

    drive(work, size)


@SIZES
def test_l_changes_the_language_live(size: tuple[int, int]) -> None:
    """Everything is in the other language at once, and back."""

    async def work(d: Driver) -> None:
        await d.press("l")
        await d.shows("当前异常", "很可能悬料", "q 退出", "l English")
        assert "ABNORMAL" not in d.text
        await d.press("l")
        await d.shows("ABNORMAL NOW", "l 中文")

    drive(work, size)


def test_language_changes_on_the_why_screen() -> None:
    """The reasons, too, are said anew."""

    async def work(d: Driver) -> None:
        await d.press("w")
        await d.shows("because all of")
        await d.press("l")
        await d.shows("依据（全部成立）", "很可能悬料")

    drive(work)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_names_every_key(lang: str) -> None:
    """Every key of the footer, and the marks."""

    async def work(d: Driver) -> None:
        await d.press("?")
        await d.until(lambda: "!!4" in d.text, "help")
        first = d.text
        await d.press("end")
        await d.pilot.pause()
        both = first + d.text
        for key in ("b", "w", "n", "a", "d", "t", "l", "?", "q", "Esc"):
            assert any(line.strip().startswith(f"{key} ") for line in both.splitlines()), key

    drive(work, lang=lang)


def test_q_leaves_with_zero() -> None:
    """Nothing is asked; the desk is closed."""

    async def work(d: Driver) -> None:
        await d.press("q")

    result, desk = drive(work)
    assert (0, ["test"]) == (result, desk.closed)


def test_control_c_leaves_with_130() -> None:
    """Interrupted, from any screen."""

    async def work(d: Driver) -> None:
        await d.press("n")
        await d.shows("Which rule?")
        await d.press("ctrl+c")

    assert drive(work)[0] == 130


@pytest.mark.parametrize(("lang", "word"), [("en", "72 x 20 cells; Tuyere needs"), ("zh", "终端为 72 x 20 格")])
def test_small_terminal_gets_a_notice(lang: str, word: str) -> None:
    """Below 80x24 one sentence instead of a broken screen; it goes when the window grows."""

    async def work(d: Driver) -> None:
        await d.shows(word)
        assert "!!4" not in d.text
        await d.pilot.resize_terminal(80, 24)
        await d.shows("!!4")
        await d.press("q")

    assert drive(work, (72, 20), lang=lang)[0] == 0


def test_resizing_changes_the_layout() -> None:
    """The why tree opens when there is room for it."""

    async def work(d: Driver) -> None:
        await d.shows("ABNORMAL NOW")
        assert "because all of" not in d.text
        await d.pilot.resize_terminal(*LARGE)
        await d.shows("because all of")

    drive(work)


def test_ascii_screens_are_ascii() -> None:
    """Overview, why, trends and help without any other sign."""

    async def work(d: Driver) -> None:
        await d.shows("ABNORMAL NOW", "l zh")
        assert d.text.isascii()
        for key in ("w", "t", "?"):
            await d.press(key)
            await d.pilot.pause()
            await d.until(lambda: "..." not in d.text.splitlines()[1], "content")
            assert d.text.isascii()
            await d.press("escape")
            await d.shows("ABNORMAL NOW")

    drive(work, ascii_only=True)


def test_no_chinese_without_its_letters() -> None:
    """A terminal that cannot write Chinese stays English when l is pressed."""

    async def work(d: Driver) -> None:
        d.app.full_letters = False
        await d.press("l")
        await d.pilot.pause()
        assert ("en", True) == (d.app.lang, "ABNORMAL NOW" in d.text)

    drive(work, ascii_only=True)


def test_chinese_with_ascii_plots() -> None:
    """With --ascii on a UTF-8 terminal the letters may be Chinese; marks and plots are ASCII."""

    async def work(d: Driver) -> None:
        await d.press("l")
        await d.shows("当前异常", "##########", "+-4.5")

    drive(work, ascii_only=True)


def test_new_lines_are_marked_until_seen() -> None:
    """A new state has a star; moving over it takes the star away."""

    async def work(d: Driver) -> None:
        await d.shows(">*!!4", " * !2")
        await d.press("down")
        await d.shows("  !!4", ">  !2")

    drive(work)


def test_a_stall_is_caught_up_and_said() -> None:
    """After a stall the scans are run late, and the screen says so while it does."""

    async def work(d: Driver) -> None:
        d.desk.let_pass(12)
        await d.shows("found late")

    drive(work, minute=13)


def test_a_desk_without_speed_runs_as_fast_as_it_can() -> None:
    """Speed 0: scans run one after the other, and the screen follows."""

    async def work(d: Driver) -> None:
        await d.shows("Hanging, probable cleared")

    drive(work, desk=ScriptedDesk(15, speed=0.0))


class BrokenDesk(ScriptedDesk):
    """Fails at a scan."""

    def tick(self) -> list[Any]:
        """Fail after 02:34."""
        if self.now >= at(35):
            raise OSError("no space left on device")
        return super().tick()


@pytest.mark.parametrize(("lang", "word"), [("en", "A FAULT OF OURS"), ("zh", "程序故障")])
def test_a_fault_is_told_and_the_trace_closed(lang: str, word: str) -> None:
    """An error while scanning: one message, a closed trace, exit code 3."""
    desk = BrokenDesk(33)

    async def work(d: Driver) -> None:
        await d.until(lambda: d.app.frame is not None, "frame")
        d.desk.let_pass(3)
        await d.shows(word, "no space left on device")
        assert ["fault"] == d.desk.closed
        await d.press("q")

    assert drive(work, lang=lang, desk=desk)[0] == 3


def test_keys_without_anything_to_act_on_say_so() -> None:
    """On a quiet furnace the keys answer in words."""

    async def work(d: Driver) -> None:
        for key, answer in (
            ("w", "nothing abnormal is selected"),
            ("d", "nothing is advised now"),
            ("a", "nothing abnormal"),
        ):
            await d.press(key)
            await d.shows(answer)

    drive(work, minute=0)


def test_colours_are_given_by_role() -> None:
    """Severe is red and bold, the rest of a quiet row is grey."""
    from tui.palette import STYLES, style_of
    from tui.views.pen import ROLES

    assert set(ROLES) == set(STYLES)
    assert style_of("bad").bold
    assert style_of("no such role") == style_of("text")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_footers_are_not_cut(lang: str) -> None:
    """Every screen's keys fit 80 cells."""

    async def work(d: Driver) -> None:
        for key in ("", "w", "n", "b", "d", "t", "?"):
            if key:
                await d.press(key)
                await d.until(lambda: not isinstance(d.app.screen, OverviewScreen), "another screen")
            foot = d.text.splitlines()[-1]
            assert foot.strip() and not foot.endswith("~")
            if key:
                await d.press("escape")
                await d.until(lambda: isinstance(d.app.screen, OverviewScreen), "the overview")

    drive(work, lang=lang)
