"""What happened, scan by scan: the same events for the plain lines and for EARLIER on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from expert.values.interval import Interval
from tui.texts import Words

EventKind = Literal[
    "raised", "late", "cleared", "held", "resumed", "question", "advice", "advice_over", "blocked", "pending",
    "verdict", "note", "marker", "person", "regime", "missed", "rules",
    "shelved", "unshelved",
]  # fmt: skip

MARKS: dict[str, str] = {
    "cleared": "ok", "held": "??", "resumed": "ok", "question": "??", "advice": "->", "advice_over": "--",
    "blocked": "-x", "pending": "->", "verdict": "==", "note": "--", "marker": "..", "person": "**", "regime": "==",
    "missed": "!=", "rules": "==", "shelved": "||", "unshelved": "<-",
}  # fmt: skip


def severity_mark(severity: int) -> str:
    """Mark of a severity: its shape and its digit say the same.

    >>> [severity_mark(n) for n in (5, 3, 1)]
    ['!!5', ' !3', ' .1']
    """
    sign = "!!" if severity >= 4 else "!" if severity >= 2 else "."
    return f"{sign:>2}{severity}"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    ``what``: its title, ``detail``: the rest of the sentence, both in every language; ``certainty``: of a rise.
    """

    time: int
    kind: EventKind
    what: Words
    detail: Words
    severity: int = 0
    certainty: Interval | None = None
    episode: str = ""

    @property
    def mark(self) -> str:
        """Three cells that tell the kind of event without colour."""
        if self.kind in ("raised", "late"):
            return severity_mark(self.severity)
        return f"{MARKS[self.kind]:>3}"
