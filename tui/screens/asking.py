"""A line of text to be typed, e.g. a comment."""

from __future__ import annotations

from collections.abc import Callable

from textual.events import Key, Paste

from expert.values.cells import wrap
from tui.screens.board import BoardScreen
from tui.texts import say
from tui.views.pen import Row, Run

LONGEST = 200


class AskScreen(BoardScreen):
    """Letters are taken as they are; Enter hands the text over once there is some, Esc goes back.

    Parameters
    ----------
    title : str
        What it is about, in words.
    done : callable
        Takes the text.
    """

    def __init__(self, title: str, done: Callable[[str], None]) -> None:
        super().__init__()
        self.about = title
        self.done = done
        self.typed = ""

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the footer."""
        return [(say(self.lang, "key_name_enter"), "key_record"), (say(self.lang, "key_name_escape"), "key_back")]

    def content(self, width: int, height: int) -> list[Row]:
        """What it is about, and what was typed so far."""
        rows: list[Row] = [(Run(f" {part}", "heading"),) for part in wrap(self.about, width - 2)]
        rows += [(), (Run("  " + say(self.lang, "ask_comment"), "dim"),)]
        return rows + [(Run("  "), Run(part, "key")) for part in wrap(self.typed + "_", width - 4)]

    def frame_changed(self) -> None:
        """Nothing changes under the fingers."""

    def on_paste(self, event: Paste) -> None:
        """Take in what an input method or the clipboard hands over."""
        self._type(" ".join(event.text.split()))
        event.stop()

    def on_key(self, event: Key) -> None:
        """Type, hand over, go back."""
        if event.key == "enter":
            if text := self.typed.strip():
                self.app.pop_screen()
                self.done(text)
        elif event.key == "escape":
            self.app.pop_screen()
        elif event.key == "backspace":
            self.typed = self.typed[:-1]
            self.redraw()
        elif event.is_printable and event.character:
            self._type(event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def _type(self, text: str) -> None:
        self.typed = (self.typed + text)[:LONGEST]
        self.redraw()
