"""What stands on the screen after a fault of ours."""

from __future__ import annotations

from expert.values.cells import wrap
from tui.screens.board import BoardScreen
from tui.texts import say
from tui.views.pen import Row, Run


class FaultScreen(BoardScreen):
    """The expert has stopped: what happened, that the trace is closed, and how to leave."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.reason = text

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the footer."""
        return [("q", "key_quit")]

    def content(self, width: int, height: int) -> list[Row]:
        """The message."""
        lang = self.lang
        rows: list[Row] = [(), (Run(f"  {say(lang, 'fault_title')}", "bad"),), ()]
        for text in (say(lang, "fault", text=self.reason), say(lang, "fault_trace"), say(lang, "fault_quit")):
            rows += [(Run("  "), Run(part)) for part in wrap(text, width - 4)]
        return rows
