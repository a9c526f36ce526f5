"""The story as lines: what is said, when it is flushed, and how it ends."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

import tui
from tests.tui.scripted import ScriptedDesk, at
from tui.plain import Printer, event_line, run_story
from tui.views.events import Event

ROOT = Path(tui.__file__).parent.parent

STORY = """\
Test furnace, seed 7, from Tue 03 Mar 2026 02:00
small 0.1.0: 13 rules, 7 variables
02:00   == verdict GO; level 0  variation 0
first conclusion SECONDS s after the start of the program
02:05   -- Stove change                                           A stove is changed.
02:21   !3 Hanging, suspected                     nearly certain  No charge for 13 min; blast pressure 428.0 kPa.
02:21   -> Cut blast volume 10 % (limit 20 %); acts in 1-5 min; review 02:36
02:22   -x not now: Raise blast volume 1 % (limit 2 %) (Hanging)
02:23   == verdict GO -> BACK; level 60  variation 50
02:24   !2 Hot wall A (north)                     likely          Staves of sector A (north) at 110.0 degC.
02:25  !!4 Hanging, probable                      nearly certain  No charge for 17 min; blast pressure 434.5 kPa.
02:32   ?? Hot wall A (north)                                     held without data since 02:32
02:40   == verdict BACK -> GO; level 0  variation 0
02:40   -- no longer advised: Cut blast volume
02:42   ok Hanging, probable cleared                              after 21 min
03:11   ok Hot wall A (north) cleared                             after 47 min
skipped or bad values: 39 (missing 39)
summary: 1 h 30 of plant time, 90 scans, 3 episodes (1 severe), 0 open; data 95 %
"""


class Sink(io.StringIO):
    """Remembers what was there at each flush, and can fail after some lines."""

    def __init__(self, lines: int | None = None, error: type[BaseException] = BrokenPipeError) -> None:
        super().__init__()
        self.left = lines
        self.error = error
        self.flushed: list[str] = []

    def write(self, text: str) -> int:
        """Fail when there is no more to be taken."""
        if self.left is not None:
            if self.left == 0:
                self.left = None
                raise self.error
            self.left -= 1
        return super().write(text)

    def flush(self) -> None:
        """Remember the last line."""
        self.flushed.append(self.getvalue().splitlines()[-1])


def tell(lang: str = "en", ascii_only: bool = False, hours: float = 1.5) -> str:
    """The story of the scripted plant."""
    out = Sink()
    assert run_story(ScriptedDesk(0, speed=0), hours, lang, ascii_only, out) == 0
    return out.getvalue()


def test_story_in_english() -> None:
    """Raised, held, cleared, advice, verdict, and the summary."""
    lines = tell().splitlines()
    at = next(i for i, x in enumerate(lines) if x.startswith("first conclusion"))
    lines[at] = " ".join(["first conclusion SECONDS", *lines[at].split()[3:]])
    assert STORY.splitlines() == lines


def test_story_in_chinese() -> None:
    """The same events in Chinese, in columns although letters are two cells wide."""
    lines = tell("zh").splitlines()
    assert "试验炉，种子 7，自 2026年3月3日 周二 02:00 起" == lines[0]
    gap = " " * 31
    assert f"02:21   !3 疑似悬料{gap}几乎确定        已 13 min 未下料；热风压力 428.0 kPa。" in lines
    assert f"02:42   ok 很可能悬料 解除{gap}{' ' * 9}历时 21 min" in lines
    assert [
        "跳过或坏值：39（缺失 39）",
        "小结：1 小时 30 分，扫描 90 次，3 起事件（严重 1 起），未解除 0 起；数据 95 %",
    ] == lines[-2:]


def test_ascii_story_is_ascii() -> None:
    """Without UTF-8 every letter can be written."""
    assert tell(ascii_only=True).isascii()


def test_lines_are_flushed_as_they_happen() -> None:
    """Whoever reads a pipe sees each line at once."""
    out = Sink()
    run_story(ScriptedDesk(0, speed=0), 0.5, "en", False, out)
    assert out.getvalue().splitlines() == out.flushed


def test_a_new_day_is_announced() -> None:
    """Past midnight the date gets a line of its own."""
    out = Sink()
    printer = Printer(out, "en", False)
    printer.begin(at(0))
    for hour in (21, 22):
        printer.event(Event(at(60 * hour), "cleared", {"en": "Slip cleared"}, {"en": ""}))
    assert ["23:00   ok Slip cleared", "-- Wed 04 Mar 2026", "00:00   ok Slip cleared"] == out.getvalue().splitlines()


def test_the_reader_may_leave() -> None:
    """`| head` is quiet: exit code 0, and the desk is closed."""
    desk = ScriptedDesk(0, speed=0)
    assert run_story(desk, 1.5, "en", False, Sink(lines=4)) == 0
    assert ["reader gone"] == desk.closed


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_interruption_tells_what_there_was(lang: str) -> None:
    """Ctrl-C: the summary up to there, 130, and the desk is closed."""
    desk = ScriptedDesk(0, speed=0)
    out = Sink(lines=6, error=KeyboardInterrupt)
    assert run_story(desk, 1.5, lang, False, out) == 130
    assert ["interrupted"] == desk.closed
    assert ("summary:" if lang == "en" else "小结") in out.getvalue().splitlines()[-1]


def test_a_desk_is_closed_after_an_error() -> None:
    """Whatever happens, the trace is closed."""
    desk = ScriptedDesk(0, speed=0)
    with pytest.raises(ZeroDivisionError):
        run_story(desk, 1.5, "en", False, Sink(lines=3, error=ZeroDivisionError))
    assert ["end"] == desk.closed


def test_plain_lines_do_not_need_textual() -> None:
    """The lines work, and start quickly, without the screens' library."""
    code = "import sys, tui.plain; print('textual' in sys.modules, 'rich' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "False False" == out.stdout.strip()


def test_a_long_title_is_not_cut() -> None:
    """Lines may be long; nothing is lost."""
    title = "A very long title of a finding that exceeds its column"
    event = Event(0, "cleared", {"en": title}, {"en": "after 1 min"})
    assert f"00:00   ok {title} {'':14}  after 1 min" == event_line(event, "en")
