"""A widget that shows rows of segments as they are, and a screen made of one such widget and a footer of keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from rich.segment import Segment
from textual.app import ComposeResult
from textual.events import Resize
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from expert.explain import Line
from expert.values.cells import wrap
from tui.palette import BASE, style_of
from tui.texts import say
from tui.views.paint import notice_rows
from tui.views.pen import Row, Run, clipped, plain, width_of
from tui.views.wording import plain_letters

if TYPE_CHECKING:
    from tui.app import TuyereApp

MINIMUM = (80, 24)


def rows_of(lines: Sequence[Line], width: int = 0) -> list[Row]:
    """Explanation lines as rows; what is wider than ``width`` goes on in the next row, further to the right."""
    out: list[Row] = []
    for line in lines:
        row = tuple(Run(s.text, s.role) for s in line)
        if not width or width_of(row) <= width or len(row) != 1:
            out.append(row)
            continue
        text = row[0].text
        indent = len(text) - len(text.lstrip())
        first, *rest = wrap(text.strip(), max(10, width - indent - 4))
        out.append((Run(" " * indent + first, row[0].role),))
        out += [(Run(" " * (indent + 4) + part, row[0].role),) for part in rest]
    return out


class Board(Widget):
    """Rows drawn by one render each; nothing wraps, nothing is measured by the terminal."""

    DEFAULT_CSS = "Board { width: 1fr; height: 1fr; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rows: list[Row] = []

    def show(self, rows: list[Row]) -> None:
        """Draw other rows; nothing happens when they are the same."""
        if rows != self.rows:
            self.rows = rows
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        row = clipped(self.rows[y], self.size.width) if y < len(self.rows) else ()
        strip = Strip([Segment(run.text, style_of(run.role)) for run in row if run.text])
        return strip.adjust_cell_length(self.size.width, BASE)

    def text(self) -> str:
        """What is shown, without colours."""
        return "\n".join(plain(clipped(r, self.size.width)).rstrip() for r in self.rows[: self.size.height])


class BoardScreen(Screen[None]):
    """A screen of rows. Subclasses give `content` and `keys`; too small a terminal gets a notice instead."""

    DEFAULT_CSS = """
    BoardScreen { layout: vertical; background: #1b1b1b; }
    BoardScreen #foot { height: 1; }
    """

    def compose(self) -> ComposeResult:
        """One board for the content, one line for the keys."""
        yield Board(id="body")
        yield Board(id="foot")

    @property
    def tuyere(self) -> TuyereApp:
        """The application."""
        return cast("TuyereApp", self.app)

    @property
    def lang(self) -> str:
        """Language of the screens."""
        return self.tuyere.lang

    def content(self, width: int, height: int) -> list[Row]:
        """Rows of this screen at a size in cells."""
        raise NotImplementedError

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this screen and the text key of what each does."""
        raise NotImplementedError

    def frame_changed(self) -> None:
        """A new frame is there; screens that follow the plant draw again."""
        self.redraw()

    def on_mount(self) -> None:
        """Draw for the first time; what was said on the screen below is over."""
        self.tuyere.message = ""
        self.redraw()

    def on_resize(self, event: Resize) -> None:
        """Draw for the new size, which may want other frames."""
        self.tuyere.wish_changed()
        self.redraw()

    def on_screen_resume(self) -> None:
        """Draw again after another screen was on top."""
        self.redraw()

    @property
    def fits(self) -> bool:
        """Whether the terminal is large enough."""
        return self.app.size.width >= MINIMUM[0] and self.app.size.height >= MINIMUM[1]

    def redraw(self) -> None:
        """Draw the content and the keys, or the notice."""
        if not self.is_mounted:
            return
        width, height = self.app.size.width, self.app.size.height
        body, foot = self.query_one("#body", Board), self.query_one("#foot", Board)
        keys: list[Row] = [()]
        if not self.fits:
            rows = notice_rows(width, height, self.lang, MINIMUM)
        else:
            message = self.tuyere.message
            rows = self.content(width, height - 1 - bool(message))[: height - 1 - bool(message)]
            if message:
                rows += [()] * (height - 2 - len(rows)) + [(Run(f" {message}", "title"),)]
            keys = [self._footer(width)]
        if self.tuyere.ascii_only:
            rows = [ascii_row(r, self.lang) for r in rows]
            keys = [ascii_row(r, self.lang) for r in keys]
        body.show(rows)
        foot.show(keys)

    def _footer(self, width: int) -> Row:
        row = self._footer_row("  ")
        return row if width_of(row) <= width else self._footer_row(" ")

    def _footer_row(self, gap: str) -> Row:
        runs: list[Run] = [Run(" ")]
        for key, text in self.keys():
            if text == "key_language" and self.tuyere.ascii_only:
                text = "key_language_ascii"
            name = say(self.lang, text)
            runs += [Run(key, "title"), Run(f" {name}{gap}", "dim")]
        return tuple(runs[:-1]) + (Run(runs[-1].text.rstrip(), "dim"),)

    def text(self) -> str:
        """What the screen shows, without colours."""
        return "\n".join([self.query_one("#body", Board).text(), self.query_one("#foot", Board).text()])


def ascii_row(row: Row, lang: str) -> Row:
    """The row with ASCII signs only (Chinese letters stay in Chinese); no cell moves."""
    return tuple(Run(_same_width(run.text, lang), run.role) for run in row)


def _same_width(text: str, lang: str) -> str:
    if text.isascii():
        return text
    out = "".join(form[0] if len(form := plain_letters(char, lang)) > 1 else form for char in text)
    return out
