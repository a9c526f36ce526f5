"""The overview: what is abnormal, how sure that is, what to do next."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.port import DeskPort
from tui.pump import Frame, Wish
from tui.screens.board import BoardScreen, rows_of
from tui.screens.choosing import ChooseScreen, Item
from tui.screens.handing import HandoverScreen
from tui.screens.help import HelpScreen
from tui.screens.reading import TrendScreen, WhyNotScreen, WhyScreen
from tui.screens.shelving import comment, shelve
from tui.texts import say
from tui.views.chronicle import Chronicle
from tui.views.overview import EpisodeView
from tui.views.paint import Look, paint
from tui.views.pen import Row, Run, beside
from tui.views.reasons import RuleChoice, rule_choices
from tui.views.trends import columns_for, trend_rows

WIDE, TALL, LEFT = 140, 40, 82
ROOMY = 100


class OverviewScreen(BoardScreen):
    """The first screen; the list of what is abnormal is moved through with the arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "break_it"),
        Binding("w,enter", "why"),
        Binding("n", "why_not"),
        Binding("a", "acknowledge"),
        Binding("c", "comment"),
        Binding("s", "shelve"),
        Binding("d", "done"),
        Binding("t", "trends"),
        Binding("up,k", "move(-1)"),
        Binding("down,j", "move(1)"),
        Binding("h", "handover"),
        Binding("question_mark,f1", "help"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.selected = ""
        self._chosen = False
        self.seen: set[str] = set()

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the footer; the rarer ones where there is room."""
        rarer = [("c", "key_comment"), ("s", "key_shelve")] if self.app.size.width >= ROOMY else []
        return [
            ("b", "key_break"), ("w", "key_why"), ("n", "key_why_not"), ("a", "key_ack"), *rarer,
            ("d", "key_done"), ("h", "key_handover"), ("t", "key_trends"), ("l", "key_language"), ("?", "key_help"),
            ("q", "key_quit"),
        ]  # fmt: skip

    @property
    def wide(self) -> bool:
        """Whether there is room for trends at the right and the why tree below."""
        return self.app.size.width >= WIDE and self.app.size.height >= TALL

    def wish(self) -> Wish:
        """What this screen needs in its frames."""
        app = self.tuyere
        width = self.app.size.width
        if not self.wide:
            return Wish(app.lang, app.ascii_only, columns=15 if width < 100 else 30)
        return Wish(
            app.lang,
            app.ascii_only,
            selected=self.selected if self._chosen else "",
            why_width=width - 2,
            trend_columns=columns_for(width - LEFT - 2),
        )

    def content(self, width: int, height: int) -> list[Row]:
        """The overview alone, or with trends and the why tree."""
        frame = self.tuyere.frame
        if frame is None:
            return [(), (Run("  " + say(self.lang, "starting"), "dim"),)]
        self._choose(frame)
        fresh = {e.id for e in frame.overview.abnormal if not e.acknowledged} - self.seen
        look = Look(width, height, self.tuyere.ascii_only, self.selected, fresh)
        if not self.wide:
            return paint(frame.overview, look)
        return self._wide(frame, look)

    def _wide(self, frame: Frame, look: Look) -> list[Row]:
        needs = 12 + max(1, len(frame.overview.abnormal)) + 2 * len(frame.overview.advice) + len(frame.overview.watch)
        upper = min(max(22, needs + 4), look.height * 2 // 3)
        left = paint(frame.overview, Look(LEFT, upper, look.ascii_only, look.selected, look.new))
        right: list[Row] = []
        if frame.trends is not None:
            right = trend_rows(frame.trends, look.width - LEFT - 2, look.ascii_only, 2, upper)
        rows = beside(left, right, LEFT, look.width - LEFT - 2)
        rows += [()] * (upper - len(rows))
        title = (Run(f" {say(self.lang, 'why_title')} ", "heading"), Run("-" * (look.width - 8), "dim"))
        if not frame.why:
            return [*rows, title, (Run("  " + say(self.lang, "no_selection"), "dim"),)]
        return [*rows, title, *((Run(" "), *r) for r in rows_of(frame.why, look.width - 2))][: look.height]

    def _choose(self, frame: Frame) -> None:
        """The line that was moved to stays selected while it is there; else it is the first, the most severe."""
        ids = [e.id for e in frame.overview.abnormal]
        if self.selected not in ids or not self._chosen:
            self.selected, self._chosen = (ids[0] if ids else ""), False
        self.seen &= set(ids)

    # ------------------------------------------------------------ keys

    def action_move(self, step: int) -> None:
        """Select the next or the last line of what is abnormal; what was selected counts as seen."""
        frame = self.tuyere.frame
        ids = [e.id for e in frame.overview.abnormal] if frame is not None else []
        if not ids:
            return
        here = ids.index(self.selected) if self.selected in ids else 0
        self._chosen = True
        self.seen.add(ids[here])
        self.selected = ids[min(len(ids) - 1, max(0, here + step))]
        self.seen.add(self.selected)
        self.tuyere.wish_changed()
        self.redraw()

    def action_why(self) -> None:
        """Open the reasons of the selected line."""
        if not self.selected:
            self.tuyere.tell(say(self.lang, "no_selection"))
            return
        self.seen.add(self.selected)
        self.app.push_screen(WhyScreen(self.selected))

    def action_acknowledge(self) -> None:
        """Acknowledge the selected line; it goes on record with the next scan."""
        found = self._selected()
        if found is None:
            self.tuyere.tell(say(self.lang, "no_selection"))
            return
        chosen = found.id
        self.seen.add(chosen)
        self.tuyere.record("ack", chosen)
        self.tuyere.tell(say(self.lang, "acked", what=found.title))

    def _selected(self) -> EpisodeView | None:
        frame = self.tuyere.frame
        return next((e for e in frame.overview.abnormal if e.id == self.selected), None) if frame is not None else None

    def action_comment(self) -> None:
        """Say something about the selected line or an advised action, for the record."""
        comment(self.tuyere, self._selected())

    def action_shelve(self) -> None:
        """Shelve the selected line for a time, or take back what is shelved."""
        shelve(self.tuyere, self._selected())

    def action_why_not(self) -> None:
        """Choose a rule and open what it is missing."""
        lang = self.lang

        def show(rules: tuple[RuleChoice, ...]) -> None:
            items = [Item(r.id, r.title, f"{r.state:<9} {r.id}" if r.state else r.id) for r in rules]
            self.app.push_screen(ChooseScreen("why_not_title", "pick_rule", items, self._explain, filtering=True))

        self.tuyere.pump.submit(lambda desk, story: rule_choices(desk, desk.record, lang), show)

    def _explain(self, rule: str) -> None:
        self.app.push_screen(WhyNotScreen(rule))

    def action_break_it(self) -> None:
        """Choose something to break."""
        choices = {b.id: b.title for b in self.tuyere.breakable}
        if not choices:
            self.tuyere.tell(say(self.lang, "no_breakage"))
            return
        items = [Item(id_, title.get(self.lang, id_), "") for id_, title in choices.items()]
        self.app.push_screen(ChooseScreen("break_title", "break_title", items, self._break))

    def _break(self, id_: str) -> None:
        title = dict(next(b.title for b in self.tuyere.breakable if b.id == id_))

        def work(desk: DeskPort, story: Chronicle) -> None:
            desk.break_it(id_)
            story.person(desk.now, title)

        self.tuyere.pump.submit(work)
        self.tuyere.tell(say(self.lang, "broke", what=title.get(self.lang, id_)))

    def action_done(self) -> None:
        """Choose an advised action that was done; it goes on record with the next scan."""
        frame = self.tuyere.frame
        advice = [a for a in frame.overview.advice if a.status == "do"] if frame is not None else []
        if not advice:
            self.tuyere.tell(say(self.lang, "no_advice"))
            return
        amounts = {a.action: (a.short, a.amount) for a in advice}
        items = [Item(a.action, a.short, a.when) for a in advice]

        def done(action: str) -> None:
            what, amount = amounts[action]
            self.tuyere.record("done", action, value=amount)
            self.tuyere.tell(say(self.lang, "did", what=what))

        self.app.push_screen(ChooseScreen("done_title", "done_title", items, done))

    def action_trends(self) -> None:
        """Open the trends."""
        self.app.push_screen(TrendScreen())

    def action_handover(self) -> None:
        """Open the page of the shift handover."""
        self.app.push_screen(HandoverScreen())

    def action_help(self) -> None:
        """Open the page of keys and marks."""
        self.app.push_screen(HelpScreen())
