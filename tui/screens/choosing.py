"""A list to choose from; typing narrows it down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.events import Key

from expert.values.cells import cells, cut, fit
from tui.screens.board import BoardScreen
from tui.texts import say
from tui.views.pen import Row, Run


@dataclass(frozen=True, slots=True)
class Item:
    """One choice."""

    id: str
    title: str
    detail: str

    def matches(self, text: str) -> bool:
        """Whether every word of a filter is in it."""
        own = f"{self.title} {self.detail}".lower()
        return all(word in own for word in text.lower().split())


class ChooseScreen(BoardScreen):
    """A list; arrows move, Enter chooses, Esc goes back, letters filter (or a digit chooses, without a filter)."""

    def __init__(
        self,
        title: str,
        question: str,
        items: Sequence[Item],
        chosen: Callable[[str], None],
        filtering: bool = False,
    ) -> None:
        super().__init__()
        self.heading = title
        self.question = question
        self.items = tuple(items)
        self.chosen = chosen
        self.filtering = filtering
        self.filter = ""
        self.position = 0

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the footer."""
        found = [
            (say(self.lang, "key_name_arrows"), "key_move"),
            (say(self.lang, "key_name_enter"), "key_choose"),
            (say(self.lang, "key_name_escape"), "key_back"),
        ]
        if self.filtering:
            found.insert(2, (say(self.lang, "key_name_letters"), "key_filter"))
        return found

    @property
    def shown(self) -> tuple[Item, ...]:
        """The items that match the filter."""
        return tuple(i for i in self.items if i.matches(self.filter))

    def content(self, width: int, height: int) -> list[Row]:
        """Heading, filter, and as many items as fit round the chosen one."""
        lang, items = self.lang, self.shown
        self.position = min(self.position, max(0, len(items) - 1))
        rows: list[Row] = [(Run(f" {say(lang, self.heading)}", "heading"), *self._hint(width))]
        rows.append((Run("  " + say(lang, "filter", text=self.filter + "_"), "key"),) if self.filtering else ())
        if not items:
            return [*rows, (Run("  " + say(lang, "no_match"), "unknown"),)]
        room = max(1, height - len(rows))
        first = max(0, min(self.position - room // 2, len(items) - room))
        title_width = min(max(cells(i.title) for i in self.items) + 2, width - 30)
        for n, item in enumerate(items[first : first + room], first):
            rows.append(self._row(n, item, title_width, width))
        return rows

    def _hint(self, width: int) -> Row:
        if self.question == self.heading:
            return ()
        count = say(self.lang, "rows", first=min(1, len(self.shown)), last=len(self.shown), n=len(self.items))
        return (Run(f"  {say(self.lang, self.question)}"), Run(f"   {count}", "dim"))

    def _row(self, n: int, item: Item, title_width: int, width: int) -> Row:
        here = n == self.position
        number = "  " if self.filtering else f"{n + 1:>2}"
        role = "select" if here else "text"
        pointer = Run("> " if here else "  ", "title")
        detail = cut(item.detail, max(0, width - title_width - 7))
        return (
            Run(" "),
            pointer,
            Run(number + " ", "dim"),
            Run(fit(item.title, title_width), role),
            Run(detail, "dim"),
        )

    def frame_changed(self) -> None:
        """A list does not change under the fingers."""

    def on_key(self, event: Key) -> None:
        """Move, choose, filter, go back."""
        moves = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10, "home": -10_000, "end": 10_000}
        if event.key in moves:
            self.position = min(max(0, self.position + moves[event.key]), max(0, len(self.shown) - 1))
        elif event.key == "enter":
            self._take(self.position)
        elif event.key == "escape":
            self._back()
        elif event.key == "backspace":
            self.filter = self.filter[:-1]
        elif self.filtering and event.is_printable and event.character:
            self.filter += event.character
            self.position = 0
        elif not self.filtering and (event.character or "").isdigit():
            self._take(int(event.character or "0") - 1)
        else:
            return
        event.stop()
        event.prevent_default()
        self.redraw()

    def _back(self) -> None:
        if self.filter:
            self.filter = ""
        else:
            self.app.pop_screen()

    def _take(self, n: int) -> None:
        items = self.shown
        if 0 <= n < len(items):
            self.app.pop_screen()
            self.chosen(items[n].id)
