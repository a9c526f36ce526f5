"""The page of the shift handover."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.port import DeskPort
from tui.screens.reading import ReadingScreen
from tui.texts import say
from tui.views.chronicle import Chronicle
from tui.views.handover import Handover, handover, handover_rows, heading_row
from tui.views.pen import Row, Run
from tui.views.shift import HANDOVER


class HandoverScreen(ReadingScreen):
    """What the next shift has to know; it follows the plant."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "hand_over")]

    def __init__(self) -> None:
        super().__init__()
        self.page: Handover | None = None
        self._asked: tuple[object, ...] = ()

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the footer."""
        first, *rest = super().keys()
        return [first, ("x", "key_taken"), *rest]

    def heading(self) -> tuple[Row, Row]:
        """Title, plant and time of the shift."""
        if self.page is None:
            return (Run(f" {say(self.lang, 'ho_title')}", "heading"),), ()
        return heading_row(self.page), ()

    def body(self, width: int) -> list[Row]:
        """The sections, once they are made."""
        return [(Run("  ..."),)] if self.page is None else handover_rows(self.page, width)

    def redraw(self) -> None:
        """Ask for the page when something changed, and draw."""
        frame = self.tuyere.frame
        if frame is not None and frame.record is not None:
            lang, asked = self.lang, (frame.record.sequence, self.lang)
            if asked != self._asked:
                self._asked = asked

                def work(desk: DeskPort, story: Chronicle) -> Handover | None:
                    record = desk.record
                    if record is None or record.program != desk.program.digest:
                        return None
                    return handover(story, record, desk.history, desk.name.get(lang, ""), lang)

                self.tuyere.pump.submit(work, self._took)
        super().redraw()

    def _took(self, page: Handover | None) -> None:
        self.page = page or self.page
        super().redraw()

    def action_hand_over(self) -> None:
        """Put on record that the shift was handed over: the next page begins here."""
        self.tuyere.record("mark", HANDOVER)
        self.tuyere.tell(say(self.lang, "ho_taken"))
