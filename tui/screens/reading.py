"""Screens to read: lines that scroll. Why, why not, trends."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from expert.explain import clock
from expert.values.types import ScanRecord
from tui.port import DeskPort
from tui.screens.board import BoardScreen, rows_of
from tui.texts import say
from tui.views.chronicle import Chronicle
from tui.views.pen import Row, Run, spread
from tui.views.reasons import Why, why_not_of, why_of
from tui.views.trends import TREND_HOURS, Trends, columns_for, trend_rows, trends


class ReadingScreen(BoardScreen):
    """A heading and rows below it that scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)"),
        Binding("down,j", "scroll_by(1)"),
        Binding("pageup", "scroll_page(-1)"),
        Binding("pagedown,space", "scroll_page(1)"),
        Binding("home", "scroll_by(-100000)"),
        Binding("end", "scroll_by(100000)"),
        Binding("escape,backspace", "back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.offset_row = 0
        self._room = 1
        self._count = 0

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the footer."""
        return [
            (say(self.lang, "key_name_arrows"), "key_scroll"),
            (say(self.lang, "key_name_escape"), "key_back"),
            ("l", "key_language"),
            ("q", "key_quit"),
        ]

    def heading(self) -> tuple[Row, Row]:
        """Left and right part of the heading."""
        raise NotImplementedError

    def body(self, width: int) -> list[Row]:
        """All rows below the heading."""
        raise NotImplementedError

    def content(self, width: int, height: int) -> list[Row]:
        """Heading and the rows that are in sight."""
        rows = self.body(width)
        self._room, self._count = max(1, height - 1), len(rows)
        self.offset_row = max(0, min(self.offset_row, self._count - self._room))
        left, right = self.heading()
        if self._count > self._room:
            last = min(self._count, self.offset_row + self._room)
            text = say(self.lang, "rows", first=self.offset_row + 1, last=last, n=self._count)
            right = (*right, Run(f"   {text} ", "dim"))
        return [spread(left, right, width), *rows[self.offset_row : self.offset_row + self._room]]

    def action_scroll_by(self, rows: int) -> None:
        """Scroll by rows."""
        self.offset_row = max(0, min(self.offset_row + rows, self._count - self._room))
        self.redraw()

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by pages."""
        self.action_scroll_by(pages * max(1, self._room - 1))

    def action_back(self) -> None:
        """Back to the screen below."""
        self.app.pop_screen()


class ReasonScreen(ReadingScreen):
    """Lines that are made anew from each record, in the desk's thread."""

    title_key = ""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: Why | None = None
        self.ended = False
        self._asked: tuple[object, ...] = ()

    def heading(self) -> tuple[Row, Row]:
        """What is explained, and as of when."""
        left = (Run(f" {say(self.lang, self.title_key)} ", "heading"),)
        if self.reasons is None:
            return left, ()
        key = "ended" if self.ended else "frozen_at"
        at = say(self.lang, key, time=clock(self.reasons.time))
        return left, (Run(at + " ", "unknown" if self.ended else "dim"),)

    def body(self, width: int) -> list[Row]:
        """The lines, once the desk has made them."""
        if self.reasons is None:
            return [(Run("  ..."),)]
        return [(Run(" "), *row) for row in rows_of(self.reasons.lines, width - 2)]

    def redraw(self) -> None:
        """Ask for the lines when record, language or width are others than last time, and draw."""
        frame = self.tuyere.frame
        record = frame.record if frame is not None else None
        if record is not None:
            asked = (record.sequence, self.lang, self.app.size.width)
            if asked != self._asked:
                self._asked = asked
                self.ask(record)
        super().redraw()

    def ask(self, record: ScanRecord) -> None:
        """Hand in the job that makes the lines."""
        raise NotImplementedError

    def took(self, reasons: Why | None) -> None:
        """Take the lines; None: the record does not have it any more, the last ones stay."""
        if reasons is None:
            self.ended = self.reasons is not None
        else:
            self.reasons, self.ended = reasons, False
        super().redraw()


class WhyScreen(ReasonScreen):
    """Why an episode stands: the evidence down to samples."""

    title_key = "why_title"

    def __init__(self, episode: str) -> None:
        super().__init__()
        self.episode = episode
        self._last: ScanRecord | None = None

    def ask(self, record: ScanRecord) -> None:
        """Ask for the reasons; after the episode's end, for those of the last record that had it."""
        if any(e.id == self.episode for e in record.episodes):
            self._last, ended = record, False
        else:
            ended = True
        source, width = self._last or record, self.app.size.width - 2
        lang, plain, episode = self.lang, self.tuyere.ascii_only, self.episode

        def work(desk: DeskPort, story: Chronicle) -> Why | None:
            return why_of(desk, story, source, episode, lang, plain, width)

        def then(found: Why | None) -> None:
            self.took(found)
            self.ended = ended
            self.redraw()

        self.tuyere.pump.submit(work, then)


class WhyNotScreen(ReasonScreen):
    """What a rule is missing, and by how much."""

    title_key = "why_not_title"

    def __init__(self, rule: str) -> None:
        super().__init__()
        self.rule = rule

    def ask(self, record: ScanRecord) -> None:
        """Ask for the gaps."""
        lang, plain, rule, width = self.lang, self.tuyere.ascii_only, self.rule, self.app.size.width - 2
        self.tuyere.pump.submit(lambda desk, story: why_not_of(desk, record, rule, lang, plain, width), self.took)


class TrendScreen(ReadingScreen):
    """Curves of what matters now."""

    def __init__(self) -> None:
        super().__init__()
        self.curves: Trends | None = None
        self._asked: tuple[object, ...] = ()

    def heading(self) -> tuple[Row, Row]:
        """Heading with the length of the time axis."""
        span = say(self.lang, "trends_span", hours=TREND_HOURS)
        return (Run(f" {say(self.lang, 'trends_title')} ", "heading"), Run(f" {span}", "dim")), ()

    def body(self, width: int) -> list[Row]:
        """The curves, once the desk has made them."""
        if self.curves is None:
            return [(Run("  ..."),)]
        return trend_rows(self.curves, width, self.tuyere.ascii_only)

    def redraw(self) -> None:
        """Ask for the curves when something changed, and draw."""
        frame = self.tuyere.frame
        if frame is not None:
            lang, columns = self.lang, columns_for(self.app.size.width)
            names = [r.key for r in frame.overview.watch]
            asked = (frame.overview.clock, lang, columns)
            if asked != self._asked:
                self._asked = asked
                self.tuyere.pump.submit(
                    lambda desk, story: trends(desk, story, names, lang, columns, TREND_HOURS), self._took
                )
        super().redraw()

    def _took(self, curves: Trends) -> None:
        self.curves = curves
        super().redraw()
