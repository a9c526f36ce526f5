"""The page of keys and marks."""

from __future__ import annotations

from expert.values.cells import wrap
from tui.screens.reading import ReadingScreen
from tui.texts import say
from tui.views.pen import Row, Run, columns

KEYS = (
    ("b", "help_b"), ("w", "help_w"), ("n", "help_n"), ("a", "help_a"), ("c", "help_c"), ("s", "help_s"),
    ("d", "help_d"), ("h", "help_h"),
    ("t", "help_t"), ("l", "help_l"), ("e", "help_e"), ("@arrows", "help_arrows"), ("@enter", "help_enter"),
    ("?", "help_help"), ("@escape", "help_escape"), ("q", "help_q"),
)  # fmt: skip
MARKS = (
    ("!!4", "help_mark_severe"), (" !2", "help_mark_middle"), (" .1", "help_mark_low"), ("*", "help_mark_new"),
    (".", "help_mark_ack"), ("^ v ?", "help_mark_high"), ("L V", "help_mark_bars"), ("!=", "help_mark_missed"),
)  # fmt: skip


class HelpScreen(ReadingScreen):
    """Every key, every mark, and what the words of certainty mean."""

    def heading(self) -> tuple[Row, Row]:
        """Heading."""
        return (Run(f" {say(self.lang, 'help_title')}", "heading"),), ()

    def body(self, width: int) -> list[Row]:
        """Keys, marks, words."""
        lang = self.lang
        rows = [self._row(self._key(key), text, width) for key, text in KEYS]
        rows += [(), (Run(f" {say(lang, 'help_marks_title')}", "heading"),)]
        rows += [self._row(mark, text, width) for mark, text in MARKS]
        rows += [(), (Run(f" {say(lang, 'help_sure_title')}", "heading"),)]
        for text in ("help_sure", "help_held"):
            rows += [(Run("   "), Run(part)) for part in wrap(say(lang, text), width - 5)]
        return rows

    def _key(self, key: str) -> str:
        return say(self.lang, f"key_name_{key[1:]}") if key.startswith("@") else key

    def _row(self, key: str, text: str, width: int) -> Row:
        return columns([("", 3, "dim"), (key, 10, "title"), (say(self.lang, text), width - 14, "text")])

    def frame_changed(self) -> None:
        """Nothing here follows the plant."""
